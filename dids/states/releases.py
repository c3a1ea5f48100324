"""The return of numbers to their carriers."""

from __future__ import annotations

from django.db import models

from dids.states.lifecycles import DAY, SECONDS_5, Wait, lifecycle, rests


class ReleaseStatus(models.TextChoices):
    """How far the return of a number to its carrier has come."""

    SCHEDULED = "SCHEDULED", "Scheduled"
    UNROUTED = "UNROUTED", "Taken out of the routes"
    CLEARED = "CLEARED", "Taken off registers"
    UNBINDING = "UNBINDING", "Being unbound"
    UNBOUND = "UNBOUND", "Unbound"
    DISCONNECTING = "DISCONNECTING", "Being disconnected"
    UNCERTAIN = "UNCERTAIN", "Uncertain"
    BY_HAND = "BY_HAND", "With a person"
    REFUSED = "REFUSED", "Refused by the carrier"
    DONE = "DONE", "Done"
    CANCELLED = "CANCELLED", "Cancelled"


_S = ReleaseStatus

RELEASE = lifecycle(
    "Release",
    "The return of a number to its carrier: every step recorded, so that any can be resumed.",
    {
        _S.SCHEDULED: (_S.UNROUTED, _S.CANCELLED),
        _S.UNROUTED: (_S.CLEARED, _S.CANCELLED),
        _S.CLEARED: (_S.UNBINDING, _S.CANCELLED),
        _S.UNBINDING: (_S.UNBOUND, _S.CLEARED),
        _S.UNBOUND: (_S.DISCONNECTING,),
        _S.DISCONNECTING: (_S.DONE, _S.UNCERTAIN, _S.UNBOUND, _S.BY_HAND, _S.REFUSED),
        _S.UNCERTAIN: (_S.DONE, _S.UNBOUND),
        _S.BY_HAND: (_S.DONE, _S.REFUSED),
        _S.REFUSED: (_S.UNBOUND, _S.CANCELLED),
    },
    {
        _S.SCHEDULED: Wait(
            DAY, "releases", "the calendar", "On its day the number leaves the routes."
        ),
        _S.UNROUTED: Wait(
            SECONDS_5,
            "releases",
            "the carrier",
            "Its emergency registration, names and campaigns are taken off.",
        ),
        _S.CLEARED: Wait(SECONDS_5, "releases", "us", "The carrier is told to stop delivering."),
        _S.UNBINDING: Wait(SECONDS_5, "releases", "the carrier", "The step is repeated."),
        _S.UNBOUND: Wait(SECONDS_5, "releases", "us", "The number is given back to the carrier."),
        _S.DISCONNECTING: Wait(
            SECONDS_5, "releases", "the carrier", "Without an answer, the number is looked up."
        ),
        _S.UNCERTAIN: Wait(
            SECONDS_5, "releases", "the carrier", "The number is looked up at the carrier."
        ),
        _S.BY_HAND: Wait(
            None,
            "",
            "a person at the provider",
            "Somebody has it ceased at the carrier, and says when it is.",
        ),
        _S.REFUSED: rests(
            "Somebody of the provider completes its task, which repeats the step, or cancels it."
        ),
    },
)
