"""What all calls to carriers share: the claim before them, their time, and when they are over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import models

from dids import timing
from dids.states import Lifecycle
from trunks.deadlines import Deadline
from trunks.roles import Carrier, SellsNumbers

_LAG_ELSEWHERE: Final = timedelta(seconds=15)


def claim(
    lifecycle: Lifecycle, row: models.Model, *, to: str, now: datetime
) -> tuple[UUID, datetime]:
    """
    Put our name on a row for the one call that follows; inside the transaction that notes it.

    :return: the attempt, and until when the call may leave
    """
    call_before = leave_before(now)
    attempt = lifecycle.edges.claim(
        row, to=to, now=now, call_before=call_before, next_attempt_at=dead_from(call_before)
    )
    return attempt, call_before


def leave_before(now: datetime) -> datetime:
    """Give until when a call may leave that was decided upon now."""
    return now + timing.span("PURCHASE_GRACE_SECONDS")


def deadline(call_before: datetime | None = None) -> Deadline:
    """
    Give the time that one call has.

    :param call_before: until when it may leave; None for reading, which may leave at any time
    """
    return Deadline(timing.seconds("PURCHASE_DEADLINE_SECONDS"), call_before)


def dead_from(call_before: datetime) -> datetime:
    """Give the moment from which nobody can still be waiting for the answer to a call."""
    return call_before + timing.span("PURCHASE_DEADLINE_SECONDS")


def lookup_lag(carrier: Carrier) -> timedelta:
    """Give how long a carrier may not show what a call changed."""
    return lag_of(type(carrier))


def lag_of(adapter: type[Carrier]) -> timedelta:
    """Give how long the carrier of an adapter may not show what a call changed."""
    return adapter.lookup_lag if issubclass(adapter, SellsNumbers) else _LAG_ELSEWHERE
