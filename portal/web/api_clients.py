"""API clients: programs that are let in, their secrets, and how they are locked out."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import ApiClient, Organization
from accounts.permissions import Permission, scopes_for
from accounts.programs import has_two_secrets, state_of
from accounts.workflows import api_clients as workflows
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.templatetags.words import moment_in_words
from portal.web import rights
from portal.web.answers import status_of
from portal.web.forms.filters import ApiClientFilter
from portal.web.in_view import list_of, organization_in_view
from portal.web.listing import Column, Listing
from portal.web.timeline import timeline

P = Permission

_COLUMNS = (
    Column("name", "Name", sort="name"),
    Column("state", "State"),
    Column("scopes", "May"),
    Column("expires", "Let in until"),
    Column("used", "Last request"),
    Column("made", "Let in since", sort="created_at", extra=True),
    Column("prefix", "Begins with", sort="prefix", extra=True),
)


@require_GET
@requires(P.MANAGE_API_CLIENTS)
def index(request: PortalRequest) -> HttpResponse:
    """List the programs that work for an organization."""
    organization = organization_in_view(request)
    form = ApiClientFilter(request.GET)
    state = form.chosen.get("state", "")
    rows = ApiClient.objects.visible_to(request.actor).filter(organization=organization)
    if state != "any":
        rows = rows.filter(revoked_at__isnull=state != "REVOKED")
    listing = Listing(request, rows, columns=_COLUMNS, sort="name")
    now = timezone.now()
    context = {
        "organization": organization,
        "listing": listing,
        "rows": [(row, state_of(row, now), _words(row, organization)) for row in listing.rows],
        "filter": form,
        "narrowed": bool(state),
    }
    part = "api_clients/_rows.html" if request.htmx else "api_clients/index.html"
    return render(request, part, context)


@require_GET
@requires(P.MANAGE_API_CLIENTS)
def detail(request: PortalRequest, client: UUID) -> HttpResponse:
    """Show what a program may do, and when it last did."""
    found, now = visible(request, client), timezone.now()
    context = {
        "client": found,
        "state": state_of(found, now),
        "has_two_secrets": has_two_secrets(found, now),
        "granted": rights.grouped(scopes_for(found.scopes, found.organization.kind)),
        "timeline": timeline(subject(found), request.actor),
    }
    return render(request, "api_clients/detail.html", context)


@require_GET
@requires(P.MANAGE_API_CLIENTS)
def ask_revoke(request: PortalRequest, client: UUID) -> HttpResponse:
    """Say what locking a program out means before it is done."""
    return _ask_revoke(request, visible(request, client))


@require_POST
@requires(P.MANAGE_API_CLIENTS)
def revoke(request: PortalRequest, client: UUID) -> HttpResponse:
    """Lock a program out for good."""
    found = visible(request, client)
    try:
        workflows.revoke(client=found, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return _ask_revoke(request, found, refusal=refusal)
    messages.success(request, f"{found.name} is locked out.")
    return redirect(list_of("api_clients", found.organization))


def _ask_revoke(
    request: PortalRequest, client: ApiClient, *, refusal: UnableTo | None = None
) -> HttpResponse:
    used = client.last_used_at
    context = {
        "title": f"Lock {client.name} out?",
        "consequences": [
            f"Its last request came on {moment_in_words(used)}." if used else "It never asked yet.",
            "It is refused from its next request on, with every secret it has.",
            "What it did stays as it is. To let it in again, make a new API client.",
        ],
        "action": reverse("revoke_api_client", args=[client.uuid]),
        "verb": "Lock it out",
        "back": reverse("api_client", args=[client.uuid]),
        "danger": True,
        "refusal": refusal,
    }
    status = status_of(refusal) if refusal else HTTPStatus.OK
    return render(request, "confirm.html", context, status=status)


def _words(client: ApiClient, organization: Organization) -> list[str]:
    """Say what a program may do, by what it is about."""
    return [heading for heading, _ in rights.grouped(scopes_for(client.scopes, organization.kind))]


def subject(client: ApiClient) -> str:
    """Name a program as the journal does."""
    return f"accounts.api-client:{client.uuid}"


def visible(request: PortalRequest, uuid: UUID) -> ApiClient:
    """Give a program within the reader's reach."""
    rows = ApiClient.objects.visible_to(request.actor).select_related("organization")
    return get_object_or_404(rows, uuid=uuid)
