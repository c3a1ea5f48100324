"""What a router asks for again and again costs the server no more, however much is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections

from accounts.tests.factories import NOW
from provisioning.agent import feed
from provisioning.agent.options import Options
from provisioning.models import RouteChange, RouteHead
from provisioning.tests.scene import SYSTEM, Scene
from provisioning.workflows import nodes

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

KEPT = 40_000
"""Changes, one a version."""
BEHIND = 3
"""Versions that the router lacks."""
_FILL = """
    INSERT INTO provisioning_routechange (pbx_id, "table", version, key, old, new, at)
    SELECT %s, 'inbound', version, '999' || lpad((version %% 1000)::text, 8, '0'), NULL,
           'c,20,' || version || '@a.example', %s
      FROM generate_series(1, %s) AS version
"""


@pytest.fixture
def router(committed: Scene) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Sign in as a router's agent does, where very many changes are kept."""
    pbx = committed.pbx
    with connections["owner"].cursor() as cursor:
        cursor.execute(_FILL, [pbx.pk, NOW, KEPT])
        cursor.execute("ANALYZE provisioning_routechange")
    RouteHead.objects.filter(pbx=pbx, table="inbound").update(version=KEPT)
    node, dsn = nodes.enrol(
        pbx=pbx, name="r1", address="sip:192.0.2.20:5060", actor=SYSTEM, now=NOW
    )
    with feed.connected(dsn) as opened:
        yield opened._connection
    # Logins outlive the database of a test.
    nodes.remove(node=node, actor=SYSTEM, now=NOW)


def changes_read(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the steps of a plan that read the table of changes."""
    if node.get("Relation Name") == RouteChange._meta.db_table:
        yield node
    for each in node.get("Plans", []):
        yield from changes_read(each)


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
def test_news_are_read_by_index(router: psycopg.Connection[tuple[Any, ...]], mode: str) -> None:
    asked = (["inbound"], [KEPT - BEHIND], Options.bulk + 1)
    numbered = {"tables": "$1", "versions": "$2", "limit": "$3"}
    router.execute(f"SET plan_cache_mode = {mode}")
    router.execute(f"PREPARE news (text[], bigint[], bigint) AS {feed._NEWS % numbered}")
    with psycopg.ClientCursor(router) as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE news (%s, %s, %s)", asked)
        (plans,) = cursor.fetchone() or ([],)

    (read,) = changes_read(plans[0]["Plan"])
    assert read["Node Type"] != "Seq Scan"
    assert (read["Actual Rows"], read.get("Rows Removed by Filter", 0)) == (BEHIND, 0)
