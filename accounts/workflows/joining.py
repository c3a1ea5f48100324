"""The other end of an invitation: a person with the link comes in."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts import events, journal, tokens
from accounts.actors import System, member_actor
from accounts.models import Invitation, InvitationStatus, Membership, User
from accounts.states import INVITATION_EDGES
from accounts.wording import one_line
from accounts.work import acting
from lib.refusals import UnableTo
from lib.transitions import LostRace

LONGEST_NAME = 120


class UnableToAccept(UnableTo):
    """The link does not open anything, or what the person gave does not fit."""

    code = "cannot_accept"


def find(*, token: str, now: datetime) -> Invitation:
    """
    Find the open invitation of a link.

    :raises UnableToAccept: if it is unknown, accepted, withdrawn or expired
    """
    invitation = (
        Invitation.objects.select_related("organization")
        .filter(token_hash=tokens.digest(token))
        .first()
    )
    if not token or invitation is None:
        raise UnableToAccept("This link is not valid. Use the newest mail, or ask for a new one.")
    if invitation.status == InvitationStatus.ACCEPTED:
        raise UnableToAccept("This invitation has been accepted already. Sign in instead.")
    if invitation.status == InvitationStatus.WITHDRAWN:
        raise UnableToAccept("This invitation was withdrawn. Ask for a new one.")
    if invitation.expires_at <= now:
        raise UnableToAccept("This invitation has expired. Ask for a new one.")
    return invitation


def accept(*, token: str, password: str, name: str, now: datetime) -> Membership:
    """
    Let the person with the link in, with a verified e-mail address.

    A person who signs in here already keeps their name and password: the link proves the address,
    it does not open the account.

    :raises UnableToAccept: naming the field that must change
    """
    invitation = find(token=token, now=now)
    with acting(System("invitation.accept")):
        user = User.objects.filter(email=invitation.email).first()
        if user is None:
            user = _new_person(invitation, password=password, name=name)
        membership = _membership(invitation, user)
        try:
            INVITATION_EDGES.move(
                invitation,
                to=InvitationStatus.ACCEPTED,
                now=now,
                membership=membership,
                mail_due_at=None,
            )
        except LostRace:
            raise UnableToAccept("This invitation has just been used or withdrawn.") from None
        journal.record(
            member_actor(membership),
            events.JOINED,
            now=now,
            subject=f"accounts.membership:{membership.uuid}",
            organization=invitation.organization,
            after={"role": membership.role},
            personal={"email": user.email, "name": user.name},
        )
    return membership


def _membership(invitation: Invitation, user: User) -> Membership:
    try:
        with transaction.atomic():
            return Membership.objects.create(
                user=user, organization=invitation.organization, role=invitation.role
            )
    except IntegrityError:
        raise UnableToAccept("You are a member already. Sign in instead.") from None


def _new_person(invitation: Invitation, *, password: str, name: str) -> User:
    tidy = one_line(name, longest=LONGEST_NAME)
    if tidy is None:
        raise UnableToAccept(f"Give your name, in 1 to {LONGEST_NAME} characters.", field="name")
    user = User(email=invitation.email, name=tidy)
    try:
        validate_password(password, user)
    except ValidationError as trouble:
        raise UnableToAccept(" ".join(trouble.messages), field="password") from None
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError:
        raise UnableToAccept("This invitation has just been used or withdrawn.") from None
    return user
