"""
Put numbers in service when their route is out, and out of it when the route is gone.

Decided from what is true everywhere, not from what one batch changed: whichever publisher looks at
a number last leaves it right, also when it moved between switches meanwhile.

Numbers are locked here by someone who holds a route head already, the one exception to the order of
locks. It closes no circle: whoever holds numbers waits for no head (workflows only add dirty rows,
which wait for nothing; publishers pass by a head that is taken), and publishers of several switches
lock numbers in their order. Only two that move numbers both ways at once could cross; PostgreSQL
then undoes one of them, which is tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from dids.states import NumberStatus
from dids.workflows import service
from provisioning import arrays

# The holder's switch decides. Another one may find that the number is in service there, but not
# that it is not: the route that puts it in service may be just about to be committed.
_WRONG = """
    SELECT e164, routed FROM (
        SELECT n.e164, n.status, coalesce(h.pbx_id, %(pbx)s) AS home,
               EXISTS (SELECT FROM provisioning_inboundroute r
                        WHERE r.pbx_id = h.pbx_id AND r.did = substr(n.e164, 2) OFFSET 0) AS routed
          FROM unnest(%(numbers)s::text[]) AS asked(e164)
         CROSS JOIN LATERAL (
               SELECT e164, status, holder_id FROM dids_phonenumber p
                WHERE p.e164 = asked.e164 AND p.status = ANY(%(followed)s) OFFSET 0) AS n
          LEFT JOIN provisioning_tenantonpbx h ON h.tenant_id = n.holder_id
        OFFSET 0) AS found
     WHERE (status = %(waits)s AND routed)
        OR (status = %(serves)s AND NOT routed AND home = %(pbx)s)
     ORDER BY e164
"""


def follow(pbx_id: int, numbers: Sequence[str], *, now: datetime) -> None:
    """Make the statuses of these numbers (E.164) agree with the published routes."""
    wrong = _wrong(pbx_id, numbers)
    if into := [number for number, routed in wrong if routed]:
        service.set_in_service(numbers=into, now=now)
    if out := [number for number, routed in wrong if not routed]:
        service.set_out_of_service(numbers=out, now=now)


def _wrong(pbx_id: int, numbers: Sequence[str]) -> list[tuple[str, bool]]:
    """Give the numbers whose status is wrong, and whether their route is out."""
    waits, serves = NumberStatus.ASSIGNED.value, NumberStatus.IN_SERVICE.value
    with connection.cursor() as cursor:
        cursor.execute(
            _WRONG,
            {
                "numbers": arrays.texts(numbers),
                "followed": [waits, serves],
                "waits": waits,
                "serves": serves,
                "pbx": pbx_id,
            },
        )
        return [(number, routed) for number, routed in cursor.fetchall()]
