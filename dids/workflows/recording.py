"""Writing down what a carrier answered to an order; every step is conditional on the attempt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts import journal, limits
from accounts.actors import System
from accounts.work import acting
from billing import funds
from dids import events, tasks, timing
from dids.models import CarrierOrder, Filing, NumberOrder, OrderLine, PhoneNumber
from dids.states import (
    CARRIER_ORDER,
    LINE,
    ORDER,
    CarrierOrderStatus,
    FeatureStatus,
    LineStatus,
    OrderStatus,
)
from dids.workflows import arrival, feature_wishes, opening
from dids.workflows.handover import by_holder
from lib import pauses
from lib.locks import no_key
from lib.money import Money
from lib.nudges import nudge
from trunks import registry
from trunks.by_hand import NeedsPerson
from trunks.errors import Reason
from trunks.offers import LineStatus as Answer
from trunks.offers import OrderedNumber, PlacedOrder
from trunks.roles import AsksForDocuments

_ACTOR = System("purchase.record")
_S = CarrierOrderStatus

GAVE_UP = "The carrier could not be reached in time. Order again."
NOT_THERE = "The purchase did not arrive at the carrier. Order again."
REFUSED = "The carrier did not sell the number. Choose another one."
CHANGED = "How this carrier takes orders has changed meanwhile. Order again."
ALREADY_OURS = "The number is in stock already."

_WORDS = {
    Reason.NUMBER_GONE: "The number is no longer for sale. Choose another one.",
    Reason.NO_FUNDS: "The provider's balance at the carrier does not allow it.",
    Reason.DOCUMENTS_MISSING: "The carrier asks for documents for this number.",
    Reason.NOT_ALLOWED: "The carrier does not allow this purchase.",
}


def words_for(reason: Reason) -> str:
    """Put a carrier's refusal into words that the payer may read."""
    return _WORDS.get(reason, REFUSED)


def placed(
    carrier_order: CarrierOrder, answer: PlacedOrder, *, attempt: UUID | None, now: datetime
) -> None:
    """
    Write down an order as the carrier knows it: line by line bought, failed, or still under way.

    :raises LostRace: if the row was settled meanwhile
    """
    with acting(_ACTOR):
        order, lines = _locked(carrier_order)
        said = {number.number: number for number in answer.numbers}
        bought, failed = [], []
        words = {line.pk: REFUSED for line in lines}
        for line in lines:
            ordered = said.get(line.e164)  # type: ignore[call-overload]
            if ordered is not None and ordered.status == Answer.BOUGHT:
                bought.append((line, ordered))
            elif _is_refused(carrier_order, ordered, now=now):
                failed.append(line)
                words[line.pk] = words_for(ordered.refusal) if ordered else REFUSED
        waiting = len(lines) - len(bought) - len(failed)
        _move(carrier_order, answer, attempt, waiting=waiting, bought=len(bought), now=now)
        arrived = [line for line, ordered in bought if _arrive(line, ordered, order, now=now)]
        failed += [line for line, _ in bought if line not in arrived]
        if arrived:
            _show_papers(carrier_order, now=now)
        _fail(failed, order, words=words, now=now)
        _settle_money(order, bought=arrived, failed=failed, now=now)
        _end_order(order, now=now)
        strange = {str(n): told.word for n, told in said.items() if told.word}
        if strange:
            opening.unknown_words(carrier_order, words=strange, now=now)
        pauses.at("purchase.recording")
    pauses.at("purchase.recorded")


def handed_over(carrier_order: CarrierOrder, ask: NeedsPerson, *, now: datetime) -> None:
    """
    Write down that a person makes the write: its task says what came of it, and nobody is asked.

    :raises LostRace: if the row was settled meanwhile
    """
    with acting(_ACTOR):
        CARRIER_ORDER.edges.record(
            carrier_order,
            attempt=carrier_order.attempt,
            to=_S.PLACED,
            now=now,
            by_hand=True,
            next_attempt_at=None,
            failure="",
        )
        opening.order_by_hand(carrier_order, ask, now=now)
        _note(carrier_order, events.CARRIER_ORDER_HANDED_OVER, now=now)
        pauses.at("purchase.recording")
    pauses.at("purchase.recorded")


def failed(
    carrier_order: CarrierOrder,
    *,
    attempt: UUID | None,
    words: str,
    why: str,
    now: datetime,
    watch: bool = False,
) -> None:
    """
    Write down that nothing of it was bought; the money returns.

    :param words: for the payer
    :param why: the carrier's words, for the provider
    :param watch: whether to go on looking, because a stopped worker may still wake up and buy
    :raises LostRace: if the row was settled meanwhile
    """
    with acting(_ACTOR):
        order, lines = _locked(carrier_order)
        CARRIER_ORDER.edges.record(
            carrier_order,
            attempt=attempt,
            to=_S.FAILED,
            now=now,
            failure=why[:200],
            next_attempt_at=now + timing.span("LOOKUP_SECONDS") if watch else None,
        )
        _fail(lines, order, words={line.pk: words for line in lines}, now=now)
        _settle_money(order, bought=[], failed=lines, now=now)
        _note(carrier_order, events.CARRIER_ORDER_ENDED, now=now, why=why)
        _end_order(order, now=now)
        pauses.at("purchase.recording")
    pauses.at("purchase.recorded")


def put_off(
    carrier_order: CarrierOrder, *, attempt: UUID | None, until: datetime, why: str, now: datetime
) -> None:
    """
    Write down that nothing happened, and when it is tried again.

    :raises LostRace: if the row was settled meanwhile
    """
    with acting(_ACTOR):
        CARRIER_ORDER.edges.record(
            carrier_order,
            attempt=attempt,
            to=_S.WAITING,
            now=now,
            next_attempt_at=until,
            failure=why[:200],
        )
        _note(carrier_order, events.CARRIER_ORDER_PUT_OFF, now=now, why=why)


def postponed(carrier_order: CarrierOrder, *, until: datetime, why: str) -> None:
    """Wait for a person before the order is even claimed."""
    CarrierOrder.objects.filter(pk=carrier_order.pk, status=_S.WAITING).update(
        next_attempt_at=until, failure=why[:200]
    )


def uncertain(
    carrier_order: CarrierOrder, *, attempt: UUID | None, why: str, now: datetime
) -> None:
    """
    Write down that nobody knows; from here on it is only looked up.

    :raises LostRace: if the row was settled meanwhile
    """
    with acting(_ACTOR):
        CARRIER_ORDER.edges.record(
            carrier_order,
            attempt=attempt,
            to=_S.UNCERTAIN,
            now=now,
            uncertain_since=now,
            next_attempt_at=now + timing.span("LOOKUP_SECONDS"),
            failure=why[:200],
        )
        _note(carrier_order, events.CARRIER_ORDER_UNCERTAIN, now=now, why=why)


def lock(carrier_order: CarrierOrder) -> None:
    """Lock what recording locks, for who looks before it records; within the transaction."""
    _locked(carrier_order)


def _locked(carrier_order: CarrierOrder) -> tuple[NumberOrder, list[OrderLine]]:
    """Lock in the one order: the payer's account, the order; then read what still waits."""
    funds.lock([carrier_order.order.payer])
    (order,) = no_key(NumberOrder.objects.filter(pk=carrier_order.order_id).select_related("payer"))
    waiting = carrier_order.lines.filter(status=LineStatus.WAITING)
    return order, list(
        waiting.select_related("holder", "carrier_account__owner", "trunk").order_by("e164")
    )


def _is_refused(
    carrier_order: CarrierOrder, ordered: OrderedNumber | None, *, now: datetime
) -> bool:
    if ordered is not None:
        return ordered.status == Answer.FAILED
    # Absent: an order that the carrier has not finished may still show it, for a while.
    return carrier_order.give_up_at <= now


def _move(
    carrier_order: CarrierOrder,
    answer: PlacedOrder,
    attempt: UUID | None,
    *,
    waiting: int,
    bought: int,
    now: datetime,
) -> None:
    reference = answer.carrier_reference or carrier_order.carrier_reference
    words = "; ".join(sorted({number.reason for number in answer.numbers if number.reason}))
    if waiting and carrier_order.status == _S.PLACED:
        # A carrier may take days, for example until it has seen documents.
        again = None if carrier_order.by_hand else _read_again_at(carrier_order, now)
        CarrierOrder.objects.filter(pk=carrier_order.pk, status=_S.PLACED).update(
            next_attempt_at=again, carrier_reference=reference, failure=words[:200]
        )
        return
    has_some = bought or carrier_order.lines.filter(status=LineStatus.BOUGHT).exists()
    end = _S.PLACED if waiting else _S.DONE if has_some else _S.FAILED
    CARRIER_ORDER.edges.record(
        carrier_order,
        attempt=attempt,
        to=end,
        now=now,
        carrier_reference=reference,
        next_attempt_at=now + timing.span("ORDER_POLL_SECONDS") if waiting else None,
        failure=words[:200],
    )
    if end == _S.PLACED:
        _note(carrier_order, events.CARRIER_ORDER_PLACED, now=now, carrier_reference=reference)
        message = {"carrier_order_id": carrier_order.pk}
        wait = timing.seconds("ORDER_POLL_SECONDS")
        nudge(tasks.settle.apply_async, kwargs=message, countdown=wait)
    else:
        _note(carrier_order, events.CARRIER_ORDER_ENDED, now=now, why=words)


def _read_again_at(carrier_order: CarrierOrder, now: datetime) -> datetime:
    return now + timing.until_read_again(carrier_order.status_since, now=now)


def _arrive(line: OrderLine, ordered: OrderedNumber, order: NumberOrder, *, now: datetime) -> bool:
    """Take a bought number in; a number that is ours already was not bought by this line."""
    if PhoneNumber.objects.live().filter(e164=line.e164).exists():
        return False
    number = arrival.of_line(
        line, order=order, carrier_reference=ordered.carrier_reference, actor=_ACTOR, now=now
    )
    LINE.edges.move(line, to=LineStatus.BOUGHT, now=now, number=number)
    arrival.follow_plan(line, number, actor=_ACTOR, now=now)
    return True


def _show_papers(carrier_order: CarrierOrder, *, now: datetime) -> None:
    """Have what was handed in shown once more, where somebody looks at each number with it."""
    adapter = registry.carrier(carrier_order.carrier_account.carrier)
    if carrier_order.filing_id is None or not issubclass(adapter, AsksForDocuments):
        return
    rows = Filing.objects.select_related("organization", "carrier_account")
    filing = no_key(rows.filter(pk=carrier_order.filing_id)).get()
    # What was refused waits for a better answer, with which all its numbers are shown.
    if adapter.reviews_numbers and filing.status != FeatureStatus.REJECTED:
        feature_wishes.want(filing, actor=_ACTOR, now=now)


def _fail(
    lines: Sequence[OrderLine], order: NumberOrder, *, words: Mapping[int, str], now: datetime
) -> None:
    """Fail lines, each with its words, found by its key."""
    for line in lines:
        LINE.edges.move(line, to=LineStatus.FAILED, now=now, failure=words[line.pk])
        journal.record(
            _ACTOR,
            events.LINE_FAILED,
            now=now,
            subject=order.subject,
            organization=order.payer,
            number=line.e164,
            reason=words[line.pk],
        )
    for holder, count in by_holder(lines):
        limits.give_number(holder, count)


def _settle_money(
    order: NumberOrder, *, bought: Sequence[OrderLine], failed: Sequence[OrderLine], now: datetime
) -> None:
    spent, unspent = _sum(bought, order), _sum(failed, order)
    if bought:
        funds.post(
            organization=order.payer,
            reserved=spent,
            amount=spent,
            subject=order.subject,
            actor=_ACTOR,
            now=now,
        )
    if failed:
        funds.release(
            organization=order.payer, amount=unspent, subject=order.subject, actor=_ACTOR, now=now
        )


def _sum(lines: Sequence[OrderLine], order: NumberOrder) -> Money:
    return Money(sum((line.amount for line in lines), Decimal(0)), order.currency)


def _end_order(order: NumberOrder, *, now: datetime) -> None:
    states = Counter(order.lines.values_list("status", flat=True))
    if states[LineStatus.WAITING]:
        return
    bought, failed = states[LineStatus.BOUGHT], states[LineStatus.FAILED]
    end = OrderStatus.PARTLY_COMPLETED if bought and failed else OrderStatus.COMPLETED
    ORDER.edges.move(order, to=end if bought else OrderStatus.FAILED, now=now)
    journal.record(
        _ACTOR,
        events.ORDER_ENDED,
        now=now,
        subject=order.subject,
        organization=order.payer,
        after={"bought": bought, "failed": failed},
    )


def _note(
    carrier_order: CarrierOrder, event_type: journal.EventType, *, now: datetime, **after: str
) -> None:
    journal.record(
        _ACTOR,
        event_type,
        now=now,
        subject=carrier_order.order.subject,
        organization=carrier_order.order.payer,
        after={"carrier_account": carrier_order.carrier_account.name, **after},
    )
