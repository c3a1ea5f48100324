"""People get another role in an organization, or leave it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from accounts import events, journal
from accounts.actors import Actor
from accounts.models import Membership, Role, User
from accounts.permissions import left_to, permissions_of
from accounts.work import acting
from lib.locks import no_key
from lib.refusals import UnableTo


class UnableToEnd(UnableTo):
    """The membership cannot end, or has ended already."""

    code = "cannot_end"
    conflict = True


class UnableToChangeRole(UnableTo):
    """The person cannot get that role."""

    code = "cannot_change_role"


def end(*, membership: Membership, actor: Actor, now: datetime) -> None:
    """
    End a person's membership, and their sessions with it.

    :raises UnableToEnd: if they are the last owner, may more than the actor, or have left already
    """
    if not _within_reach(membership, actor):
        raise UnableToEnd("There is no such membership in your organization or below it.")
    if not _may_touch(membership.role, membership, actor):
        raise UnableToEnd("This person has more rights than you. Ask an owner to do it.")
    with acting(actor):
        if _is_last_owner(membership):
            raise UnableToEnd("The last owner cannot leave. Invite another owner first.")
        if not Membership.objects.open().filter(pk=membership.pk).update(ended_at=now):
            raise UnableToEnd("This membership has ended already.")
        membership.ended_at = now
        end_sessions(membership.user_id)
        _record(actor, events.LEFT, membership, now, before={"role": membership.role})


def change_role(*, membership: Membership, role: str, actor: Actor, now: datetime) -> None:
    """
    Give a person another role, from their next request on.

    :raises UnableToChangeRole: if they are the last owner, have left, or one of the two roles
        includes more than the actor may
    """
    if not _within_reach(membership, actor):
        raise UnableToChangeRole("There is no such membership in your organization or below it.")
    if role not in Role.values:
        raise UnableToChangeRole(f"Choose a role: {', '.join(Role.values)}.", field="role")
    if not _may_touch(membership.role, membership, actor):
        raise UnableToChangeRole("This person has more rights than you. Ask an owner to do it.")
    if not _may_touch(role, membership, actor):
        raise UnableToChangeRole(
            "You cannot give a role with more rights than your own. Ask an owner.", field="role"
        )
    with acting(actor):
        if role != Role.OWNER and _is_last_owner(membership):
            raise UnableToChangeRole(
                "The last owner stays owner. Make somebody else owner first.", field="role"
            )
        same = Membership.objects.open().filter(pk=membership.pk, role=membership.role)
        if not same.update(role=role):
            raise UnableToChangeRole("Somebody was faster: this membership has changed or ended.")
        before, membership.role = membership.role, role
        _record(
            actor,
            events.ROLE_CHANGED,
            membership,
            now,
            before={"role": before},
            after={"role": role},
        )


def end_sessions(user_id: int) -> None:
    """Sign a person out everywhere."""
    User.objects.filter(pk=user_id).update(session_epoch=F("session_epoch") + 1)


def _is_last_owner(membership: Membership) -> bool:
    # The owners are locked, so that two of them cannot show each other out at once.
    owners = Membership.objects.open().filter(organization=membership.organization, role=Role.OWNER)
    return {owner.pk for owner in no_key(owners)} == {membership.pk}


def _within_reach(membership: Membership, actor: Actor) -> bool:
    return actor.reach is None or actor.reach.reaches(membership.organization)


def _may_touch(role: str, membership: Membership, actor: Actor) -> bool:
    place = membership.organization
    if actor.reach is None or place != actor.reach:
        return True
    return left_to(permissions_of(role, place.kind), actor.standing) <= actor.permissions


def _record(
    actor: Actor,
    event_type: journal.EventType,
    membership: Membership,
    now: datetime,
    *,
    before: dict[str, str],
    after: dict[str, str] | None = None,
) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=f"accounts.membership:{membership.uuid}",
        organization=membership.organization,
        before=before,
        after=after,
    )
