"""Failed lines bought again: a new preview from fresh offers, with the plan of the old lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts import journal
from accounts.actors import Actor
from accounts.work import acting
from dids import events
from dids.models import FoundOffer, NumberOrder, OrderLine
from dids.states import BACK_ORDER, LineStatus, OrderStatus
from dids.workflows import ordering, previewing
from dids.workflows.refusals import UnableToOrder
from lib.locks import no_key
from trunks.models import Trunk

ENDED = frozenset({OrderStatus.PARTLY_COMPLETED, OrderStatus.FAILED})

_FIRST: dict[str, str] = {
    LineStatus.DRAFT: "Submit or discard that preview first.",
    LineStatus.WAITING: "Wait for what becomes of it.",
    LineStatus.BOUGHT: "It has been bought there.",
    LineStatus.FAILED: "It failed there too: replace the line of that order.",
}


@dataclass(frozen=True)
class Replacement:
    """
    A failed line, and the fresh offer that takes its place.

    :ivar line_id: uuid of a line of the order
    :ivar offer_id: uuid of a found offer
    :ivar trunk: None for the line's own where the offer is of the same carrier account
    """

    line_id: UUID
    offer_id: UUID
    trunk: Trunk | None = None


def replace(
    *, order: NumberOrder, lines: Sequence[Replacement], actor: Actor, now: datetime
) -> NumberOrder:
    """
    Make a preview of fresh offers for failed lines, each with holder, label and destination of old.

    :return: the new preview; only its submission reserves money
    :raises UnableToOrder: naming the line that cannot be replaced, or the offer that cannot be had
    """
    with acting(actor):
        # Whoever else replaces its lines waits here, and so does a late purchase.
        (held,) = no_key(NumberOrder.objects.filter(pk=order.pk))
        _require_ended(held)
        _require_no_wish(held)
        rows = held.lines.select_related("holder", "trunk", "emergency_location").prefetch_related(
            "replacements__order"
        )
        known = {row.uuid: row for row in rows}
        _require_once(lines)
        accounts = _accounts(lines, actor)
        wishes = []
        for place, wish in enumerate(lines):
            line = _replaceable(known.get(wish.line_id), field=f"lines[{place}].line")
            own = line.trunk if keeps_trunk(line, accounts.get(wish.offer_id)) else None
            wishes.append(
                ordering.LineWish(
                    offer_id=wish.offer_id,
                    holder=line.holder,
                    label=line.label,
                    destination=line.destination,
                    trunk=wish.trunk or own,
                    emergency_location=line.emergency_location,
                    waiver_kind=line.waiver_kind,
                    waiver_reason=line.waiver_reason,
                    replaces=line,
                )
            )
        try:
            made = ordering.draft(lines=wishes, payer=held.payer, actor=actor, now=now)
        except UnableToOrder as refusal:
            refusal.field = _named_here(refusal.field)
            raise
        journal.record(
            actor,
            events.ORDER_REPLACED,
            now=now,
            subject=held.subject,
            organization=held.payer,
            after={"count": len(wishes), "by": str(made.uuid)},
        )
    return made


def keeps_trunk(line: OrderLine, account_id: int | None) -> bool:
    """Tell whether a line has a trunk that serves for an offer of a carrier account as well."""
    return line.trunk_id is not None and line.carrier_account_id == account_id


def _require_ended(order: NumberOrder) -> None:
    if order.status not in ENDED:
        raise UnableToOrder(
            f"This order is {order.get_status_display().lower()}. Only failed lines of an order "
            "that has ended are replaced.",
            field="lines",
            conflict=True,
        )


def _require_no_wish(order: NumberOrder) -> None:
    wish = order.back_order
    if wish is not None and wish.status not in BACK_ORDER.edges.final:
        raise UnableToOrder(
            "The back-order of these numbers looks for others by itself. Cancel it first.",
            field="lines",
            conflict=True,
        )


def _require_once(lines: Sequence[Replacement]) -> None:
    seen: set[UUID] = set()
    for place, wish in enumerate(lines):
        if wish.line_id in seen:
            raise UnableToOrder(
                "This line is there twice. Leave one of them out.", field=f"lines[{place}].line"
            )
        seen.add(wish.line_id)


def _replaceable(line: OrderLine | None, *, field: str) -> OrderLine:
    if line is None:
        raise UnableToOrder("The order has no line with this id. Check the id.", field=field)
    if line.status != LineStatus.FAILED:
        raise UnableToOrder(
            f"{line.e164} is {line.get_status_display().lower()}; only a failed line is replaced. "
            "Leave it out.",
            field=field,
            conflict=True,
        )
    previewing.require_not_late(line, field=field)
    successor = line.replaced_by
    if successor is not None:
        raise UnableToOrder(
            f"{line.e164} has been replaced by order {successor.order.uuid} already. "
            f"{_FIRST[successor.status]}",
            field=field,
            conflict=True,
        )
    return line


def _accounts(lines: Sequence[Replacement], actor: Actor) -> dict[UUID, int]:
    """Give the carrier account of each new offer."""
    wanted = [wish.offer_id for wish in lines]
    found = FoundOffer.objects.visible_to(actor).filter(uuid__in=wanted)
    return dict(found.values_list("uuid", "carrier_account_id"))


def _named_here(field: str) -> str:
    """Name the line where the plan stands in the way: it is taken from there, not asked for."""
    place, dot, name = field.partition(".")
    return field if not dot or name in {"offer", "trunk"} else f"{place}.line"
