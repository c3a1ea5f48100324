"""Mail of the demo: kept to be read in the portal instead of leaving it."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from accounts.models import SentMail


class DatabaseBackend(BaseEmailBackend):
    """Store every mail as a row."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store mails; gives how many."""
        stored = SentMail.objects.bulk_create(
            SentMail(
                sender=message.from_email,
                recipients=message.recipients(),
                subject=str(message.subject)[:400],
                body=str(message.body),
            )
            for message in email_messages
        )
        return len(stored)
