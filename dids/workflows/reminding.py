"""Telling in time that documents expire: each of a few days before, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from accounts import journal
from accounts.actors import System
from accounts.work import acting
from dids import events
from dids.models import Document

_ACTOR = System("documents.remind")
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


def _row(document: Document) -> journal.Row:
    return journal.Row(
        subject=document.subject,
        organization=document.organization,
        after={
            "type": document.get_type_display(),
            "expires_on": f"{document.expires_on:%-d %B %Y}",
        },
    )
