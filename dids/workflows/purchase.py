"""Buying at the carrier: claim, call, record; and looking up what is not known."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from accounts import journal
from accounts.actors import System
from accounts.work import acting
from dids import events, nudging, tasks, timing
from dids.models import CarrierOrder
from dids.states import CARRIER_ORDER, CarrierOrderStatus
from dids.workflows import calling, late, opening, rechecking, recording, turns
from lib import pauses
from lib.e164 import E164
from lib.transitions import LostRace, UnableToMove
from trunks import capabilities, connect
from trunks.by_hand import NeedsPerson
from trunks.errors import CarrierError, Misconfigured, Rejected, Unavailable
from trunks.offers import PlacedOrder
from trunks.operations import Operation
from trunks.roles import AsksForDocuments, SellsNumbers

_ACTOR = System("purchase.place")
_S = CarrierOrderStatus


def place(*, carrier_order_id: int, now: datetime) -> None:
    """
    Make the one outside write of a carrier order, and record what came of it.

    :raises UnableToMove: if it was sent already
    """
    clock = timing.Elapsed(now)
    carrier_order = _load(carrier_order_id)
    if carrier_order is None:
        return
    if carrier_order.status != _S.WAITING:
        raise UnableToMove(f"{carrier_order} was sent already.")
    seller = _ready_to_send(carrier_order, now)
    if seller is None or rechecking.refuses(carrier_order, seller, clock):
        return
    pauses.at("purchase.ready")
    call_before = _claim(carrier_order, clock)
    if call_before is None:
        turns.wait(carrier_order, now=clock.now())
        return
    pauses.at("purchase.claimed")
    try:
        placed = _order(seller, carrier_order, call_before)
    except NeedsPerson as ask:
        recording.handed_over(carrier_order, ask, now=clock.now())
    except CarrierError as trouble:
        _record_trouble(carrier_order, trouble, now=clock.now())
    else:
        pauses.at("purchase.called")
        _record(carrier_order, placed, now=clock.now())
    turns.pass_on(carrier_order)


def settle(*, carrier_order_id: int, now: datetime) -> None:
    """
    Look up what became of a carrier order that is under way, uncertain, or failed unseen.

    Nothing is ever sent from here. "Not there" is believed once the claim is dead, the call's time
    is over and the carrier's `lookup_lag` has passed.
    """
    clock = timing.Elapsed(now)
    carrier_order = _load(carrier_order_id)
    if carrier_order is None or not _can_be_looked_up(carrier_order, now=now):
        return
    if carrier_order.status == _S.PLACING:
        recording.uncertain(
            carrier_order,
            attempt=carrier_order.attempt,
            why="Nobody recorded an answer.",
            now=now,
        )
    try:
        seller = _seller(carrier_order, now)
        placed = _find(seller, carrier_order)
    except NeedsPerson as ask:
        # Nothing was ever sent: a worker died before it had told a person.
        recording.handed_over(carrier_order, ask, now=clock.now())
        return
    except (connect.NotNow, CarrierError) as trouble:
        # A failed look-up tells nothing; the next one may.
        _not_looked_up(carrier_order, trouble, now=clock.now())
        return
    pauses.at("purchase.looked_up")
    if placed is not None:
        _record(carrier_order, placed, now=clock.now())
        turns.pass_on(carrier_order)
    elif carrier_order.status == _S.FAILED:
        late.look_again(carrier_order, now=clock.now())
    elif _may_be_believed(carrier_order, seller, now=clock.now()):
        recording.failed(
            carrier_order,
            attempt=carrier_order.attempt,
            words=recording.NOT_THERE,
            why="The carrier knows nothing of it.",
            now=clock.now(),
            watch=True,
        )
        turns.pass_on(carrier_order)
    else:
        since, again = carrier_order.status_since, clock.now()
        _look_again(carrier_order, again + timing.until_read_again(since, now=again))


def _dead_from(carrier_order: CarrierOrder) -> datetime:
    return calling.dead_from(carrier_order.call_before or carrier_order.status_since)


def _ready_to_send(carrier_order: CarrierOrder, now: datetime) -> SellsNumbers | None:
    """Give whom to buy from; None if not now, which is written down."""
    if carrier_order.give_up_at <= now:
        recording.failed(
            carrier_order,
            attempt=carrier_order.attempt,
            words=recording.GAVE_UP,
            why=carrier_order.failure or "Gave up.",
            now=now,
        )
        return None
    if not turns.is_free(carrier_order):
        # Before the pace is asked: who only waits must not use up the account's calls.
        turns.wait(carrier_order, now=now)
        return None
    try:
        return _fitting(_seller(carrier_order, now), carrier_order, now=now)
    except connect.NotNow as later:
        message = {"carrier_order_id": carrier_order.pk}
        until = nudging.soon(tasks.place, message, at=later.retry_at, now=now)
        recording.postponed(carrier_order, until=until, why=str(later))
    except Misconfigured as trouble:
        until = now + timing.span("PUT_OFF_PERSON_SECONDS")
        recording.postponed(carrier_order, until=until, why=str(trouble))
    return None


def _fitting(
    seller: SellsNumbers, carrier_order: CarrierOrder, *, now: datetime
) -> SellsNumbers | None:
    """Give the seller, unless the account got an interface since the order was cut for a person."""
    if carrier_order.lines.count() <= seller.numbers_per_order:
        return seller
    why = "More numbers than one call can buy."
    recording.failed(
        carrier_order, attempt=carrier_order.attempt, words=recording.CHANGED, why=why, now=now
    )
    return None


def _claim(carrier_order: CarrierOrder, clock: timing.Elapsed) -> datetime | None:
    """
    Claim in a transaction of its own: nothing is locked while the carrier thinks.

    :return: until when the call may leave; None if another order has its turn
    """
    with acting(_ACTOR):
        if not turns.take(carrier_order):
            return None
        attempt, call_before = calling.claim(
            CARRIER_ORDER, carrier_order, to=_S.PLACING, now=clock.now()
        )
        journal.record(
            _ACTOR,
            events.CARRIER_ORDER_CLAIMED,
            now=clock.now(),
            subject=carrier_order.order.subject,
            organization=carrier_order.order.payer,
            after={
                "count": carrier_order.lines.count(),
                "carrier_account": carrier_order.carrier_account.name,
                "reference": str(carrier_order.reference),
                "attempt": str(attempt),
            },
        )
    return call_before


def _record_trouble(carrier_order: CarrierOrder, trouble: CarrierError, *, now: datetime) -> None:
    attempt, why = carrier_order.attempt, str(trouble)
    if isinstance(trouble, Unavailable):
        until = trouble.retry_at(now, otherwise=timing.seconds("PUT_OFF_SECONDS"))
        recording.put_off(carrier_order, attempt=attempt, until=until, why=why, now=now)
    elif isinstance(trouble, Misconfigured):
        until = now + timing.span("PUT_OFF_PERSON_SECONDS")
        with acting(_ACTOR):
            recording.put_off(carrier_order, attempt=attempt, until=until, why=why, now=now)
            opening.credentials_refused(carrier_order.carrier_account, why=why, now=now)
    elif isinstance(trouble, Rejected):
        words = recording.words_for(trouble.reason)
        recording.failed(carrier_order, attempt=attempt, words=words, why=why, now=now)
    else:
        recording.uncertain(carrier_order, attempt=attempt, why=why, now=now)


def _record(carrier_order: CarrierOrder, placed: PlacedOrder, *, now: datetime) -> None:
    """Record what the carrier says; if the row was settled meanwhile, keep it as evidence."""
    try:
        if carrier_order.status == _S.FAILED:
            late.bought(carrier_order, placed, now=now)
        else:
            recording.placed(carrier_order, placed, attempt=carrier_order.attempt, now=now)
    except LostRace:
        late.bought(carrier_order, placed, now=now)
        raise


def _load(key: int) -> CarrierOrder | None:
    rows = CarrierOrder.objects.select_related(
        "order__payer", "carrier_account__owner", "trunk", "filing"
    )
    return rows.filter(pk=key).first()


def _seller(carrier_order: CarrierOrder, now: datetime) -> SellsNumbers:
    connect.may_call(carrier_order.carrier_account, now)
    seller = connect.connected(
        carrier_order.carrier_account, purpose="order", numbers=_numbers(carrier_order)
    )
    if not isinstance(seller, SellsNumbers):
        raise Misconfigured(capabilities.why_not(type(seller), Operation.ORDER))
    return seller


def _order(seller: SellsNumbers, carrier_order: CarrierOrder, call_before: datetime) -> PlacedOrder:
    trunk = carrier_order.trunk
    order = seller.order
    if carrier_order.filing is not None and isinstance(seller, AsksForDocuments):
        order = partial(seller.order_with_papers, papers=carrier_order.filing.carrier_reference)
    return order(
        _numbers(carrier_order),
        reference=str(carrier_order.reference),
        binding=trunk.known_as if trunk and seller.binds_with_order else "",
        deadline=calling.deadline(call_before),
    )


def _find(seller: SellsNumbers, carrier_order: CarrierOrder) -> PlacedOrder | None:
    return seller.find_order(
        reference=str(carrier_order.reference),
        numbers=_numbers(carrier_order),
        deadline=calling.deadline(),
    )


def _numbers(carrier_order: CarrierOrder) -> list[E164]:
    return [
        E164(number)
        for number in carrier_order.lines.order_by("e164").values_list("e164", flat=True)
    ]


def _can_be_looked_up(carrier_order: CarrierOrder, *, now: datetime) -> bool:
    if carrier_order.by_hand:
        # Only a person knows, also where the account has an interface by now.
        return False
    if carrier_order.status == _S.PLACING:
        return _dead_from(carrier_order) <= now
    return carrier_order.status in {_S.UNCERTAIN, _S.PLACED, _S.FAILED} and (
        carrier_order.attempt is not None
    )


def _may_be_believed(carrier_order: CarrierOrder, seller: SellsNumbers, *, now: datetime) -> bool:
    """Tell whether "not there" is an answer by now; an order that was there once gets longer."""
    if carrier_order.status == _S.PLACED:
        return carrier_order.give_up_at <= now
    return _dead_from(carrier_order) + seller.lookup_lag <= now


def _not_looked_up(
    carrier_order: CarrierOrder, trouble: connect.NotNow | CarrierError, *, now: datetime
) -> None:
    with acting(_ACTOR):
        if isinstance(trouble, connect.NotNow):
            _look_again(carrier_order, trouble.retry_at)
        else:
            _look_again(carrier_order, nudging.after(trouble, now=now))
        if isinstance(trouble, Misconfigured):
            opening.credentials_refused(carrier_order.carrier_account, why=str(trouble), now=now)
        if carrier_order.status == _S.UNCERTAIN and carrier_order.give_up_at <= now:
            opening.order_uncertain(carrier_order, why=str(trouble), now=now)


def _look_again(carrier_order: CarrierOrder, at: datetime) -> None:
    CarrierOrder.objects.filter(pk=carrier_order.pk, status=carrier_order.status).update(
        next_attempt_at=at
    )
