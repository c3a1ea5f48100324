"""Trunks: the ways by which carriers deliver calls to us."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from lib.e164 import DidFormat
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import status_of
from portal.web.forms.wires import TrunkForm
from portal.web.listing import Column, Listing
from trunks import capabilities, registry
from trunks.models import CarrierAccount, Trunk
from trunks.operations import Operation, Way
from trunks.roles import ManagesTrunks
from trunks.workflows import trunks

P = Permission
_COLUMNS = (
    Column("name", "Name", sort="name"),
    Column("account", "Carrier account", sort="carrier_account__name"),
    Column("status", "Status", sort="status"),
    Column("format", "Numbers arrive"),
    Column("created", "Made", sort="created_at", extra=True),
)
_WHY = {
    Trunk.Status.WANTED: "It is asked for at the carrier within seconds.",
    Trunk.Status.MAKING: "The carrier is being asked at this moment.",
    Trunk.Status.UNCERTAIN: "The carrier gave no clear answer. It is looked up there shortly.",
    Trunk.Status.FAILED: "The carrier did not make it. Remove the reason, then retry.",
}


@require_GET
@requires(P.MANAGE_CARRIERS)
def index(request: PortalRequest) -> HttpResponse:
    """List the trunks."""
    rows = Trunk.objects.visible_to(request.actor).select_related("carrier_account")
    context = {"listing": Listing(request, rows, columns=_COLUMNS, sort="name"), "why": _WHY}
    return render(request, "trunks/index.html", context)


@require_GET
@requires(P.MANAGE_CARRIERS)
def new(request: PortalRequest) -> HttpResponse:
    """Ask what the trunk shall be."""
    return render(request, "trunks/new.html", {"form": _form(request)})


@require_POST
@requires(P.MANAGE_CARRIERS)
def create(request: PortalRequest) -> HttpResponse:
    """Ask for a trunk; a worker makes it at the carrier."""
    form = _form(request)
    if not form.is_valid():
        return render(request, "trunks/new.html", {"form": form}, status=422)
    wish = form.cleaned_data
    try:
        trunk = trunks.create(
            account=wish["carrier_account"],
            name=wish["name"],
            did_format=DidFormat(wish["did_format"]),
            gateways=wish["gateways"],
            source_addresses=wish["source_addresses"],
            password=wish["password"],
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return render(request, "trunks/new.html", {"form": form}, status=status_of(refusal))
    return redirect("trunk", trunk=trunk.uuid)


@require_GET
@requires(P.MANAGE_CARRIERS)
def detail(request: PortalRequest, trunk: UUID) -> HttpResponse:
    """Show a trunk, why it is not ready yet, and which PBXs let its calls in."""
    return _page(request, _visible(request, trunk))


@require_POST
@requires(P.MANAGE_CARRIERS)
def retry(request: PortalRequest, trunk: UUID) -> HttpResponse:
    """Have a failed trunk made after all."""
    try:
        trunks.retry(trunk=_visible(request, trunk), actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        messages.warning(request, str(refusal))
        return _page(request, _visible(request, trunk), status=status_of(refusal))
    return redirect("trunk", trunk=trunk)


def _form(request: PortalRequest) -> TrunkForm:
    form = TrunkForm(request.POST or None)
    able = [slug for slug in registry.slugs() if _makes_trunks(slug)]
    accounts = CarrierAccount.objects.visible_to(request.actor).filter(carrier__in=able)
    form.offer("carrier_account", accounts.order_by("name"))
    form.name_registering(sorted(registry.carrier(slug).name for slug in able if _registers(slug)))
    return form


def _registers(slug: str) -> bool:
    adapter = registry.carrier(slug)
    return issubclass(adapter, ManagesTrunks) and bool(adapter.registered_formats)


def _makes_trunks(slug: str) -> bool:
    return capabilities.way(registry.carrier(slug), Operation.MAKE_TRUNKS) == Way.API


def _page(request: PortalRequest, trunk: Trunk, *, status: int = 200) -> HttpResponse:
    context = {
        "trunk": trunk,
        "why": _WHY.get(Trunk.Status(trunk.status), ""),
        "is_moving": trunk.status not in {Trunk.Status.READY, Trunk.Status.FAILED},
        "gateways": trunk.gateways.all(),
        "sources": trunk.source_addresses.all(),
        "registrars": _registrars(trunk),
        "hosts": trunk.hosts.all(),
        "headers": [Trunk.Header(word).label for word in trunk.caller_id_in],
        "is_tested_now": trunk.test_asked_at is not None,
        "attached": trunk.on_pbxs.select_related("pbx").order_by("pbx__name"),
        "may_manage_pbxs": request.actor.may(P.MANAGE_PBXS),
    }
    part = "trunks/_test.html" if request.htmx.target == "test" else "trunks/_state.html"
    name = part if request.htmx else "trunks/detail.html"
    return render(request, name, context, status=status)


def _registrars(trunk: Trunk) -> tuple[str, ...]:
    """Give where to register at a trunk that the carrier made."""
    adapter = registry.carrier(trunk.carrier_account.carrier)
    return adapter.registrars if trunk.login and issubclass(adapter, ManagesTrunks) else ()


def _visible(request: PortalRequest, uuid: UUID) -> Trunk:
    rows = Trunk.objects.visible_to(request.actor).select_related("carrier_account__owner")
    return get_object_or_404(rows, uuid=uuid)
