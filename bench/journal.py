"""
What the journal costs: eight writers with and without it, beside a bulk and an open transaction.

    python bench/journal.py [seconds for each measurement, 8 by default]

The writers move numbers from one extension to another by the product's own workflow, each as fast
as it can, in processes of their own; a sealer works each second as in production. The floor is the
same work with the journal left out. Works in a database of its own; prints figures as it goes, and
one JSON line at the end. Numbers lie under +999, which no one can own.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.synchronize import Event as Flag
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("DEMO", "1")

from bench.stores import bring_if_missing

bring_if_missing()

import django

django.setup()

from django.db import connection, connections, transaction
from django.utils import timezone

from accounts import journal, sealing, verification
from accounts.actors import System
from accounts.models import Event, Organization
from accounts.tests.factories import make_provider, make_tenant
from bench.measuring import database, quantiles, say
from dids import events
from dids.destinations import Destination, DestinationKind
from dids.models import PhoneNumber
from dids.workflows import assignment
from portal.celery import app
from provisioning.tests.scene import make_account, make_numbers, make_pbx, place

FIRST = 999_0000_0000
WRITERS = 8
BULK = 10_000
ACTOR = System("bench")
FORK = multiprocessing.get_context("fork")


def write(turn: int, number_id: int, journaled: bool, stop: Flag, told: Any) -> None:
    """Move one number to and fro until told to stop."""
    if not journaled:
        journal.record_many = lambda *_, **__: [Event()]
    number = PhoneNumber.objects.get(pk=number_id)
    took = []
    while not stop.is_set():
        turn += 1
        there = Destination(DestinationKind.EXTENSION, str(100 + turn % 2))
        began = time.perf_counter()
        assignment.assign(number=number, destination=there, actor=ACTOR, now=timezone.now())
        took.append(time.perf_counter() - began)
    told.put(took)


def seal(stop: Flag) -> None:
    """Seal each second, as beat has it done."""
    while not stop.wait(1.0):
        sealing.seal_pending(timezone.now())


def record_bulk(organization: Organization, stop: Flag) -> None:
    """Write a bulk of events in one transaction, again and again."""
    rows = [
        journal.Row(subject=f"dids.number:{place}", organization=organization)
        for place in range(BULK)
    ]
    while not stop.wait(0.1):
        with transaction.atomic():
            journal.record_many(ACTOR, events.LABELLED, rows, now=timezone.now())


def hold_open(organization: Organization, stop: Flag) -> None:
    """Keep a transaction open that has written an event."""
    row = journal.Row(subject="dids.number:open", organization=organization)
    with transaction.atomic(), connection.cursor() as cursor:
        # Ours is idle on purpose.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        journal.record_many(ACTOR, events.LABELLED, [row], now=timezone.now())
        stop.wait(600)


@contextmanager
def beside(work: Callable[..., None], *arguments: object) -> Iterator[None]:
    """Do something in a process of its own meanwhile."""
    stop = FORK.Event()
    process = FORK.Process(target=work, args=(*arguments, stop))
    process.start()
    try:
        yield
    finally:
        stop.set()
        process.join()


def written(numbers: Sequence[int], seconds: float, *, journaled: bool = True) -> dict[str, Any]:
    """Let the writers work; gives moves a second and how long each took."""
    connections.close_all()
    stop, told = FORK.Event(), FORK.Queue()
    writers = [
        FORK.Process(target=write, args=(turn, number, journaled, stop, told))
        for turn, number in enumerate(numbers)
    ]
    for writer in writers:
        writer.start()
    time.sleep(seconds)
    stop.set()
    took = [one for _ in writers for one in told.get(timeout=60)]
    for writer in writers:
        writer.join()
    return {"per_s": round(len(took) / seconds, 1), **quantiles(took)}


def main(seconds: float) -> dict[str, Any]:
    """Measure off, on, beside a bulk, and beside an open transaction."""
    app.conf.update(broker_url="memory://localhost")
    make_provider(name="Bench")
    pbx, account, tenant = make_pbx(), make_account(), make_tenant()
    place(tenant, pbx)
    make_numbers(account, tenant, first=FIRST, count=WRITERS)
    numbers = list(PhoneNumber.objects.order_by("e164").values_list("pk", flat=True))
    written(numbers, 1.0)  # for warm caches

    figures: dict[str, Any] = {"writers": WRITERS, "seconds": seconds}
    # Off and on by turns: a machine shared with others is faster at one moment than at another.
    rounds = [
        (written(numbers, seconds / 2, journaled=False), _sealed(numbers, seconds / 2))
        for _ in range(2)
    ]
    off = sum(floor["per_s"] for floor, _ in rounds) / 2
    on = sum(with_it["per_s"] for _, with_it in rounds) / 2
    figures |= {"off_per_s": off, "on_per_s": on, "on_p99_ms": rounds[-1][1]["p99_ms"]}
    say(f"without the journal {off:.0f} moves a second, with it {on:.0f} ({on / off:.0%})")
    for name, work in (("bulk", record_bulk), ("open_transaction", hold_open)):
        connections.close_all()
        with beside(work, tenant):
            figures[name] = _sealed(numbers, seconds)
        say(f"beside {name}: {figures[name]}")
    sealing.seal_pending(timezone.now())
    pending, _ = verification.unsealed(timezone.now())
    figures["unsealed_afterwards"] = pending
    figures["problems"] = verification.problems()
    return figures


def _sealed(numbers: Sequence[int], seconds: float) -> dict[str, Any]:
    connections.close_all()
    with beside(seal):
        return written(numbers, seconds)


if __name__ == "__main__":
    with database():
        result = main(float(sys.argv[1]) if len(sys.argv) > 1 else 8.0)
    say(json.dumps({"bench": "journal", **result}))
