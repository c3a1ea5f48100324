"""People come in by invitation: invited by e-mail, they accept, or the invitation is withdrawn."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts import events, journal, tasks
from accounts.actors import Actor
from accounts.models import Invitation, InvitationStatus, Membership, Organization, Role
from accounts.roles import may_hand_out
from accounts.states import INVITATION_EDGES
from accounts.work import acting
from accounts.workflows.joining import UnableToAccept, accept, find
from lib.nudges import nudge
from lib.refusals import UnableTo

VALID_FOR = timedelta(days=7)
LONGEST_ADDRESS = 254

__all__ = [
    "NoLongerOpen",
    "UnableToAccept",
    "UnableToInvite",
    "accept",
    "find",
    "invite",
    "resend",
    "withdraw",
]


class UnableToInvite(UnableTo):
    """Something about the invitation does not fit."""

    code = "cannot_invite"


class NoLongerOpen(UnableToInvite):
    """The invitation has been accepted or withdrawn meanwhile."""

    conflict = True


def invite(
    *, email: str, organization: Organization, role: str, actor: Actor, now: datetime
) -> Invitation:
    """
    Offer a person a place in an organization; the mail leaves after the commit.

    :raises UnableToInvite: naming the field that must change
    """
    address = _address(email)
    place = _role(role, organization, actor)
    with acting(actor):
        _refuse_known(address, organization)
        _withdraw_expired(address, organization, actor, now)
        invitation = _stored(
            organization=organization,
            email=address,
            role=place,
            status_since=now,
            invited_by=actor.name,
            expires_at=now + VALID_FOR,
            created_at=now,
            mail_due_at=now,
        )
        _record(actor, events.INVITED, invitation, now)
        nudge(tasks.send_invitation.delay, invitation_id=invitation.pk)
    return invitation


def resend(*, invitation: Invitation, actor: Actor, now: datetime) -> None:
    """
    Send an open invitation again, with a new link and a new week; the old link ends with it.

    :raises UnableToInvite: if its role includes more than the actor may, or it has been accepted or
        withdrawn
    """
    _check_role(invitation.role, invitation.organization, actor)
    with acting(actor):
        renewed = Invitation.objects.filter(pk=invitation.pk, status=InvitationStatus.PENDING)
        if not renewed.update(expires_at=now + VALID_FOR, mail_due_at=now, mail_failures=0):
            raise NoLongerOpen("Only an open invitation can be sent again. Invite them anew.")
        invitation.refresh_from_db()
        _record(actor, events.RESENT, invitation, now)
        nudge(tasks.send_invitation.delay, invitation_id=invitation.pk)


def withdraw(*, invitation: Invitation, actor: Actor, now: datetime) -> None:
    """
    Take an open invitation back; its link ends.

    :raises UnableToInvite: if its role includes more than the actor may
    :raises UnableToMove: if it has been accepted or withdrawn already
    """
    _check_role(invitation.role, invitation.organization, actor)
    with acting(actor):
        INVITATION_EDGES.move(
            invitation, to=InvitationStatus.WITHDRAWN, now=now, mail_due_at=None, mail_attempt=None
        )
        _record(actor, events.WITHDRAWN, invitation, now)


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise UnableToInvite(
            "Give an e-mail address such as name@example.com.", field="email"
        ) from None
    if len(address) > LONGEST_ADDRESS:
        raise UnableToInvite(
            f"Give an e-mail address of at most {LONGEST_ADDRESS} characters.", field="email"
        )
    return address


def _role(role: str, organization: Organization, actor: Actor) -> Role:
    if role not in Role.values:
        raise UnableToInvite(f"Choose a role: {', '.join(Role.values)}.", field="role")
    _check_role(role, organization, actor)
    return Role(role)


def _check_role(role: str, organization: Organization, actor: Actor) -> None:
    if actor.reach is not None and not actor.reach.reaches(organization):
        raise UnableToInvite(
            "There is no such organization; choose your own or one below it.", field="organization"
        )
    if not may_hand_out(role, organization, actor):
        raise UnableToInvite(
            "You cannot give a role with more rights than your own. Ask an owner.", field="role"
        )


def _refuse_known(email: str, organization: Organization) -> None:
    members = Membership.objects.open().filter(organization=organization)
    if members.filter(user__email=email).exists():
        raise UnableToInvite(f"{email} is a member of {organization.name} already.", field="email")


def _withdraw_expired(email: str, organization: Organization, actor: Actor, now: datetime) -> None:
    places = Invitation.objects.filter(organization=organization, email=email)
    for expired in places.filter(status=InvitationStatus.PENDING, expires_at__lte=now):
        withdraw(invitation=expired, actor=actor, now=now)


def _stored(**fields: object) -> Invitation:
    try:
        with transaction.atomic():
            return Invitation.objects.create(**fields)
    except IntegrityError:
        raise UnableToInvite(
            f"{fields['email']} has an open invitation; send that one again instead.",
            field="email",
        ) from None


def _record(
    actor: Actor, event_type: journal.EventType, invitation: Invitation, now: datetime
) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=f"accounts.invitation:{invitation.uuid}",
        organization=invitation.organization,
        after={"role": invitation.role},
        personal={"email": invitation.email},
    )
