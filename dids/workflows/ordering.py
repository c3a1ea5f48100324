"""Orders: the preview with frozen prices, and the one step that commits to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import journal, limits
from accounts.actors import Actor
from accounts.models import Organization
from accounts.work import acting
from billing import funds
from dids import events, tasks, timing
from dids.destinations import Destination
from dids.models import (
    BackOrder,
    CarrierOrder,
    EmergencyLocation,
    Filing,
    FoundOffer,
    NumberOrder,
    OrderLine,
    PhoneNumber,
)
from dids.passing_over import PassedOver
from dids.states import (
    LINE,
    ORDER,
    CarrierOrderStatus,
    FeatureStatus,
    LineStatus,
    OrderStatus,
)
from dids.workflows import carrier_holds, filing, previewing
from dids.workflows.handover import by_holder
from dids.workflows.refusals import UnableToOrder
from lib.locks import no_key
from lib.nudges import nudge
from lib.refusals import UnableTo
from trunks import capabilities, registry
from trunks.models import Trunk
from trunks.operations import Operation
from trunks.roles import SellsNumbers

__all__ = [
    "LineWish",
    "UnableToOrder",
    "discard",
    "draft",
    "note_refusal",
    "submit",
    "submit_within",
]

MOST_LINES = 200


@dataclass(frozen=True)
class LineWish:
    """
    One number that is wanted, and what is to happen once it is ours.

    :ivar offer_id: uuid of a found offer
    :ivar holder: who is to hold it; None for the payer
    :ivar destination: where it is to ring, for a tenant
    :ivar trunk: to which trunk the carrier is to deliver it
    :ivar emergency_location: where help is to be sent; None for the holder's default
    :ivar waiver_kind: why it needs none, where nobody is to call from it
    :ivar replaces: the failed line in whose place it is wanted; see `replacing`
    """

    offer_id: UUID
    holder: Organization | None = None
    label: str = ""
    destination: Destination | None = None
    trunk: Trunk | None = None
    emergency_location: EmergencyLocation | None = None
    waiver_kind: str = ""
    waiver_reason: str = ""
    replaces: OrderLine | None = None


def draft(
    *,
    lines: Sequence[LineWish],
    payer: Organization,
    actor: Actor,
    now: datetime,
    back_order: BackOrder | None = None,
    passed_over: Sequence[PassedOver] = (),
) -> NumberOrder:
    """
    Freeze offers into a preview: prices, totals and the plan from bought to live.

    :param back_order: the wish that it fulfills, if it is made for one
    :param passed_over: what was chosen first, and has been replaced in these lines by the next best
    :raises UnableToOrder: naming the line and field that must change
    """
    previewing.require_payer(payer, actor)
    if not 1 <= len(lines) <= MOST_LINES:
        raise UnableToOrder(f"Order 1 to {MOST_LINES} numbers at a time.", field="lines")
    offers = _offers(lines, actor)
    terms = previewing.terms(list(offers.values()), payer, now=now)
    known = previewing.known(lines, offers.values(), payer, now=now)
    frozen = [
        previewing.line(
            offers.get(wish.offer_id),
            wish,
            payer=payer,
            terms=terms,
            known=known,
            now=now,
            field=f"lines[{place}]",
        )
        for place, wish in enumerate(lines)
    ]
    with acting(actor):
        order = NumberOrder.objects.create(
            payer=payer,
            ordered_by=actor.name,
            status_since=now,
            currency=terms.currency,
            back_order=back_order,
            created_at=now,
        )
        for line in frozen:
            line.order = order
        OrderLine.objects.bulk_create(frozen)
        journal.record(
            actor,
            events.ORDER_DRAFTED,
            now=now,
            subject=order.subject,
            organization=payer,
            after={"count": len(frozen)},
        )
        for passed in passed_over:
            _note_passed_over(order, passed, actor, now)
    return order


def discard(*, order: NumberOrder, actor: Actor, now: datetime) -> None:
    """
    Throw a preview away.

    :raises UnableToMove: if it was submitted or discarded
    """
    with acting(actor):
        ORDER.edges.move(order, to=OrderStatus.DISCARDED, now=now)
        order.lines.filter(status=LineStatus.DRAFT).update(
            status=LineStatus.DISCARDED, status_since=now
        )
        journal.record(
            actor,
            events.ORDER_DISCARDED,
            now=now,
            subject=order.subject,
            organization=order.payer,
        )


def submit(*, order: NumberOrder, actor: Actor, now: datetime) -> None:
    """
    Commit to buying the numbers of a preview.

    :raises UnableToMove: if the order is no longer a preview
    :raises UnableToReserve: if the payer's balance and credit do not allow the total
    :raises UnableToTake: if a holder's number limit does not allow its numbers
    :raises UnableToOrder: if prices expired, or a number is ours, being bought, or held by
        somebody else
    """
    try:
        submit_within(order=order, actor=actor, now=now)
    except UnableTo as refusal:
        note_refusal(order=order, refusal=refusal, actor=actor, now=now)
        raise


def submit_within(*, order: NumberOrder, actor: Actor, now: datetime) -> None:
    """
    Submit as a part of a larger unit of work; refuses like `submit`.

    Whoever owns that unit calls `note_refusal` once it is undone.
    """
    with acting(actor):
        _submit(order, actor=actor, now=now)


def note_refusal(*, order: NumberOrder, refusal: UnableTo, actor: Actor, now: datetime) -> None:
    """Keep in the journal that an order was refused, after its transaction is over."""
    order.refresh_from_db(fields=["status", "status_since", "submitted_at"])
    journal.refused(
        actor,
        events.ORDER_REFUSED,
        now=now,
        subject=order.subject,
        organization=order.payer,
        reason=str(refusal),
    )


def _submit(order: NumberOrder, *, actor: Actor, now: datetime) -> None:
    previewing.require_payer(order.payer, actor)
    total = order.total()
    funds.reserve(
        organization=order.payer, amount=total, subject=order.subject, actor=actor, now=now
    )
    ORDER.edges.move(order, to=OrderStatus.SUBMITTED, now=now, submitted_at=now)
    lines = list(order.lines.select_related("carrier_account", "holder").order_by("e164"))
    _require_fresh(lines, now=now)
    _require_none_late(lines)
    for line in lines:
        # Much may have happened to them since the preview.
        previewing.require_holder(line.holder, order.payer, field="lines")
    _begin(lines, now=now)
    # Only now, in a later statement: whoever bought one a moment ago has committed by now.
    _require_not_ours(lines)
    carrier_holds.use(lines=lines, actor=actor, now=now)
    for holder, count in by_holder(lines):
        limits.take_number(holder, count)
    journal.record(
        actor,
        events.ORDER_SUBMITTED,
        now=now,
        subject=order.subject,
        organization=order.payer,
        after={"count": len(lines), "total": str(total)},
    )
    for carrier_order in _split(order, lines, actor=actor, now=now):
        if carrier_order.status != CarrierOrderStatus.WAITING:
            continue
        message = {"carrier_order_id": carrier_order.pk}
        nudge(tasks.place.delay, **message)


def _note_passed_over(order: NumberOrder, passed: PassedOver, actor: Actor, now: datetime) -> None:
    if passed.instead is not None:
        journal.record(
            actor,
            events.OFFER_PASSED_OVER,
            now=now,
            subject=order.subject,
            organization=order.payer,
            number=passed.instead.e164,
            after={"instead_of": passed.offer.e164},
            reason=passed.why,
        )


def _offers(lines: Sequence[LineWish], actor: Actor) -> dict[UUID, FoundOffer]:
    wanted = [wish.offer_id for wish in lines]
    found = FoundOffer.objects.visible_to(actor).filter(uuid__in=wanted)
    offers = {
        offer.uuid: offer for offer in found.select_related("carrier_account__owner", "search")
    }
    for e164, count in Counter(offers[key].e164 for key in wanted if key in offers).items():
        if count > 1:
            raise UnableToOrder(f"{e164} is there twice. Leave one of them out.", field="lines")
    return offers


def _require_fresh(lines: Sequence[OrderLine], *, now: datetime) -> None:
    if any(line.offer_expires_at <= now for line in lines):
        raise UnableToOrder(
            "The prices of this preview have expired. Search again and make a new one.",
            conflict=True,
        )


def _require_none_late(lines: Sequence[OrderLine]) -> None:
    """Look again, under the lock that a late purchase takes, whether what is replaced came in."""
    keys = [line.replaces_id for line in lines if line.replaces_id]
    if not keys:
        return
    # A list of its own: PostgreSQL does not check a subquery again after waiting for the lock.
    orders = set(OrderLine.objects.filter(pk__in=keys).values_list("order_id", flat=True))
    list(no_key(NumberOrder.objects.filter(pk__in=orders)))
    for replaced in OrderLine.objects.filter(pk__in=keys).order_by("e164"):
        previewing.require_not_late(replaced, field="lines")


def _begin(lines: Sequence[OrderLine], *, now: datetime) -> None:
    for line in lines:
        try:
            with transaction.atomic():
                LINE.edges.move(line, to=LineStatus.WAITING, now=now)
        except IntegrityError as other:
            raise UnableToOrder(
                f"{line.e164} is being bought by somebody else. Leave it out or choose another "
                "number.",
                field="lines",
                conflict=True,
            ) from other


def _require_not_ours(lines: Sequence[OrderLine]) -> None:
    wanted = [line.e164 for line in lines]
    ours = PhoneNumber.objects.live().filter(e164__in=wanted).values_list("e164", flat=True)
    if ours:
        raise UnableToOrder(
            f"{', '.join(sorted(ours))} has already been bought. Choose another number.",
            field="lines",
            conflict=True,
        )


def _split(
    order: NumberOrder, lines: Sequence[OrderLine], *, actor: Actor, now: datetime
) -> list[CarrierOrder]:
    """Make one carrier order for every outside write, before any of them is claimed."""
    filings = _filings(lines, actor=actor, now=now)

    def same_write(line: OrderLine) -> tuple[int, int, int]:
        papers = filings.get(line.pk)
        return line.carrier_account_id, line.trunk_id or 0, papers.pk if papers else 0

    made = []
    for _, group in groupby(sorted(lines, key=same_write), key=same_write):
        together = list(group)
        seller = registry.carrier(together[0].carrier_account.carrier)
        if not issubclass(seller, SellsNumbers):
            raise UnableToOrder(capabilities.lacking(Operation.ORDER, "One of the carriers"))
        size = seller.numbers_per_order
        made += [
            _carrier_order(
                order, together[first : first + size], filings.get(together[0].pk), now=now
            )
            for first in range(0, len(together), size)
        ]
    return made


def _filings(lines: Sequence[OrderLine], *, actor: Actor, now: datetime) -> dict[int, Filing]:
    """Give what must be handed in for each line that asks for documents."""
    asking = [line for line in lines if line.needs_documents]
    kinds = {_kind(line): line for line in asking}
    found = {kind: filing.filing_for(line, actor=actor, now=now) for kind, line in kinds.items()}
    return {line.pk: found[_kind(line)] for line in asking}


def _kind(line: OrderLine) -> tuple[int, int, str, str]:
    return line.holder_id, line.carrier_account_id, line.country, line.type


def _carrier_order(
    order: NumberOrder, lines: Sequence[OrderLine], papers: Filing | None, *, now: datetime
) -> CarrierOrder:
    # The money stays reserved meanwhile: once all is approved, nobody is asked again.
    waits = papers is not None and papers.status != FeatureStatus.ACTIVE
    patience = "DOCUMENTS_GIVE_UP_SECONDS" if waits else "PURCHASE_GIVE_UP_SECONDS"
    carrier_order = CarrierOrder.objects.create(
        order=order,
        filing=papers,
        status=CarrierOrderStatus.DOCUMENTS if waits else CarrierOrderStatus.WAITING,
        carrier_account=lines[0].carrier_account,
        trunk_id=lines[0].trunk_id,
        status_since=now,
        next_attempt_at=None if waits else now + timing.span("NUDGE_AGAIN_SECONDS"),
        give_up_at=now + timing.span(patience),
    )
    OrderLine.objects.filter(pk__in=[line.pk for line in lines]).update(carrier_order=carrier_order)
    return carrier_order
