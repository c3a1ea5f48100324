"""Have carriers deliver numbers to the switch on which they ring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from accounts.actors import Actor
from dids.models import PhoneNumber
from dids.workflows import binding
from provisioning import arrays, delivery, desired
from provisioning.refusals import UnableToRoute

# Numbers that point somewhere, and whose carrier does not bring them to their holder's switch.
_ELSEWHERE = """
    SELECT n.id
      FROM unnest(%(numbers)s::text[]) AS asked(e164)
      JOIN dids_phonenumber n ON n.e164 = asked.e164 AND n.status = ANY(%(routed)s)
      JOIN dids_assignment a ON a.number_id = n.id
      JOIN provisioning_tenantonpbx h ON h.tenant_id = n.holder_id
     WHERE EXISTS (SELECT FROM provisioning_trunkonpbx t WHERE t.pbx_id = h.pbx_id)
       AND NOT EXISTS (
           SELECT FROM dids_carrierbinding b
             JOIN provisioning_trunkonpbx t ON t.trunk_id = b.trunk_id AND t.pbx_id = h.pbx_id
            WHERE b.number_id = n.id)
     ORDER BY n.e164
"""


def want(*, numbers: Sequence[str], actor: Actor, now: datetime) -> int:
    """
    Ask for numbers (E.164) that ring somewhere to be delivered there, where they are not yet.

    A number for which no trunk of its carrier account leads there is left alone: it is not live,
    and says what it waits for.

    :return: how many were asked for
    """
    asked = 0
    for number in _elsewhere(numbers):
        try:
            trunk = delivery.trunk_for(account=number.carrier_account, holder=number.holder)
            binding.want(number=number, trunk=trunk, actor=actor, now=now)
        except (UnableToRoute, binding.UnableToBind):
            continue
        asked += 1
    return asked


def _elsewhere(numbers: Sequence[str]) -> list[PhoneNumber]:
    with connection.cursor() as cursor:
        cursor.execute(
            _ELSEWHERE, {"numbers": arrays.texts(numbers), "routed": list(desired.ROUTED)}
        )
        keys = [key for (key,) in cursor.fetchall()]
    if not keys:
        return []
    rows = PhoneNumber.objects.filter(pk__in=keys).order_by("e164")
    return list(rows.select_related("holder", "carrier_account"))
