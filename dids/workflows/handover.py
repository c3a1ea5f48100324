"""The step from one holder to the next: holdings, counters, numbers, all in one go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet, prefetch_related_objects

from accounts import limits
from accounts.models import Kind, Organization
from dids.models import NumberTag, OrderLine, PhoneNumber
from dids.states import NUMBER, NumberStatus
from dids.workflows import leaving
from lib import pauses
from lib.locks import no_key
from lib.transitions import LostRace, UnableToMove

_HAND_OVER = """
WITH closed AS (
    UPDATE dids_holding
       SET during = tstzrange(
               lower(during), greatest(%(now)s, lower(during) + interval '1 microsecond'))
     WHERE number_id = ANY(%(numbers)s) AND upper_inf(during)
    RETURNING number_id, upper(during) AS at
)
INSERT INTO dids_holding (number_id, organization_id, source_id, during)
SELECT number_id, %(to)s, %(source)s, tstzrange(at, NULL) FROM closed
"""
# The moment never lies before the last one: two machines' clocks may differ by a little.

_CLOSE_HOLDING = """
UPDATE dids_holding
   SET during = tstzrange(lower(during), greatest(%s, lower(during) + interval '1 microsecond'))
 WHERE number_id = %s AND upper_inf(during)
"""

_OPEN = """
INSERT INTO dids_holding (number_id, organization_id, source_id, during)
VALUES (%s, %s, %s, tstzrange(%s, NULL))
"""


def status_with(holder: Organization) -> NumberStatus:
    """Give the status of a number that comes to rest with that holder."""
    return NumberStatus.ASSIGNED if holder.kind == Kind.TENANT else NumberStatus.AVAILABLE


def locked(numbers: Iterable[PhoneNumber]) -> list[PhoneNumber]:
    """Lock numbers in their one order and read them anew, with holder."""
    keys = [number.pk for number in numbers]
    # Not by a join: after waiting for a lock PostgreSQL checks the join again, against the holder
    # of before, and leaves out a number that changed hands meanwhile.
    rows = list(no_key(PhoneNumber.objects.filter(pk__in=keys), "e164"))
    prefetch_related_objects(rows, "holder")
    pauses.at("numbers.locked")
    return rows


def by_holder(lines: Iterable[OrderLine]) -> list[tuple[Organization, int]]:
    """Count lines for each holder, leaf to root: the order in which counters are locked."""
    held = list(lines)
    holders = {line.holder_id: line.holder for line in held}
    counts = Counter(line.holder_id for line in held)
    return sorted(
        ((holders[key], count) for key, count in counts.items()),
        key=lambda counted: counted[0].path,
        reverse=True,
    )


def hand_over(
    numbers: Sequence[PhoneNumber],
    *,
    to: Organization,
    source: Organization | None,
    status: NumberStatus,
    now: datetime,
    **changes: Any,
) -> None:
    """
    Give locked numbers of one holder to another organization.

    :param source: to whom they return from there
    :raises UnableToTake: if the number limit of `to` does not allow them
    :raises LostRace: if one of them moved meanwhile
    """
    holders = {number.holder_id: number.holder for number in numbers}
    for holder in holders.values():
        count = sum(number.holder_id == holder.pk for number in numbers)
        limits.move_number(holder, to, count)
    with connection.cursor() as cursor:
        cursor.execute(
            _HAND_OVER,
            {
                "now": now,
                "numbers": [number.pk for number in numbers],
                "to": to.pk,
                "source": source.pk if source else None,
            },
        )
    move_all(numbers, to=status, now=now, holder=to, **changes)
    leaving.take_off_all(numbers, now=now, but=to)
    # Whoever sees a number no longer leaves no words on it for its next time there.
    tags = NumberTag.objects.filter(number__in=numbers)
    tags.exclude(organization__in=[to.pk, *to.ancestor_ids]).delete()


def open_holding(number: PhoneNumber, *, source: Organization | None, now: datetime) -> None:
    """Begin the first holding of a number; the caller has counted it."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [number.pk, number.holder_id, source.pk if source else None, now])


def close_holding(number: PhoneNumber, *, now: datetime) -> None:
    """End the holding of a locked number that has just become history, and count it no more."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE_HOLDING, [now, number.pk])
    limits.give_number(number.holder)


def move_all(
    numbers: Collection[PhoneNumber], *, to: NumberStatus, now: datetime, **changes: Any
) -> None:
    """
    Move many numbers by one conditional UPDATE, from the statuses they were loaded with.

    :raises UnableToMove: if no edge leads there from one of them
    :raises LostRace: if one of them moved meanwhile
    """
    for number in numbers:
        if not NUMBER.edges.allows(number.status, to):
            raise UnableToMove(
                f"{number.e164} is {number.get_status_display().lower()} and cannot become "
                f"{to.label.lower()}."
            )
    values = {"status": to, "status_since": now, **changes}
    for start, count in Counter(number.status for number in numbers).items():
        keys = [number.pk for number in numbers if number.status == start]
        rows: QuerySet[PhoneNumber] = PhoneNumber.objects.filter(pk__in=keys, status=start)
        if rows.update(**values) != count:
            raise LostRace("One of the numbers has just changed. Look at them again.")
    for number in numbers:
        for name, value in values.items():
            setattr(number, name, value)
