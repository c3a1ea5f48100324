"""PBXs: their machines, who and what is on them, and what they do with a number."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from lib import e164
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import plain, status_of
from portal.web.forms.wires import AttachForm, PbxForm, TargetForm
from portal.web.listing import Column, Listing
from provisioning import explain, history, standing, trouble
from provisioning.models import Pbx, PbxNode, TenantOnPbx, TrunkOnPbx
from provisioning.workflows import pbxs, trunks
from trunks.models import Trunk

P = Permission
_COLUMNS = (
    Column("name", "Name", sort="name"),
    Column("kind", "Kind"),
    Column("state", "State"),
    Column("created", "Added", sort="created_at"),
)
_TENANTS = (
    Column("tenant", "Tenant", sort="tenant__name"),
    Column("domain", "SIP domain", sort="sip_domain"),
    Column("set", "Target set", sort="set"),
)


@require_GET
@requires(P.MANAGE_PBXS)
def index(request: PortalRequest) -> HttpResponse:
    """List the PBXs."""
    return _index(request, PbxForm())


@require_POST
@requires(P.MANAGE_PBXS)
def create(request: PortalRequest) -> HttpResponse:
    """Add a PBX; its page says how routers are let in."""
    form = PbxForm(request.POST)
    if not form.is_valid():
        return _index(request, form, status=422)
    try:
        pbx = pbxs.create(**form.cleaned_data, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        form.refuse(refusal)
        return _index(request, form, status=status_of(refusal))
    return redirect("pbx", pbx=pbx.uuid)


@require_GET
@requires(P.MANAGE_PBXS)
def detail(request: PortalRequest, pbx: UUID) -> HttpResponse:
    """Show a PBX, and the route of one number if the address asks for it."""
    return _page(request, _visible(request, pbx))


@require_POST
@requires(P.MANAGE_PBXS)
def add_target(request: PortalRequest, pbx: UUID) -> HttpResponse:
    """Add a machine that answers calls."""
    found = _visible(request, pbx)
    form = TargetForm(request.POST)
    if not form.is_valid():
        return _page(request, found, target=form, status=422)
    try:
        pbxs.add_target(pbx=found, **form.cleaned_data, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        form.refuse(refusal)
        return _page(request, found, target=form, status=status_of(refusal))
    return redirect("pbx", pbx=pbx)


@require_POST
@requires(P.MANAGE_PBXS)
def attach(request: PortalRequest, pbx: UUID) -> HttpResponse:
    """Let the calls of a trunk in."""
    found = _visible(request, pbx)
    form = _attach_form(request, found)
    if not form.is_valid():
        return _page(request, found, attaching=form, status=422)
    try:
        trunks.attach(pbx=found, **form.cleaned_data, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        form.refuse(refusal)
        return _page(request, found, attaching=form, status=status_of(refusal))
    return redirect("pbx", pbx=pbx)


@require_GET
@requires(P.MANAGE_PBXS)
def ask_detach(request: PortalRequest, pbx: UUID, trunk: UUID) -> HttpResponse:
    """Say what detaching means before it is done."""
    return _ask_detach(request, _attached(request, pbx, trunk))


@require_POST
@requires(P.MANAGE_PBXS)
def detach(request: PortalRequest, pbx: UUID, trunk: UUID) -> HttpResponse:
    """Refuse the calls of a trunk again."""
    attached = _attached(request, pbx, trunk)
    try:
        trunks.detach(attached=attached, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return _ask_detach(request, attached, refusal=refusal)
    return redirect("pbx", pbx=pbx)


def _index(request: PortalRequest, form: PbxForm, *, status: int = 200) -> HttpResponse:
    rows = Pbx.objects.visible_to(request.actor)
    listing = Listing(request, rows, columns=_COLUMNS, sort="name")
    told: dict[UUID, list[str]] = {}
    for one in (*trouble.routers(), *trouble.publishing()):
        told.setdefault(one.pbx, []).append(one.words)
    context = {"listing": listing, "form": form, "troubles": told}
    return render(request, "pbxs/index.html", context, status=status)


def _ask_detach(
    request: PortalRequest, attached: TrunkOnPbx, *, refusal: UnableTo | None = None
) -> HttpResponse:
    trunk, pbx = attached.trunk, attached.pbx
    context = {
        "title": f"Detach {trunk.name} from {pbx.name}?",
        "consequences": [
            f"{pbx.name} refuses calls from the addresses of {trunk.name}.",
            "The trunk stays at the carrier, and can be attached again.",
            "This is not possible while it delivers numbers that ring here.",
        ],
        "verb": "Detach it",
        "danger": True,
        "action": reverse("detach_trunk", args=[pbx.uuid, trunk.uuid]),
        "back": reverse("pbx", args=[pbx.uuid]),
        "refusal": refusal,
    }
    return render(request, "confirm.html", context, status=status_of(refusal) if refusal else 200)


def _page(
    request: PortalRequest,
    pbx: Pbx,
    *,
    target: TargetForm | None = None,
    attaching: AttachForm | None = None,
    status: int = 200,
) -> HttpResponse:
    routers, asked = standing.routers(pbx), plain(request.GET.get("number"))
    context = {
        "pbx": pbx,
        "routers": routers,
        "is_moving": any(router.behind or not router.ready for router in routers),
        "changes": history.latest(pbx),
        "targets": pbx.nodes.filter(role=PbxNode.Role.TARGET).order_by("set", "priority", "name"),
        "trunks": pbx.trunks.select_related("trunk").order_by("trunk__name"),
        "listing": Listing(
            request,
            TenantOnPbx.objects.visible_to(request.actor).filter(pbx=pbx).select_related("tenant"),
            columns=_TENANTS,
            sort="tenant",
        ),
        "target": target or TargetForm(),
        "attaching": attaching or _attach_form(request, pbx),
        "asked": asked,
        "route": _route(request, pbx, asked),
    }
    part = "pbxs/_routers.html" if request.htmx else "pbxs/detail.html"
    return render(request, part, context, status=status)


def _route(request: PortalRequest, pbx: Pbx, asked: str) -> explain.Explanation | None:
    country = request.actor.reach.country if request.actor.reach else ""
    try:
        return explain.route(pbx=pbx, number=e164.parse(asked, country=country))
    except e164.NotANumber:
        return None


def _attach_form(request: PortalRequest, pbx: Pbx) -> AttachForm:
    is_this = request.method == "POST" and "trunk" in request.POST
    form = AttachForm(request.POST if is_this else None)
    rows = Trunk.objects.visible_to(request.actor).for_calls().exclude(on_pbxs__pbx=pbx)
    form.offer("trunk", rows.order_by("name"))
    return form


def _attached(request: PortalRequest, pbx: UUID, trunk: UUID) -> TrunkOnPbx:
    rows = TrunkOnPbx.objects.filter(pbx=_visible(request, pbx)).select_related("trunk", "pbx")
    return get_object_or_404(rows, trunk__uuid=trunk)


def _visible(request: PortalRequest, uuid: UUID) -> Pbx:
    return get_object_or_404(Pbx.objects.visible_to(request.actor), uuid=uuid)
