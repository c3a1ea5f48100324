"""What one batch of the publisher looks at: dirty rows, persons first, cut to a size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from lib.e164 import digits
from provisioning import arrays
from provisioning.models import Lane, Scope

FOLLOWED_AT_ONCE = 250
"""A status costs several times what a route costs: rows, indexes and a journal entry."""

Row = tuple[int, str, str, str, str]
"""Id, scope, value, after, lane."""

# One lane at a time, so that a person does not wait for the bulk in the same batch.
_READ = """
    SELECT id, scope, CASE WHEN scope = 'SERVICE' THEN '' ELSE value END, after, lane
      FROM provisioning_dirtyroute
     WHERE pbx_id = %(pbx)s
       AND lane = (SELECT max(lane) FROM provisioning_dirtyroute WHERE pbx_id = %(pbx)s)
     ORDER BY id
     LIMIT %(size)s
"""

_HELD = """
    SELECT e164 FROM dids_phonenumber
     WHERE holder_id = %s AND e164 > %s
     ORDER BY e164 LIMIT %s
"""

_PUBLISHED = """
    SELECT '+' || did FROM provisioning_inboundroute
     WHERE pbx_id = %s AND did > %s
     ORDER BY did LIMIT %s
"""

# A wide row is walked in slices: it is replaced by a row that starts behind the slice, so that
# whoever came meanwhile has a turn.
_GO_ON = """
    INSERT INTO provisioning_dirtyroute (pbx_id, scope, value, after, lane, at)
    VALUES (%s, %s, %s, %s, %s, clock_timestamp())
"""

_TENANTS = """
    INSERT INTO provisioning_dirtyroute (pbx_id, scope, value, after, lane, at)
    SELECT pbx_id, 'ORGANIZATION', tenant_id::text, '', %s, clock_timestamp()
      FROM provisioning_tenantonpbx WHERE pbx_id = %s ORDER BY tenant_id
"""


@dataclass
class Backlog:
    """
    What a batch does.

    :ivar ids: the dirty rows that this batch settles, exactly
    :ivar numbers: E.164 numbers whose routes are to be looked at
    :ivar followed: E.164 numbers whose routes are out and whose status may have to follow
    :ivar facts: whether the small tables are to be looked at
    """

    ids: list[int] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)
    facts: bool = False


def read(pbx_id: int, size: int) -> Backlog:
    """Take up to ``size`` rows; a wide row, if it is the first, makes a batch of its own."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"pbx": pbx_id, "size": size})
        rows: list[Row] = cursor.fetchall()
    if rows and rows[0][1] in {Scope.ORGANIZATION, Scope.PBX}:
        return _slice(pbx_id, rows[0], size)
    if rows and rows[0][1] == Scope.SERVICE:
        return _postponed(rows[0][0])
    return _narrow(rows)


def _narrow(rows: Sequence[Row]) -> Backlog:
    backlog = Backlog()
    numbers: dict[str, None] = {}
    for key, scope, value, _after, _lane in rows:
        if scope == Scope.NUMBER:
            numbers[value] = None
        elif scope == Scope.FACTS:
            backlog.facts = True
        else:
            break
        backlog.ids.append(key)
    backlog.numbers = list(numbers)
    return backlog


def _slice(pbx_id: int, row: Row, size: int) -> Backlog:
    key, scope, value, after, lane = row
    with connection.cursor() as cursor:
        if scope == Scope.ORGANIZATION:
            cursor.execute(_HELD, [int(value), after, size])
        else:
            cursor.execute(_PUBLISHED, [pbx_id, digits(after), size])
        numbers = [number for (number,) in cursor.fetchall()]
        if len(numbers) == size:
            cursor.execute(_GO_ON, [pbx_id, scope, value, numbers[-1], lane])
        elif scope == Scope.PBX:
            # What is published has been walked; now what should be. In this order a first publish
            # does not walk the routes that it has just made.
            cursor.execute(_TENANTS, [lane, pbx_id])
    return Backlog(ids=[key], numbers=numbers)


def postpone(pbx_id: int, numbers: Sequence[str]) -> None:
    """Leave the statuses of these numbers for when every route is published."""
    with connection.cursor() as cursor:
        for start in range(0, len(numbers), FOLLOWED_AT_ONCE):
            some = "\n".join(numbers[start : start + FOLLOWED_AT_ONCE])
            cursor.execute(_GO_ON, [pbx_id, Scope.SERVICE, some, "", Lane.AFTER])


def _postponed(key: int) -> Backlog:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM provisioning_dirtyroute WHERE id = %s", [key])
        (numbers,) = cursor.fetchone() or ("",)
    return Backlog(ids=[key], followed=numbers.split("\n"))


def settle(backlog: Backlog) -> None:
    """Delete exactly the rows that were read; those written meanwhile stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM provisioning_dirtyroute WHERE id = ANY(%s::bigint[])",
            [arrays.integers(backlog.ids)],
        )


def waiting(pbx_id: int) -> bool:
    """Tell whether anything is left to look at."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM provisioning_dirtyroute WHERE pbx_id = %s)", [pbx_id]
        )
        row = cursor.fetchone()
    return bool(row and row[0])
