"""Emergency locations: where help is sent, and for which numbers."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import FieldGroup, Permission
from dids import emergency
from dids.emergency_rules import rules
from dids.models import EmergencyLocation, PhoneNumber
from dids.states import LOCATION, LocationStatus
from dids.workflows import locations
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import status_of
from portal.web.forms.emergency import ExtensionForm, LocationForm
from portal.web.in_view import list_of, organization_in_view, own
from portal.web.listing import Column, Listing
from portal.web.timeline import timeline

P = Permission
MOST_NUMBERS = 50
_COLUMNS = (
    Column("label", "Location", sort="label"),
    Column("address", "Address"),
    Column("status", "Status", sort="status"),
    Column("validated", "Checked", sort="validated_at"),
    Column("tested", "Tested", sort="tested_at", extra=True),
)
_EDITABLE = {LocationStatus.DRAFT, LocationStatus.REJECTED}


@require_GET
@requires(P.VIEW_NUMBERS)
def index(request: PortalRequest) -> HttpResponse:
    """List where help is sent for an organization's numbers."""
    organization = organization_in_view(request)
    rows = EmergencyLocation.objects.visible_to(request.actor).kept()
    theirs = PhoneNumber.objects.visible_to(request.actor).filter(holder=organization)
    bare = emergency.uncovered(theirs).order_by("e164")
    context = {
        "organization": organization,
        "listing": Listing(
            request, rows.filter(organization=organization), columns=_COLUMNS, sort="label"
        ),
        "bare": list(bare[:MOST_NUMBERS]),
        "may_change": organization == request.actor.reach and request.actor.may(P.ASSIGN_NUMBERS),
    }
    return render(request, "emergency/index.html", context)


@require_GET
@requires(P.ASSIGN_NUMBERS)
def new(request: PortalRequest) -> HttpResponse:
    """Ask where somebody is."""
    country = own(request).country
    form = LocationForm(initial={"country": country, "name": own(request).name[:60]})
    return _form(request, form)


@require_POST
@requires(P.ASSIGN_NUMBERS)
def create(request: PortalRequest) -> HttpResponse:
    """Enter a location, and have it checked at once."""
    form = LocationForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        now = timezone.now()
        made = locations.create(
            organization=own(request),
            particulars=form.particulars,
            actor=request.actor,
            now=now,
        )
        locations.check(location=made, actor=request.actor, now=now)
    except UnableTo as refusal:
        form.refuse(refusal)
        return _form(request, form, status=status_of(refusal))
    messages.success(request, f"{made.label} is entered, and its address is being checked.")
    return redirect("emergency_location", location=made.uuid)


@require_GET
@requires(P.VIEW_NUMBERS)
def detail(request: PortalRequest, location: UUID) -> HttpResponse:
    """Show a location: what was found about it, and which numbers lean on it."""
    return _page(request, _visible(request, location))


@require_GET
@requires(P.ASSIGN_NUMBERS)
def edit(request: PortalRequest, location: UUID) -> HttpResponse:
    """Ask what is to be corrected."""
    found = _visible(request, location)
    return _form(request, LocationForm.of(found), location=found)


@require_POST
@requires(P.ASSIGN_NUMBERS)
def change(request: PortalRequest, location: UUID) -> HttpResponse:
    """Correct a location."""
    found, form = _visible(request, location), LocationForm(request.POST)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _form(request, form, location=found, status=status)
    try:
        locations.change(
            location=found,
            particulars=form.particulars,
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _form(request, form, location=found, status=status_of(refusal))
    messages.success(request, "The location is changed.")
    return redirect("emergency_location", location=location)


@require_POST
@requires(P.ASSIGN_NUMBERS)
def check(request: PortalRequest, location: UUID) -> HttpResponse:
    """Have the address looked at."""
    return _step(request, location, locations.check, "The address is being checked.")


@require_POST
@requires(P.ASSIGN_NUMBERS)
def accept(request: PortalRequest, location: UUID) -> HttpResponse:
    """Take over what was suggested."""
    said = "The address is corrected, and checked once more."
    return _step(request, location, locations.accept, said)


@require_POST
@requires(P.ASSIGN_NUMBERS)
def make_default(request: PortalRequest, location: UUID) -> HttpResponse:
    """Have it cover all numbers of its country that name no other one."""
    said = "It covers all your numbers of its country that name no other one."
    return _step(request, location, locations.make_default, said)


@require_POST
@requires(P.ASSIGN_NUMBERS)
def note_test(request: PortalRequest, location: UUID) -> HttpResponse:
    """Note that a test call read the address back."""
    return _step(request, location, locations.note_test, "The test call is noted.")


@require_POST
@requires(P.ASSIGN_NUMBERS)
def place_extension(request: PortalRequest, location: UUID) -> HttpResponse:
    """Note that the phone of an extension stands there."""
    said = "The extension is noted. It stands at no other location."
    return _move_extension(request, location, locations.place_extension, said)


@require_POST
@requires(P.ASSIGN_NUMBERS)
def take_extension(request: PortalRequest, location: UUID) -> HttpResponse:
    """Note that the phone of an extension stands there no more."""
    said = "The extension stands there no more."
    return _move_extension(request, location, locations.take_extension, said)


@require_GET
@requires(P.ASSIGN_NUMBERS)
def ask_retire(request: PortalRequest, location: UUID) -> HttpResponse:
    """Say what retiring means before it is done."""
    return _ask_retire(request, _visible(request, location))


@require_POST
@requires(P.ASSIGN_NUMBERS)
def retire(request: PortalRequest, location: UUID) -> HttpResponse:
    """Keep a location only as history."""
    found = _visible(request, location)
    try:
        locations.retire(location=found, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return _ask_retire(request, found, refusal=refusal)
    messages.success(request, f"{found.label} is retired.")
    return redirect(list_of("emergency", found.organization))


def _move_extension(
    request: PortalRequest, uuid: UUID, step: Callable[..., None], said: str
) -> HttpResponse:
    found, form = _visible(request, uuid), ExtensionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    extension = form.cleaned_data["extension"]
    try:
        step(location=found, extension=extension, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        form.refuse(refusal)
        return _page(request, found, form=form, status=status_of(refusal))
    messages.success(request, said)
    return redirect("emergency_location", location=uuid)


def _step(request: PortalRequest, uuid: UUID, step: Callable[..., None], said: str) -> HttpResponse:
    found = _visible(request, uuid)
    try:
        step(location=found, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return _page(request, _visible(request, uuid), refusal=refusal)
    messages.success(request, said)
    return redirect("emergency_location", location=uuid)


def _visible(request: PortalRequest, uuid: UUID) -> EmergencyLocation:
    rows = EmergencyLocation.objects.visible_to(request.actor).select_related("organization")
    return get_object_or_404(rows, uuid=uuid)


def _form(
    request: PortalRequest,
    form: LocationForm,
    *,
    location: EmergencyLocation | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {"form": form, "location": location, "rules": rules()}
    return render(request, "emergency/form.html", context, status=status)


def _page(
    request: PortalRequest,
    location: EmergencyLocation,
    *,
    refusal: UnableTo | None = None,
    form: ExtensionForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    actor, stands = request.actor, LocationStatus(location.status)
    is_mine = actor.reach == location.organization and actor.may(P.ASSIGN_NUMBERS)
    wait = LOCATION.waits.get(stands)
    covered = emergency.covered_by(location).select_related("emergency__location")
    context = {
        "location": location,
        "rule": rules().get(location.country),
        "then": wait.then if wait else "",
        "is_moving": stands == LocationStatus.VALIDATING,
        "may_change": is_mine and stands != LocationStatus.RETIRED,
        "may_edit": is_mine and stands in _EDITABLE,
        "sees_carrier": actor.sees(FieldGroup.CARRIER),
        "covered": list(covered.order_by("e164")[:MOST_NUMBERS]),
        "extensions": list(location.extensions.order_by("extension")[:MOST_NUMBERS]),
        "form": form or ExtensionForm(),
        "timeline": timeline(location.subject, actor) if actor.may(P.VIEW_JOURNAL) else None,
        "refusal": refusal,
    }
    answer = status_of(refusal) if refusal else status
    part = "emergency/_state.html" if request.htmx else "emergency/detail.html"
    return render(request, part, context, status=answer)


def _ask_retire(
    request: PortalRequest, location: EmergencyLocation, *, refusal: UnableTo | None = None
) -> HttpResponse:
    context = {
        "title": f"Retire {location.label}?",
        "consequences": [
            "No number can have it any more. Those in use need another one first.",
            "The journal goes on telling where help was sent, and when.",
        ],
        "action": reverse("retire_emergency_location", args=[location.uuid]),
        "verb": "Retire it",
        "back": reverse("emergency_location", args=[location.uuid]),
        "danger": True,
        "refusal": refusal,
    }
    status = status_of(refusal) if refusal else HTTPStatus.OK
    return render(request, "confirm.html", context, status=status)
