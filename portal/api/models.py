"""The answers that an idempotency key recalls."""

from __future__ import annotations

from django.db import models

from lib.sealed import SealedTextField


class KeptAnswer(models.Model):
    """
    What a caller was told for an idempotency key, written in the transaction of the work itself.

    The answer is sealed: one of them holds the secret of a new API client.
    """

    caller = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    asked = models.CharField(max_length=64)
    """SHA-256 over method, address, acting-for and body."""
    status = models.PositiveSmallIntegerField()
    answer = SealedTextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="kept_answer_once"),
        ]
        indexes = [models.Index(fields=["at"], name="kept_answer_age")]

    def __str__(self) -> str:
        return f"answer #{self.pk}"
