"""One number."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from dids.workflows import taking_back
from lib.e164 import is_e164
from portal.actor import PortalRequest, requires
from portal.web.listing import Column, Listing
from portal.web.number_page import gone, page, visible, way
from trunks.models import Exchange

EXCHANGES = 10
"""Exchanges of a page."""


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
