"""
Whose turn it is at an account that takes one order at a time, such as one with a single cart.

The database decides. An order has its turn from its claim until what came of it is known, so that a
worker that was killed gives its turn away when its claim is over and the carrier was asked.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from dids import nudging, tasks, timing
from dids.models import CarrierOrder
from dids.states import CarrierOrderStatus
from dids.workflows import recording
from lib.locks import no_key
from lib.nudges import nudge
from trunks import registry
from trunks.models import CarrierAccount
from trunks.roles import SellsNumbers

_S = CarrierOrderStatus
WAITS = "The account takes one order at a time; another one is under way."


def is_free(carrier_order: CarrierOrder) -> bool:
    """Tell whether an order need not wait for another one; only `take` may be relied upon."""
    return not _takes_turns(carrier_order) or not _under_way(carrier_order).exists()


def take(carrier_order: CarrierOrder) -> bool:
    """
    Tell the same with the account locked, in the transaction of the claim.

    The account is locked before the order is touched. Nothing is locked while the carrier thinks.
    """
    if not _takes_turns(carrier_order):
        return True
    no_key(CarrierAccount.objects.filter(pk=carrier_order.carrier_account_id)).get()
    return not _under_way(carrier_order).exists()


def wait(carrier_order: CarrierOrder, *, now: datetime) -> None:
    """Put an order off that has no turn; it is nudged, too, when the other one is over."""
    at = now + timing.span("PUT_OFF_SECONDS")
    message = {"carrier_order_id": carrier_order.pk}
    until = nudging.soon(tasks.place, message, at=at, now=now)
    recording.postponed(carrier_order, until=until, why=WAITS)


def pass_on(carrier_order: CarrierOrder) -> None:
    """Nudge the order that has waited longest, if this one is over."""
    if not _takes_turns(carrier_order) or carrier_order.status in (_S.PLACING, _S.UNCERTAIN):
        return
    waiting = _others(carrier_order).filter(status=_S.WAITING, failure=WAITS)
    following = waiting.order_by("status_since", "pk").first()
    if following is not None:
        nudge(tasks.place.delay, carrier_order_id=following.pk)


def _under_way(carrier_order: CarrierOrder) -> QuerySet[CarrierOrder]:
    return _others(carrier_order).filter(status__in=[_S.PLACING, _S.UNCERTAIN])


def _others(carrier_order: CarrierOrder) -> QuerySet[CarrierOrder]:
    """Give the account's other open orders: they have a next attempt, and an index of their own."""
    others = CarrierOrder.objects.exclude(pk=carrier_order.pk).filter(next_attempt_at__isnull=False)
    return others.filter(carrier_account=carrier_order.carrier_account_id)


def _takes_turns(carrier_order: CarrierOrder) -> bool:
    seller = registry.carrier(carrier_order.carrier_account.carrier)
    return issubclass(seller, SellsNumbers) and seller.orders_one_at_a_time
