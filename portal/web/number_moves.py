"""A number changes hands: claimed, given back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from dids.models import Offer, PhoneNumber
from dids.workflows import holding, offering
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web import home
from portal.web.answers import status_of
from portal.web.number_page import page, visible

P = Permission


@require_POST
@requires(P.GIVE_BACK_NUMBERS)
def give_back(request: PortalRequest, e164: str) -> HttpResponse:
    """Hand the number back to whoever it came from."""
    number = visible(request, e164)
    try:
        holding.give_back(number=number, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        messages.warning(request, str(refusal))
        return page(request, visible(request, e164), status=status_of(refusal))
    still_mine = PhoneNumber.objects.visible_to(request.actor).filter(pk=number.pk).exists()
    return redirect("number", e164=e164) if still_mine else redirect("numbers")


@require_POST
@requires(P.CLAIM_NUMBERS)
def claim(request: PortalRequest, offer: UUID) -> HttpResponse:
    """Take an offered number; where it rings is chosen on its page."""
    wanted = get_object_or_404(Offer.objects.visible_to(request.actor), uuid=offer)
    try:
        offering.claim(
            offer=wanted, destination=None, label="", actor=request.actor, now=timezone.now()
        )
    except UnableTo as refusal:
        return home.page(request, refusal=refusal, offer=wanted)
    return redirect("number", e164=wanted.number.e164)
