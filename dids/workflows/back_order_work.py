"""
The steps of a back-order: look, choose within its limits, see what came of it.

Each step is one transaction on the locked row, and no carrier is called in any: the carriers are
asked by the ordinary search, and buy for the ordinary order. What a crash leaves is found by the
sweep and goes on from the status that was committed last.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import journal
from accounts.actors import System
from accounts.limits import UnableToTake
from accounts.work import acting
from billing.funds import UnableToReserve
from dids import events, picking, search_stream, timing
from dids.models import BackOrder, FoundOffer, NumberOrder, NumberSearch, OrderLine, WhenFound
from dids.models.orders import OrderLineQuerySet
from dids.models.searches import CHOSEN
from dids.picking import Candidate, Picked
from dids.questions import UnableToSearch
from dids.sieve import Sieve
from dids.states import BACK_ORDER, BackOrderStatus, LineStatus, OrderStatus
from dids.workflows import back_ordering, carrier_holds, ordering, searching
from dids.workflows.back_ordering import MONTHS
from dids.workflows.refusals import UnableToHold
from lib import pauses
from lib.locks import no_key
from lib.refusals import UnableTo
from trunks.models import CarrierAccount

_ACTOR = System("dids.back_order")
_S = BackOrderStatus
_POLL = timedelta(seconds=2)
_MINUTE = timedelta(minutes=1)
_TAKEN = (LineStatus.WAITING, LineStatus.BOUGHT)


class _TooDear(UnableTo):
    """What was frozen costs more than the wish allows."""


def step(*, back_order_id: int, now: datetime) -> None:
    """
    Do the next step of a back-order.

    :raises UnableToMove: if another worker did it first
    """
    found = BackOrder.objects.open().select_related("search").filter(pk=back_order_id).first()
    if found is None:
        return
    if found.status == _S.LOOKING and not _has_answers(found, now):
        _look_again(found, now + _POLL)
        return
    pauses.at("back_order.locking")
    with acting(_ACTOR):
        rows = BackOrder.objects.select_related("payer", "holder", "search")
        (held,) = no_key(rows.filter(pk=back_order_id))
        if held.status != found.status:
            return
        if held.until <= now and held.status != _S.ORDERING:
            _end(held, to=_S.EXPIRED, now=now)
        elif held.status == _S.LOOKING:
            _choose(held, now)
        elif held.status in {_S.OFFERED, _S.ORDERING}:
            _see_what_came(held, now)
        else:
            _look(held, now)
        pauses.at("back_order.stepping")
    pauses.at("back_order.stepped")


def left(back_order: BackOrder) -> int:
    """Give how many numbers are still to be bought: those being bought count as bought."""
    return back_order.quantity - _lines(back_order).count()


def _lines(back_order: BackOrder) -> OrderLineQuerySet:
    return OrderLine.objects.filter(order__back_order=back_order, status__in=_TAKEN)


def _look(held: BackOrder, now: datetime) -> None:
    """Have the carriers asked by an ordinary search."""
    question = NumberSearch(wanted=held.wanted, narrowed=held.narrowed)
    chosen = held.wanted.get(CHOSEN)
    accounts = CarrierAccount.objects.filter(uuid__in=chosen) if chosen else None
    try:
        search = searching.start(
            wanted=question.question(),
            sieve=Sieve(**held.narrowed),
            accounts=list(accounts) if accounts is not None else None,
            organization=held.payer,
            months=MONTHS,
            actor=_ACTOR,
            now=now,
        )
    except UnableToSearch as nobody:
        _wait(held, str(nobody), now=now)
        return
    BACK_ORDER.edges.move(
        held, to=_S.LOOKING, now=now, search=search, looked_at=now, next_attempt_at=now + _POLL
    )


def _has_answers(found: BackOrder, now: datetime) -> bool:
    """Tell whether all carriers have answered, or those that have not will not any more."""
    return found.status_since + _longest() <= now or _is_done(found)


def _is_done(found: BackOrder) -> bool:
    search = found.search
    return search is not None and search_stream.read(search.uuid, after=0, wait=0).done


def _longest() -> timedelta:
    return timing.span("SEARCH_DEADLINE_SECONDS") + timedelta(seconds=searching.MESSAGE_SECONDS)


def _choose(held: BackOrder, now: datetime) -> None:
    """Put what was found within the limits into an order, and buy it if that is wanted."""
    candidates = _affordable(held)
    picked = picking.pick(candidates, count=left(held), consecutive=held.consecutive)
    affordable = _within_total(held, picked)
    if not affordable:
        # A search whose message was lost tells nothing about what there is.
        pause = None if _is_done(held) else _MINUTE
        _wait(held, "Nothing within the limits was found.", now=now, pause=pause)
        return
    try:
        with transaction.atomic():
            _order(held, affordable, now)
    except (UnableToReserve, UnableToTake) as short:
        _pause(held, str(short), now=now)
    except (UnableTo, IntegrityError) as refusal:
        # Somebody else was quicker, or a rate has changed: the next look sees to it.
        why = str(refusal) if isinstance(refusal, UnableTo) else "Somebody else was quicker."
        _wait(held, why, now=now)


def _affordable(held: BackOrder) -> list[Candidate]:
    """Give what can be ordered and costs no more than a number may, with what it is charged."""
    if held.search is None:
        return []
    found = picking.candidates_of(held.search)
    most = held.most_each
    return [one for one in found if one.charge is not None and (most is None or one.charge <= most)]


def _within_total(held: BackOrder, picked: Picked) -> list[UUID]:
    """Give the chosen offers, but for the last or the dearest ones that the total forbids."""
    chosen = [one for run in picked.runs for one in run]
    if not held.consecutive:
        chosen.sort(key=lambda one: (one.cost is None, one.cost or Decimal(0)))
    if held.most_total is not None:
        budget = held.most_total - _spent(held)
        while chosen and sum((one.charge or Decimal(0) for one in chosen), Decimal(0)) > budget:
            chosen.pop()
    return [one.offer for one in chosen]


def _order(held: BackOrder, offers: Sequence[UUID], now: datetime) -> None:
    wishes = [
        ordering.LineWish(offer_id=key, holder=held.holder, label=held.label) for key in offers
    ]
    order = ordering.draft(lines=wishes, payer=held.payer, actor=_ACTOR, now=now, back_order=held)
    _require_within(held, order)
    told: dict[str, Any] = {"count": len(offers), "order": str(order.uuid)}
    if held.when_found == WhenFound.BUY:
        ordering.submit_within(order=order, actor=_ACTOR, now=now)
        _move(held, to=_S.ORDERING, at=now + _POLL, now=now)
        _note(held, events.BACK_ORDER_ORDERED, now=now, total=str(order.total()), **told)
        return
    if held.when_found == WhenFound.RESERVE:
        _reserve(held, offers, now)
    _move(held, to=_S.OFFERED, at=now + _MINUTE, now=now)
    _note(held, events.BACK_ORDER_FOUND, now=now, **told)


def _require_within(held: BackOrder, order: NumberOrder) -> None:
    """Look at what was frozen: a rate may have been corrected since the search."""
    amounts = [line.amount for line in order.lines.all()]
    each_is = held.most_each is None or max(amounts) <= held.most_each
    total = sum(amounts, Decimal(0)) + _spent(held, besides=order)
    if order.currency != held.currency or not each_is:
        raise _TooDear("What was found costs more by now than a number may.")
    if held.most_total is not None and total > held.most_total:
        raise _TooDear("What was found costs more by now than is left of the total.")


def _reserve(held: BackOrder, offers: Sequence[UUID], now: datetime) -> None:
    """Have what can be held kept for whoever wants it; the preview stands without that too."""
    rows = FoundOffer.objects.filter(uuid__in=offers).select_related("carrier_account")
    with suppress(UnableToHold), transaction.atomic():
        carrier_holds.want_what_can_be_held(
            offers=list(rows),
            organization=held.payer,
            actor=_ACTOR,
            now=now,
            held_by=held.wanted_by,
        )


def _see_what_came(held: BackOrder, now: datetime) -> None:
    """Follow the last order of a back-order to its end, then look for the rest."""
    order = held.orders.order_by("-pk").first()
    if order is None or order.status == OrderStatus.DISCARDED:
        pause = timing.span("BACK_ORDER_DECLINED_SECONDS")
        _wait(held, "Its preview was thrown away.", now=now, pause=pause)
    elif order.status == OrderStatus.DRAFT:
        _await_decision(held, now)
    elif held.status == _S.OFFERED:
        _move(held, to=_S.ORDERING, at=now, now=now)
    elif order.status == OrderStatus.SUBMITTED:
        _look_again(held, now + timing.until_read_again(held.status_since, now=now))
    elif left(held) > 0:
        _wait(held, f"{left(held)} of {held.quantity} are still to be found.", now=now)
    else:
        _end(held, to=_S.FULFILLED, now=now)


def _await_decision(held: BackOrder, now: datetime) -> None:
    if held.search is not None and held.search.expires_at > now:
        _look_again(held, min(now + _MINUTE, held.search.expires_at))
        return
    back_ordering.discard_preview(held, actor=_ACTOR, now=now)
    _wait(held, "The prices of its preview expired before anybody decided.", now=now)


def _wait(held: BackOrder, why: str, *, now: datetime, pause: timedelta | None = None) -> None:
    again = now + (pause or timing.span("BACK_ORDER_SECONDS"))
    _move(held, to=_S.WAITING, at=min(again, held.until), now=now, says=why)


def _pause(held: BackOrder, why: str, *, now: datetime) -> None:
    if held.says != why[:300]:
        # Once: it is tried again for as long as nobody pays.
        _note(held, events.BACK_ORDER_PAUSED, now=now, reason=why)
    again = min(now + timing.span("BACK_ORDER_SECONDS"), held.until)
    _move(held, to=_S.PAUSED, at=again, now=now, says=why)


def _end(held: BackOrder, *, to: str, now: datetime) -> None:
    back_ordering.discard_preview(held, actor=_ACTOR, now=now)
    _move(held, to=to, at=None, now=now)
    bought = held.quantity - left(held)
    _note(held, events.BACK_ORDER_ENDED, now=now, bought=bought, wanted=held.quantity)


def _move(held: BackOrder, *, to: str, at: datetime | None, now: datetime, says: str = "") -> None:
    BACK_ORDER.edges.move(held, to=to, now=now, next_attempt_at=at, says=says[:300])


def _look_again(found: BackOrder, at: datetime) -> None:
    BackOrder.objects.filter(pk=found.pk, status=found.status).update(next_attempt_at=at)


def _spent(held: BackOrder, *, besides: NumberOrder | None = None) -> Decimal:
    lines = _lines(held).exclude(order=besides)
    return sum((line.amount for line in lines), Decimal(0))


def _note(
    held: BackOrder,
    event_type: journal.EventType,
    *,
    now: datetime,
    reason: str = "",
    **after: object,
) -> None:
    journal.record(
        _ACTOR,
        event_type,
        now=now,
        subject=held.subject,
        organization=held.payer,
        after=after,
        reason=reason,
    )
