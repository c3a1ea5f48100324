"""What was published for this router, read through schema ``feed`` with the router's own login."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from provisioning.pbx.kamailio.file import TABLES, Held

_NEWS = """
SELECT h.tbl, h.version, h.rows, h.oldest, c.version, c.key, c.value
FROM feed.head h
JOIN unnest(%(tables)s::text[], %(versions)s::bigint[]) AS mine(tbl, version) USING (tbl)
LEFT JOIN LATERAL (
    SELECT each.version, each.key, each.value FROM feed.change each
    WHERE each.tbl = h.tbl AND each.version > mine.version AND h.version > mine.version
    ORDER BY each.version LIMIT %(limit)s
) c ON true
ORDER BY h.tbl, c.version
"""
_HEADS = "SELECT tbl, version, rows FROM feed.head"
_ENTRIES = "COPY (SELECT tbl, key, value FROM feed.entry) TO STDOUT"
_ACKNOWLEDGE = "SELECT feed.acknowledge(%s, %s, %s, %s, %s)"

_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "application_name": "router agent",
    # Compiling a query of a few rows takes longer than any call may wait. And PostgreSQL 18 cannot
    # know that only the newest changes are asked for: of 1,800,000 kept it read all, for 360 ms.
    "options": "-c jit=off -c enable_seqscan=off",
}
"""A server that went without a word is noticed within seconds."""


@dataclass
class News:
    """What happened to one table since the version asked about."""

    version: int
    oldest: int
    changes: dict[str, str | None] = field(default_factory=dict)
    """The last value of each key, so a key that moved twice is written once."""
    count: int = 0


class Feed:
    """One connection of one router."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._connection = connection

    def listen(self) -> None:
        """Ask to be woken when something is published."""
        row = self._connection.execute("SELECT channel FROM feed.me").fetchone()
        if row is None:
            raise psycopg.OperationalError("this login belongs to no enrolled router")
        self._connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(row[0])))

    def wait(self, seconds: float) -> None:
        """Return as soon as something was published, after `seconds` at the latest."""
        for _ in self._connection.notifies(timeout=seconds, stop_after=1):
            pass

    def news(self, held: Mapping[str, Held], *, limit: int) -> dict[str, News]:
        """
        Read what changed after what is held, in one statement and so of one moment.

        At most `limit` changes come for each table; a table of which nothing is held is left out.
        """
        asked = {
            "tables": list(held),
            "versions": [each.version for each in held.values()],
            "limit": limit,
        }
        news: dict[str, News] = {}
        for table, version, _rows, oldest, at, key, value in self._connection.execute(_NEWS, asked):
            one = news.setdefault(table, News(version, oldest))
            if at is not None:
                one.changes[key] = value
                one.count += 1
        return news

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Hold one moment of everything that was published."""
        connection = self._connection
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # Whole tables are read here.
            connection.execute("SET LOCAL enable_seqscan = on")
            versions = dict.fromkeys(TABLES, 0)
            versions.update({table: version for table, version, _ in connection.execute(_HEADS)})
            yield Snapshot(connection, versions)

    def acknowledge(self, held: Mapping[str, Held], *, mode: str, ready: bool) -> None:
        """Report what the router's memory holds, table by table."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany(
                _ACKNOWLEDGE,
                [(table, each.version, each.rows, mode, ready) for table, each in held.items()],
            )


@dataclass(frozen=True)
class Snapshot:
    """Everything as it was at one moment."""

    connection: psycopg.Connection[tuple[Any, ...]]
    versions: dict[str, int]

    def entries(self) -> Iterator[tuple[Any, ...]]:
        """Stream table, key and value of every row; memory stays flat whatever their number."""
        with self.connection.cursor() as cursor, cursor.copy(_ENTRIES) as copy:
            copy.set_types(["text", "text", "text"])
            yield from copy.rows()


@contextlib.contextmanager
def connected(dsn: str) -> Iterator[Feed]:
    """Hold a connection with the router's login."""
    with psycopg.connect(dsn, autocommit=True, **_PATIENCE) as connection:  # type: ignore[arg-type]
        feed = Feed(connection)
        feed.listen()
        yield feed
