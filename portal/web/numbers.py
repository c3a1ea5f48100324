"""Numbers: the list, and one number."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import FieldGroup, Permission
from dids import inventory
from dids.states import NumberStatus
from dids.workflows import taking_back
from lib.e164 import is_e164
from portal.actor import PortalRequest, requires
from portal.web.answers import plain
from portal.web.listing import Column, Listing
from portal.web.number_page import gone, page, visible, way
from provisioning import live
from trunks.models import Exchange

EXCHANGES = 10
"""Exchanges of a page."""


@require_GET
@requires(Permission.VIEW_NUMBERS)
def index(request: PortalRequest) -> HttpResponse:
    """List the numbers one can see, by search and status, page by page."""
    search, status = (plain(request.GET.get(key)) for key in ("search", "status"))
    known = status if status in NumberStatus.values else ""
    rows = inventory.numbers(request.actor, search=search, status=known)
    listing = Listing(request, rows, columns=_columns(request), sort="number")
    context = {
        "listing": listing,
        "live": live.state_of([number.e164 for number in listing.rows]),
        "search": search,
        "status": status,
        "statuses": NumberStatus.choices,
    }
    part = "numbers/_rows.html" if request.htmx else "numbers/index.html"
    return render(request, part, context)


@require_GET
@requires(Permission.VIEW_NUMBERS)
def detail(request: PortalRequest, e164: str) -> HttpResponse:
    """Show where a number rings, what it waits for and what happened to it."""
    try:
        number = visible(request, e164)
    except Http404:
        former = taking_back.given_back(request.actor, e164) if is_e164(e164) else None
        if former is None:
            raise
        return gone(request, former)
    return way(request, number) if request.htmx.target == "way" else page(request, number)


@require_GET
@requires(Permission.MANAGE_CARRIERS)
def exchanges(request: PortalRequest, e164: str) -> HttpResponse:
    """Show what was said to the carrier about a number."""
    number = visible(request, e164)
    said = Exchange.objects.visible_to(request.actor).filter(numbers__contains=[number.e164])
    columns = [Column("at", "At", sort="at")]
    listing = Listing(request, said, columns=columns, sort="-at", size=EXCHANGES)
    context = {"number": number, "listing": listing}
    return render(request, "numbers/exchanges.html", context)


def _columns(request: PortalRequest) -> list[Column]:
    columns = [
        Column("number", "Number", sort="e164"),
        Column("label", "Label", sort="label"),
        Column("holder", "Holder", sort="holder__name"),
        Column("rings", "Rings at"),
        Column("status", "Status", sort="status"),
        Column("place", "Place", extra=True),
        Column("type", "Type", sort="type", extra=True),
        Column("since", "Status since", sort="status_since", extra=True),
    ]
    if request.actor.sees(FieldGroup.CARRIER):
        columns.append(
            Column("account", "Carrier account", sort="carrier_account__name", extra=True)
        )
    return columns
