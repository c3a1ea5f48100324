"""Taking data out as a file: no harm in itself, but worth knowing later."""

from __future__ import annotations

from datetime import datetime

from accounts import events, journal
from accounts.actors import Actor
from accounts.models import Organization
from accounts.work import acting


def export_journal(*, what: str, organization: Organization, actor: Actor, now: datetime) -> None:
    """
    Write down that the journal is taken out, before the first line of the file leaves.

    :param what: which part of it, in words
    :param organization: from whose seat
    """
    with acting(actor):
        journal.record(
            actor,
            events.JOURNAL_EXPORTED,
            now=now,
            subject=f"accounts.organization:{organization.uuid}",
            organization=organization,
            after={"what": what},
        )
