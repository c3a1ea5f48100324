"""What a carrier does for a number beside carrying calls: names of callers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import FieldGroup, Permission
from dids.models import PhoneNumber
from dids.workflows import caller_names
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web import number_parts as parts
from portal.web.answers import status_of
from portal.web.feature_rows import caller_name_of
from portal.web.forms import PortalForm
from portal.web.forms.features import CallerNameForm
from portal.web.number_page import visible
from portal.web.number_step import WayBack, take

P = Permission
_CALLER_NAME = (parts.holder, parts.caller_name)


@require_GET
@requires(P.VIEW_NUMBERS)
def features(request: PortalRequest, e164: str) -> HttpResponse:
    """Show what a carrier does for a number, how far that stands, and what can be changed."""
    return _page(request, visible(request, e164))


@require_POST
@requires(P.ASSIGN_NUMBERS)
def name_callers(request: PortalRequest, e164: str) -> HttpResponse:
    """Ask for the name that the number's calls show, and for the names of its callers."""
    number = visible(request, e164)
    form = CallerNameForm(request.POST).fitting(number)
    if not form.is_valid():
        return _page(request, number, refused={"caller_name": form}, status=422)
    there = caller_name_of(request.actor, number)
    before = {"text": there.text if there else ""}
    if there and there.shows_callers:
        before["shows_callers"] = "on"

    def name(now: datetime) -> None:
        caller_names.want(
            number=number,
            text=form.cleaned_data["text"],
            shows_callers=form.cleaned_data["shows_callers"],
            actor=request.actor,
            now=now,
        )

    def back() -> WayBack:
        return reverse("name_callers", args=[e164]), before

    def refuse(refusal: UnableTo) -> HttpResponse:
        form.refuse(refusal)
        fresh = visible(request, e164)
        refused: dict[str, PortalForm] = {"caller_name": form}
        return _page(request, fresh, refused=refused, status=status_of(refusal))

    return take(
        request,
        number,
        name,
        said=f"The carrier of {e164} is asked for it; this page says how far that is.",
        watched=_CALLER_NAME,
        back=back,
        refuse=refuse,
        to="features",
    )


def _page(
    request: PortalRequest,
    number: PhoneNumber,
    *,
    refused: dict[str, PortalForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    named = caller_name_of(actor, number)
    forms: dict[str, PortalForm] = {"caller_name": CallerNameForm.of(number, named)}
    forms |= refused or {}
    forms["caller_name"].seen = parts.seen(number, actor, _CALLER_NAME)
    context: dict[str, Any] = {
        "number": number,
        "caller_name": named,
        "forms": forms,
        "is_mine": actor.reach == number.holder,
        "may_change": actor.reach == number.holder and actor.may(P.ASSIGN_NUMBERS),
        "sees_carrier": actor.sees(FieldGroup.CARRIER),
    }
    return render(request, "numbers/features.html", context, status=status)
