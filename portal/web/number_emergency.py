"""Where help is sent for one number, or why it needs not be."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Kind
from accounts.names import names
from accounts.permissions import FieldGroup, Permission
from dids import emergency
from dids.emergency_rules import rules
from dids.models import EmergencyLocation, EmergencyRegistration, PhoneNumber
from dids.waiting import why_not_yet
from dids.workflows import waiving
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import status_of
from portal.web.forms import PortalForm
from portal.web.forms.emergency import ChoiceForm, WaiverForm
from portal.web.number_page import visible

P = Permission


@require_GET
@requires(P.VIEW_NUMBERS)
def emergency_of(request: PortalRequest, e164: str) -> HttpResponse:
    """Show where help is sent for a number, and whether its carrier knows."""
    return _page(request, visible(request, e164))


@require_POST
@requires(P.ASSIGN_NUMBERS)
def choose(request: PortalRequest, e164: str) -> HttpResponse:
    """Choose where help is sent for a number."""
    number = visible(request, e164)
    form = _offering(ChoiceForm(request.POST), number)
    return _step(
        request,
        number,
        "choice",
        form,
        lambda: waiving.choose(
            number=number,
            location=form.cleaned_data["location"],
            actor=request.actor,
            now=timezone.now(),
        ),
        said="Help is sent there now.",
    )


@require_POST
@requires(P.ASSIGN_NUMBERS)
def waive(request: PortalRequest, e164: str) -> HttpResponse:
    """Say why a number needs no location."""
    number = visible(request, e164)
    form = _offering(WaiverForm(request.POST), number)
    return _step(
        request,
        number,
        "waiver",
        form,
        lambda: waiving.waive(
            number=number,
            kind=form.cleaned_data["kind"],
            reason=form.cleaned_data["reason"],
            location=form.cleaned_data["location"],
            actor=request.actor,
            now=timezone.now(),
        ),
        said="It may be used without a location.",
    )


@require_POST
@requires(P.ASSIGN_NUMBERS)
def end_waiver(request: PortalRequest, e164: str) -> HttpResponse:
    """Take one's word back."""
    number = visible(request, e164)
    try:
        waiving.end(number=number, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        messages.warning(request, str(refusal))
        return _page(request, visible(request, e164), status=status_of(refusal))
    messages.success(request, "The waiver is ended.")
    return redirect("number_emergency", e164=e164)


def _step(
    request: PortalRequest,
    number: PhoneNumber,
    name: str,
    form: PortalForm,
    step: Callable[[], object],
    *,
    said: str,
) -> HttpResponse:
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            step()
        except UnableTo as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            messages.success(request, said)
            return redirect("number_emergency", e164=number.e164)
    return _page(request, visible(request, number.e164), refused={name: form}, status=status)


def _offering(form: PortalForm, number: PhoneNumber) -> PortalForm:
    theirs = EmergencyLocation.objects.active().filter(organization=number.holder)
    form.offer("location", theirs.filter(country=number.country).order_by("label"))
    return form


def _page(
    request: PortalRequest,
    number: PhoneNumber,
    *,
    refused: dict[str, PortalForm] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    actor = request.actor
    cover = emergency.covers([number]).get(number.pk)
    own = cover.location if cover and cover.is_own else None
    rows = EmergencyRegistration.objects.visible_to(actor).select_related("location")
    registration = rows.filter(number=number).first()
    is_mine = actor.reach == number.holder and number.holder.kind == Kind.TENANT
    may_change = is_mine and actor.may(P.ASSIGN_NUMBERS)
    forms: dict[str, PortalForm] = {}
    if may_change:
        chosen = {"location": own.uuid if own else ""}
        forms = {"choice": ChoiceForm(initial=chosen), "waiver": WaiverForm(), **(refused or {})}
        forms = {name: _offering(form, number) for name, form in forms.items()}
    waiver = cover.waiver if cover else None
    context = {
        "number": number,
        "cover": cover,
        "rule": rules().get(number.country),
        "registration": registration,
        "waiting": why_not_yet(registration) if registration else None,
        "said_by": names([waiver.who], actor)[waiver.who] if waiver else "",
        "forms": forms,
        "may_change": may_change,
        "sees_carrier": actor.sees(FieldGroup.CARRIER),
    }
    return render(request, "numbers/emergency.html", context, status=status)
