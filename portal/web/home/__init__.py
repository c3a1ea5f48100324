"""The first page after signing in, by role: what there is, and what can be done next."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import Kind
from dids.models import Offer
from lib.refusals import UnableTo
from portal.actor import PortalRequest, signed_in
from portal.web import acting
from portal.web.answers import plain, status_of
from portal.web.home import dealer, morning, staff, tenant


@require_GET
@signed_in
def index(request: PortalRequest) -> HttpResponse:
    """Show what the reader's role asks for first; of several seats, one is chosen before."""
    if acting.must_choose(request):
        return redirect("switch")
    return page(request)


def page(
    request: PortalRequest, *, refusal: UnableTo | None = None, offer: Offer | None = None
) -> HttpResponse:
    """
    Draw the page.

    :param refusal: why what was asked from this page was not done
    :param offer: the offer that the refusal is about
    """
    template, part = _of_role(request)
    context = {"refusal": refusal, "refused_offer": offer, **part}
    status = status_of(refusal) if refusal else HTTPStatus.OK
    return render(request, template, context, status=status)


def _of_role(request: PortalRequest) -> tuple[str, dict[str, Any]]:
    actor, now = request.actor, timezone.now()
    kind = actor.reach.kind if actor.reach else Kind.PROVIDER
    if kind == Kind.TENANT:
        return "home/tenant.html", tenant.context(request, now)
    if kind == Kind.DEALER:
        return "home/dealer.html", dealer.context(actor, now)
    return "home/staff.html", staff.context(actor, now)


@require_GET
@signed_in
def attention(request: PortalRequest) -> HttpResponse:
    """Give the lines of the morning page anew; nothing where they are as the page has them."""
    context = morning.context(request.actor, timezone.now())
    if plain(request.GET.get("seen")) == context["seen"]:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "home/_attention.html", {**context, "is_news": True})
