"""Purchases that are seen although their line has failed: a stopped worker woke up and bought."""

from __future__ import annotations

from datetime import datetime

from accounts import journal
from accounts.actors import System
from accounts.work import acting
from billing import funds
from dids import events, timing
from dids.models import CarrierOrder, NumberOrder, OrderLine, PhoneNumber
from dids.states import CarrierOrderStatus, LineStatus
from dids.workflows import arrival, opening
from lib import pauses
from lib.locks import no_key
from trunks.offers import LineStatus as Answer
from trunks.offers import PlacedOrder

_ACTOR = System("purchase.late")


def bought(carrier_order: CarrierOrder, answer: PlacedOrder, *, now: datetime) -> int:
    """
    Keep a late success as evidence: the number enters the provider's stock, at the provider's cost.

    :return: how many numbers came in
    """
    states = {number.number: number for number in answer.numbers}
    taken = 0
    with acting(_ACTOR):
        funds.lock([carrier_order.order.payer])
        (order,) = no_key(NumberOrder.objects.filter(pk=carrier_order.order_id))
        failed = carrier_order.lines.filter(status=LineStatus.FAILED, late_success_at__isnull=True)
        for line in failed.select_related("carrier_account__owner").order_by("e164"):
            said = states.get(line.e164)  # type: ignore[call-overload]
            if said is None or said.status != Answer.BOUGHT or _is_someones(line):
                continue
            _take_in(line, said.carrier_reference, order, now=now)
            taken += 1
        pauses.at("purchase.came_late")
    look_again(carrier_order, now=now, soon=any(s.status == Answer.PENDING for s in answer.numbers))
    return taken


def look_again(carrier_order: CarrierOrder, *, now: datetime, soon: bool = False) -> None:
    """Plan the next look at a failed carrier order: ever more seldom, and not for ever."""
    age = now - carrier_order.status_since
    often = timing.until_read_again(carrier_order.status_since, now=now)
    step = often if soon else max(age, timing.span("LOOKUP_SECONDS"))
    over = age > timing.span("LATE_LOOK_SECONDS")
    CarrierOrder.objects.filter(pk=carrier_order.pk, status=CarrierOrderStatus.FAILED).update(
        next_attempt_at=None if over else now + step
    )


def _is_someones(line: OrderLine) -> bool:
    """Tell whether another line has bought or is buying the number: then it is not ours to take."""
    if PhoneNumber.objects.live().filter(e164=line.e164).exists():
        return True
    return OrderLine.objects.filter(e164=line.e164, status=LineStatus.WAITING).exists()


def _take_in(line: OrderLine, carrier_reference: str, order: NumberOrder, *, now: datetime) -> None:
    number = arrival.into_stock(
        line, order=order, carrier_reference=carrier_reference, actor=_ACTOR, now=now
    )
    OrderLine.objects.filter(pk=line.pk).update(
        late_success_at=now, late_carrier_reference=carrier_reference, number=number
    )
    journal.record(
        _ACTOR,
        events.LINE_BOUGHT_LATE,
        now=now,
        subject=order.subject,
        organization=number.holder,
        number=number.e164,
        after={"carrier_reference": carrier_reference},
    )
    opening.bought_late(line, number, now=now)
