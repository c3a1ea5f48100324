"""Organizations: one's own and those below, who works there, and what they may do."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Kind, Organization
from accounts.permissions import Permission
from accounts.workflows import organizations as workflows
from billing.workflows import dealers
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web import in_view
from portal.web.answers import plain, status_of
from portal.web.forms import PortalForm
from portal.web.forms.organizations import (
    DealerForm,
    ReasonForm,
    TenantForm,
    started_from,
)
from portal.web.listing import Column, Listing
from portal.web.organization_page import page, visible
from provisioning.workflows import tenants

P = Permission
_DEEPEST = 5
"""So many steps of the tree are indented."""

_COLUMNS = (
    Column("name", "Name", sort="path"),
    Column("kind", "Kind", sort="kind"),
    Column("numbers", "Numbers", sort="numbers_held", figures=True),
    Column("tenants", "Tenants", sort="tenants_held", figures=True),
    Column("status", "Status", sort="status"),
    Column("country", "Country", sort="country", extra=True),
    Column("zone", "Time zone", sort="time_zone", extra=True),
)


@require_GET
@requires(P.VIEW_ORGANIZATIONS)
def index(request: PortalRequest) -> HttpResponse:
    """List one's own organization and those below it as a tree."""
    search, kind = (plain(request.GET.get(key)) for key in ("search", "kind"))
    rows = Organization.objects.visible_to(request.actor)
    if search:
        rows = rows.filter(name__icontains=search)
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    above = in_view.organization_named(request, "below")
    if above is not None:
        rows = rows.below(above)
    listing = Listing(request, rows, columns=_COLUMNS, sort="name")
    top = in_view.own(request).path.count("/")
    context = {
        "listing": listing,
        "rows": [(row, min(row.path.count("/") - top, _DEEPEST)) for row in listing.rows],
        "search": search,
        "above": above,
        "kind": kind,
        "kinds": Kind.choices,
    }
    part = "organizations/_rows.html" if request.htmx else "organizations/index.html"
    return render(request, part, context)


@require_GET
@requires(P.VIEW_ORGANIZATIONS)
def detail(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Show one organization: limits, money, people, and what can be done."""
    return page(request, visible(request, organization))


@require_GET
@requires(P.MANAGE_TENANTS)
def new_tenant(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Ask who the tenant is."""
    parent = visible(request, organization)
    return _ask(request, parent, TenantForm(actor=request.actor, initial=started_from(parent)))


@require_POST
@requires(P.MANAGE_TENANTS)
def create_tenant(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Create a tenant, put it on a PBX and invite its first owner."""
    form = TenantForm(request.POST, actor=request.actor)
    return _create(request, organization, form, tenants.create)


@require_GET
@requires(P.MANAGE_DEALERS)
def new_dealer(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Ask who the dealer is."""
    parent = visible(request, organization)
    return _ask(request, parent, DealerForm(actor=request.actor, initial=started_from(parent)))


@require_POST
@requires(P.MANAGE_DEALERS)
def create_dealer(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Create a dealer with an account and invite its first owner."""
    form = DealerForm(request.POST, actor=request.actor)
    return _create(request, organization, form, dealers.create)


@require_GET
@requires(P.HALT_ORGANIZATIONS)
def ask_to_suspend(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Say what suspending means before it is done."""
    return _ask_to_halt(request, visible(request, organization), ReasonForm())


@require_POST
@requires(P.HALT_ORGANIZATIONS)
def suspend(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Halt an organization and all below it."""
    return _halt(request, organization, workflows.suspend)


@require_POST
@requires(P.HALT_ORGANIZATIONS)
def resume(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Let a suspended organization go on."""
    return _halt(request, organization, workflows.resume)


def _ask(
    request: PortalRequest, parent: Organization, form: PortalForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    if parent.kind == Kind.TENANT:
        raise Http404
    kind = "tenant" if isinstance(form, TenantForm) else "dealer"
    context = {
        "form": form,
        "parent": parent,
        "kind": kind,
        "action": reverse(f"create_{kind}", args=[parent.uuid]),
    }
    return render(request, "organizations/new.html", context, status=status)


def _create(
    request: PortalRequest,
    organization: UUID,
    form: TenantForm | DealerForm,
    workflow: Callable[..., Organization],
) -> HttpResponse:
    parent = visible(request, organization)
    if not form.is_valid():
        return _ask(request, parent, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        made = workflow(**form.cleaned_data, parent=parent, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        form.refuse(refusal)
        return _ask(request, parent, form, status=status_of(refusal))
    messages.success(request, f"{made.name} is there; its owner gets an invitation by e-mail.")
    return redirect("organization", organization=made.uuid)


def _ask_to_halt(
    request: PortalRequest, organization: Organization, form: PortalForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "title": f"Suspend {organization.name}?",
        "consequences": [
            "Its people, its programs and all organizations below it can look, but change nothing.",
            "Calls to its numbers go on as they are.",
            "You can let it go on at any time; everything is recorded.",
        ],
        "action": reverse("suspend_organization", args=[organization.uuid]),
        "verb": f"Suspend {organization.name}",
        "back": reverse("organization", args=[organization.uuid]),
        "form": form,
        "danger": True,
    }
    return render(request, "confirm.html", context, status=status)


def _halt(
    request: PortalRequest, organization: UUID, workflow: Callable[..., None]
) -> HttpResponse:
    found = visible(request, organization)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _ask_to_halt(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        workflow(
            organization=found,
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        messages.warning(request, str(refusal))
        found = visible(request, organization)
        return page(request, found, status=status_of(refusal))
    return redirect("organization", organization=organization)
