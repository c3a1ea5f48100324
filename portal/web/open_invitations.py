"""Invitations from the inside: whom to invite, who is waited for, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Invitation, InvitationStatus, Organization, Role
from accounts.permissions import Permission
from accounts.roles import handed_out_by
from accounts.workflows import invitations
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web import people
from portal.web.answers import status_of
from portal.web.forms.people import InvitationForm
from portal.web.in_view import list_of, organization_in_view
from portal.web.listing import Column, Listing

P = Permission

_COLUMNS = (
    Column("email", "E-mail", sort="email"),
    Column("role", "Role", sort="role"),
    Column("state", "State"),
    Column("until", "Valid until", sort="expires_at"),
    Column("sent", "Last sent", extra=True),
    Column("steps", "Steps"),
)


@require_GET
@requires(P.MANAGE_PEOPLE)
def index(request: PortalRequest) -> HttpResponse:
    """List the invitations that nobody has accepted yet, the expired ones too."""
    return _page(request, organization_in_view(request))


@require_GET
@requires(P.MANAGE_PEOPLE)
def new(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Ask whom to invite, and in which role."""
    found = _visible(request, organization)
    form = InvitationForm(
        actor=request.actor, organization=found, initial={"role": Role.VIEWER.value}
    )
    return _ask(request, found, form)


@require_POST
@requires(P.MANAGE_PEOPLE)
def invite(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Offer a person a place by e-mail."""
    found = _visible(request, organization)
    form = InvitationForm(request.POST, actor=request.actor, organization=found)
    if not form.is_valid():
        return _ask(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        invitations.invite(
            **form.cleaned_data, organization=found, actor=request.actor, now=timezone.now()
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _ask(request, found, form, status=status_of(refusal))
    messages.success(request, f"{form.cleaned_data['email']} gets an invitation by e-mail.")
    return redirect(list_of("open_invitations", found))


@require_POST
@requires(P.MANAGE_PEOPLE)
def resend(request: PortalRequest, invitation: UUID) -> HttpResponse:
    """Send an invitation again, with a new link for a new week."""
    return _act(
        request, invitation, invitations.resend, "{email} gets a new link; the old one has ended."
    )


@require_POST
@requires(P.MANAGE_PEOPLE)
def withdraw(request: PortalRequest, invitation: UUID) -> HttpResponse:
    """Take an invitation back."""
    return _act(
        request, invitation, invitations.withdraw, "The invitation of {email} is withdrawn."
    )


def _act(
    request: PortalRequest, uuid: UUID, workflow: Callable[..., None], said: str
) -> HttpResponse:
    rows = Invitation.objects.visible_to(request.actor).select_related("organization")
    found = get_object_or_404(rows, uuid=uuid)
    try:
        workflow(invitation=found, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return _page(request, found.organization, refusal=refusal)
    messages.success(request, said.format(email=found.email))
    return redirect(list_of("open_invitations", found.organization))


def _page(
    request: PortalRequest, organization: Organization, *, refusal: UnableTo | None = None
) -> HttpResponse:
    waiting = Invitation.objects.visible_to(request.actor).filter(
        organization=organization, status=InvitationStatus.PENDING
    )
    listing = Listing(request, waiting, columns=_COLUMNS, sort="email")
    now, handed_out = timezone.now(), handed_out_by(request.actor, organization)
    context = {
        "organization": organization,
        "tabs": people.tabs(request, organization),
        "listing": listing,
        "rows": [(row, _state(row, now), row.role in handed_out) for row in listing.rows],
        "refusal": refusal,
    }
    status = status_of(refusal) if refusal else HTTPStatus.OK
    return render(request, "people/invitations.html", context, status=status)


def _state(invitation: Invitation, now: datetime) -> str:
    if invitation.expires_at <= now:
        return "EXPIRED"
    return "WAITING" if invitation.mailed_at else "ON_ITS_WAY"


def _ask(
    request: PortalRequest,
    organization: Organization,
    form: InvitationForm,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {"organization": organization, "form": form}
    return render(request, "people/invite.html", context, status=status)


def _visible(request: PortalRequest, uuid: UUID) -> Organization:
    return get_object_or_404(Organization.objects.visible_to(request.actor), uuid=uuid)
