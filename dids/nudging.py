"""A second try in a moment: sooner than the next sweep, spread out, never over half a minute."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from celery import Task

from dids import timing
from trunks.errors import CarrierError, Misconfigured, Unavailable

LONGEST = 30.0
"""Seconds. Longer delays live in rows alone: a broker may lose what it holds."""
SPREAD = 2.0
"""Seconds over which many that wait for the same turn come back."""


def soon(
    task: Task[Any, Any], message: Mapping[str, object], *, at: datetime, now: datetime
) -> datetime:
    """
    Send a message again once it is worth it; gives when the sweep should see to it otherwise.

    :param at: from when it is worth it
    """
    wait = max((at - now).total_seconds(), 0.0)
    if wait > LONGEST - SPREAD:
        return at
    wait += random.uniform(0.0, SPREAD)  # noqa: S311
    over = wait + timing.seconds("NUDGE_AGAIN_SECONDS")
    # When the sweep sees to it, this message is dropped: else every copy would send another one.
    task.apply_async(kwargs=dict(message), countdown=wait, expires=over)
    return now + timedelta(seconds=over)


def after(trouble: CarrierError, *, now: datetime) -> datetime:
    """Give when it is worth looking up once more what could not be looked up."""
    if isinstance(trouble, Unavailable):
        return trouble.retry_at(now, otherwise=timing.seconds("LOOKUP_SECONDS"))
    if isinstance(trouble, Misconfigured):
        return now + timing.span("PUT_OFF_PERSON_SECONDS")
    return now + timing.span("LOOKUP_SECONDS")
