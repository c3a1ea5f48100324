"""Back-orders as people want them: asked for, hurried, cancelled."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from accounts import journal
from accounts.actors import Actor
from accounts.models import Organization
from accounts.work import acting
from dids import events, pricing, questions, tasks, timing
from dids.models import BackOrder, NumberOrder, WhenFound
from dids.models.back_orders import MOST_NUMBERS
from dids.models.searches import CHOSEN
from dids.sieve import Sieve
from dids.states import BACK_ORDER, BackOrderStatus, OrderStatus
from dids.workflows import assignment, ordering, previewing
from lib.locks import no_key
from lib.nudges import nudge
from lib.refusals import UnableTo
from trunks.offers import Wanted

_S = BackOrderStatus
LONGEST = timedelta(days=366)
MONTHS = 12
"""Over which what was found is compared, as in any search."""


class UnableToBackOrder(UnableTo):
    """The wish is none, or cannot be changed like that any more."""

    code = "cannot_back_order"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """
    What is wanted as soon as it is there.

    :ivar accounts: public ids of the carrier accounts to ask; empty for all
    :ivar most_each: the most that set-up and first month of a number may cost, as it is charged
    :ivar most_total: the same for all numbers together
    """

    wanted: Wanted
    sieve: Sieve
    quantity: int
    when_found: str
    until: datetime
    accounts: tuple[str, ...] = ()
    consecutive: bool = False
    most_each: Decimal | None = None
    most_total: Decimal | None = None
    label: str = ""


def want(
    *,
    wish: Wish,
    payer: Organization,
    holder: Organization | None = None,
    actor: Actor,
    now: datetime,
) -> BackOrder:
    """
    Have numbers looked for until they are there; the first look is at once.

    :param holder: who is to hold them; None for the payer
    :raises UnableToBackOrder: naming the field that must change
    :raises UnableToSearch: if what is looked for is no question
    :raises UnableToOrder: if the payer or the holder cannot get numbers
    """
    previewing.require_payer(payer, actor)
    holder = holder or payer
    previewing.require_holder(holder, payer, field="holder")
    question, sieve = questions.checked(wish.wanted, wish.sieve, MONTHS)
    _require_sense(wish, now)
    with acting(actor):
        made = BackOrder.objects.create(
            payer=payer,
            holder=holder,
            wanted_by=actor.name,
            wanted={
                **asdict(question),
                "capabilities": sorted(question.capabilities),
                **({CHOSEN: list(wish.accounts)} if wish.accounts else {}),
            },
            narrowed=sieve.kept(),
            quantity=wish.quantity,
            consecutive=wish.consecutive,
            currency=pricing.currency_of(payer),
            most_each=wish.most_each,
            most_total=wish.most_total,
            when_found=wish.when_found,
            label=assignment.checked_label(wish.label),
            until=wish.until,
            created_at=now,
            status_since=now,
            next_attempt_at=now + timing.span("NUDGE_AGAIN_SECONDS"),
        )
        told = {"count": wish.quantity, "until": wish.until.date().isoformat()}
        limits = {"most_each": str(wish.most_each), "most_total": str(wish.most_total)}
        _note(actor, events.BACK_ORDER_WANTED, made, now=now, after={**told, **limits})
        nudge(tasks.back_order.delay, back_order_id=made.pk)
    return made


def hurry(*, back_order: BackOrder, actor: Actor, now: datetime) -> None:
    """
    Have a back-order that waits looked for at once.

    :raises UnableToBackOrder: if it does not wait for the next look
    """
    with acting(actor):
        (held,) = no_key(BackOrder.objects.filter(pk=back_order.pk))
        if held.status not in {_S.WAITING, _S.PAUSED}:
            raise UnableToBackOrder(
                f"This back-order is {held.get_status_display().lower()}; only one that waits can "
                "be looked for at once."
            )
        BACK_ORDER.edges.move(held, to=_S.WAITING, now=now, next_attempt_at=now)
        _note(actor, events.BACK_ORDER_LOOKED_NOW, held, now=now)
        nudge(tasks.back_order.delay, back_order_id=held.pk)


def cancel(*, back_order: BackOrder, actor: Actor, now: datetime) -> None:
    """
    End a back-order: a preview of it is thrown away, an order that runs goes on.

    :raises UnableToMove: if it has ended already
    """
    with acting(actor):
        (held,) = no_key(BackOrder.objects.filter(pk=back_order.pk).select_related("payer"))
        BACK_ORDER.edges.move(held, to=_S.CANCELLED, now=now, next_attempt_at=None)
        discard_preview(held, actor=actor, now=now)
        _note(actor, events.BACK_ORDER_CANCELLED, held, now=now)


def discard_preview(held: BackOrder, *, actor: Actor, now: datetime) -> None:
    """Throw away the preview of a locked back-order, unless it was submitted."""
    drafts = NumberOrder.objects.filter(back_order=held, status=OrderStatus.DRAFT)
    for draft in no_key(drafts.select_related("payer")):
        ordering.discard(order=draft, actor=actor, now=now)


def _require_sense(wish: Wish, now: datetime) -> None:
    if not 1 <= wish.quantity <= MOST_NUMBERS:
        raise UnableToBackOrder(f"Ask for 1 to {MOST_NUMBERS} numbers.", field="quantity")
    if wish.when_found not in WhenFound.values:
        raise UnableToBackOrder("Choose what happens once it is found.", field="when_found")
    if not now < wish.until <= now + LONGEST:
        raise UnableToBackOrder("Give a day to come, at most a year ahead.", field="until")
    for field in ("most_each", "most_total"):
        amount = getattr(wish, field)
        if amount is not None and not (amount.is_finite() and 0 <= amount < 10**8):
            raise UnableToBackOrder("Give an amount of 0 or more.", field=field)
    if wish.when_found == WhenFound.BUY and wish.most_each is None:
        raise UnableToBackOrder(
            "Say what a number may cost at most: it is bought without asking you.",
            field="most_each",
        )


def _note(
    actor: Actor,
    event_type: journal.EventType,
    back_order: BackOrder,
    *,
    now: datetime,
    after: dict[str, object] | None = None,
) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=back_order.subject,
        organization=back_order.payer,
        after=after or {},
    )
