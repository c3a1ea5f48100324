"""What was said to and by carriers is kept for a while, not for ever."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction

from trunks.models import CarrierAccount, CarrierEvent, Exchange

AT_ONCE = 2_000
MOST_ROUNDS = 200
"""A run is bounded; what is left over goes the next day."""


def forget(*, now: datetime, kept: timedelta | None = None) -> dict[str, int]:
    """
    Delete exchanges and messages older than `kept`, in short transactions; gives how many.

    A message that still waits to be looked into stays.
    """
    before = now - (kept or timedelta(days=settings.EXCHANGE_DAYS))
    waiting = CarrierEvent.Status.RECEIVED
    gone = {"exchanges": 0, "events": 0}
    # Account by account: that is how both are indexed.
    for account in CarrierAccount.objects.order_by("pk"):
        exchanges = Exchange.objects.filter(account=account, at__lt=before).order_by("at")
        events = CarrierEvent.objects.filter(account=account, received_at__lt=before)
        gone["exchanges"] += delete(exchanges)
        gone["events"] += delete(events.exclude(status=waiting).order_by("received_at"))
    return gone


def delete(rows: models.QuerySet[Any]) -> int:
    """Delete rows in short transactions, as many as a run may; gives how many."""
    deleted = 0
    for _ in range(MOST_ROUNDS):
        with transaction.atomic():
            keys = list(rows.values_list("pk", flat=True)[:AT_ONCE])
            count, _each = rows.model._default_manager.filter(pk__in=keys).delete()
        deleted += count
        if len(keys) < AT_ONCE:
            break
    return deleted
