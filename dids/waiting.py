"""Why not yet: who is awaited, since when, and what happens next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dids.models import (
    CarrierBinding,
    CarrierOrder,
    NumberOrder,
    Offer,
    OrderLine,
    PhoneNumber,
    Release,
)
from dids.states import (
    BINDING,
    CARRIER_ORDER,
    LINE,
    NUMBER,
    OFFER,
    ORDER,
    RELEASE,
    BindingStatus,
    CarrierOrderStatus,
    Lifecycle,
    LineStatus,
    NumberStatus,
    OrderStatus,
)


@dataclass(frozen=True)
class Waiting:
    """
    What a thing waits for; everybody who sees the thing may read it.

    :ivar who: who is awaited
    :ivar since: since when
    :ivar next: what happens next
    """

    who: str
    since: datetime
    next: str


def why_not_yet(thing: Any) -> Waiting | None:
    """Give what a number, order, line, offer, binding or release waits for, if anything."""
    return _ANSWERS[type(thing)](thing)


def _plain(lifecycle: Lifecycle) -> Callable[[Any], Waiting | None]:
    def answer(thing: Any) -> Waiting | None:
        wait = lifecycle.waits.get(thing.status)
        if wait is None or wait.stale_after is None:
            return None
        return Waiting(wait.who, thing.status_since, wait.then)

    return answer


def _number(number: PhoneNumber) -> Waiting | None:
    if number.status == NumberStatus.RELEASING:
        release = next(
            (row for row in number.releases.all() if row.status not in RELEASE.edges.final), None
        )
        return _plain(RELEASE)(release) if release else None
    binding: CarrierBinding | None = getattr(number, "binding", None)
    if binding is not None and binding.status != BindingStatus.BOUND:
        wait = BINDING.waits[binding.status]
        who = "the provider" if binding.status == BindingStatus.FAILED else wait.who
        return Waiting(who, binding.status_since, wait.then)
    return _plain(NUMBER)(number)


_SLOWEST_FIRST = (
    CarrierOrderStatus.UNCERTAIN,
    CarrierOrderStatus.PLACED,
    CarrierOrderStatus.PLACING,
    CarrierOrderStatus.WAITING,
)


def _order(order: NumberOrder) -> Waiting | None:
    if order.status != OrderStatus.SUBMITTED:
        return _plain(ORDER)(order)
    parts = {row.status: row for row in order.carrier_orders.all()}
    for status in _SLOWEST_FIRST:
        if status in parts:
            return _plain(CARRIER_ORDER)(parts[status])
    return _plain(ORDER)(order)


def _line(line: OrderLine) -> Waiting | None:
    if line.status == LineStatus.WAITING and line.carrier_order is not None:
        return _plain(CARRIER_ORDER)(line.carrier_order)
    return _plain(LINE)(line)


_ANSWERS: dict[type, Callable[[Any], Waiting | None]] = {
    PhoneNumber: _number,
    NumberOrder: _order,
    OrderLine: _line,
    CarrierOrder: _plain(CARRIER_ORDER),
    CarrierBinding: _plain(BINDING),
    Offer: _plain(OFFER),
    Release: _plain(RELEASE),
}
