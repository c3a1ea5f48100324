"""
A mail of ours: claimed, sent, recorded; at least once, and seldom more often.

No mail server can be asked whether it took a mail. Where a worker dies between its answer and the
record, the mail is therefore sent once more after the claim's end, under the same message id, by
which mail programs show it once. One that was stopped before it sent finds its claim dead when it
wakes up, and sends nothing. A try counts before it is made: a mail whose workers die each time is
given up in the end as one that the server refuses is, instead of being sent for ever.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, QuerySet

from dids.timing import Elapsed
from lib import pauses
from notices.models import Mail

LEASE = timedelta(minutes=2)
"""After that long a worker that claimed a mail is taken for dead; the setting MAIL_LEASE_SECONDS
overrides it."""
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
MOST_TRIES = 12
"""After about a day nobody is told any more what is old by then."""
KEPT = timedelta(days=30)


def due(now: datetime) -> QuerySet[Mail]:
    """Give the mails that are owed."""
    return Mail.objects.filter(due_at__lte=now)


def send(*, mail_id: int, now: datetime) -> bool:
    """Send one mail if it is owed; whether it was sent."""
    clock, attempt, ends = Elapsed(now), uuid4(), now + _lease()
    claimed = due(now).filter(pk=mail_id)
    if not claimed.update(due_at=ends, attempt=attempt, tries=F("tries") + 1):
        return False
    pauses.at("mail.claimed")
    mail = Mail.objects.get(pk=mail_id)
    if mail.tries > MOST_TRIES:
        _of(mail, attempt).update(due_at=None, attempt=None)
        return False
    if clock.now() >= ends:
        return False
    try:
        _message(mail).send()
    except OSError:
        # What a mail server says no with, smtplib's errors included, are all kinds of OSError.
        _put_off(mail, attempt, clock.now())
        return False
    pauses.at("mail.sent")
    _of(mail, attempt).update(due_at=None, attempt=None, sent_at=clock.now())
    return True


def forget(*, now: datetime) -> None:
    """Delete mails that nobody looks up any more; they name people."""
    Mail.objects.filter(due_at=None, created_at__lt=now - KEPT).delete()


def _lease() -> timedelta:
    return timedelta(seconds=getattr(settings, "MAIL_LEASE_SECONDS", LEASE.total_seconds()))


def _put_off(mail: Mail, attempt: UUID, now: datetime) -> None:
    wait = WAITS[min(mail.tries, len(WAITS)) - 1]
    again = now + wait if mail.tries < MOST_TRIES else None
    _of(mail, attempt).update(due_at=again, attempt=None)


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
