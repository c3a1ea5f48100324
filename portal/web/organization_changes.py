"""An organization gets another name, another place or other limits."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import events
from accounts.models import Organization
from accounts.permissions import Permission
from accounts.workflows import changing
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import status_of
from portal.web.forms.organizations import ChangeForm
from portal.web.organization_page import subject, visible
from portal.web.seen import FIELD, Part, token, unchanged
from portal.web.timeline import events_of
from portal.web.undo import Undo, done

P = Permission


@require_GET
@requires(P.MANAGE_TENANTS)
def edit(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Ask what shall be another."""
    found = visible(request, organization)
    if not changing.may_change(found, request.actor):
        raise Http404
    return _ask(request, found, ChangeForm(kind=found.kind, initial=_now(found)))


@require_POST
@requires(P.MANAGE_TENANTS)
def change(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Change it, unless somebody else did meanwhile."""
    found = visible(request, organization)
    form = ChangeForm(request.POST, kind=found.kind)
    if not form.is_valid():
        return _ask(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    before = {name: "" if value is None else str(value) for name, value in _now(found).items()}
    try:
        with unchanged(request, found, _parts, happened=events_of(subject(found), request.actor)):
            changing.change(
                organization=found,
                wish=form.wish,
                actor=request.actor,
                now=timezone.now(),
            )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _ask(request, visible(request, organization), form, status=status_of(refusal))
    back = {name: before[name] for name in form.fields}
    there = reverse("change_organization", args=[organization])
    done(request, f"{found.name} is changed.", Undo(there, {**back, FIELD: token(_parts(found))}))
    return redirect("organization", organization=organization)


def _ask(
    request: PortalRequest,
    organization: Organization,
    form: ChangeForm,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    form.seen = token(_parts(organization))
    context = {"organization": organization, "form": form}
    return render(request, "organizations/edit.html", context, status=status)


def _now(organization: Organization) -> dict[str, str | int | None]:
    return {field: getattr(organization, field) for field in changing.FIELDS}


def _parts(organization: Organization) -> list[Part]:
    here = f"{organization.country}, {organization.time_zone}"
    numbers, tenants = organization.number_limit, organization.tenant_limit
    return [
        Part("name", organization.name, f"Its name is {organization.name} now.", (events.RENAMED,)),
        Part("place", here, f"It is in {here} now.", (events.LOCATED,)),
        Part("numbers", str(numbers), _limit("number", numbers), (events.NUMBERS_LIMITED,)),
        Part("tenants", str(tenants), _limit("tenant", tenants), (events.TENANTS_LIMITED,)),
    ]


def _limit(what: str, limit: int | None) -> str:
    return f"It has no {what} limit now." if limit is None else f"Its {what} limit is {limit} now."
