"""For whom one works: one's own seats, and organizations below that one acts for."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.actors import Member
from accounts.models import Organization, OrganizationStatus
from accounts.people import seats_of
from accounts.permissions import Permission
from accounts.workflows import acting
from lib.refusals import UnableTo
from portal.actor import (
    SESSION_ACTING_FOR,
    SESSION_SEAT,
    PortalRequest,
    at_home,
    requires,
    signed_in,
)
from portal.web.answers import plain, status_of

P = Permission
MOST = 12
"""Organizations of one look; more are found by their name."""
MOST_SEATS = 20
LONGEST = 100


@require_GET
@signed_in
def index(request: PortalRequest) -> HttpResponse:
    """Show for whom one may work, found by name."""
    return _page(request)


@require_POST
@requires(P.ACT_FOR, seated_at_home=True)
def start(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Act for the organization until stopped, instead of the one acted for so far."""
    member = cast(Member, request.actor)
    rows = Organization.objects.visible_to(at_home(member))
    wanted = get_object_or_404(rows, uuid=organization)
    try:
        acting.act_for(actor=member, organization=wanted, now=timezone.now())
    except UnableTo as refusal:
        return _page(request, refusal=str(refusal), status=status_of(refusal))
    request.session[SESSION_SEAT] = str(member.membership.uuid)
    request.session[SESSION_ACTING_FOR] = str(wanted.uuid)
    _leave_other_tabs(request)
    return redirect("home")


@require_POST
@signed_in
def stop(request: PortalRequest) -> HttpResponse:
    """Go back to one's own organization."""
    _stop(request)
    _leave_other_tabs(request)
    return redirect("home")


@require_POST
@signed_in
def take_seat(request: PortalRequest) -> HttpResponse:
    """Work in another of one's own seats."""
    seats = seats_of(cast(Member, request.actor).membership.user_id)[:MOST_SEATS]
    wanted = plain(request.POST.get("seat"))
    if wanted not in {str(seat.uuid) for seat in seats}:
        refusal = "You have no such seat any more. Choose one of those below."
        return _page(request, refusal=refusal, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    _stop(request)
    request.session[SESSION_SEAT] = wanted
    _leave_other_tabs(request)
    return redirect("home")


def must_choose(request: PortalRequest) -> bool:
    """Tell whether somebody with several seats has not said yet in which to work."""
    seats = getattr(cast(Member, request.actor).membership, "seats", 1)
    return seats > 1 and not request.session.get(SESSION_SEAT)


def _leave_other_tabs(request: PortalRequest) -> None:
    """Refuse what pages send that were opened before: they were meant for another organization."""
    rotate_token(request)


def _stop(request: PortalRequest) -> None:
    seated = cast(Member, request.actor)
    if request.session.pop(SESSION_ACTING_FOR, "") and seated.acting_for is not None:
        acting.stop(actor=seated, now=timezone.now())


def _page(
    request: PortalRequest, *, refusal: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    text = plain(request.GET.get("q"))[:LONGEST]
    context = {"text": text, "refusal": refusal, **_choices(request, text)}
    part = "acting/_found.html" if request.htmx else "acting/index.html"
    return render(request, part, context, status=status)


def _choices(request: PortalRequest, text: str) -> dict[str, Any]:
    home = cast(Member, at_home(request.actor))
    may_act = home.may(P.ACT_FOR)
    rows = Organization.objects.visible_to(home).below(home.organization)
    rows = rows.exclude(status=OrganizationStatus.CLOSED).filter(name__icontains=text)
    found = list(rows.order_by("name", "pk")[: MOST + 1]) if may_act else []
    seats = list(seats_of(home.membership.user_id)[:MOST_SEATS])
    named = [seat for seat in seats if text.lower() in seat.organization.name.lower()]
    return {
        "may_act": may_act,
        "found": found[:MOST],
        "more": len(found) > MOST,
        "seats": named if len(seats) > 1 else [],
        "taken": home.membership,
        "must_choose": must_choose(request),
    }
