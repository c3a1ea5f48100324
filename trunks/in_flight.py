"""
How many calls to one carrier account may wait at once in this process.

Without a bound, a carrier that answers slowly would soon hold every thread of the search workers,
and nobody would be asked any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import BoundedSemaphore

from trunks.connect import NotNow
from trunks.models import CarrierAccount

THREADS = 120
"""With which a process asks; they mostly wait."""
MOST = THREADS // 6
"""Accounts in trouble leave room for the others."""
PATIENCE = 1.0
"""Seconds to wait for another call to end."""

_slots: dict[int, BoundedSemaphore] = {}


@contextmanager
def slot(account: CarrierAccount, now: datetime) -> Iterator[None]:
    """
    Hold one of the account's places while a call is made.

    :raises NotNow: if none gets free soon
    """
    places = _slots.setdefault(account.pk, BoundedSemaphore(MOST))
    if not places.acquire(timeout=PATIENCE):
        raise NotNow(
            "It answers slowly, and earlier searches still wait for it.",
            retry_at=now + timedelta(seconds=PATIENCE),
        )
    try:
        yield
    finally:
        places.release()
