"""
Bring committed changes into the published tables: one publisher at a time for each switch.

A batch is one short READ COMMITTED transaction: lock the head, read what is dirty, compute in a
later statement what is wanted, write what really differs, delete exactly what was read, notify,
commit. A change that commits at any gap is either seen by the computation or still dirty after it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lib import pauses
from provisioning import backlog, desired, facts, pacing, plan, service, tables
from provisioning.models import Table

LARGEST = 2_000
"""Dirty rows of one batch."""
SMALLEST = 100
LONGEST = 0.2
"""Seconds a batch may hold the lock: whoever waits for a call to move waits that long too."""


@dataclass(frozen=True)
class Batch:
    """
    What one batch did.

    :ivar looked_at: dirty rows settled
    :ivar changed: keys written
    :ivar seconds: how long its transaction took
    """

    looked_at: int
    changed: int
    seconds: float


@dataclass(frozen=True)
class Run:
    """
    What one publisher did.

    :ivar changed: keys written
    :ivar unfinished: whether the time was over before nothing was left
    """

    changed: int
    unfinished: bool


def run(*, pbx_id: int, clock: Callable[[], datetime], seconds: float = 60.0) -> Run:
    """
    Publish a switch until nothing is left, or somebody else is at it, or the time is over.

    :param clock: gives the time of each batch
    :param seconds: after which the next publisher shall go on
    """
    end = time.monotonic() + seconds
    size, changed = LARGEST, 0
    while time.monotonic() < end:
        done = batch(pbx_id=pbx_id, now=clock(), size=size)
        if done is None:
            return Run(changed, unfinished=False)
        changed += done.changed
        size = next_size(size, done)
        # Look again after the commit, without the lock: a nudge that came while it was held has
        # gone away again, trusting that this question is asked.
        if not backlog.waiting(pbx_id):
            return Run(changed, unfinished=False)
        if done.changed >= SMALLEST:
            pacing.wait(pbx_id)
    return Run(changed, unfinished=True)


def batch(*, pbx_id: int, now: datetime, size: int = LARGEST) -> Batch | None:
    """
    Publish up to ``size`` dirty rows in one transaction.

    :return: None if another publisher is at this switch
    """
    began = time.monotonic()
    with transaction.atomic():
        if not tables.lock(pbx_id):
            return None
        pauses.at("publish.locked")
        todo = backlog.read(pbx_id, size)
        pauses.at("publish.read")
        changed = _write(pbx_id, todo, now=now)
        backlog.settle(todo)
        pauses.at("publish.settled")
    pauses.at("publish.committed")
    return Batch(len(todo.ids), changed, time.monotonic() - began)


def _write(pbx_id: int, todo: backlog.Backlog, *, now: datetime) -> int:
    changed = 0
    if todo.facts:
        small = facts.wanted(pbx_id)
        for table in facts.SMALL:
            changed += _version(pbx_id, table, tables.facts(pbx_id, table), small[table])
    if todo.numbers:
        wanted = desired.inbound(pbx_id, todo.numbers)
        pauses.at("publish.computed")
        actual = tables.inbound(pbx_id, todo.numbers)
        changed += _version(pbx_id, Table.INBOUND, actual, wanted.routes)
        pauses.at("publish.written")
        _follow(pbx_id, [n for n in todo.numbers if n not in wanted.serving], now=now)
        pauses.at("publish.followed")
    if todo.followed:
        service.follow(pbx_id, todo.followed, now=now)
    return changed


def _follow(pbx_id: int, numbers: list[str], *, now: datetime) -> None:
    """Have the statuses follow: of a few at once, of many when every route is out."""
    if len(numbers) > backlog.FOLLOWED_AT_ONCE:
        backlog.postpone(pbx_id, numbers)
    elif numbers:
        service.follow(pbx_id, numbers, now=now)


def _version(pbx_id: int, table: str, actual: dict[str, str], wanted: dict[str, str]) -> int:
    changes = plan.changes(actual, wanted)
    if changes:
        tables.write(pbx_id, table, changes)
    return len(changes)


def next_size(size: int, done: Batch) -> int:
    """Give the next batch the size that would have taken as long as a batch may."""
    fitting = int(size * LONGEST / max(done.seconds, 0.001))
    return max(SMALLEST, min(LARGEST, fitting))
