"""The first page after signing in, by role: what there is, and what can be done next."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import Kind
from dids.models import Offer
from lib.refusals import UnableTo
from portal.actor import PortalRequest, signed_in
from portal.web.answers import plain, status_of
from portal.web.home import below, morning, staff

_PARTS = {Kind.PROVIDER: staff.context, Kind.DEALER: below.context, Kind.TENANT: below.context}


@require_GET
@signed_in
def index(request: PortalRequest) -> HttpResponse:
    """Show what the reader's role asks for first."""
    return page(request)


def page(
    request: PortalRequest, *, refusal: UnableTo | None = None, offer: Offer | None = None
) -> HttpResponse:
    """
    Draw the page.

    :param refusal: why what was asked from this page was not done
    :param offer: the offer that the refusal is about
    """
    reach = request.actor.reach
    kind = Kind(reach.kind) if reach else Kind.PROVIDER
    context: dict[str, Any] = {
        "refusal": refusal,
        "refused_offer": offer,
        **_PARTS[kind](request.actor, timezone.now()),
    }
    status = status_of(refusal) if refusal else HTTPStatus.OK
    template = "home/staff.html" if kind == Kind.PROVIDER else "home/below.html"
    return render(request, template, context, status=status)


@require_GET
@signed_in
def attention(request: PortalRequest) -> HttpResponse:
    """Give the lines of the morning page anew; nothing where they are as the page has them."""
    context = morning.context(request.actor, timezone.now())
    if plain(request.GET.get("seen")) == context["seen"]:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "home/_attention.html", {**context, "is_news": True})
