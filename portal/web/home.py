"""The first page after signing in: what there is, and what can be done next."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Organization
from accounts.permissions import Permission
from dids.models import NumberOrder, Offer, PhoneNumber
from dids.states import OrderStatus
from portal.actor import PortalRequest, signed_in

MOST = 10
"""Rows in each of the page's short lists."""


@require_GET
@signed_in
def index(request: PortalRequest) -> HttpResponse:
    """Show the numbers by status, what waits for an answer, and the organizations below."""
    actor = request.actor
    by_status = (
        PhoneNumber.objects.visible_to(actor)
        .live()
        .values_list("status")
        .annotate(Count("pk"))
        .order_by("status")
    )
    context = {
        "by_status": list(by_status),
        "offers": _offers_to_claim(request),
        "orders": NumberOrder.objects.visible_to(actor).filter(status=OrderStatus.SUBMITTED)[:MOST],
        "below": _below(request),
    }
    return render(request, "home/index.html", context)


def _offers_to_claim(request: PortalRequest) -> list[Offer]:
    if not request.actor.may(Permission.CLAIM_NUMBERS):
        return []
    mine = Offer.objects.visible_to(request.actor).open().filter(to=request.actor.reach)
    return list(mine.select_related("number", "offered_by").order_by("expires_at")[:MOST])


def _below(request: PortalRequest) -> list[Organization]:
    if not request.actor.may(Permission.ACT_FOR) or request.actor.acting_for:
        return []
    below = Organization.objects.visible_to(request.actor).filter(parent=request.actor.reach)
    return list(below.order_by("name")[:MOST])
