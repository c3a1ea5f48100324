"""What runs in the background for organizations and the journal."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts import invitation_mail, sealing


@shared_task
def seal(**_newer: object) -> None:
    """Put the events that wait in their one order."""
    sealing.seal_pending(timezone.now())


@shared_task
def send_invitation(*, invitation_id: int, **_newer: object) -> None:
    """Send the mail of one invitation."""
    invitation_mail.send(invitation_id=invitation_id, now=timezone.now())


@shared_task
def sweep(**_newer: object) -> None:
    """Nudge the mails that are owed: their message was lost, or their worker died."""
    for key in invitation_mail.due(timezone.now()).values_list("pk", flat=True):
        send_invitation.delay(invitation_id=key)
