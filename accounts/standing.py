"""Whether an organization may work: it and everybody above it must be active."""

from __future__ import annotations

from accounts.models import Kind, Organization, OrganizationStatus

_WORST_FIRST = (OrganizationStatus.CLOSED, OrganizationStatus.SUSPENDED)


def standing_of(organization: Organization) -> OrganizationStatus:
    """
    Give the worst status of an organization and those above it.

    Who is suspended takes along what lies below: otherwise a dealer would go on working as one of
    its own tenants.
    """
    found = {organization.status}
    if organization.kind != Kind.PROVIDER:
        above = Organization.objects.filter(pk__in=organization.ancestor_ids)
        found |= set(above.order_by().values_list("status", flat=True))
    return next((status for status in _WORST_FIRST if status in found), OrganizationStatus.ACTIVE)


def halted_by(organization: Organization) -> Organization | None:
    """Give the nearest organization, itself or above it, that is not active; None if all are."""
    chain = Organization.objects.filter(pk__in=[*organization.ancestor_ids, organization.pk])
    # Deeper paths are longer, and a path sorts after every path it continues.
    return chain.exclude(status=OrganizationStatus.ACTIVE).order_by("-path").first()
