"""Housekeeping of the API."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone


@shared_task
def forget_answers(**_newer: object) -> None:
    """Delete the answers of idempotency keys that have been kept for a day."""
    from portal.api import answers

    answers.forget(now=timezone.now())
