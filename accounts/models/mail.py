from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class SentMail(models.Model):
    """A mail that a demo portal keeps to be read on its own page instead of sending it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(db_default=Now())
    sender = models.CharField(max_length=254)
    recipients = ArrayField(models.CharField(max_length=254))
    subject = models.CharField(max_length=400)
    body = models.TextField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.subject} (#{self.pk})"
