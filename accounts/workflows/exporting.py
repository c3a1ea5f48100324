"""Taking data out as a file: no harm in itself, but worth knowing later."""

from __future__ import annotations

from datetime import datetime

from accounts import journal
from accounts.actors import Actor
from accounts.catalogue import EventType
from accounts.models import Organization
from accounts.work import acting


def take_out(
    told: EventType, *, what: str, organization: Organization, actor: Actor, now: datetime
) -> None:
    """
    Write down that something is taken out, before the first line of the file leaves.

    :param told: what is taken out
    :param what: which part of it, in words
    :param organization: from whose seat
    """
    with acting(actor):
        journal.record(
            actor,
            told,
            now=now,
            subject=f"accounts.organization:{organization.uuid}",
            organization=organization,
            after={"what": what},
        )
