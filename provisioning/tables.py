"""
The published tables: read, changed and versioned set-wise.

Only the publisher writes them, under the lock of the switch's `inbound` head.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from lib.e164 import digits
from provisioning import arrays
from provisioning.models import Table
from provisioning.plan import Change

_LOCK = """
    SELECT version FROM provisioning_routehead
     WHERE pbx_id = %s AND "table" = 'inbound'
       FOR NO KEY UPDATE SKIP LOCKED
"""

# A batch looks up some thousand keys. While a table grows by a million rows, its statistics say
# that it is empty, and a join planned for that reads all of it for every key.
_BY_INDEX = (
    "SET LOCAL enable_seqscan = off;"
    " SET LOCAL enable_hashjoin = off;"
    " SET LOCAL enable_mergejoin = off"
)

_BUMP = """
    UPDATE provisioning_routehead
       SET version = version + 1, rows = rows + %s, published_at = clock_timestamp()
     WHERE pbx_id = %s AND "table" = %s
 RETURNING version, published_at
"""

_ACTUAL = """
    SELECT r.did, r.value FROM unnest(%s::text[]) AS asked(did)
     CROSS JOIN LATERAL (
           SELECT * FROM provisioning_inboundroute i
            WHERE i.pbx_id = %s AND i.did = asked.did OFFSET 0) AS r
"""


# An upsert of rows that are all there: it goes by the key, whatever the statistics say.
_MOVE = """
    INSERT INTO provisioning_inboundroute (pbx_id, did, value, version)
    SELECT %s, c.did, c.value, %s FROM unnest(%s::text[], %s::text[]) AS c(did, value)
        ON CONFLICT (pbx_id, did) DO UPDATE SET value = excluded.value, version = excluded.version
"""


def lock(pbx_id: int) -> bool:
    """Take the publisher's lock of a switch; false if somebody holds it."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_INDEX)
        cursor.execute(_LOCK, [pbx_id])
        return cursor.fetchone() is not None


def inbound(pbx_id: int, numbers: Iterable[str]) -> dict[str, str]:
    """Read the published routes of these numbers (E.164 with plus), by digits."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTUAL, [arrays.texts(map(digits, numbers)), pbx_id])
        return dict(cursor.fetchall())


def facts(pbx_id: int, table: str) -> dict[str, str]:
    """Read one small table."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT key, value FROM provisioning_routerfact WHERE pbx_id = %s AND "table" = %s',
            [pbx_id, table],
        )
        return dict(cursor.fetchall())


def write(pbx_id: int, table: str, changes: Sequence[Change]) -> int:
    """
    Write changes as one new version, with their history, and tell the routers on commit.

    :return: the version
    """
    with connection.cursor() as cursor:
        cursor.execute(_BUMP, [sum(change.grows for change in changes), pbx_id, table])
        version, at = cursor.fetchone() or (0, None)
        with cursor.copy(
            'COPY provisioning_routechange (pbx_id, "table", version, key, old, new, at) FROM STDIN'
        ) as copy:
            for change in changes:
                copy.write_row((pbx_id, table, version, change.key, change.old, change.new, at))
    if table == Table.INBOUND:
        _write_inbound(pbx_id, version, changes)
    else:
        _write_facts(pbx_id, table, changes)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [f"pbx_{pbx_id}", f"{table}:{version}"])
    return int(version)


def _write_inbound(pbx_id: int, version: int, changes: Sequence[Change]) -> None:
    added = [c for c in changes if c.old is None]
    moved = [c for c in changes if c.old is not None and c.new is not None]
    gone = [c for c in changes if c.new is None]
    with connection.cursor() as cursor:
        if added:
            with cursor.copy(
                "COPY provisioning_inboundroute (pbx_id, did, value, version) FROM STDIN"
            ) as copy:
                for change in added:
                    copy.write_row((pbx_id, change.key, change.new, version))
        if moved:
            cursor.execute(
                _MOVE, [pbx_id, version, _keys(moved), arrays.texts(c.new or "" for c in moved)]
            )
        if gone:
            cursor.execute(
                "DELETE FROM provisioning_inboundroute WHERE pbx_id = %s AND did = ANY(%s::text[])",
                [pbx_id, _keys(gone)],
            )


def _write_facts(pbx_id: int, table: str, changes: Sequence[Change]) -> None:
    kept = [c for c in changes if c.new is not None]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM provisioning_routerfact"
            ' WHERE pbx_id = %s AND "table" = %s AND key = ANY(%s::text[])',
            [pbx_id, table, _keys(changes)],
        )
        cursor.execute(
            'INSERT INTO provisioning_routerfact (pbx_id, "table", key, value)'
            " SELECT %s, %s, c.key, c.value FROM unnest(%s::text[], %s::text[]) AS c(key, value)",
            [pbx_id, table, _keys(kept), arrays.texts(c.new or "" for c in kept)],
        )


def _keys(changes: Iterable[Change]) -> str:
    return arrays.texts(change.key for change in changes)
