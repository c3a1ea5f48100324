"""People of an organization: who has a seat, in which role, and how one is shown out."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import events
from accounts import people as seats
from accounts.actors import Actor, Member
from accounts.models import ApiClient, Membership, Organization, Role
from accounts.permissions import Permission, permissions_of
from accounts.roles import may_hand_out
from accounts.workflows import memberships
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires, signed_in
from portal.web import rights
from portal.web.answers import status_of
from portal.web.forms.filters import PeopleFilter
from portal.web.forms.people import RoleForm
from portal.web.in_view import list_of, organization_in_view
from portal.web.listing import Column, Listing
from portal.web.seen import Part, token, unchanged
from portal.web.timeline import events_of, timeline

P = Permission

_COLUMNS = (
    Column("name", "Name", sort="user__name"),
    Column("email", "E-mail", sort="user__email"),
    Column("role", "Role", sort="role"),
    Column("factor", "Second factor"),
    Column("seen", "Last sign-in"),
    Column("since", "Member since", sort="created_at", extra=True),
)


@require_GET
@requires(P.MANAGE_PEOPLE)
def index(request: PortalRequest) -> HttpResponse:
    """List who has a seat in an organization."""
    organization = organization_in_view(request)
    form = PeopleFilter(request.GET)
    search, role = (form.chosen.get(name, "") for name in ("search", "role"))
    rows = seats.people(request.actor).filter(organization=organization)
    if search:
        rows = rows.filter(Q(user__name__icontains=search) | Q(user__email__icontains=search))
    if role:
        rows = rows.filter(role=role)
    context = {
        "organization": organization,
        "tabs": tabs(request, organization),
        "listing": Listing(request, rows, columns=_COLUMNS, sort="name"),
        "words": rights.ROLES,
        "filter": form,
        "narrowed": bool(search or role),
    }
    part = "people/_rows.html" if request.htmx else "people/index.html"
    return render(request, part, context)


@require_GET
@signed_in
def roles(request: PortalRequest) -> HttpResponse:
    """Say what each role may do, in an organization of the reader's kind."""
    organization = organization_in_view(request)
    context = {
        "organization": organization,
        "tabs": tabs(request, organization),
        "roles": [(role.label, words) for role, words in rights.ROLES.items()],
        "table": rights.table(organization.kind),
    }
    return render(request, "people/roles.html", context)


@require_GET
@requires(P.MANAGE_PEOPLE)
def detail(request: PortalRequest, membership: UUID) -> HttpResponse:
    """Show one person's seat, and let change the role."""
    found = _seat(request, membership)
    return _page(request, found, _role_form(request, found))


@require_POST
@requires(P.MANAGE_PEOPLE)
def change_role(request: PortalRequest, membership: UUID) -> HttpResponse:
    """Give a person another role."""
    found = _seat(request, membership)
    form = RoleForm(request.POST, actor=request.actor, organization=found.organization)
    if not form.is_valid():
        return _page(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with unchanged(request, found, _role, happened=events_of(_subject(found), request.actor)):
            memberships.change_role(
                membership=found,
                role=form.cleaned_data["role"],
                actor=request.actor,
                now=timezone.now(),
            )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _page(request, _seat(request, membership), form, status=status_of(refusal))
    messages.success(
        request, f"{found.user.get_full_name()} is {found.get_role_display().lower()} now."
    )
    return redirect("person", membership=membership)


@require_GET
@requires(P.MANAGE_PEOPLE)
def ask_end(request: PortalRequest, membership: UUID) -> HttpResponse:
    """Say what showing a person out means before it is done."""
    return _ask_end(request, _seat(request, membership))


@require_POST
@requires(P.MANAGE_PEOPLE)
def end(request: PortalRequest, membership: UUID) -> HttpResponse:
    """Show a person out."""
    found = _seat(request, membership)
    try:
        memberships.end(membership=found, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return _ask_end(request, found, refusal=refusal)
    name, organization = found.user.get_full_name(), found.organization
    messages.success(request, f"{name} is no longer a member of {organization.name}.")
    return redirect(list_of("people", organization))


def tabs(request: PortalRequest, organization: Organization) -> list[tuple[str, str]]:
    """Give the pages about people that the reader may open, as labels with addresses."""
    pages = [("What each role may do", "roles")]
    if request.actor.may(P.MANAGE_PEOPLE):
        pages = [("Members", "people"), ("Invitations", "open_invitations"), *pages]
    return [(label, list_of(name, organization)) for label, name in pages]


def _seat(request: PortalRequest, uuid: UUID) -> Membership:
    return get_object_or_404(seats.people(request.actor), uuid=uuid)


def _subject(seat: Membership) -> str:
    return f"accounts.membership:{seat.uuid}"


def _role_form(request: PortalRequest, seat: Membership) -> RoleForm:
    return RoleForm(
        actor=request.actor, organization=seat.organization, initial={"role": seat.role}
    )


def _role(seat: Membership) -> list[Part]:
    says = f"The role is {seat.get_role_display().lower()} now."
    return [Part("role", seat.role, says, (events.ROLE_CHANGED,))]


def _page(
    request: PortalRequest, seat: Membership, form: RoleForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    actor = request.actor
    granted = permissions_of(seat.role, seat.organization.kind)
    form.seen = token(_role(seat))
    context = {
        "seat": seat,
        "form": form,
        "why_fixed": _why_fixed(seat, actor),
        "role_words": rights.ROLES[Role(seat.role)],
        "granted": rights.grouped(granted),
        "timeline": timeline(_subject(seat), actor),
    }
    return render(request, "people/detail.html", context, status=status)


def _why_fixed(seat: Membership, actor: Actor) -> str:
    """Say why the reader cannot change this seat; "" if that is possible."""
    if isinstance(actor, Member) and actor.membership.pk == seat.pk:
        return "This is you. Another owner changes your role or shows you out."
    if not may_hand_out(seat.role, seat.organization, actor):
        return "This person has more rights than you. An owner changes their role."
    return ""


def _ask_end(
    request: PortalRequest, seat: Membership, *, refusal: UnableTo | None = None
) -> HttpResponse:
    name, organization = seat.user.get_full_name(), seat.organization
    context = {
        "title": f"End the membership of {name}?",
        "consequences": [
            f"{name} is signed out everywhere at once and sees nothing of {organization.name} "
            "any more.",
            *_programs_left(seat),
            "What they did stays in the journal under their name.",
            "You can invite them again at any time.",
        ],
        "action": reverse("end_membership", args=[seat.uuid]),
        "verb": "End the membership",
        "back": reverse("person", args=[seat.uuid]),
        "danger": True,
        "refusal": refusal,
    }
    status = status_of(refusal) if refusal else HTTPStatus.OK
    return render(request, "confirm.html", context, status=status)


def _programs_left(seat: Membership) -> list[str]:
    let_in = ApiClient.objects.filter(created_by=f"member:{seat.uuid}", revoked_at__isnull=True)
    count = let_in.filter(organization__path__startswith=seat.organization.path).count()
    if not count:
        return []
    programs = "The API client" if count == 1 else f"The {count} API clients"
    return [f"{programs} they made go on working; revoke what nobody needs."]
