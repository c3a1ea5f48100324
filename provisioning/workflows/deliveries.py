"""Have carriers deliver numbers to the switch on which they ring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from accounts.actors import Actor
from dids.models import PhoneNumber
from dids.workflows import binding
from lib.nudges import nudge
from provisioning import arrays, delivery, desired, tasks
from provisioning.models import Pbx
from provisioning.refusals import UnableToRoute
from trunks.models import Trunk

# Numbers that point somewhere, and whose carrier does not bring them to their holder's switch. A
# binding that failed is tried again whenever somebody touches the number.
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
            WHERE b.number_id = n.id AND b.status <> 'FAILED')
     ORDER BY n.e164
"""

# All that a trunk that was just attached could bring.
_BROUGHT = """
    SELECT n.e164
      FROM dids_phonenumber n
      JOIN dids_assignment a ON a.number_id = n.id
      JOIN provisioning_tenantonpbx h ON h.tenant_id = n.holder_id AND h.pbx_id = %(pbx)s
     WHERE n.carrier_account_id = %(account)s AND n.status = ANY(%(routed)s)
       AND NOT EXISTS (
           SELECT FROM dids_carrierbinding b
             JOIN provisioning_trunkonpbx t ON t.trunk_id = b.trunk_id AND t.pbx_id = h.pbx_id
            WHERE b.number_id = n.id AND b.status <> 'FAILED')
     ORDER BY n.e164
"""


# All that nobody was asked to bring, although a trunk could: it became ready after it was
# attached, or the message to the worker was lost. What failed is left to a person.
_FORGOTTEN = """
    SELECT DISTINCT n.e164
      FROM provisioning_trunkonpbx t
      JOIN trunks_trunk k ON k.id = t.trunk_id AND k.status = 'READY'
      JOIN dids_phonenumber n ON n.carrier_account_id = k.carrier_account_id
                             AND n.status = ANY(%(routed)s)
      JOIN dids_assignment a ON a.number_id = n.id
      JOIN provisioning_tenantonpbx h ON h.tenant_id = n.holder_id AND h.pbx_id = t.pbx_id
     WHERE NOT EXISTS (
           SELECT FROM dids_carrierbinding b
             JOIN provisioning_trunkonpbx o ON o.trunk_id = b.trunk_id AND o.pbx_id = h.pbx_id
            WHERE b.number_id = n.id)
     LIMIT %(most)s
"""


def forgotten(most: int) -> list[str]:
    """Find numbers that ring somewhere and that no carrier was asked to deliver there."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGOTTEN, {"routed": list(desired.ROUTED), "most": most})
        return [number for (number,) in cursor.fetchall()]


def attached(trunk: Trunk, pbx: Pbx) -> None:
    """Have the numbers that waited for a trunk to their switch delivered, by a worker."""
    with connection.cursor() as cursor:
        cursor.execute(
            _BROUGHT,
            {"pbx": pbx.pk, "account": trunk.carrier_account_id, "routed": list(desired.ROUTED)},
        )
        later([number for (number,) in cursor.fetchall()])


def later(numbers: Sequence[str]) -> None:
    """Have a worker do `want` for many numbers, once the work is committed."""
    for start in range(0, len(numbers), tasks.DELIVERED_AT_ONCE):
        nudge(tasks.deliver.delay, numbers=list(numbers[start : start + tasks.DELIVERED_AT_ONCE]))


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
