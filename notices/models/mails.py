"""Mails that follow from what happened."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q


class Mail(models.Model):
    """What one person is told of one position of the journal; others of the same batch join it."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    """Goes out as the message's id: a mail that a dead worker sent twice is shown once."""
    position = models.BigIntegerField()
    recipient = models.EmailField()
    subject = models.CharField(max_length=150)
    body = models.TextField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    """When it is sent, or tried again; none once it was sent or given up."""
    attempt = models.UUIDField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    """How often somebody set out to send it; counted before, so that a dead worker's try counts."""
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="mail_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["created_at"], name="mail_created"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["position", "recipient"], name="mail_once_for_a_position"
            ),
            models.CheckConstraint(
                name="mail_sent_is_not_due", condition=Q(sent_at=None) | Q(due_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"mail of position {self.position} ({self.pk})"
