"""
How long the pages take: every page that can be looked at, by role, at as many numbers as wanted.

    python bench/pages.py [numbers, 100,000 by default]

Half of the numbers are the tenant's and ring, half lie in the dealer's stock, and each has an event
in the journal; the day's numbers are counted, as they are every hour. Pages are asked for in this
process, through every middleware, template and query, without a socket in between. The floor is the
same page when there is one of everything. Works in a database of its own; prints a line for each
page and role, slowest first, and one JSON line at the end. Numbers lie under +999, which no one can
own.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("DEMO", "1")

from bench.stores import bring_if_missing

bring_if_missing()

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from accounts.models import Kind
from accounts.permissions import OF_KIND
from accounts.tests.cast import make_cast
from bench.measuring import database, quantiles, say
from dids.workflows.tallying import tally
from portal.endpoints import PAGES
from portal.tests.api.world import World, make_world
from portal.tests.doors import seat
from portal.tests.web.visitor import REQUESTS, Visitor, visitor_of
from provisioning.tests.scene import bind, make_numbers

REACH_MS = 150
FIRST = 999_0000_0000
LOOKS = 40
BOUND = 1_000
"""So many numbers are bound to a trunk one by one; the rest wait for their carrier."""
_EVENTS = """
    INSERT INTO accounts_event
        (uuid, at, organization_id, actor, action, subject, number, before, after, personal,
         reason, request_id)
    SELECT gen_random_uuid(), now() - (id % 5000) * interval '1 hour', holder_id, 'system:bench',
           'dids.number.assigned', 'dids.number:' || uuid, e164, '{}', '{}', '{}', '', ''
      FROM dids_phonenumber WHERE e164 LIKE '+999%'
"""

Looked = dict[tuple[str, str], dict[str, float]]


def fill(world: World, count: int) -> None:
    """Store the numbers and what the journal says of them."""
    cast, half = world.cast, count // 2
    routed = make_numbers(world.account, cast.tenant, first=FIRST, count=half)
    for e164 in routed[:BOUND]:
        bind(e164, world.trunk)
    make_numbers(
        world.account,
        cast.dealer,
        first=FIRST + half,
        count=count - half,
        assigned=False,
        status="AVAILABLE",
    )
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS)
    tally(now=timezone.now())
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def look(world: World) -> Looked:
    """Look at every page as an owner of each kind of organization."""
    seen: Looked = {}
    for kind in Kind:
        visitor = visitor_of(seat(world.cast, kind))
        visitor.client.defaults["SERVER_NAME"] = "localhost"
        for page in PAGES:
            if page.method != "GET" or page.permission not in {None, *OF_KIND[kind]}:
                continue
            path = REQUESTS[page.name](world)[0]
            if visitor.get(path).status_code == 200:
                seen[page.name, kind.value] = timed(visitor, path)
    return seen


def timed(visitor: Visitor, path: str) -> dict[str, float]:
    """Give the milliseconds of one page."""
    took = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        visitor.get(path)
        took.append(time.perf_counter() - began)
    return quantiles(took)


def main(count: int) -> dict[str, object]:
    """Measure with one of everything, then with all numbers."""
    with tempfile.TemporaryDirectory() as folder, database():
        settings.STATIC_ROOT = folder
        call_command("collectstatic", verbosity=0, interactive=False)
        world = make_world(make_cast())
        floor = look(world)
        fill(world, count)
        full = look(world)
    for key, now in sorted(full.items(), key=lambda item: -item[1]["p50_ms"]):
        before, over = floor.get(key, now), " OVER" if now["p95_ms"] > REACH_MS else ""
        say(
            f"{key[0]:28} {key[1]:9} p50 {now['p50_ms']:7.1f} p95 {now['p95_ms']:7.1f} ms, "
            f"floor {before['p50_ms']:6.1f} ms{over}"
        )
    slowest = max(full, key=lambda key: full[key]["p95_ms"])
    return {
        "numbers": count,
        "pages": len(full),
        "slowest": {"page": slowest[0], "kind": slowest[1], **full[slowest]},
        "floor_of_slowest": floor.get(slowest),
        "over_reach": sum(page["p95_ms"] > REACH_MS for page in full.values()),
    }


if __name__ == "__main__":
    say(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)))
