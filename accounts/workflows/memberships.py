"""People leave an organization."""

from __future__ import annotations

from datetime import datetime

from accounts import events, journal
from accounts.actors import Actor
from accounts.models import Membership, Role
from accounts.permissions import permissions_of
from accounts.work import acting
from lib.locks import no_key
from lib.refusals import UnableTo


class UnableToEnd(UnableTo):
    """The membership cannot end, or has ended already."""

    code = "cannot_end"
    conflict = True


def end(*, membership: Membership, actor: Actor, now: datetime) -> None:
    """
    End a person's membership; they lose its rights with their next request.

    :raises UnableToEnd: if they are the last owner, may more than the actor, or have left already
    """
    _check_may_end(membership, actor)
    with acting(actor):
        # The owners are locked, so that two of them cannot show each other out at once.
        owners = Membership.objects.open().filter(
            organization=membership.organization, role=Role.OWNER
        )
        if {owner.pk for owner in no_key(owners)} == {membership.pk}:
            raise UnableToEnd("The last owner cannot leave. Invite another owner first.")
        if not Membership.objects.open().filter(pk=membership.pk).update(ended_at=now):
            raise UnableToEnd("This membership has ended already.")
        membership.ended_at = now
        journal.record(
            actor,
            events.LEFT,
            now=now,
            subject=f"accounts.membership:{membership.uuid}",
            organization=membership.organization,
            before={"role": membership.role},
        )


def _check_may_end(membership: Membership, actor: Actor) -> None:
    place, reach = membership.organization, actor.reach
    if reach is None:
        return
    if not reach.reaches(place):
        raise UnableToEnd("There is no such membership in your organization or below it.")
    if place == reach and not permissions_of(membership.role, place.kind) <= actor.permissions:
        raise UnableToEnd("This person has more rights than you. Ask an owner to do it.")
