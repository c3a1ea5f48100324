"""How long things take and wait, in seconds; a setting of the same name overrides each."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

_DEFAULTS: Final = {
    # A claimed call may leave for so long; then the claim is dead.
    "PURCHASE_GRACE_SECONDS": 5.0,
    # One outside call in all, its retries included.
    "PURCHASE_DEADLINE_SECONDS": 15.0,
    "SEARCH_DEADLINE_SECONDS": 12.0,
    # What was found longer ago is looked at again before it is bought, where nobody can hold it.
    "RECHECK_AFTER_SECONDS": 60.0,
    "RECHECK_DEADLINE_SECONDS": 5.0,
    # Between two readings of an order that the carrier works on.
    "ORDER_POLL_SECONDS": 2.0,
    "ORDER_POLL_MOST_SECONDS": 300.0,
    # Between two look-ups of something uncertain.
    "LOOKUP_SECONDS": 2.0,
    # After trouble in which nothing happened.
    "PUT_OFF_SECONDS": 5.0,
    # After trouble that a person must end.
    "PUT_OFF_PERSON_SECONDS": 60.0,
    # As long as a purchase or a binding is tried.
    "PURCHASE_GIVE_UP_SECONDS": 1800.0,
    "BINDING_GIVE_UP_SECONDS": 86_400.0,
    # After that, a person sees to what a carrier could not be asked for.
    "FEATURE_GIVE_UP_SECONDS": 86_400.0,
    # Between two readings of what is in force, which carriers may end.
    "IN_FORCE_SECONDS": 86_400.0,
    # Over which such readings of many are spread, and after one that failed.
    "IN_FORCE_SPREAD_SECONDS": 3600.0,
    # Whoever wants a hold wants it now.
    "HOLD_GIVE_UP_SECONDS": 120.0,
    # A failed purchase is looked up again for so long: a stopped worker may wake up and buy.
    "LATE_LOOK_SECONDS": 86_400.0,
    # What was nudged is left alone for so long.
    "NUDGE_AGAIN_SECONDS": 10.0,
    "FOUND_OFFER_SECONDS": 900.0,
    "DRAFT_SECONDS": 86_400.0,
    # Between two looks for what a back-order wants, and after a preview of it was thrown away.
    "BACK_ORDER_SECONDS": 900.0,
    "BACK_ORDER_DECLINED_SECONDS": 86_400.0,
    "STOCK_OFFER_SECONDS": 14 * 86_400.0,
    # Whoever stores a document has done so by then, or was cut off.
    "DOCUMENT_ARRIVES_SECONDS": 600.0,
    "DOCUMENT_SCAN_AGAIN_SECONDS": 60.0,
    "DOCUMENT_LOOK_SECONDS": 86_400.0,
    # What a carrier asks for is read once in so long.
    "REQUIREMENTS_SECONDS": 86_400.0,
    # An order waits so long for documents before its money returns.
    "DOCUMENTS_GIVE_UP_SECONDS": 30 * 86_400.0,
}


def span(name: str) -> timedelta:
    """Give a span of time by its name."""
    return timedelta(seconds=seconds(name))


def seconds(name: str) -> float:
    """Give the seconds of a span by its name."""
    return float(getattr(settings, name, _DEFAULTS[name]))


def until_read_again(since: datetime, *, now: datetime) -> timedelta:
    """Give the pause before something is read again: a tenth of the wait so far, within bounds."""
    pause = max((now - since) / 10, span("ORDER_POLL_SECONDS"))
    return min(pause, span("ORDER_POLL_MOST_SECONDS"))


def until_confirmed(which: UUID) -> timedelta:
    """Give the pause before what is in force is read again: many that began together are spread."""
    spread = which.int % int(seconds("IN_FORCE_SPREAD_SECONDS"))
    return span("IN_FORCE_SECONDS") + timedelta(seconds=spread)


QUARANTINE_DAYS: Final = {"US": 45, "CA": 45, "GB": 90, "DE": 180}
"""How long a number that was used rests before somebody else may get it.

US: at least 45 days after permanent disconnect (47 CFR 52.15); Canada follows the same practice.
Where we know of no rule, 60 days keep most wrong calls away.
"""
QUARANTINE_DAYS_ELSEWHERE: Final = 60


def quarantine(country: str) -> timedelta:
    """Give how long a used number of that country rests."""
    return timedelta(days=QUARANTINE_DAYS.get(country, QUARANTINE_DAYS_ELSEWHERE))


class Elapsed:
    """
    A clock that was handed in once and runs on from there.

    An outside call takes seconds: what is recorded after it carries the time after it.
    """

    def __init__(self, now: datetime) -> None:
        self._start = now
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Give the moment that was handed in, plus what has passed since."""
        return self._start + timedelta(seconds=time.monotonic() - self._began)
