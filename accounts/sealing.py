"""
Putting events in their one order: gapless positions and a chain of hashes.

A late commit simply gets a later position: only rows that are visible are taken, so nothing waits
for a transaction that is still open.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import connection, transaction

from accounts.models import EventSeal

BATCH = 10_000
GENESIS = "0" * 64
LOCK = 7_211_002
"""The advisory lock of which one sealer at a time is the holder."""

CONTENT = """jsonb_build_array(
    e.id, e.uuid, (extract(epoch FROM e.at) * 1000000)::bigint, e.organization_id, e.actor,
    e.on_behalf_of_id, e.action, e.subject, e.number, e.before, e.after, e.personal, e.reason,
    e.request_id)::text"""
"""Everything an event says, as one unambiguous text."""

_TAKE = f"""
    WITH taken AS (
        DELETE FROM accounts_pendingseal WHERE event_id IN (
            SELECT event_id FROM accounts_pendingseal ORDER BY event_id LIMIT %s)
        RETURNING event_id)
    SELECT e.id, {CONTENT} FROM accounts_event e JOIN taken ON taken.event_id = e.id
    ORDER BY e.id"""  # noqa: S608 - nothing but constants of this module
_APPEND = """
    INSERT INTO accounts_eventseal (position, event_id, hash, sealed_at)
    SELECT position, event_id, hash, %s
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS sealed (position, event_id, hash)"""


def chained(previous: str, position: int, content: str) -> str:
    """Give the hash of a position: SHA-256 over the one before, the position and the event."""
    return hashlib.sha256(f"{previous}\n{position}\n{content}".encode()).hexdigest()


def seal_pending(now: datetime) -> int:
    """Seal the events that wait; gives how many, 0 while another sealer is at work."""
    total = 0
    while sealed := _seal_batch(now):
        total += sealed
        if sealed < BATCH:
            break
    return total


def _seal_batch(now: datetime) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            return 0
        position, previous = head()
        cursor.execute(_TAKE, [BATCH])
        positions, events, hashes = [], [], []
        for event, content in cursor.fetchall():
            position += 1
            previous = chained(previous, position, content)
            positions.append(position)
            events.append(event)
            hashes.append(previous)
        if positions:
            cursor.execute(_APPEND, [now, positions, events, hashes])
        return len(positions)


def head() -> tuple[int, str]:
    """Give the last position and its hash."""
    last = EventSeal.objects.order_by("-position").values_list("position", "hash").first()
    return last or (0, GENESIS)
