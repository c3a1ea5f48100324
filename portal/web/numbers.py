"""Numbers: the list, one number, and what its holder does with it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import sentences
from accounts.models import Event, Kind
from accounts.permissions import FieldGroup, Permission
from dids import inventory, waiting
from dids.destinations import Destination
from dids.models import Offer, PhoneNumber
from dids.states import NumberStatus
from dids.workflows import assignment, holding, offering
from lib.e164 import is_e164
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web import home
from portal.web.answers import plain, status_of
from portal.web.forms.destinations import DestinationForm
from portal.web.listing import Column, Listing
from provisioning import live

P = Permission
TIMELINE = 50


@require_GET
@requires(Permission.VIEW_NUMBERS)
def index(request: PortalRequest) -> HttpResponse:
    """List the numbers one can see, by search and status, page by page."""
    search, status = (plain(request.GET.get(key)) for key in ("search", "status"))
    known = status if status in NumberStatus.values else ""
    rows = inventory.numbers(request.actor, search=search, status=known)
    listing = Listing(request, rows, columns=_columns(request), sort="number")
    context = {
        "listing": listing,
        "live": live.state_of([number.e164 for number in listing.rows]),
        "search": search,
        "status": status,
        "statuses": NumberStatus.choices,
    }
    part = "numbers/_rows.html" if request.htmx else "numbers/index.html"
    return render(request, part, context)


@require_GET
@requires(Permission.VIEW_NUMBERS)
def detail(request: PortalRequest, e164: str) -> HttpResponse:
    """Show where a number rings, what it waits for and what happened to it."""
    number = _visible(request, e164)
    return _page(request, number, DestinationForm.of(number))


@require_POST
@requires(Permission.ASSIGN_NUMBERS)
def assign(request: PortalRequest, e164: str) -> HttpResponse:
    """Point the number at a destination."""
    number = _visible(request, e164)
    form = DestinationForm(request.POST)
    if not form.is_valid():
        return _page(request, number, form, status=422)
    try:
        assignment.assign(
            number=number,
            destination=form.destination,
            label=form.cleaned_data["label"],
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _page(request, _visible(request, e164), form, status=status_of(refusal))
    return redirect("number", e164=e164)


@require_POST
@requires(Permission.ASSIGN_NUMBERS)
def unassign(request: PortalRequest, e164: str) -> HttpResponse:
    """Let the number point nowhere."""
    return _act(request, e164, assignment.unassign)


@require_POST
@requires(Permission.GIVE_BACK_NUMBERS)
def give_back(request: PortalRequest, e164: str) -> HttpResponse:
    """Hand the number back to whoever it came from."""
    return _act(request, e164, holding.give_back)


@require_POST
@requires(Permission.CLAIM_NUMBERS)
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


def _columns(request: PortalRequest) -> list[Column]:
    columns = [
        Column("number", "Number", sort="e164"),
        Column("label", "Label", sort="label"),
        Column("holder", "Holder", sort="holder__name"),
        Column("rings", "Rings at"),
        Column("status", "Status", sort="status"),
        Column("place", "Place", extra=True),
        Column("type", "Type", sort="type", extra=True),
        Column("since", "Status since", sort="status_since", extra=True),
    ]
    if request.actor.sees(FieldGroup.CARRIER):
        columns.append(
            Column("account", "Carrier account", sort="carrier_account__name", extra=True)
        )
    return columns


def _act(request: PortalRequest, e164: str, workflow: Callable[..., object]) -> HttpResponse:
    number = _visible(request, e164)
    try:
        workflow(number=number, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        number = _visible(request, e164)
        messages.warning(request, str(refusal))
        return _page(request, number, DestinationForm.of(number), status=status_of(refusal))
    still_mine = PhoneNumber.objects.visible_to(request.actor).filter(pk=number.pk).exists()
    return redirect("number", e164=e164) if still_mine else redirect("numbers")


def _visible(request: PortalRequest, e164: str) -> PhoneNumber:
    if not is_e164(e164):
        raise Http404
    try:
        return inventory.number(request.actor, e164)
    except PhoneNumber.DoesNotExist:
        raise Http404 from None


def _page(
    request: PortalRequest, number: PhoneNumber, form: DestinationForm, *, status: int = 200
) -> HttpResponse:
    happened = Event.objects.visible_to(request.actor).filter(number=number.e164)
    events = list(
        happened.select_related("organization", "on_behalf_of").order_by("-pk")[:TIMELINE]
    )
    context = {
        "number": number,
        "destination": _destination(number),
        "form": form,
        "live": live.state_of([number.e164]).get(number.e164),
        "waiting": waiting.why_not_yet(number),
        "timeline": [
            (event.at, said)
            for event, said in zip(events, sentences.sentences(events, request.actor), strict=True)
        ],
        "sees_carrier": request.actor.sees(FieldGroup.CARRIER),
        **_offered(request, number),
    }
    return render(request, "numbers/detail.html", context, status=status)


def _offered(request: PortalRequest, number: PhoneNumber) -> dict[str, bool]:
    """Tell what the page offers: a holder's own steps, or the way into the holder's seat."""
    actor, holder = request.actor, number.holder
    is_mine = actor.reach == holder
    return {
        "may_assign": is_mine and holder.kind == Kind.TENANT and actor.may(P.ASSIGN_NUMBERS),
        "may_give_back": is_mine and not holder.is_provider and actor.may(P.GIVE_BACK_NUMBERS),
        "may_act_for": not is_mine and actor.acting_for is None and actor.may(P.ACT_FOR),
    }


def _destination(number: PhoneNumber) -> Destination | None:
    assigned = getattr(number, "assignment", None)
    return assigned.destination if assigned else None
