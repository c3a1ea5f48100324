"""Telling in time what gets old: documents, places that people may have left, work that is late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Greatest

from accounts import journal
from accounts.actors import System
from accounts.work import acting
from dids import events
from dids.models import Document, EmergencyLocation, Task

_ACTOR = System("documents.remind")
_LOOKER = System("emergency.remind")
_HURRIER = System("tasks.remind")
DAYS: Final = (0, 7, 30)
"""Days before the end on which somebody is told, the last first."""


def remind(*, now: datetime, most: int) -> int:
    """Write down which documents are about to expire, or have, as far as that was not told yet."""
    today = now.date()
    soon = Document.objects.shown().filter(expires_on__lte=today + timedelta(days=DAYS[-1]))
    told = 0
    with acting(_ACTOR):
        for days in DAYS:
            due = soon.filter(expires_on__lte=today + timedelta(days=days)).filter(
                Q(reminded_days__isnull=True) | Q(reminded_days__gt=days)
            )
            locked = due.select_for_update(skip_locked=True, no_key=True, of=("self",))
            rows = list(locked.select_related("organization").order_by("pk")[: most - told])
            Document.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_days=days)
            journal.record_many(_ACTOR, events.DOCUMENT_EXPIRES, map(_row, rows), now=now)
            told += len(rows)
            if told >= most:
                break
    return told


def remind_of_locations(*, now: datetime, most: int) -> int:
    """Write down which emergency locations nobody has looked at, nor been told of, for long."""
    long_ago = now - timedelta(days=settings.EMERGENCY_REVIEW_DAYS)
    old = EmergencyLocation.objects.active().annotate(
        seen=Greatest("validated_at", "tested_at", "reminded_at")
    )
    with acting(_LOOKER):
        due = old.filter(seen__lte=long_ago).order_by("pk")
        locked = due.select_for_update(skip_locked=True, no_key=True, of=("self",))
        rows = list(locked.select_related("organization")[:most])
        EmergencyLocation.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_at=now)
        told = [
            journal.Row(
                subject=row.subject, organization=row.organization, after={"label": row.label}
            )
            for row in rows
        ]
        journal.record_many(_LOOKER, events.LOCATION_DUE, told, now=now)
    return len(rows)


def hurry(*, now: datetime, most: int) -> int:
    """Call tasks urgent that nobody did in their time, and write it down once; gives how many."""
    late = Task.objects.open().filter(late_at=None, due_at__lt=now).order_by("due_at", "pk")
    with acting(_HURRIER):
        locked = late.select_for_update(skip_locked=True, no_key=True, of=("self",))
        rows = list(locked.select_related("organization", "number")[:most])
        Task.objects.filter(pk__in=[row.pk for row in rows]).update(is_urgent=True, late_at=now)
        told = [
            journal.Row(
                subject=row.subject,
                organization=row.organization,
                number=row.number.e164 if row.number else "",
                after={"title": row.title, "due": f"{row.due_at:%-d %B %Y}"},
            )
            for row in rows
        ]
        journal.record_many(_HURRIER, events.TASK_LATE, told, now=now)
    return len(rows)


def _row(document: Document) -> journal.Row:
    return journal.Row(
        subject=document.subject,
        organization=document.organization,
        after={
            "type": document.get_type_display(),
            "expires_on": f"{document.expires_on:%-d %B %Y}",
        },
    )
