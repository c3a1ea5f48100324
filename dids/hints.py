"""What carriers hint at: never believed, only a reason to read the object again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from dids import tasks
from dids.models import CarrierOrder, EmergencyRegistration
from dids.states import FeatureStatus
from dids.workflows import opening
from lib.e164 import is_e164
from lib.nudges import nudge
from trunks.events import on_hint, on_refusal
from trunks.models import CarrierAccount
from trunks.offers import Hint

MOST_ORDERS = 20


@on_hint
def order_moved(account: CarrierAccount, hint: Hint, now: datetime) -> bool:
    """Have the carrier orders read again that a hint may be about."""
    del now
    keys = _carrier_orders(account, hint)
    for key in keys:
        message = {"carrier_order_id": key}
        nudge(tasks.settle.delay, **message)
    return bool(keys)


@on_hint
def registration_moved(account: CarrierAccount, hint: Hint, now: datetime) -> bool:
    """Have the emergency registration read again whose address was decided upon."""
    del now
    if not hint.carrier_reference:
        return False
    rows = EmergencyRegistration.objects.filter(
        number__carrier_account=account,
        carrier_reference=hint.carrier_reference,
        status=FeatureStatus.SUBMITTED,
        # What is awaited is read again by and by; the index of that is short.
        next_attempt_at__isnull=False,
    )
    keys = list(rows.values_list("pk", flat=True)[:MOST_ORDERS])
    for key in keys:
        nudge(tasks.feature.delay, kind="emergencyregistration", feature_id=key)
    return bool(keys)


@on_refusal
def credentials_refused(account: CarrierAccount, why: str, now: datetime) -> None:
    """Ask somebody for credentials that the carrier accepts."""
    opening.credentials_refused(account, why=why, now=now)


def _carrier_orders(account: CarrierAccount, hint: Hint) -> list[int]:
    about = Q(pk__in=())
    if hint.our_reference:
        about |= Q(reference__in=_references(hint.our_reference))
    if hint.carrier_reference:
        about |= Q(carrier_reference=hint.carrier_reference)
    numbers = [number for number in hint.numbers if is_e164(number)]
    if numbers:
        about |= Q(lines__e164__in=numbers)
    rows = CarrierOrder.objects.filter(about, carrier_account=account)
    return list(rows.values_list("pk", flat=True).distinct().order_by("-pk")[:MOST_ORDERS])


def _references(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []
