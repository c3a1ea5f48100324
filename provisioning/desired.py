"""
Which routes a switch should have, computed from committed state.

One statement answers for many numbers: it must be a later statement than the one that read what is
dirty, so that its snapshot holds every change that those rows stand for.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from dids.states import NumberStatus
from lib.e164 import digits
from provisioning import arrays, writer
from provisioning.refusals import UnableToRoute

log = logging.getLogger(__name__)

ROUTED = (NumberStatus.ASSIGNED.value, NumberStatus.IN_SERVICE.value)
"""The statuses in which an assigned number rings."""

# Lateral and behind OFFSET 0: each number is looked up by its index, also while the statistics of a
# table that has just grown say that it is empty, and a join would read all of it for every number.
_HOPS = """
    SELECT n.e164, n.status, a.kind, a.value, h.set, h.sip_domain
      FROM unnest(%(numbers)s::text[]) AS asked(e164)
     CROSS JOIN LATERAL (
           SELECT id, e164, status, holder_id FROM dids_phonenumber p
            WHERE p.e164 = asked.e164 AND p.status = ANY(%(routed)s) OFFSET 0) AS n
      JOIN dids_assignment a ON a.number_id = n.id
      JOIN provisioning_tenantonpbx h ON h.tenant_id = n.holder_id AND h.pbx_id = %(pbx)s
"""

_ASSIGNED = """
    SELECT n.e164, o.name, a.kind, a.value, h.set, h.sip_domain
      FROM unnest(%(numbers)s::text[]) AS asked(e164)
     CROSS JOIN LATERAL (
           SELECT id, e164, holder_id FROM dids_phonenumber p
            WHERE p.e164 = asked.e164 AND p.status = ANY(%(routed)s) OFFSET 0) AS n
      JOIN dids_assignment a ON a.number_id = n.id
      JOIN accounts_organization o ON o.id = n.holder_id
      LEFT JOIN provisioning_tenantonpbx h ON h.tenant_id = n.holder_id
     ORDER BY n.e164
"""


@dataclass
class Wanted:
    """
    What a switch should have.

    :ivar routes: value by the digits without plus, as routers look it up
    :ivar serving: the numbers (E.164) among them whose status says so already
    """

    routes: dict[str, str] = field(default_factory=dict)
    serving: set[str] = field(default_factory=set)


def inbound(pbx_id: int, numbers: Sequence[str]) -> Wanted:
    """
    Give what each number should have on a switch; numbers without a route are left out.

    :param numbers: E.164 with plus
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _HOPS, {"numbers": arrays.texts(numbers), "routed": list(ROUTED), "pbx": pbx_id}
        )
        rows = cursor.fetchall()
    wanted = Wanted()
    for number, status, *hop in rows:
        try:
            wanted.routes[digits(number)] = writer.inbound(writer.Hop(*hop))
        except writer.Unwritable as trouble:
            # The receiver refuses these; one that slipped past must not stop the others.
            log.error("%s is left out of the routes of PBX %s: %s", number, pbx_id, trouble)  # noqa: TRY400
            continue
        if status == NumberStatus.IN_SERVICE:
            wanted.serving.add(number)
    return wanted


def check(numbers: Sequence[str]) -> None:
    """
    Refuse assignments that no switch could carry out.

    :raises UnableToRoute: for the first such number
    """
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGNED, {"numbers": arrays.texts(numbers), "routed": list(ROUTED)})
        rows = cursor.fetchall()
    for number, holder, *hop in rows:
        if hop[-1] is None:
            raise UnableToRoute(
                f"{number} cannot ring: {holder} is on no PBX yet. Put the organization on a PBX, "
                "then assign the number.",
                field="destination",
            )
        try:
            writer.inbound(writer.Hop(*hop))
        except writer.Unwritable as trouble:
            raise UnableToRoute(
                f"{number} cannot ring there. {trouble}", field="destination"
            ) from trouble
