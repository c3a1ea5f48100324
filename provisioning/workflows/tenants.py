"""Create tenants together with their place on a switch."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import journal
from accounts.actors import Actor
from accounts.models import Kind, Organization, Role
from accounts.work import acting
from accounts.workflows import invitations, organizations
from provisioning import addresses, dirty, events
from provisioning.models import Lane, Pbx, TenantOnPbx
from provisioning.refusals import UnableToSetUp


def create(
    *,
    name: str,
    country: str,
    time_zone: str,
    sip_domain: str,
    pbx: Pbx,
    number_limit: int | None,
    owner_email: str,
    parent: Organization,
    actor: Actor,
    now: datetime,
    set: int = 1,  # noqa: A002 - the word of the domain
) -> Organization:
    """
    Create a tenant on a switch and invite its first owner, all or nothing.

    The tenant counts in the currency of the organization above it.

    :param sip_domain: the tenant's own, unique over all switches
    :param owner_email: empty to invite nobody yet
    :raises UnableToSetUp: if the SIP domain cannot be read or is taken
    :raises UnableToCreate: naming the field that must change
    :raises UnableToTake: if the tenant limit of a dealer above is reached
    :raises UnableToInvite: if the e-mail address cannot be read
    """
    domain = _domain(sip_domain)
    with acting(actor):
        tenant = organizations.create(
            kind=Kind.TENANT,
            parent=parent,
            name=name,
            country=country,
            currency=parent.currency,
            time_zone=time_zone,
            number_limit=number_limit,
            actor=actor,
            now=now,
        )
        _place(tenant, pbx, domain, set, actor=actor, now=now)
        if owner_email:
            invitations.invite(
                email=owner_email, organization=tenant, role=Role.OWNER, actor=actor, now=now
            )
    return tenant


def place(
    *,
    tenant: Organization,
    pbx: Pbx,
    sip_domain: str,
    actor: Actor,
    now: datetime,
    set: int = 1,  # noqa: A002 - the word of the domain
) -> TenantOnPbx:
    """
    Place a tenant that is on no switch yet.

    :raises UnableToSetUp: if it is no tenant, is on one already, or the SIP domain does not do
    """
    domain = _domain(sip_domain)
    if tenant.kind != Kind.TENANT:
        raise UnableToSetUp(
            f"{tenant.name} is no tenant; only tenants live on a PBX.", field="tenant"
        )
    with acting(actor):
        return _place(tenant, pbx, domain, set, actor=actor, now=now)


def _domain(text: str) -> str:
    try:
        return addresses.sip_domain(text)
    except addresses.NotAnAddress as trouble:
        raise UnableToSetUp(str(trouble), field="sip_domain") from trouble


def _place(
    tenant: Organization,
    pbx: Pbx,
    domain: str,
    target_set: int,
    *,
    actor: Actor,
    now: datetime,
) -> TenantOnPbx:
    try:
        with transaction.atomic():
            hosted = TenantOnPbx.objects.create(
                tenant=tenant, pbx=pbx, sip_domain=domain, set=target_set, created_at=now
            )
    except IntegrityError as trouble:
        raise _taken(tenant, domain, trouble) from None
    dirty.mark_organization(tenant.pk, lane=Lane.BULK)
    journal.record(
        actor,
        events.TENANT_PLACED,
        now=now,
        subject=f"accounts.organization:{tenant.uuid}",
        organization=tenant,
        after={"pbx": pbx.name, "sip_domain": domain},
    )
    return hosted


def _taken(tenant: Organization, domain: str, trouble: IntegrityError) -> UnableToSetUp:
    if "sip_domain" in str(trouble):
        return UnableToSetUp(
            f"The SIP domain {domain} is taken. Choose another one.", field="sip_domain"
        )
    return UnableToSetUp(f"{tenant.name} is on a PBX already.", field="tenant")
