"""
How long a page of the journal takes to find, however it is narrowed, at very many events.

    python bench/journal_reading.py [events, 1,000,000 by default]

A provider, a busy dealer of 300 tenants, a huge one of 1,500, one that fell asleep years ago, and a
small one; programs and people act, most of what happens is of few kinds. Every way to narrow is
asked for the first page and for one deep down. The floor is the newest page of everything. Works in
a database of its own; prints a line for each way, and one JSON line at the end.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
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

from accounts import reading, sentences
from accounts.actors import Actor
from accounts.catalogue import CATALOGUE
from accounts.models import Organization
from accounts.reading import Wanted
from accounts.tests.cast import make_cast
from accounts.tests.factories import make_actor, make_dealer, make_tenant
from bench.measuring import database, quantiles, say

REACH_MS = 150
SIZE = 50
LOOKS = 7
COMMON = ("dids.number.assigned", "dids.number.unassigned", "dids.binding.bound", "dids.task.taken")
RARE = ("accounts.client.issued", "dids.number.released")
_FILL = """
    INSERT INTO accounts_event
        (uuid, at, organization_id, actor, action, subject, number, before, after, personal,
         reason, request_id)
    SELECT gen_random_uuid(),
           %(now)s::timestamptz - (%(count)s - n) * interval '40 seconds',
           CASE WHEN n %% 20 = 0 THEN %(provider)s
                WHEN n < %(count)s / 4 THEN (%(asleep)s::bigint[])[1 + n %% %(asleeps)s]
                WHEN n %% 3 = 0 THEN (%(huge)s::bigint[])[1 + (n * 7919) %% %(huges)s]
                ELSE (%(busy)s::bigint[])[1 + (n * 104729) %% %(busies)s] END,
           CASE WHEN n %% 2 = 0 THEN 'system:publish'
                WHEN n %% 50007 = 1 THEN 'client:00000000-0000-4000-8000-000000000001'
                ELSE 'member:00000000-0000-4000-8000-' || lpad((n %% 4000)::text, 12, '0') END,
           CASE WHEN n %% 90011 = 1 THEN 'accounts.client.issued'
                WHEN n %% 10007 = 1 THEN 'dids.number.released'
                ELSE (%(common)s::text[])[1 + n %% 4] END,
           'dids.number:' || (n %% 50000), '+999' || lpad((n %% 50000)::text, 8, '0'),
           '{"destination": "Extension 101"}', '{"destination": "Extension 102"}', '{}', '', ''
      FROM generate_series(1::bigint, %(count)s) AS n
"""


def fill(count: int, now: datetime) -> dict[str, Actor]:
    """Store organizations and events; give who reads."""
    cast = make_cast()
    dealers = {name: make_dealer(parent=cast.provider) for name in ("busy", "huge", "asleep")}
    small = make_dealer(parent=cast.provider)
    for name, tenants in (("busy", 300), ("huge", 1500), ("asleep", 200)):
        for _ in range(tenants):
            make_tenant(parent=dealers[name])
    keys = {
        name: list(
            Organization.objects.filter(path__startswith=dealer.path).values_list("pk", flat=True)
        )
        for name, dealer in dealers.items()
    }
    with connection.cursor() as cursor:
        cursor.execute(
            _FILL,
            {
                "now": now,
                "count": count,
                "provider": cast.provider.pk,
                "asleep": keys["asleep"],
                "asleeps": len(keys["asleep"]),
                "huge": keys["huge"],
                "huges": len(keys["huge"]),
                "busy": keys["busy"],
                "busies": len(keys["busy"]),
                "common": list(COMMON),
            },
        )
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE accounts_event")
        cursor.execute("ANALYZE")
    tenant = Organization.objects.get(pk=keys["busy"][-1])
    return {
        "staff": cast.staff,
        "small": make_actor(organization=small),
        "tenant": make_actor(organization=tenant),
        **{name: make_actor(organization=dealer) for name, dealer in dealers.items()},
    }


def ways(count: int, now: datetime) -> Iterator[tuple[str, Wanted]]:
    """Give the ways to narrow."""
    old = now - timedelta(seconds=40 * count * 0.9)
    member = "member:00000000-0000-4000-8000-000000000101"
    yield "everything", Wanted()
    yield "a day long ago", Wanted(since=old, until=old + timedelta(days=1))
    yield "until long ago", Wanted(until=old)
    yield "one person", Wanted(actor=member)
    yield "programs", Wanted(actor="client")
    yield "people", Wanted(actor="member")
    yield "a common action", Wanted(actions=frozenset(COMMON[:1]))
    yield "a rare action", Wanted(actions=frozenset(RARE[:1]))
    yield "many actions", Wanted(actions=frozenset(CATALOGUE))
    yield "rare actions", Wanted(actions=frozenset(RARE))
    yield "nothing that happens", Wanted(actions=frozenset({"dids.block.defined"}))
    yield "a number", Wanted(number="+99900000777")
    yield "a subject", Wanted(subject="dids.number:777")
    yield "a person and a rare action", Wanted(actor=member, actions=frozenset(RARE))
    yield "system and a rare action", Wanted(actor="system", actions=frozenset(RARE))
    yield "people in a day", Wanted(actor="member", since=old, until=old + timedelta(days=1))


def timed(actor: Actor, wanted: Wanted, before: reading.Position | None) -> dict[str, float]:
    """Give the milliseconds of one page with its sentences."""
    took = []
    reading.page(actor, wanted, before=before, size=SIZE)
    for _ in range(LOOKS):
        began = time.perf_counter()
        found = reading.page(actor, wanted, before=before, size=SIZE)
        sentences.sentences(found.events, actor)
        took.append(time.perf_counter() - began)
    return quantiles(took)


def main(count: int) -> dict[str, object]:
    """Measure every reader and every way."""
    seen: dict[str, dict[str, float]] = {}
    now = timezone.now()
    with database():
        readers = fill(count, now)
        deep = (now - timedelta(seconds=40 * count * 0.5), 1 << 60)
        for reader, actor in readers.items():
            for way, wanted in ways(count, now):
                seen[f"{reader}: {way}"] = timed(actor, wanted, None)
                seen[f"{reader}: {way}, deep down"] = timed(actor, wanted, deep)
    for name, took in sorted(seen.items(), key=lambda item: -item[1]["p95_ms"]):
        over = " OVER" if took["p95_ms"] > REACH_MS else ""
        say(f"{name:50} p50 {took['p50_ms']:8.2f} p95 {took['p95_ms']:8.2f} ms{over}")
    slowest = max(seen, key=lambda name: seen[name]["p95_ms"])
    return {
        "events": count,
        "ways": len(seen),
        "slowest": {"way": slowest, **seen[slowest]},
        "floor": seen["staff: everything"],
        "over_reach": sum(took["p95_ms"] > REACH_MS for took in seen.values()),
    }


if __name__ == "__main__":
    say(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)))
