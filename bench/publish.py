"""
How quickly changes of routes are published, beside PostgreSQL's own COPY of the same rows.

    python bench/publish.py [numbers, 100000 by default]

Works in a database of its own beside the one that DATABASE_OWNER_URL names, and drops it; without
any, beside throwaway stores. Prints figures as it goes, and one JSON line at the end. Numbers lie
under +999, which no one can own.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("DEMO", "1")

from bench.stores import bring_if_missing

bring_if_missing()

import django

django.setup()

from django.db import connection, connections
from django.utils import timezone

from accounts.tests.factories import make_provider, make_tenant
from bench.measuring import database, quantiles, say
from portal.celery import app
from provisioning import dirty, publisher
from provisioning.models import DirtyRoute, InboundRoute, Lane, Pbx
from provisioning.tests.scene import make_account, make_numbers, make_pbx, place, version

FIRST = 999_0000_0000
TENANTS = 10

Figures = dict[str, float]


def publish(pbx: Pbx) -> list[publisher.Batch]:
    """Publish until every route is out, as the worker does."""
    batches, size = [], publisher.LARGEST
    while DirtyRoute.objects.filter(pbx=pbx).exclude(lane=Lane.AFTER).exists():
        done = publisher.batch(pbx_id=pbx.pk, now=timezone.now(), size=size)
        if done is not None:
            batches.append(done)
            size = publisher.next_size(size, done)
    return batches


def follow(pbx: Pbx) -> float:
    """Have the statuses of the published numbers follow, which the worker does after the routes."""
    began = time.perf_counter()
    publisher.run(pbx_id=pbx.pk, clock=timezone.now, seconds=3600)
    return time.perf_counter() - began


def copy_floor(pbx: Pbx) -> float:
    """Give the seconds that PostgreSQL needs to COPY the published rows and their changes."""
    rows = list(
        InboundRoute.objects.filter(pbx=pbx).values_list("pbx_id", "did", "value", "version")
    )
    with connections["owner"].cursor() as cursor:
        for table in ("inboundroute", "routechange"):
            cursor.execute(f"CREATE TABLE floor_{table} (LIKE provisioning_{table} INCLUDING ALL)")
        began = time.perf_counter()
        with cursor.copy(
            "COPY floor_inboundroute (pbx_id, did, value, version) FROM STDIN"
        ) as copy:
            for row in rows:
                copy.write_row(row)
        now = timezone.now()
        with cursor.copy(
            'COPY floor_routechange (pbx_id, "table", version, key, new, at) FROM STDIN'
        ) as copy:
            for pbx_id, did, value, number in rows:
                copy.write_row((pbx_id, "inbound", number, did, value, now))
        took = time.perf_counter() - began
        cursor.execute("DROP TABLE floor_inboundroute, floor_routechange")
    return took


class Person:
    """Somebody who moves one number again and again, and looks when it is published."""

    def __init__(self, pbx: Pbx, number: str) -> None:
        self.waited: list[float] = []
        self._pbx, self._number = pbx, number
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._act)

    def __enter__(self) -> Person:
        self._thread.start()
        return self

    def __exit__(self, *_trouble: object) -> None:
        self._stop.set()
        self._thread.join()

    def _act(self) -> None:
        turn = 0
        while not self._stop.wait(0.1):
            turn += 1
            extension = str(200 + turn % 2)
            began = time.perf_counter()
            move([self._number], extension, lane="INTERACTIVE")
            while not self._stop.is_set() and not self._published(extension):
                time.sleep(0.002)
            if not self._stop.is_set():
                self.waited.append(time.perf_counter() - began)
        connection.close()

    def _published(self, extension: str) -> bool:
        routes = InboundRoute.objects.filter(pbx=self._pbx, did=self._number[1:])
        return routes.filter(value__startswith=f"c,1,{extension}@").exists()


def move(numbers: Sequence[str], extension: str, *, lane: str) -> None:
    """Point numbers elsewhere and say so, in one transaction."""
    from django.db import transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dids_assignment a SET value = %s FROM dids_phonenumber n"
            " WHERE n.id = a.number_id AND n.e164 = ANY(%s)",
            [extension, list(numbers)],
        )
        dirty.mark_numbers(numbers, lane=lane)


def main(count: int) -> Figures:
    """Measure a first publish of ``count`` numbers, then as many changes."""
    app.conf.update(broker_url="memory://")
    make_provider(name="Bench")
    pbx, account = make_pbx(), make_account()
    tenants = [make_tenant() for _ in range(TENANTS)]
    numbers: list[str] = []
    each = count // TENANTS
    for tenant in tenants:
        place(tenant, pbx)
    publish(pbx)
    for index, tenant in enumerate(tenants):
        numbers += make_numbers(account, tenant, first=FIRST + index * each, count=each)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")

    say(f"{len(numbers)} numbers; first publish, a person moving one number meanwhile:")
    dirty.mark_pbx(pbx.pk)
    began = time.perf_counter()
    with Person(pbx, numbers[0]) as person:
        first = publish(pbx)
        first_seconds = time.perf_counter() - began
    first_batches = quantiles([b.seconds for b in first])
    say(f"  {first_seconds:.1f} s, {len(numbers) / first_seconds:,.0f}/s, batches {first_batches}")
    say(f"  the person waited {quantiles(person.waited or [0.0])}")

    follow_seconds = follow(pbx)
    say(f"statuses and journal followed in another {follow_seconds:.1f} s")

    say("as many changes, each marked by itself:")
    for start in range(0, len(numbers), 10_000):
        move(numbers[start : start + 10_000], "300", lane="BULK")
    began = time.perf_counter()
    changes = publish(pbx)
    seconds = time.perf_counter() - began
    changed = sum(b.changed for b in changes)
    batches = quantiles([b.seconds for b in changes])
    say(f"  {changed} in {seconds:.1f} s, {changed / seconds:,.0f}/s, batches {batches}")

    floor = copy_floor(pbx)
    say(f"floor, COPY of the same rows and their changes: {len(numbers) / floor:,.0f}/s")
    return {
        "numbers": len(numbers),
        "version": version(pbx),
        "first_publish_s": round(first_seconds, 2),
        "first_publish_per_s": round(len(numbers) / first_seconds),
        "first_publish_projected_1m_s": round(1_000_000 * first_seconds / len(numbers), 1),
        "statuses_followed_s": round(follow_seconds, 2),
        "changes_per_s": round(changed / seconds),
        "floor_copy_per_s": round(len(numbers) / floor),
        **{f"first_batch_{key}": value for key, value in first_batches.items()},
        **{f"change_batch_{key}": value for key, value in batches.items()},
        **{f"person_{key}": value for key, value in quantiles(person.waited or [0.0]).items()},
    }


if __name__ == "__main__":
    with database():
        figures = main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    say(json.dumps(figures))
