"""Whether a number is in service: said by whoever publishes routes, so no signal follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts import journal
from accounts.actors import System
from accounts.work import acting
from dids import events
from dids.states import NUMBER, NumberStatus
from lib.transitions import UnableToMove

_ACTOR = System("provisioning.publish")

# Set-wise, since a first publish moves a million numbers. The condition stands twice: locks are
# waited for in the order of numbers, and only what still has the status afterwards is moved.
# Lateral and behind OFFSET 0: each number is looked up by its index, also while the statistics of a
# table that has just grown say that it is empty.
_MOVE = """
    UPDATE dids_phonenumber n
       SET status = %(end)s, status_since = %(now)s,
           used_since = CASE WHEN %(serves)s THEN coalesce(n.used_since, %(now)s)
                             ELSE n.used_since END
      FROM (SELECT e164 FROM unnest(%(numbers)s::text[]) AS each(e164) ORDER BY e164) AS asked
     CROSS JOIN LATERAL (
           SELECT id FROM dids_phonenumber p
            WHERE p.e164 = asked.e164 AND p.status = %(start)s
           OFFSET 0 FOR NO KEY UPDATE) AS locked
     WHERE n.id = locked.id AND n.status = %(start)s
 RETURNING 'dids.number:' || n.uuid, n.holder_id, n.e164, '{}'::jsonb, '{}'::jsonb
"""


def set_in_service(*, numbers: Sequence[str], now: datetime) -> int:
    """Tell that assignments of these E.164 numbers are published; gives how many moved."""
    return _move(
        numbers, NumberStatus.ASSIGNED, NumberStatus.IN_SERVICE, events.PUT_IN_SERVICE, now=now
    )


def set_out_of_service(*, numbers: Sequence[str], now: datetime) -> int:
    """Tell that these E.164 numbers are in no route table any more; gives how many moved."""
    return _move(
        numbers,
        NumberStatus.IN_SERVICE,
        NumberStatus.ASSIGNED,
        events.TAKEN_OUT_OF_SERVICE,
        now=now,
    )


def _move(
    numbers: Sequence[str],
    start: NumberStatus,
    end: NumberStatus,
    event_type: journal.EventType,
    *,
    now: datetime,
) -> int:
    if not NUMBER.edges.allows(start, end):
        raise UnableToMove(f"{start.label} numbers cannot become {end.label.lower()}.")
    move = {
        "numbers": list(numbers),
        "start": start.value,
        "end": end.value,
        "serves": end == NumberStatus.IN_SERVICE,
        "now": now,
    }
    with acting(_ACTOR):
        return journal.record_from(_ACTOR, event_type, _MOVE, move, now=now)
