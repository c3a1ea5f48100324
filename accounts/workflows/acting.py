"""Taking a seat in an organization below one's own, and leaving it: both are journaled."""

from __future__ import annotations

from datetime import datetime

from accounts import events, journal
from accounts.actors import Member, UnableToActFor, member_actor
from accounts.models import Organization
from accounts.work import acting

__all__ = ["UnableToActFor", "act_for", "stop"]


def act_for(*, actor: Member, organization: Organization, now: datetime) -> Member:
    """
    Begin to act for an organization below; gives the actor in that seat.

    Who acts for another one already stops that first.

    :raises UnableToActFor: if it is not strictly below, or the actor lacks the right
    """
    if actor.acting_for == organization:
        return actor
    home = member_actor(actor.membership, actor.request_id) if actor.acting_for else actor
    seated = home.on_behalf_of(organization)
    with acting(home):
        if actor.acting_for is not None:
            _record(actor, events.ACTING_STOPPED, actor.acting_for, now)
        _record(seated, events.ACTING_STARTED, organization, now)
    return seated


def stop(*, actor: Member, now: datetime) -> Member:
    """
    Go back to one's own seat; gives the actor there.

    :raises UnableToActFor: if the actor acts for nobody
    """
    if actor.acting_for is None:
        raise UnableToActFor("You are not acting for another organization.")
    _record(actor, events.ACTING_STOPPED, actor.acting_for, now)
    return member_actor(actor.membership, actor.request_id)


def _record(
    actor: Member, event_type: journal.EventType, organization: Organization, now: datetime
) -> None:
    with acting(actor):
        journal.record(
            actor,
            event_type,
            now=now,
            subject=f"accounts.organization:{organization.uuid}",
            organization=organization,
        )
