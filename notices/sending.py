"""
A mail of ours: claimed, sent, recorded.

A worker that dies after sending and before recording causes a second copy under the same message
id, which mail programs show once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, QuerySet

from notices.models import Mail

LEASE = timedelta(minutes=2)
"""After that long a worker that claimed a mail is taken for dead."""
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
MOST_FAILURES = 12
"""After about a day nobody is told any more what is old by then."""
KEPT = timedelta(days=30)


def due(now: datetime) -> QuerySet[Mail]:
    """Give the mails that are owed."""
    return Mail.objects.filter(due_at__lte=now)


def send(*, mail_id: int, now: datetime) -> bool:
    """Send one mail if it is owed; whether it was sent."""
    attempt = uuid4()
    if not due(now).filter(pk=mail_id).update(due_at=now + LEASE, attempt=attempt):
        return False
    mail = Mail.objects.get(pk=mail_id)
    try:
        _message(mail).send()
    except OSError:
        # What a mail server says no with, smtplib's errors included, are all kinds of OSError.
        _put_off(mail, attempt, now)
        return False
    _of(mail, attempt).update(due_at=None, attempt=None, sent_at=now)
    return True


def forget(*, now: datetime) -> None:
    """Delete mails that nobody looks up any more; they name people."""
    Mail.objects.filter(due_at=None, created_at__lt=now - KEPT).delete()


def _put_off(mail: Mail, attempt: UUID, now: datetime) -> None:
    wait = WAITS[min(mail.failures, len(WAITS) - 1)]
    again = now + wait if mail.failures + 1 < MOST_FAILURES else None
    _of(mail, attempt).update(due_at=again, attempt=None, failures=F("failures") + 1)


def _of(mail: Mail, attempt: UUID) -> QuerySet[Mail]:
    return Mail.objects.filter(pk=mail.pk, attempt=attempt)


def _message(mail: Mail) -> EmailMessage:
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return EmailMessage(
        subject=mail.subject,
        body=mail.body,
        to=[mail.recipient],
        headers={"Message-ID": f"<{mail.uuid}@{host}>"},
    )
