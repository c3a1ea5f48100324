"""What runs in the background to tell people of what happened."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from notices import sending

MOST = 500


@shared_task
def send(*, mail_id: int, **_newer: object) -> None:
    """Send one mail."""
    sending.send(mail_id=mail_id, now=timezone.now())


@shared_task
def sweep(**_newer: object) -> None:
    """Read what was sealed since, and nudge the mails that are owed."""
    from notices import reading

    now = timezone.now()
    reading.read(now=now)
    for key in sending.due(now).order_by("due_at").values_list("pk", flat=True)[:MOST]:
        send.delay(mail_id=key)
    sending.forget(now=now)
