"""Orders: what a preview will do, what became of each number, and what to do about the rest."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from dids import asking, inventory, papers, passing_over
from dids.models import Filing, NumberOrder, OrderLine
from dids.states import CarrierOrderStatus, HoldStatus, LineStatus, NumberStatus, OrderStatus
from dids.waiting import why_not_yet
from dids.workflows import filing, ordering, searching
from lib import e164
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import plain, status_of
from portal.web.listing import Column, Listing
from portal.web.planning import failed_lines
from portal.web.steps import BUYING, steps
from provisioning import live
from trunks.numbering import NumberType
from trunks.offers import Wanted

P = Permission

_COLUMNS = (
    Column("created", "Made", sort="created_at"),
    Column("by", "By"),
    Column("numbers", "Numbers", figures=True),
    Column("total", "Total", figures=True),
    Column("status", "Status", sort="status"),
    Column("id", "Id", extra=True),
)
BEING_HELD = {HoldStatus.WANTED, HoldStatus.HOLDING, HoldStatus.UNCERTAIN}
_STEP_AT: dict[str, int] = {
    OrderStatus.DRAFT: 2,
    OrderStatus.SUBMITTED: 3,
    OrderStatus.COMPLETED: 4,
    OrderStatus.PARTLY_COMPLETED: 4,
}
"""How far the job of buying is; one that came to nothing is nowhere in it."""
_SPARE = 5
"""Offers that are asked for beyond the failed lines, to choose among."""


@require_GET
@requires(P.ORDER_NUMBERS)
def index(request: PortalRequest) -> HttpResponse:
    """List the orders one can see."""
    status = plain(request.GET.get("status"))
    rows = inventory.orders(request.actor)
    if status in OrderStatus.values:
        rows = rows.filter(status=status)
    context = {
        "listing": Listing(request, rows, columns=_COLUMNS, sort="-created"),
        "status": status,
        "statuses": OrderStatus.choices,
    }
    part = "orders/_rows.html" if request.htmx else "orders/index.html"
    return render(request, part, context)


@require_GET
@requires(P.ORDER_NUMBERS)
def detail(request: PortalRequest, order: UUID) -> HttpResponse:
    """Show what a preview will do, or what has become of each line."""
    return _page(request, _visible(request, order))


@require_POST
@requires(P.ORDER_NUMBERS)
def submit(request: PortalRequest, order: UUID) -> HttpResponse:
    """Buy what the preview lists; who sends it twice has bought once."""
    found = _visible(request, order)
    if found.status != OrderStatus.DRAFT:
        # A double click, or a page that was gone back to.
        messages.info(request, f"This order is {found.get_status_display().lower()} already.")
        return redirect("order", order=order)
    try:
        ordering.submit(order=found, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return _page(request, _visible(request, order), refusal=refusal)
    return redirect("order", order=order)


@require_POST
@requires(P.ORDER_NUMBERS)
def discard(request: PortalRequest, order: UUID) -> HttpResponse:
    """Throw a preview away."""
    try:
        ordering.discard(order=_visible(request, order), actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return _page(request, _visible(request, order), refusal=refusal)
    return redirect("orders")


@require_POST
@requires(P.ORDER_NUMBERS)
def cancel(request: PortalRequest, order: UUID) -> HttpResponse:
    """Give up what waits for documents."""
    try:
        filing.cancel(order=_visible(request, order), actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return _page(request, _visible(request, order), refusal=refusal)
    messages.success(request, "What waited for documents is cancelled; its money is back.")
    return redirect("order", order=order)


@require_POST
@requires(P.ORDER_NUMBERS)
def search_again(request: PortalRequest, order: UUID) -> HttpResponse:
    """Ask the carriers for what can take the place of the failed lines."""
    found = _visible(request, order)
    failed = failed_lines(found)
    if not failed:
        messages.info(request, "Nothing of this order has to be replaced.")
        return redirect("order", order=order)
    try:
        search = searching.start(
            wanted=_like(failed[0], len(failed)),
            accounts=None,
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        return _page(request, found, refusal=refusal)
    return redirect(f"{reverse('search', args=[search.uuid])}?replaces={order}")


def _page(
    request: PortalRequest, order: NumberOrder, *, refusal: UnableTo | None = None
) -> HttpResponse:
    lines, is_draft = list(order.lines.all()), order.status == OrderStatus.DRAFT
    holds = inventory.holds_for(request.actor, order) if is_draft else {}
    states = live.state_of([line.e164 for line in lines if line.status == LineStatus.BOUGHT])
    passed = passing_over.of_preview(order, now=timezone.now()) if is_draft else {}
    rows = [
        (
            line,
            why_not_yet(line),
            states.get(line.e164),
            holds.get(line.e164),
            passed.get(line.e164),
        )
        for line in lines
    ]
    context = {
        "steps": steps(BUYING, now=_STEP_AT[order.status]) if order.status in _STEP_AT else [],
        "order": order,
        "has_extras": any(line.extras for line in lines),
        "unpriced": sum(not line.is_priced for line in lines),
        "rows": rows,
        "waiting": why_not_yet(order),
        "done": sum(line.status not in {LineStatus.DRAFT, LineStatus.WAITING} for line in lines),
        "is_moving": order.status == OrderStatus.SUBMITTED
        or any(_comes_to_life(line) for line, waits, *_ in rows if waits)
        or any(hold.status in BEING_HELD for hold in holds.values()),
        "failed": failed_lines(order) if order.status != OrderStatus.SUBMITTED else [],
        "outlook": papers.outlook(lines, now=timezone.now()) if is_draft else [],
        "filings": _filings(order),
        "is_stale": is_draft and any(line.offer_expires_at <= timezone.now() for line in lines),
        "refusal": refusal,
        "asked": asking.before(order, now=timezone.now()) if is_draft else [],
    }
    part = "orders/_lines.html" if request.htmx else "orders/detail.html"
    return render(request, part, context, status=status_of(refusal) if refusal else 200)


def _filings(order: NumberOrder) -> list[Filing]:
    """Give what must be handed in before the rest is bought."""
    waiting = [
        row.filing_id
        for row in order.carrier_orders.all()
        if row.status == CarrierOrderStatus.DOCUMENTS and row.filing_id
    ]
    rows = Filing.objects.select_related("organization").prefetch_related("parts")
    return list(rows.filter(pk__in=waiting)) if waiting else []


def _comes_to_life(line: OrderLine) -> bool:
    """Tell whether a bought number is still on its way to where it shall ring."""
    if line.status != LineStatus.BOUGHT or line.number is None:
        return False
    return bool(line.destination) and line.number.status == NumberStatus.ASSIGNED


def _like(line: OrderLine, count: int) -> Wanted:
    """Ask for numbers such as the one that could not be had: of its area, or of its place."""
    area_code = e164.area_code(line.e164)
    return Wanted(
        country=line.country,
        type=NumberType(line.type),
        area_code=area_code,
        locality="" if area_code else line.locality,
        limit=count + _SPARE,
    )


def _visible(request: PortalRequest, uuid: UUID) -> NumberOrder:
    return get_object_or_404(inventory.orders(request.actor), uuid=uuid)
