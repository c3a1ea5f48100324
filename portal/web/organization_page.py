"""The page of one organization: how it stands, what it has, who works there, what happened."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts import events
from accounts.actors import Actor
from accounts.models import (
    ApiClient,
    Invitation,
    InvitationStatus,
    Kind,
    Membership,
    Organization,
    OrganizationStatus,
)
from accounts.permissions import Permission
from accounts.standing import halted_by
from accounts.workflows.changing import may_change
from billing.models import Account
from dids.models import PhoneNumber
from dids.states import NumberStatus
from portal.actor import PortalRequest
from portal.templatetags.words import moment_in_words
from portal.web import in_view
from portal.web.timeline import events_of, of_organization

P = Permission


def subject(organization: Organization) -> str:
    """Name an organization as the journal does."""
    return f"accounts.organization:{organization.uuid}"


def visible(request: PortalRequest, uuid: UUID) -> Organization:
    """
    Give an organization within the reader's reach.

    :raises Http404: if it is none, or a stranger's
    """
    rows = Organization.objects.visible_to(request.actor).select_related("parent")
    return get_object_or_404(rows, uuid=uuid)


def page(
    request: PortalRequest, organization: Organization, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """Draw the page."""
    actor, own = request.actor, in_view.own(request)
    is_below = organization.is_below(own)
    takes_more = organization.kind != Kind.TENANT
    context = {
        "organization": organization,
        "parent": organization.parent if organization.pk != own.pk else None,
        "why": _why_halted(organization, actor),
        "in_use": _in_service(organization, actor),
        "timeline": of_organization(organization, actor),
        "may_change": may_change(organization, actor),
        "may_act_for": is_below and not actor.acting_for and actor.may(P.ACT_FOR),
        "may_halt": is_below and actor.may(P.HALT_ORGANIZATIONS),
        "may_add_tenants": takes_more and actor.may(P.MANAGE_TENANTS),
        "may_add_dealers": takes_more and actor.may(P.MANAGE_DEALERS),
        "may_keep_documents": actor.may(P.KEEP_DOCUMENTS),
        "may_manage_money": is_below and actor.may(P.MANAGE_MONEY),
        **_money(organization, actor),
        **_people(organization, actor),
        **_below(organization, actor),
    }
    return render(request, "organizations/detail.html", context, status=status)


def _why_halted(organization: Organization, actor: Actor) -> str:
    """Say why it may not work, and what ends that; "" if it may."""
    halted = halted_by(organization)
    if halted is None:
        return ""
    since = moment_in_words(halted.status_since)
    if halted.status == OrganizationStatus.CLOSED:
        return f"Closed on {since}, for good."
    if halted == organization:
        return (
            f"Suspended since {since}{_reason(halted, actor)}. It can look, but change nothing, "
            "until an organization above lets it go on. Calls go on as they are."
        )
    known = actor.reach is None or actor.reach.reaches(halted)
    who = halted.name if known else "An organization above yours"
    return (
        f"{who} is suspended since {since}, and everybody below with it: they can look, but change "
        "nothing, until it is let go on. Calls go on as they are."
    )


def _reason(halted: Organization, actor: Actor) -> str:
    if not actor.may(P.VIEW_JOURNAL):
        return ""
    told = events_of(subject(halted), actor).filter(action=events.SUSPENDED.name)
    reason = told.order_by("-pk").values_list("reason", flat=True).first()
    return f" ({reason})" if reason else ""


def _in_service(organization: Organization, actor: Actor) -> int:
    numbers = PhoneNumber.objects.visible_to(actor).filter(holder=organization)
    return numbers.filter(status=NumberStatus.IN_SERVICE).count()


def _money(organization: Organization, actor: Actor) -> dict[str, Any]:
    if not actor.may(P.VIEW_MONEY):
        return {}
    return {"account": Account.objects.visible_to(actor).filter(organization=organization).first()}


def _people(organization: Organization, actor: Actor) -> dict[str, Any]:
    """Count who and what works there, for those who look after it."""
    counts: dict[str, Any] = {}
    if actor.may(P.MANAGE_PEOPLE):
        people = Membership.objects.visible_to(actor).open()
        waiting = Invitation.objects.visible_to(actor).filter(status=InvitationStatus.PENDING)
        counts["people"] = people.filter(organization=organization).count()
        counts["waiting"] = waiting.filter(organization=organization).count()
    if actor.may(P.MANAGE_API_CLIENTS):
        programs = ApiClient.objects.visible_to(actor).filter(revoked_at__isnull=True)
        counts["programs"] = programs.filter(organization=organization).count()
    return counts


def _below(organization: Organization, actor: Actor) -> dict[str, Any]:
    """Count the organizations below it, by their kind."""
    if organization.kind == Kind.TENANT:
        return {}
    rows = Organization.objects.visible_to(actor).below(organization).order_by()
    counts = dict(rows.values_list("kind").annotate(Count("pk")))
    return {"below": [(kind, counts.get(kind, 0)) for kind in (Kind.TENANT, Kind.DEALER)]}
