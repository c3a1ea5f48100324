"""What carriers do beside carrying calls: all of it moves alike."""

from __future__ import annotations

from django.db import models

from dids.states.lifecycles import DAY, MINUTE, SECONDS_5, Lifecycle, Wait, lifecycle, rests


class FeatureStatus(models.TextChoices):
    """How far something stands that a carrier does beside carrying calls."""

    OFF = "OFF", "Off"
    WANTED = "WANTED", "Wanted"
    SETTING = "SETTING", "Being set up"
    UNCERTAIN = "UNCERTAIN", "Uncertain"
    SUBMITTED = "SUBMITTED", "With the carrier"
    BY_HAND = "BY_HAND", "Being set up by a person"
    ACTIVE = "ACTIVE", "In force"
    REJECTED = "REJECTED", "Refused"
    UNWANTED = "UNWANTED", "To be taken off"
    REMOVING = "REMOVING", "Being taken off"
    REMOVAL_BY_HAND = "REMOVAL_BY_HAND", "Being taken off by a person"


_S = FeatureStatus
_WORKS = rests("It works until it is changed or taken off.")
_MAY_BE_UNDONE = rests(
    "It works until it is changed or taken off. Where another change of the number may undo it, it "
    "is read once a day, and asked for again; what does not last is set up by a person."
)
_READ_DAILY = Wait(
    DAY, "features", "nobody", "It is read once a day, as carriers suspend some and end others."
)
_UNTIL_EXPIRED = Wait(
    DAY, "documents", "nobody", "It lets orders through until a document in it has expired."
)


def feature(
    title: str,
    about: str,
    *,
    rejected: str,
    rejected_waits_for: str = "nobody",
    may_lapse: bool = False,
    may_be_undone: bool = False,
    may_expire: bool = False,
) -> Lifecycle:
    """
    Declare something that a carrier does beside carrying calls: all of these move alike.

    :param rejected: what comes next where the carrier refused it
    :param rejected_waits_for: who is awaited then
    :param may_lapse: whether carriers end what is in force, which is read day by day then
    :param may_be_undone: whether some carriers are told of it only with all else about a number
    :param may_expire: whether what it was approved with has an end
    """
    in_force = _MAY_BE_UNDONE if may_be_undone else _UNTIL_EXPIRED if may_expire else _WORKS
    return lifecycle(
        title,
        f"{about} A carrier that takes it by its interface is asked there; else a person does it.",
        {
            _S.OFF: (_S.WANTED, _S.UNWANTED),
            _S.WANTED: (_S.WANTED, _S.SETTING, _S.BY_HAND, _S.REJECTED, _S.OFF, _S.UNWANTED),
            _S.SETTING: (
                *(_S.SUBMITTED, _S.ACTIVE, _S.UNCERTAIN, _S.REJECTED),
                *(_S.WANTED, _S.BY_HAND, _S.UNWANTED),
            ),
            _S.UNCERTAIN: (
                *(_S.SUBMITTED, _S.ACTIVE, _S.REJECTED, _S.WANTED),
                *(_S.BY_HAND, _S.UNWANTED),
            ),
            _S.SUBMITTED: (_S.ACTIVE, _S.REJECTED, _S.WANTED, _S.BY_HAND, _S.UNWANTED),
            _S.BY_HAND: (_S.ACTIVE, _S.REJECTED, _S.WANTED, _S.OFF, _S.UNWANTED),
            _S.ACTIVE: (
                *(_S.WANTED, _S.UNWANTED),
                *((_S.SUBMITTED, _S.REJECTED) if may_lapse else ()),
                *((_S.BY_HAND,) if may_be_undone else ()),
                *((_S.REJECTED,) if may_expire else ()),
            ),
            _S.REJECTED: (_S.WANTED, _S.OFF, _S.UNWANTED),
            _S.UNWANTED: (_S.REMOVING, _S.REMOVAL_BY_HAND, _S.OFF, _S.WANTED),
            _S.REMOVING: (_S.OFF, _S.REMOVAL_BY_HAND, _S.UNWANTED, _S.WANTED),
            _S.REMOVAL_BY_HAND: (_S.OFF, _S.UNWANTED, _S.WANTED),
        },
        {
            _S.OFF: rests("Nothing is set up at the carrier."),
            _S.WANTED: Wait(SECONDS_5, "features", "the carrier", "The carrier is asked for it."),
            _S.SETTING: Wait(
                SECONDS_5, "features", "the carrier", "Without an answer, it is looked up."
            ),
            _S.UNCERTAIN: Wait(
                SECONDS_5, "features", "the carrier", "It is looked up at the carrier."
            ),
            _S.SUBMITTED: Wait(
                MINUTE, "features", "the carrier", "It is read again until the carrier decides."
            ),
            _S.BY_HAND: Wait(None, "", "the provider", "A person sets it up at the carrier."),
            _S.ACTIVE: _READ_DAILY if may_lapse else in_force,
            _S.REJECTED: Wait(None, "", rejected_waits_for, rejected),
            _S.UNWANTED: Wait(
                SECONDS_5, "features", "the carrier", "The carrier is asked to take it off."
            ),
            _S.REMOVING: Wait(SECONDS_5, "features", "the carrier", "The step is repeated."),
            _S.REMOVAL_BY_HAND: Wait(
                None, "", "the provider", "A person takes it off at the carrier."
            ),
        },
    )


CALLER_NAME = feature(
    "Caller name",
    "The name that a number's calls may show, and whether the names of its callers are looked up.",
    rejected="Change the name and ask again, or take it off.",
    may_be_undone=True,
)
