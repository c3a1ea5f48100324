"""A number of one's own stock on its way down: allotted, offered, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from dids.models import Offer, PhoneNumber
from dids.states import OfferStatus
from dids.workflows import holding, offering, taking_back, withdrawing
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web import number_parts as parts
from portal.web.answers import status_of
from portal.web.forms.numbers import RecipientForm
from portal.web.number_page import visible
from portal.web.number_step import WayBack, take

P = Permission
WATCHED = (parts.holder, parts.status)


@require_GET
@requires(P.ALLOT_NUMBERS)
def hand_on(request: PortalRequest, e164: str) -> HttpResponse:
    """Ask who gets the number, and how."""
    return _ask(request, visible(request, e164), RecipientForm(actor=request.actor))


@require_POST
@requires(P.ALLOT_NUMBERS)
def allot(request: PortalRequest, e164: str) -> HttpResponse:
    """Hand the number to an organization below; it holds it at once."""
    back: WayBack = (reverse("recall", args=[e164]), {})
    return _to_one(request, e164, holding.allot, "{to} holds {number} now.", lambda: back)


@require_POST
@requires(P.ALLOT_NUMBERS)
def offer(request: PortalRequest, e164: str) -> HttpResponse:
    """Offer the number to an organization below, which may claim it."""
    back = _withdrawal(e164)
    return _to_one(request, e164, offering.offer, "{number} is offered to {to}.", back)


@require_POST
@requires(P.ALLOT_NUMBERS)
def offer_to_all(request: PortalRequest, e164: str) -> HttpResponse:
    """Offer the number to all organizations below; the first that claims it has it."""
    number = visible(request, e164)

    def to_all(now: datetime) -> None:
        offering.offer_to_all(number=number, actor=request.actor, now=now)

    said = f"{e164} is offered to all organizations below."
    return take(request, number, to_all, said=said, watched=WATCHED, back=_withdrawal(e164))


@require_POST
@requires(P.ALLOT_NUMBERS)
def withdraw(request: PortalRequest, offer: UUID) -> HttpResponse:
    """Take an offer back."""
    rows = Offer.objects.visible_to(request.actor).select_related("number", "offered_by", "to")
    made = get_object_or_404(rows, uuid=offer)
    number = visible(request, made.number.e164)

    def end(now: datetime) -> None:
        withdrawing.withdraw(offer=made, actor=request.actor, now=now)

    name = "offer_number" if made.to else "offer_number_to_all"
    again = (reverse(name, args=[number.e164]), {"to": str(made.to.uuid)} if made.to else {})
    said = f"The offer of {number.e164} is withdrawn."
    return take(request, number, end, said=said, watched=WATCHED, back=lambda: again)


@require_POST
@requires(P.ALLOT_NUMBERS)
def recall(request: PortalRequest, e164: str) -> HttpResponse:
    """Take a number back that was handed down and that nobody has used there."""
    number = visible(request, e164)
    holder = number.holder

    def take_back(now: datetime) -> None:
        taking_back.recall(number=number, actor=request.actor, now=now)

    again = (reverse("allot", args=[e164]), {"to": str(holder.uuid)})
    said = f"{e164} is back from {holder.name}."
    return take(request, number, take_back, said=said, watched=WATCHED, back=lambda: again)


def _to_one(
    request: PortalRequest,
    e164: str,
    workflow: Callable[..., Any],
    said: str,
    back: Callable[[], WayBack | None],
) -> HttpResponse:
    number = visible(request, e164)
    form = RecipientForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _ask(request, number, form, status=422)
    to = form.cleaned_data["to"]

    def hand(now: datetime) -> None:
        workflow(number=number, to=to, actor=request.actor, now=now)

    def refuse(refusal: UnableTo) -> HttpResponse:
        form.refuse(refusal)
        return _ask(request, visible(request, e164), form, status=status_of(refusal))

    words = said.format(to=to.name, number=e164)
    return take(request, number, hand, said=words, watched=WATCHED, back=back, refuse=refuse)


def _withdrawal(e164: str) -> Callable[[], WayBack | None]:
    """Give the way back from an offer: to withdraw the newest one."""

    def back() -> WayBack | None:
        made = Offer.objects.filter(number__e164=e164, status=OfferStatus.OPEN).latest("pk")
        return reverse("withdraw_offer", args=[made.uuid]), {}

    return back


def _ask(
    request: PortalRequest, number: PhoneNumber, form: RecipientForm, *, status: int = 200
) -> HttpResponse:
    form.seen = parts.seen(number, request.actor, WATCHED)
    context = {"number": number, "form": form}
    return render(request, "numbers/hand_on.html", context, status=status)
