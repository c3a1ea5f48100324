"""A number given back to whoever it came from, taken again while it rests, or claimed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from dids import timing
from dids.models import Offer, PhoneNumber
from dids.states import NumberStatus
from dids.workflows import holding, offering, taking_back
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.templatetags.words import moment_in_words
from portal.web import home
from portal.web import number_parts as parts
from portal.web.forms import PortalForm
from portal.web.forms.destinations import DestinationForm
from portal.web.number_page import gone, visible
from portal.web.number_step import WayBack, take

P = Permission
WATCHED = (parts.holder, parts.destination)


@require_GET
@requires(P.GIVE_BACK_NUMBERS)
def ask_give_back(request: PortalRequest, e164: str) -> HttpResponse:
    """Say what giving back means before it is done."""
    number = visible(request, e164)
    form = PortalForm()
    form.seen = parts.seen(number, request.actor, WATCHED)
    context = {
        "title": f"Give {e164} back?",
        "consequences": _consequences(number),
        "refusal": holding.why_kept(number),
        "form": form,
        "verb": "Give it back",
        "danger": True,
        "action": reverse("give_back", args=[e164]),
        "back": reverse("number", args=[e164]),
    }
    return render(request, "confirm.html", context)


@require_POST
@requires(P.GIVE_BACK_NUMBERS)
def give_back(request: PortalRequest, e164: str) -> HttpResponse:
    """Hand the number back to whoever it came from."""
    number = visible(request, e164)
    before = {"kind": "", "value": "", **DestinationForm.now(number)}

    def hand_back(now: datetime) -> None:
        holding.give_back(number=number, actor=request.actor, now=now)

    def back() -> WayBack | None:
        rests = number.status == NumberStatus.QUARANTINE
        return (reverse("reclaim", args=[e164]), before) if rests else None

    def said() -> str:
        rests = number.status == NumberStatus.QUARANTINE
        return f"{e164} is given back{' and rests' if rests else ''}."

    return take(request, number, hand_back, said=said, watched=WATCHED, back=back)


@require_POST
@requires(P.CLAIM_NUMBERS)
def reclaim(request: PortalRequest, e164: str) -> HttpResponse:
    """Take a number again that rests after it was given back."""
    number = taking_back.given_back(request.actor, e164) or visible(request, e164)
    form = DestinationForm(request.POST)
    words = form.cleaned_data if form.is_valid() else {}
    try:
        taking_back.reclaim(
            number=number,
            destination=form.destination if words else None,
            label=words.get("label", ""),
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        return gone(request, number, refusal=refusal)
    return redirect("number", e164=e164)


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


def _consequences(number: PhoneNumber) -> list[str]:
    assigned = getattr(number, "assignment", None)
    found = [f"Calls to it no longer reach {assigned.destination}."] if assigned else []
    if number.used_since:
        until = moment_in_words(timezone.now() + timing.quarantine(number.country))
        found += [
            f"It was in use, so it rests until {until}: until then nobody else gets it, and you "
            "can take it again."
        ]
    else:
        found += ["It was never in use, so whoever you have it from can hand it out at once."]
    if number.label:
        found += [f"Its label “{number.label}” goes."]
    return [*found, "Your tags on it go, and it counts no longer against your limit."]
