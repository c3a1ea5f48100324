"""The standing cast: one chain from the provider to a tenant, and a rival one beside it."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.actors import Member
from accounts.models import Organization
from accounts.tests.factories import make_actor, make_dealer, make_provider, make_tenant


@dataclass(frozen=True)
class Cast:
    """Organizations, and an owner of each as an actor."""

    provider: Organization
    dealer: Organization
    sub_dealer: Organization
    tenant: Organization
    """Directly below the dealer."""
    sub_tenant: Organization
    """Below the sub-dealer."""
    rival_dealer: Organization
    rival_tenant: Organization

    staff: Member
    dealer_owner: Member
    sub_dealer_owner: Member
    tenant_owner: Member
    sub_tenant_owner: Member
    rival_dealer_owner: Member
    rival_tenant_owner: Member


def make_cast() -> Cast:
    """Store the whole cast."""
    provider = make_provider(name="Northwind Voice")
    dealer = make_dealer(parent=provider, name="Lakeside Telecom")
    sub_dealer = make_dealer(parent=dealer, name="Harbor Lines")
    tenant = make_tenant(parent=dealer, name="Oak Street Dental")
    sub_tenant = make_tenant(parent=sub_dealer, name="Pier Nine Fish")
    rival_dealer = make_dealer(parent=provider, name="Summit Phones")
    rival_tenant = make_tenant(parent=rival_dealer, name="Ridge Bakery")
    return Cast(
        provider=provider,
        dealer=dealer,
        sub_dealer=sub_dealer,
        tenant=tenant,
        sub_tenant=sub_tenant,
        rival_dealer=rival_dealer,
        rival_tenant=rival_tenant,
        staff=make_actor(organization=provider),
        dealer_owner=make_actor(organization=dealer),
        sub_dealer_owner=make_actor(organization=sub_dealer),
        tenant_owner=make_actor(organization=tenant),
        sub_tenant_owner=make_actor(organization=sub_tenant),
        rival_dealer_owner=make_actor(organization=rival_dealer),
        rival_tenant_owner=make_actor(organization=rival_tenant),
    )
