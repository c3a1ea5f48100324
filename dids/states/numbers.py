"""Numbers, offers of them, and where their carriers deliver them."""

from __future__ import annotations

from django.db import models

from dids.states.lifecycles import DAY, MINUTE, SECONDS_5, Wait, lifecycle, rests


class NumberStatus(models.TextChoices):
    """Where a number is in its life."""

    AVAILABLE = "AVAILABLE", "Available"
    RESERVED = "RESERVED", "Offered"
    ASSIGNED = "ASSIGNED", "With a tenant"
    IN_SERVICE = "IN_SERVICE", "In service"
    QUARANTINE = "QUARANTINE", "In quarantine"
    RELEASING = "RELEASING", "Being released"
    RELEASED = "RELEASED", "Released"
    PORTED_OUT = "PORTED_OUT", "Ported out"


class OfferStatus(models.TextChoices):
    """What became of an offer to a buyer or to all below."""

    OPEN = "OPEN", "Open"
    CLAIMED = "CLAIMED", "Claimed"
    TAKEN = "TAKEN", "Taken by somebody else"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    EXPIRED = "EXPIRED", "Expired"


class BindingStatus(models.TextChoices):
    """Whether the carrier delivers a number to the trunk we want."""

    WANTED = "WANTED", "Wanted"
    BINDING = "BINDING", "Being bound"
    UNCERTAIN = "UNCERTAIN", "Uncertain"
    BY_HAND = "BY_HAND", "With a person"
    BOUND = "BOUND", "Bound"
    FAILED = "FAILED", "Failed"


_N, _O, _B = NumberStatus, OfferStatus, BindingStatus

NUMBER = lifecycle(
    "Number",
    "A phone number from the day it was bought. A row that was released or ported out is history: "
    "it never blocks the number's return.",
    {
        # From stock to stock: a dealer below gets it.
        _N.AVAILABLE: (
            *(_N.AVAILABLE, _N.RESERVED, _N.ASSIGNED),
            *(_N.QUARANTINE, _N.RELEASING, _N.PORTED_OUT),
        ),
        _N.RESERVED: (_N.AVAILABLE, _N.ASSIGNED),
        _N.ASSIGNED: (_N.IN_SERVICE, _N.AVAILABLE, _N.QUARANTINE, _N.PORTED_OUT),
        _N.IN_SERVICE: (_N.ASSIGNED, _N.AVAILABLE, _N.QUARANTINE, _N.PORTED_OUT),
        # Whoever gave it back too early takes it again.
        _N.QUARANTINE: (_N.AVAILABLE, _N.ASSIGNED, _N.RELEASING, _N.PORTED_OUT),
        _N.RELEASING: (_N.AVAILABLE, _N.QUARANTINE, _N.RELEASED),
    },
    {
        _N.AVAILABLE: rests("It can be allotted, offered or released."),
        _N.RESERVED: Wait(
            MINUTE, "end_offers", "the buyer", "The buyer claims it, or the offer ends."
        ),
        _N.ASSIGNED: rests("Point it at a destination and it is put into service."),
        _N.IN_SERVICE: rests("Calls ring where it points."),
        _N.QUARANTINE: Wait(
            DAY, "end_quarantines", "the calendar", "It returns to stock when its time is over."
        ),
        _N.RELEASING: Wait(MINUTE, "releases", "the release", "It goes back to the carrier."),
    },
)

OFFER = lifecycle(
    "Offer",
    "Stock offered to one buyer or to all below. A number may be offered to several; the first "
    "claim takes it.",
    {_O.OPEN: (_O.CLAIMED, _O.TAKEN, _O.WITHDRAWN, _O.EXPIRED)},
    {
        _O.OPEN: Wait(
            DAY, "end_offers", "the buyer", "The buyer claims the number, or the offer ends."
        )
    },
)

BINDING = lifecycle(
    "Carrier binding",
    "Where the carrier delivers the calls of a number.",
    {
        _B.WANTED: (_B.BINDING, _B.FAILED, _B.WANTED),
        _B.BINDING: (_B.BOUND, _B.UNCERTAIN, _B.BY_HAND, _B.WANTED, _B.FAILED),
        _B.UNCERTAIN: (_B.BOUND, _B.BY_HAND, _B.WANTED, _B.FAILED),
        _B.BY_HAND: (_B.BOUND, _B.WANTED, _B.FAILED),
        _B.BOUND: (_B.WANTED,),
        _B.FAILED: (_B.WANTED,),
    },
    {
        _B.WANTED: Wait(
            SECONDS_5, "bindings", "the carrier", "The carrier is asked to deliver it to us."
        ),
        _B.BINDING: Wait(
            SECONDS_5, "bindings", "the carrier", "Without an answer, the binding is read back."
        ),
        _B.UNCERTAIN: Wait(
            SECONDS_5, "bindings", "the carrier", "The binding is read back from the carrier."
        ),
        _B.BY_HAND: Wait(
            None,
            "",
            "a person at the provider",
            "Somebody has the carrier deliver it to us, and says when it does.",
        ),
        _B.BOUND: rests(
            "The carrier delivers its calls to us. A deletion lock that is missing is tried again."
        ),
        _B.FAILED: rests("Somebody of the provider must ask for the binding again."),
    },
)
