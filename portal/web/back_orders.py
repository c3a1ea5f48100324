"""Back-orders: what is looked for until carriers have it, and what came of that."""

from __future__ import annotations

from datetime import datetime, time
from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from dids import inventory, pricing
from dids.models import BackOrder, NumberSearch
from dids.models.searches import CHOSEN
from dids.states import BackOrderStatus
from dids.waiting import why_not_yet
from dids.workflows import back_ordering
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web import in_view
from portal.web.answers import plain, status_of
from portal.web.forms.buying import BackOrderForm
from portal.web.listing import Column, Listing
from portal.web.timeline import timeline
from portal.web.undo import done

P = Permission
_S = BackOrderStatus

_COLUMNS = (
    Column("created", "Wanted since", sort="created_at"),
    Column("what", "What"),
    Column("numbers", "Numbers", figures=True),
    Column("for", "For"),
    Column("status", "Status", sort="status"),
    Column("until", "Until", sort="until"),
)
MOST_ORDERS = 50


@require_GET
@requires(P.ORDER_NUMBERS)
def index(request: PortalRequest) -> HttpResponse:
    """List what is looked for."""
    status = plain(request.GET.get("status"))
    rows = BackOrder.objects.visible_to(request.actor).select_related("holder")
    if status in BackOrderStatus.values:
        rows = rows.filter(status=status)
    context = {
        "listing": Listing(request, rows, columns=_COLUMNS, sort="-created"),
        "status": status,
        "statuses": BackOrderStatus.choices,
    }
    return render(request, "back_orders/index.html", context)


@require_GET
@requires(P.ORDER_NUMBERS)
def new(request: PortalRequest, search: UUID) -> HttpResponse:
    """Ask within which limits the question of a search is to be asked again."""
    return _ask(request, _search(request, search), BackOrderForm(actor=request.actor))


@require_POST
@requires(P.ORDER_NUMBERS)
def create(request: PortalRequest, search: UUID) -> HttpResponse:
    """Have the question of a search asked again until it brings what is wanted."""
    row = _search(request, search)
    form = BackOrderForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _ask(request, row, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        made = back_ordering.want(
            wish=_wish(row, form),
            payer=in_view.own(request),
            holder=form.cleaned_data["holder"],
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _ask(request, row, form, status=status_of(refusal))
    done(request, "It is looked for now, and again until it is there.", None)
    return redirect("back_order", back_order=made.uuid)


@require_GET
@requires(P.ORDER_NUMBERS)
def detail(request: PortalRequest, back_order: UUID) -> HttpResponse:
    """Show what is looked for, what came of the last look, and its orders."""
    return _page(request, _visible(request, back_order))


@require_POST
@requires(P.ORDER_NUMBERS)
def look_now(request: PortalRequest, back_order: UUID) -> HttpResponse:
    """Have it looked for at once."""
    row = _visible(request, back_order)
    try:
        back_ordering.hurry(back_order=row, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return _page(request, row, refusal=refusal)
    return redirect("back_order", back_order=back_order)


@require_POST
@requires(P.ORDER_NUMBERS)
def cancel(request: PortalRequest, back_order: UUID) -> HttpResponse:
    """End it; what is being bought goes on."""
    row = _visible(request, back_order)
    try:
        back_ordering.cancel(back_order=row, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return _page(request, _visible(request, back_order), refusal=refusal)
    done(request, "Nothing more is looked for.", None)
    return redirect("back_order", back_order=back_order)


def _wish(search: NumberSearch, form: BackOrderForm) -> back_ordering.Wish:
    given = form.cleaned_data
    end_of_day = datetime.combine(given["until"], time.max, timezone.get_current_timezone())
    names = ("quantity", "consecutive", "when_found", "most_each", "most_total", "label")
    return back_ordering.Wish(
        wanted=search.question(),
        sieve=search.sieve(),
        accounts=tuple(search.wanted.get(CHOSEN, [])),
        until=end_of_day,
        **{name: given[name] for name in names},
    )


def _ask(
    request: PortalRequest,
    search: NumberSearch,
    form: BackOrderForm,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "search": search,
        "form": form,
        "currency": pricing.currency_of(in_view.own(request)),
    }
    return render(request, "back_orders/new.html", context, status=status)


def _page(
    request: PortalRequest, row: BackOrder, *, refusal: UnableTo | None = None
) -> HttpResponse:
    orders = inventory.orders(request.actor).filter(back_order=row)
    context = {
        "back_order": row,
        "waiting": why_not_yet(row),
        "orders": orders.order_by("-pk")[:MOST_ORDERS],
        "may_hurry": row.status in {_S.WAITING, _S.PAUSED},
        "is_open": row.status not in {_S.FULFILLED, _S.EXPIRED, _S.CANCELLED},
        "timeline": timeline(row.subject, request.actor),
        "refusal": refusal,
    }
    status = status_of(refusal) if refusal else HTTPStatus.OK
    return render(request, "back_orders/detail.html", context, status=status)


def _search(request: PortalRequest, uuid: UUID) -> NumberSearch:
    return get_object_or_404(NumberSearch.objects.visible_to(request.actor), uuid=uuid)


def _visible(request: PortalRequest, uuid: UUID) -> BackOrder:
    rows = BackOrder.objects.visible_to(request.actor).select_related("payer", "holder")
    return get_object_or_404(rows, uuid=uuid)
