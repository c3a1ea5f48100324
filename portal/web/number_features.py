"""What a carrier does for a number beside carrying calls: names of callers, text messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import FieldGroup, Permission
from dids.models import NumberCampaign, PhoneNumber
from dids.states import FeatureStatus
from dids.workflows import caller_names, messaging, toll_free
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web import number_parts as parts
from portal.web.answers import status_of
from portal.web.feature_rows import (
    caller_name_of,
    campaigns_for,
    link_of,
    route_of,
    verification_of,
)
from portal.web.forms import PortalForm
from portal.web.forms.features import CallerNameForm
from portal.web.forms.messaging import JoinForm, MessagesForm, VerificationForm
from portal.web.number_page import visible
from portal.web.number_step import WayBack, take
from trunks.numbering import NumberType

P = Permission
_OVER = (FeatureStatus.OFF, FeatureStatus.UNWANTED, FeatureStatus.REMOVING)
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

    return take(
        request,
        number,
        name,
        said=f"The carrier of {e164} is asked for it; this page says how far that is.",
        watched=_CALLER_NAME,
        back=back,
        refuse=_beside(request, e164, "caller_name", form),
        to="features",
    )


@require_POST
@requires(P.ASSIGN_NUMBERS)
def join_campaign(request: PortalRequest, e164: str) -> HttpResponse:
    """Let the number send for a campaign, or for none."""
    number = visible(request, e164)
    form = JoinForm(request.POST, rows=campaigns_for(request.actor, number))
    if not form.is_valid():
        return _page(request, number, refused={"join": form}, status=422)

    def join(now: datetime) -> None:
        messaging.join(
            number=number, campaign=form.cleaned_data["campaign"], actor=request.actor, now=now
        )

    return take(
        request,
        number,
        join,
        said=f"The campaign of {e164} is changed; this page says how far that is.",
        watched=(parts.holder,),
        refuse=_beside(request, e164, "join", form),
        to="features",
    )


@require_POST
@requires(P.ASSIGN_NUMBERS)
def route_messages(request: PortalRequest, e164: str) -> HttpResponse:
    """Say where the text messages to the number go."""
    number = visible(request, e164)
    form = MessagesForm(request.POST, number=number, actor=request.actor)
    if not form.is_valid():
        return _page(request, number, refused={"messages": form}, status=422)

    def route(now: datetime) -> None:
        messaging.route(number=number, actor=request.actor, now=now, **form.wish(number))

    return take(
        request,
        number,
        route,
        said=f"The carrier of {e164} is told; this page says how far that is.",
        watched=(parts.holder,),
        refuse=_beside(request, e164, "messages", form),
        to="features",
    )


@require_POST
@requires(P.ASSIGN_NUMBERS)
def verify_number(request: PortalRequest, e164: str) -> HttpResponse:
    """Have the toll-free number verified, or once more with corrected words."""
    number, form = visible(request, e164), VerificationForm(request.POST)
    if not form.is_valid():
        return _page(request, number, refused={"verification": form}, status=422)

    def verify(now: datetime) -> None:
        toll_free.verify(number=number, words=form.cleaned_data, actor=request.actor, now=now)

    return take(
        request,
        number,
        verify,
        said=f"The verification of {e164} is handed in; this page says how far that is.",
        watched=(parts.holder,),
        refuse=_beside(request, e164, "verification", form),
        to="features",
    )


@require_POST
@requires(P.ASSIGN_NUMBERS)
def end_verification(request: PortalRequest, e164: str) -> HttpResponse:
    """Take back the verification of the toll-free number."""
    number = visible(request, e164)

    def withdraw(now: datetime) -> None:
        toll_free.withdraw(number=number, actor=request.actor, now=now)

    return take(
        request,
        number,
        withdraw,
        said=f"The verification of {e164} is taken back.",
        watched=(parts.holder,),
        to="features",
    )


def _beside(
    request: PortalRequest, e164: str, name: str, form: PortalForm
) -> Callable[[UnableTo], HttpResponse]:
    """Show a refusal beside the field that it is about."""

    def show(refusal: UnableTo) -> HttpResponse:
        form.refuse(refusal)
        number = visible(request, e164)
        return _page(request, number, refused={name: form}, status=status_of(refusal))

    return show


def _page(
    request: PortalRequest,
    number: PhoneNumber,
    *,
    refused: dict[str, PortalForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    is_free = number.type == NumberType.TOLL_FREE
    named, route = caller_name_of(actor, number), route_of(actor, number)
    link = None if is_free else link_of(actor, number)
    verification = verification_of(actor, number) if is_free else None
    forms: dict[str, PortalForm] = {
        "caller_name": CallerNameForm.of(number, named),
        "join": JoinForm(rows=campaigns_for(actor, number), initial=_joined(link)),
        "messages": MessagesForm.of(number, route, actor),
        "verification": VerificationForm.of(verification),
        **(refused or {}),
    }
    forms["caller_name"].seen = parts.seen(number, actor, _CALLER_NAME)
    for name in ("join", "messages", "verification"):
        forms[name].seen = parts.seen(number, actor, (parts.holder,))
    context: dict[str, Any] = {
        "number": number,
        "caller_name": named,
        "link": link,
        "is_free": is_free,
        "verification": verification,
        "may_end": verification is not None and verification.status not in _OVER,
        "route": route,
        "gate": messaging.why_gated(number),
        "forms": forms,
        "is_mine": actor.reach == number.holder,
        "may_change": actor.reach == number.holder and actor.may(P.ASSIGN_NUMBERS),
        "sees_carrier": actor.sees(FieldGroup.CARRIER),
    }
    return render(request, "numbers/features.html", context, status=status)


def _joined(link: NumberCampaign | None) -> dict[str, str]:
    is_over = link is None or link.status in {FeatureStatus.OFF, FeatureStatus.UNWANTED}
    return {} if link is None or is_over else {"campaign": str(link.campaign.uuid)}
