"""The lines of lists that were applied are kept for a while, not for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from dids.models import Import, ImportPiece, ImportRow
from dids.states import ImportStatus
from trunks.workflows.retention import delete


def forget(*, now: datetime) -> int:
    """
    Delete what lists said that were applied long ago, in short transactions; gives how many rows.

    What each did stays: its counts here, every number in the journal.
    """
    before = now - timedelta(days=settings.IMPORT_DAYS)
    old = Import.objects.filter(status=ImportStatus.APPLIED, status_since__lt=before)
    rows = ImportRow.objects.filter(source__in=old)
    return delete(rows) + delete(ImportPiece.objects.filter(source__in=old))
