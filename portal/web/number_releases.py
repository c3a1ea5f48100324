"""A number on its way back to its carrier, and the trunk to which that delivers it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import FieldGroup, Permission
from dids.models import PhoneNumber
from dids.states import BindingStatus
from dids.workflows import binding, deletion_lock, release
from dids.workflows.arrival import is_routed_by_hand
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.templatetags.words import money
from portal.web import number_parts as parts
from portal.web.answers import status_of
from portal.web.forms.numbers import DeliveryForm, ReleaseForm
from portal.web.number_page import visible
from portal.web.number_step import WayBack, take

P = Permission
WATCHED = (parts.holder, parts.status)


@require_GET
@requires(P.RELEASE_NUMBERS)
def ask_release(request: PortalRequest, e164: str) -> HttpResponse:
    """Say what a release means, and ask for its day."""
    number = visible(request, e164)
    refusal = release.why_kept(number) or release.why_whole(number, release.WHOLE)
    return _ask(request, number, ReleaseForm(), refusal=refusal)


@require_POST
@requires(P.RELEASE_NUMBERS)
def schedule(request: PortalRequest, e164: str) -> HttpResponse:
    """Plan the return of the number to its carrier."""
    number = visible(request, e164)
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return _ask(request, number, form, status=422)
    on = form.cleaned_data["on"]

    def plan(now: datetime) -> None:
        release.schedule(number=number, on=on, actor=request.actor, now=now)

    def refuse(refusal: UnableTo) -> HttpResponse:
        form.refuse(refusal)
        return _ask(request, visible(request, e164), form, status=status_of(refusal))

    said = f"{e164} goes back to its carrier {f'on {on}' if on else 'now'}."
    back: WayBack = (reverse("cancel_release", args=[e164]), {})
    return take(request, number, plan, said=said, watched=WATCHED, back=lambda: back, refuse=refuse)


@require_POST
@requires(P.RELEASE_NUMBERS)
def cancel(request: PortalRequest, e164: str) -> HttpResponse:
    """Keep the number after all."""
    number = visible(request, e164)

    def keep(now: datetime) -> None:
        release.cancel(number=number, actor=request.actor, now=now)

    return take(request, number, keep, said=f"{e164} is kept.")


@require_GET
@requires(P.MANAGE_CARRIERS)
def delivery(request: PortalRequest, e164: str) -> HttpResponse:
    """Tell where the carrier delivers the number, and ask for another trunk."""
    number = visible(request, e164)
    return _delivery(request, number, DeliveryForm(actor=request.actor, number=number))


@require_POST
@requires(P.MANAGE_CARRIERS)
def deliver(request: PortalRequest, e164: str) -> HttpResponse:
    """Have the carrier deliver the number to a trunk, once more if need be."""
    number = visible(request, e164)
    form = DeliveryForm(request.POST, actor=request.actor, number=number)
    if not form.is_valid():
        return _delivery(request, number, form, status=422)
    trunk, there = form.cleaned_data["trunk"], ""

    def want(now: datetime) -> None:
        nonlocal there
        there = binding.want(number=number, trunk=trunk, actor=request.actor, now=now).status

    def said() -> str:
        if there == BindingStatus.BOUND:
            return f"{e164} is delivered to {trunk.name} already."
        return f"{e164} is to be delivered to {trunk.name}; the carrier is asked within seconds."

    def refuse(refusal: UnableTo) -> HttpResponse:
        form.refuse(refusal)
        return _delivery(request, visible(request, e164), form, status=status_of(refusal))

    return take(request, number, want, said=said, watched=(parts.delivery,), refuse=refuse)


def _delivery(
    request: PortalRequest, number: PhoneNumber, form: DeliveryForm, *, status: int = 200
) -> HttpResponse:
    there = getattr(number, "binding", None)
    if there and not form.is_bound:
        form.initial["trunk"] = there.trunk.uuid
    form.seen = parts.seen(number, request.actor, (parts.delivery,))
    context = {
        "number": number,
        "form": form,
        "binding": there,
        "is_by_hand": is_routed_by_hand(number),
        "lock": deletion_lock.standing(there) if there else None,
    }
    return render(request, "numbers/delivery.html", context, status=status)


def _ask(
    request: PortalRequest,
    number: PhoneNumber,
    form: ReleaseForm,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    form.seen = parts.seen(number, request.actor, WATCHED)
    context: dict[str, Any] = {
        "title": f"Release {number.e164}?",
        "consequences": _consequences(request, number),
        "refusal": refusal,
        "form": form,
        "verb": "Release it",
        "danger": True,
        "action": reverse("release", args=[number.e164]),
        "back": reverse("number", args=[number.e164]),
    }
    return render(request, "confirm.html", context, status=status)


def _consequences(request: PortalRequest, number: PhoneNumber) -> list[str]:
    found = [
        "On its day the carrier is told to stop delivering it, then to take it back.",
        "Until the carrier is told, you can keep it after all.",
        "Afterwards nobody here can get it again, unless the carrier sells it once more.",
    ]
    if number.monthly is not None and request.actor.sees(FieldGroup.COST):
        found.append(f"Its {money(number.monthly, number.currency)} a month are no longer due.")
    return found
