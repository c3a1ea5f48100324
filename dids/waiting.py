"""Why not yet: what is awaited, from whom, since when, what happens next, and when again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from dids.models import (
    BackOrder,
    Brand,
    CallerName,
    Campaign,
    CarrierBinding,
    CarrierHold,
    CarrierOrder,
    EmergencyLocation,
    EmergencyRegistration,
    Feature,
    Filing,
    MessagingRoute,
    NumberCampaign,
    NumberOrder,
    Offer,
    OrderLine,
    PhoneNumber,
    Release,
    Task,
    TaskKind,
    TollFreeVerification,
)
from dids.states import (
    BACK_ORDER,
    BINDING,
    CARRIER_ORDER,
    HOLD,
    LINE,
    LOCATION,
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
    ReleaseStatus,
)
from dids.task_kinds import ASKS


@dataclass(frozen=True)
class Waiting:
    """
    What a thing waits for; everybody who sees the thing may read it.

    :ivar what: what is not done yet
    :ivar who: who is awaited
    :ivar since: since when
    :ivar next: what happens next
    :ivar again_at: when it is looked at again; None where that depends on somebody
    """

    what: str
    who: str
    since: datetime
    next: str
    again_at: datetime | None = None


def why_not_yet(thing: Any) -> Waiting | None:
    """Give what a number, order, line, offer, binding or release waits for first, if anything."""
    return next(iter(reasons(thing)), None)


def reasons(thing: Any) -> list[Waiting]:
    """
    Give everything that a thing waits for: what a person must do comes first.

    The things of a list are read with what stands here: `inventory.shown`, `inventory.orders`.
    """
    return list(_ANSWERS[type(thing)](thing))


def _plain(lifecycle: Lifecycle, what: str) -> Callable[[Any], Iterable[Waiting]]:
    def answer(thing: Any) -> Iterable[Waiting]:
        wait = lifecycle.waits.get(thing.status)
        if wait is not None and wait.stale_after is not None:
            again_at = getattr(thing, _AGAIN.get(type(thing), "next_attempt_at"), None)
            yield Waiting(what, wait.who, thing.status_since, wait.then, again_at)

    return answer


_AGAIN: dict[type, str] = {PhoneNumber: "quarantine_until", Offer: "expires_at"}
"""The column that says when it goes on, where it is not `next_attempt_at`."""

_BINDING = _plain(BINDING, "The delivery by the carrier")
_CARRIER_ORDER = _plain(CARRIER_ORDER, "The order at the carrier")
_RELEASE = _plain(RELEASE, "The return to the carrier")


def _tasks(tasks: Iterable[Task]) -> Iterable[Waiting]:
    for task in tasks:
        who = "the provider" if task.organization.is_provider else task.organization.name
        what = task.get_kind_display()
        yield Waiting(what, who, task.opened_at, ASKS[TaskKind(task.kind)].then)


def _number(number: PhoneNumber) -> Iterable[Waiting]:
    if number.status in NUMBER.edges.final:
        return
    yield from _tasks(number.tasks.all())
    if number.status == NumberStatus.RELEASING:
        for release in number.releases.all():
            yield from _release(release)
        return
    binding: CarrierBinding | None = getattr(number, "binding", None)
    if binding is not None:
        yield from _delivery(binding)
    registration: EmergencyRegistration | None = getattr(number, "emergency", None)
    if registration is not None:
        yield from _feature(registration)
    yield from _plain(NUMBER, "The number")(number)


def _delivery(binding: CarrierBinding) -> Iterable[Waiting]:
    if binding.status in {BindingStatus.FAILED, BindingStatus.BY_HAND}:
        then = BINDING.waits[binding.status].then
        yield Waiting("The delivery by the carrier", "the provider", binding.status_since, then)
    yield from _BINDING(binding)


def _release(release: Release) -> Iterable[Waiting]:
    if release.status in {ReleaseStatus.REFUSED, ReleaseStatus.BY_HAND}:
        then = RELEASE.waits[release.status].then
        yield Waiting("The return to the carrier", "the provider", release.status_since, then)
    yield from _RELEASE(release)


def _feature(row: Feature) -> Iterable[Waiting]:
    wait = row.lifecycle.waits[row.status]
    if wait.who != "nobody":
        what = f"{row.what[0].upper()}{row.what[1:]}"
        yield Waiting(what, wait.who, row.status_since, wait.then, row.next_attempt_at)


_SLOWEST_FIRST = (
    CarrierOrderStatus.UNCERTAIN,
    CarrierOrderStatus.PLACED,
    CarrierOrderStatus.PLACING,
    CarrierOrderStatus.WAITING,
    CarrierOrderStatus.DOCUMENTS,
)


def _order(order: NumberOrder) -> Iterable[Waiting]:
    if order.status != OrderStatus.SUBMITTED:
        yield from _plain(ORDER, "The order")(order)
        return
    rows = [row for row in order.carrier_orders.all() if row.status in _SLOWEST_FIRST]
    yield from chain.from_iterable(_tasks(row.tasks.all()) for row in rows)
    for status in _SLOWEST_FIRST:
        same = [row for row in rows if row.status == status and not row.by_hand]
        if same:
            yield from _CARRIER_ORDER(min(same, key=lambda row: row.status_since))
    if not rows:
        yield from _plain(ORDER, "The order")(order)


def _line(line: OrderLine) -> Iterable[Waiting]:
    if line.status == LineStatus.WAITING and line.carrier_order is not None:
        yield from _tasks(line.carrier_order.tasks.all())
        if not line.carrier_order.by_hand:
            yield from _CARRIER_ORDER(line.carrier_order)
    elif line.status == LineStatus.BOUGHT and line.number is not None:
        # From bought to live; what becomes of it in other hands is no business of the order's.
        if line.number.holder_id == line.holder_id:
            yield from _number(line.number)
    else:
        yield from _plain(LINE, "The purchase")(line)


_ANSWERS: dict[type, Callable[[Any], Iterable[Waiting]]] = {
    PhoneNumber: _number,
    NumberOrder: _order,
    OrderLine: _line,
    CarrierOrder: _CARRIER_ORDER,
    EmergencyLocation: _plain(LOCATION, "The check of the address"),
    CarrierBinding: _delivery,
    CarrierHold: _plain(HOLD, "The hold"),
    BackOrder: _plain(BACK_ORDER, "The back-order"),
    **dict.fromkeys((EmergencyRegistration, Filing), _feature),
    **dict.fromkeys((CallerName, Brand, Campaign, NumberCampaign), _feature),
    **dict.fromkeys((MessagingRoute, TollFreeVerification), _feature),
    Offer: _plain(OFFER, "The offer"),
    Release: _release,
}
