"""People get another role in an organization, or leave it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from accounts import events, journal
from accounts.actors import Actor, Member
from accounts.models import Membership, Role, User
from accounts.roles import may_hand_out
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


class ChangedMeanwhile(UnableToChangeRole):
    """The membership is not as whoever decided about it saw it."""

    conflict = True


def end(*, membership: Membership, actor: Actor, now: datetime) -> None:
    """
    End a person's membership, and their sessions with it.

    :raises UnableToEnd: if they are the actor, the last owner, may more than the actor, or have
        left already
    """
    if not _within_reach(membership, actor):
        raise UnableToEnd("There is no such membership in your organization or below it.")
    if not may_hand_out(membership.role, membership.organization, actor):
        raise UnableToEnd("This person has more rights than you. Ask an owner to do it.")
    with acting(actor):
        if _is_last_owner(membership):
            raise UnableToEnd("The last owner cannot leave. Invite another owner first.")
        if _is_oneself(membership, actor):
            raise UnableToEnd("You cannot show yourself out. Ask another owner to do it.")
        # With the role: who was made owner a moment ago is not shown out by a manager.
        same = Membership.objects.open().filter(pk=membership.pk, role=membership.role)
        if not same.update(ended_at=now):
            raise UnableToEnd("Somebody was faster: this membership has changed or ended.")
        membership.ended_at = now
        end_sessions(membership.user_id)
        _record(actor, events.LEFT, membership, now, before={"role": membership.role})


def change_role(*, membership: Membership, role: str, actor: Actor, now: datetime) -> None:
    """
    Give a person another role, from their next request on.

    :raises UnableToChangeRole: if they are the actor or the last owner, or one of the two roles
        includes more than the actor may
    :raises ChangedMeanwhile: if they have left or have another role than the membership was read
        with
    """
    if not _within_reach(membership, actor):
        raise UnableToChangeRole("There is no such membership in your organization or below it.")
    if role not in Role.values:
        raise UnableToChangeRole(f"Choose a role: {', '.join(Role.values)}.", field="role")
    if not may_hand_out(membership.role, membership.organization, actor):
        raise UnableToChangeRole("This person has more rights than you. Ask an owner to do it.")
    if not may_hand_out(role, membership.organization, actor):
        raise UnableToChangeRole(
            "You cannot give a role with more rights than your own. Ask an owner.", field="role"
        )
    with acting(actor):
        if role != Role.OWNER and _is_last_owner(membership):
            raise UnableToChangeRole(
                "The last owner stays owner. Make somebody else owner first.", field="role"
            )
        if _is_oneself(membership, actor):
            raise UnableToChangeRole(
                "You cannot change your own role. Ask another owner to do it.", field="role"
            )
        same = Membership.objects.open().filter(pk=membership.pk, role=membership.role)
        if not same.update(role=role):
            raise ChangedMeanwhile("Somebody was faster: this membership has changed or ended.")
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


def _is_oneself(membership: Membership, actor: Actor) -> bool:
    return isinstance(actor, Member) and actor.membership.pk == membership.pk


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
        personal={"email": membership.user.email},
    )
