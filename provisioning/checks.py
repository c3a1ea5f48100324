"""What must hold of the route tables; each check answers with sentences, none when all is well."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from provisioning import facts, live, tables
from provisioning.models import Pbx

OLDEST_DIRTY = timedelta(seconds=60)
"""A publisher needs milliseconds; what waits longer waits in vain."""
OLDEST_AFTER = timedelta(minutes=10)
"""So long may wait what comes after a first publish: its numbers are not looked at meanwhile."""

_HEADS = """
    SELECT p.name, h."table", h.rows,
           CASE WHEN h."table" = 'inbound'
                THEN (SELECT count(*) FROM provisioning_inboundroute r WHERE r.pbx_id = h.pbx_id)
                ELSE (SELECT count(*) FROM provisioning_routerfact f
                       WHERE f.pbx_id = h.pbx_id AND f."table" = h."table") END AS counted
      FROM provisioning_routehead h JOIN provisioning_pbx p ON p.id = h.pbx_id
     ORDER BY p.name, h."table"
"""

_DIRTY = """
    SELECT p.name, count(*), clock_timestamp() - min(d.at)
      FROM provisioning_dirtyroute d JOIN provisioning_pbx p ON p.id = d.pbx_id
     WHERE clock_timestamp() - d.at
           > make_interval(secs => CASE WHEN d.lane = 'AFTER' THEN %(after)s ELSE %(dirty)s END)
     GROUP BY p.name
     ORDER BY p.name
"""

# Behind by more than the lag: a version that was published a moment ago is no trouble.
_NODES = """
    SELECT p.name, n.name, h."table", h.version, a.version, a.rows, h.rows,
           a.seen_at > clock_timestamp() - make_interval(secs => %(lag)s), a.ready
      FROM provisioning_pbxnode n
      JOIN provisioning_pbx p ON p.id = n.pbx_id
      JOIN provisioning_routehead h ON h.pbx_id = n.pbx_id
      LEFT JOIN provisioning_nodeack a ON a.node_id = n.id AND a."table" = h."table"
     WHERE n.role = 'ROUTER'
       AND (h.published_at IS NULL
            OR h.published_at < clock_timestamp() - make_interval(secs => %(lag)s))
     ORDER BY p.name, n.name, h."table"
"""


def problems() -> list[str]:
    """Say everything that is wrong with the route tables and those who read them."""
    return [*heads(), *old_dirty(), *small_tables(), *nodes()]


def heads() -> list[str]:
    """Say which heads count other rows than there are."""
    with connection.cursor() as cursor:
        cursor.execute(_HEADS)
        return [
            f"{pbx}: the head of {table} says {said} rows, the table has {counted}."
            for pbx, table, said, counted in cursor.fetchall()
            if said != counted
        ]


def old_dirty() -> list[str]:
    """Say where changes wait to be published for too long."""
    with connection.cursor() as cursor:
        cursor.execute(
            _DIRTY, {"dirty": OLDEST_DIRTY.total_seconds(), "after": OLDEST_AFTER.total_seconds()}
        )
        return [
            f"{pbx}: {count} changes wait too long to be published, the oldest for "
            f"{int(age.total_seconds())} s. Is a worker of queue pbx running?"
            for pbx, count, age in cursor.fetchall()
        ]


def small_tables() -> list[str]:
    """Say which small tables are not what trunks, targets and settings ask for."""
    wrong = []
    for pbx in Pbx.objects.order_by("name"):
        wanted = facts.wanted(pbx.pk)
        wrong += [
            f"{pbx.name}: the published {table} are not what is set up."
            for table in facts.SMALL
            if not _waiting(pbx) and tables.facts(pbx.pk, table) != wanted[table]
        ]
    return wrong


def nodes() -> list[str]:
    """Say which routers are down, behind, or hold another number of rows."""
    with connection.cursor() as cursor:
        cursor.execute(_NODES, {"lag": live.lag()})
        rows = cursor.fetchall()
    sentences: dict[str, None] = {}
    for pbx, node, table, head, version, has, rows_of_head, up, ready in rows:
        where = f"Router {node} of {pbx}"
        if version is None:
            sentences[f"{where} has not acknowledged anything yet."] = None
        elif not up:
            sentences[f"{where} is down: its agent was not seen lately."] = None
        elif not ready:
            sentences[f"{where} is not ready to answer calls."] = None
        elif version < head:
            sentences[f"{where} has {table} {version}, published is {head}."] = None
        elif version == head and has != rows_of_head:
            sentences[f"{where} has {has} rows in {table}, published are {rows_of_head}."] = None
    return list(sentences)


def _waiting(pbx: Pbx) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM provisioning_dirtyroute"
            " WHERE pbx_id = %s AND scope = 'FACTS')",
            [pbx.pk],
        )
        return bool((cursor.fetchone() or (False,))[0])
