"""Say that routes must be looked at again, in the transaction that changes their reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from lib.e164 import digits
from lib.nudges import nudge
from provisioning import arrays
from provisioning.models import Lane, Scope

# A number is looked at on every switch where any holder of it, past ones too, lives, and where it
# has a route. Past holders because a publisher may be about to commit a route that follows from a
# holding which this very transaction ends: that route cannot be seen from here yet.
# Joined, so that an index is used whatever the statistics of a table that has just grown say.
_NUMBERS = """
    WITH concerned AS (
        SELECT h.pbx_id, n.e164
          FROM unnest(%(numbers)s::text[]) AS asked(e164)
          JOIN dids_phonenumber n ON n.e164 = asked.e164
          JOIN dids_holding d ON d.number_id = n.id
          JOIN provisioning_tenantonpbx h ON h.tenant_id = d.organization_id
        UNION
        SELECT r.pbx_id, '+' || r.did
          FROM provisioning_pbx p
          JOIN provisioning_inboundroute r ON r.pbx_id = p.id AND r.did = ANY(%(dids)s::text[])
    ), marked AS (
        INSERT INTO provisioning_dirtyroute (pbx_id, scope, value, after, lane, at)
        SELECT pbx_id, 'NUMBER', e164, '', %(lane)s, clock_timestamp()
          FROM concerned ORDER BY e164
        RETURNING pbx_id
    )
    SELECT DISTINCT pbx_id FROM marked
"""

_WIDE = """
    INSERT INTO provisioning_dirtyroute (pbx_id, scope, value, after, lane, at)
    SELECT pbx_id, %(scope)s, %(value)s, '', %(lane)s, clock_timestamp()
      FROM unnest(%(pbxs)s::bigint[]) AS asked(pbx_id)
"""


def mark_numbers(numbers: Sequence[str], *, lane: str) -> None:
    """Have the routes of these numbers (E.164) looked at on every switch they concern."""
    with connection.cursor() as cursor:
        cursor.execute(
            _NUMBERS,
            {
                "numbers": arrays.texts(numbers),
                "dids": arrays.texts(map(digits, numbers)),
                "lane": Lane(lane).value,
            },
        )
        _nudge(row[0] for row in cursor.fetchall())


def mark_organization(organization_id: int, *, lane: str) -> None:
    """Have the routes of everything an organization holds looked at, on the switch it is on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pbx_id FROM provisioning_tenantonpbx WHERE tenant_id = %s", [organization_id]
        )
        pbxs = [row[0] for row in cursor.fetchall()]
    _mark_wide(pbxs, scope=Scope.ORGANIZATION, value=str(organization_id), lane=lane)


def mark_pbx(pbx_id: int, *, lane: str = Lane.BULK) -> None:
    """Have every route and every small table of a switch looked at."""
    _mark_wide([pbx_id], scope=Scope.FACTS, value="", lane=lane)
    _mark_wide([pbx_id], scope=Scope.PBX, value="", lane=lane)


def mark_facts(pbx_id: int) -> None:
    """Have the small tables of a switch looked at: senders, targets, settings."""
    _mark_wide([pbx_id], scope=Scope.FACTS, value="", lane=Lane.INTERACTIVE)


def _mark_wide(pbxs: list[int], *, scope: str, value: str, lane: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WIDE, {"pbxs": pbxs, "scope": scope, "value": value, "lane": lane})
    _nudge(pbxs)


def _nudge(pbxs: Iterable[int]) -> None:
    from provisioning import tasks

    for pbx_id in pbxs:
        # Robust: the work is committed, and a nudge that the broker does not take is made up for
        # by the sweep.
        nudge(tasks.publish.delay, pbx_id=pbx_id)
