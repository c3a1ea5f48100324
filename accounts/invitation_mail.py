"""
The mail of an invitation: claimed, sent, recorded.

The link is made at the moment of sending, so no secret waits in the database or in the queue. A
worker that dies after sending and before recording causes a second mail; the newest link counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F

from accounts import tokens
from accounts.models import Invitation, InvitationStatus
from accounts.models.invitations import InvitationQuerySet

LEASE = timedelta(minutes=2)
"""After that long a worker that claimed a mail is taken for dead."""
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
LAST_WAIT = timedelta(hours=2)

_SUBJECT = "{organization} invites you"
_BODY = """Hello,

you are invited to join {organization} as {role}.

Open this link to come in; it is valid until {until} (UTC):

{link}

If you did not expect this mail, do nothing.
"""


def due(now: datetime) -> InvitationQuerySet:
    """Give the invitations whose mail is owed."""
    return Invitation.objects.filter(
        status=InvitationStatus.PENDING, mail_due_at__lte=now, expires_at__gt=now
    )


def send(*, invitation_id: int, now: datetime) -> bool:
    """Send the mail of one invitation if it is owed; whether it was sent."""
    secret, attempt = tokens.new_secret(), uuid4()
    claimed = due(now).filter(pk=invitation_id)
    if not claimed.update(
        mail_due_at=now + LEASE, mail_attempt=attempt, token_hash=tokens.digest(secret)
    ):
        return False
    invitation = Invitation.objects.select_related("organization").get(pk=invitation_id)
    try:
        _message(invitation, secret).send()
    except OSError:
        # What a mail server says no with, smtplib's errors included, are all kinds of OSError.
        _put_off(invitation, attempt, now)
        return False
    _of(invitation, attempt).update(mail_due_at=None, mail_attempt=None, mailed_at=now)
    return True


def _put_off(invitation: Invitation, attempt: UUID, now: datetime) -> None:
    failures = invitation.mail_failures
    wait = WAITS[failures] if failures < len(WAITS) else LAST_WAIT
    _of(invitation, attempt).update(
        mail_due_at=now + wait, mail_attempt=None, mail_failures=F("mail_failures") + 1
    )


def _of(invitation: Invitation, attempt: UUID) -> InvitationQuerySet:
    return Invitation.objects.filter(pk=invitation.pk, mail_attempt=attempt)


def _message(invitation: Invitation, secret: str) -> EmailMessage:
    organization = invitation.organization.name
    return EmailMessage(
        subject=_SUBJECT.format(organization=organization),
        body=_BODY.format(
            organization=organization,
            role=invitation.get_role_display().lower(),
            until=f"{invitation.expires_at:%Y-%m-%d %H:%M}",
            link=f"{settings.PUBLIC_URL}/invitations/{secret}/",
        ),
        to=[invitation.email],
    )
