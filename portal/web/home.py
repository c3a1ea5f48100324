"""The first page after signing in: what there is, and what can be done next."""

from __future__ import annotations

from http import HTTPStatus

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.actors import Actor
from accounts.models import Organization
from accounts.permissions import Permission
from dids.models import NumberOrder, Offer, PhoneNumber
from dids.states import OrderStatus
from lib.refusals import UnableTo
from portal.actor import PortalRequest, signed_in
from portal.web.answers import status_of
from portal.web.first_steps import steps_for

MOST = 10
"""Rows in each of the page's short lists."""


@require_GET
@signed_in
def index(request: PortalRequest) -> HttpResponse:
    """Show the numbers by status, what waits for an answer, and the organizations below."""
    return page(request)


def page(
    request: PortalRequest, *, refusal: UnableTo | None = None, offer: Offer | None = None
) -> HttpResponse:
    """
    Draw the page.

    :param refusal: why what was asked from this page was not done
    :param offer: the offer that the refusal is about
    """
    actor = request.actor
    below = _below(actor)
    by_status = (
        PhoneNumber.objects.visible_to(actor)
        .live()
        .values_list("status")
        .annotate(Count("pk"))
        .order_by("status")
    )
    context = {
        "by_status": list(by_status),
        "offers": _offers_to_claim(actor),
        "orders": NumberOrder.objects.visible_to(actor).filter(status=OrderStatus.SUBMITTED)[:MOST],
        "below": below and below[:MOST],
        "more_below": len(below or []) > MOST,
        "steps": steps_for(actor),
        "may_claim": _may_claim(actor),
        "refusal": refusal,
        "refused_offer": offer,
    }
    status = status_of(refusal) if refusal else HTTPStatus.OK
    return render(request, "home/index.html", context, status=status)


def _may_claim(actor: Actor) -> bool:
    # Nobody stands above the provider who could offer it something.
    in_chain = actor.reach is not None and not actor.reach.is_provider
    return in_chain and actor.may(Permission.CLAIM_NUMBERS)


def _offers_to_claim(actor: Actor) -> list[Offer]:
    if actor.reach is None or not _may_claim(actor):
        return []
    mine = Offer.objects.visible_to(actor).open().made_to(actor.reach)
    return list(mine.select_related("number", "offered_by").order_by("expires_at")[:MOST])


def _below(actor: Actor) -> list[Organization] | None:
    if not actor.may(Permission.ACT_FOR) or actor.acting_for:
        return None
    below = Organization.objects.visible_to(actor).filter(parent=actor.reach)
    return list(below.order_by("name")[: MOST + 1])
