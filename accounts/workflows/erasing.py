"""Erasing what the journal says about a person, on request; the chain of seals stays whole."""

from __future__ import annotations

from datetime import datetime

from accounts import events, journal, personal
from accounts.actors import Actor
from accounts.models import Event
from accounts.work import acting
from lib.refusals import UnableTo

SHORTEST, LONGEST = 3, 254


class UnableToErase(UnableTo):
    """The value is none that could be a person's."""

    code = "cannot_erase"


def erase(*, value: str, actor: Actor, now: datetime) -> int:
    """
    Erase a person's e-mail address or name from the journal as far as the actor reaches.

    Events keep what happened and a digest that nobody can guess the value from any more.

    :param value: compared without regard to case
    :return: from how many events it was erased
    :raises UnableToErase: if the value is too short, too long or no text
    """
    wanted = value.strip()
    if not SHORTEST <= len(wanted) <= LONGEST or "\x00" in wanted:
        raise UnableToErase(
            f"Write the whole e-mail address or name, {SHORTEST} to {LONGEST} characters.",
            field="value",
        )
    with acting(actor):
        erased = personal.erase(wanted, within=Event.objects.visible_to(actor))
        if erased and actor.reach is not None:
            # The value itself must not come back through its own erasure.
            journal.record(
                actor,
                events.PERSONAL_ERASED,
                now=now,
                subject=f"accounts.organization:{actor.reach.uuid}",
                organization=actor.reach,
                after={"count": erased},
            )
    return erased
