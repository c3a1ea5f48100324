"""Which organization a list is about: one's own, or one below it that the address names."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.urls import reverse

from accounts.models import Organization
from portal.actor import PortalRequest
from portal.web.answers import plain


def own(request: PortalRequest) -> Organization:
    """Give the organization that the reader belongs to, or acts for."""
    reach = request.actor.reach
    if reach is None:
        raise Http404
    return reach


def organization_in_view(request: PortalRequest) -> Organization:
    """Give the organization that `?organization=` names; one's own where it names none in reach."""
    return organization_named(request, "organization") or own(request)


def organization_named(request: PortalRequest, key: str) -> Organization | None:
    """Give the organization within reach that a parameter of the address names, if it does."""
    try:
        wanted = UUID(plain(request.GET.get(key)))
    except ValueError:
        return None
    return Organization.objects.visible_to(request.actor).filter(uuid=wanted).first()


def list_of(name: str, organization: Organization) -> str:
    """Give the address of a list for an organization."""
    return f"{reverse(name)}?organization={organization.uuid}"
