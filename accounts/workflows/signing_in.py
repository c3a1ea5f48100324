"""People change how they sign in: every organization that they sit in reads so in its journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accounts import journal
from accounts.actors import member_actor
from accounts.models import User
from accounts.work import acting


def note(
    *,
    user: User,
    event_type: journal.EventType,
    now: datetime,
    request_id: str = "",
    after: Mapping[str, str] | None = None,
    personal: Mapping[str, str] | None = None,
) -> None:
    """Write what a person has changed, once for each of their seats."""
    for membership in user.memberships.open().select_related("organization", "user"):
        actor = member_actor(membership, request_id)
        with acting(actor):
            journal.record(
                actor,
                event_type,
                now=now,
                subject=f"accounts.membership:{membership.uuid}",
                organization=membership.organization,
                after=after,
                personal=personal,
            )
