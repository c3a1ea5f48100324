"""
Put numbers in service when their route is out, and out of it when the route is gone.

Decided from what is true everywhere, not from what one batch changed: whichever publisher looks at
a number last leaves it right, also when it moved between switches meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from dids.states import NumberStatus
from dids.workflows import service

# The holder's switch decides. Another one may find that the number is in service there, but not
# that it is not: the route that puts it in service may be just about to be committed.
_WRONG = """
    SELECT n.e164, r.did IS NOT NULL
      FROM unnest(%(numbers)s::text[]) AS asked(e164)
      JOIN dids_phonenumber n ON n.e164 = asked.e164 AND n.status = ANY(%(routed)s)
      LEFT JOIN provisioning_tenantonpbx h ON h.tenant_id = n.holder_id
      LEFT JOIN provisioning_inboundroute r ON r.pbx_id = h.pbx_id AND r.did = substr(n.e164, 2)
     WHERE (n.status = %(waits)s AND r.did IS NOT NULL)
        OR (n.status = %(serves)s AND r.did IS NULL AND coalesce(h.pbx_id, %(pbx)s) = %(pbx)s)
     ORDER BY n.e164
"""


def follow(pbx_id: int, numbers: Sequence[str], *, now: datetime) -> None:
    """Make the statuses of these numbers (E.164) agree with the published routes."""
    waits, serves = NumberStatus.ASSIGNED.value, NumberStatus.IN_SERVICE.value
    with connection.cursor() as cursor:
        cursor.execute(
            _WRONG,
            {
                "numbers": list(numbers),
                "routed": [waits, serves],
                "waits": waits,
                "serves": serves,
                "pbx": pbx_id,
            },
        )
        rows = cursor.fetchall()
    if into := [number for number, routed in rows if routed]:
        service.set_in_service(numbers=into, now=now)
    if out := [number for number, routed in rows if not routed]:
        service.set_out_of_service(numbers=out, now=now)
