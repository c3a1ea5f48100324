"""Dealers come in with an account and a first owner."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from accounts.actors import Actor
from accounts.models import Kind, Organization, Role
from accounts.work import acting
from accounts.workflows import invitations, organizations
from billing.workflows import accounts


def create(
    *,
    parent: Organization,
    name: str,
    country: str,
    currency: str,
    time_zone: str,
    owner_email: str,
    actor: Actor,
    now: datetime,
    number_limit: int | None = None,
    tenant_limit: int | None = None,
    credit_limit: Decimal = Decimal(0),
) -> Organization:
    """
    Create a dealer, open its account and invite its first owner.

    :param currency: ISO 4217; also that of the account
    :raises UnableToCreate: naming the field that must change
    :raises UnableToOpen: if the credit limit does not do
    :raises UnableToInvite: if the e-mail address cannot be read
    """
    with acting(actor):
        dealer = organizations.create(
            kind=Kind.DEALER,
            parent=parent,
            name=name,
            country=country,
            currency=currency,
            time_zone=time_zone,
            number_limit=number_limit,
            tenant_limit=tenant_limit,
            actor=actor,
            now=now,
        )
        accounts.open(
            organization=dealer, currency=currency, credit_limit=credit_limit, actor=actor, now=now
        )
        invitations.invite(
            email=owner_email, organization=dealer, role=Role.OWNER, actor=actor, now=now
        )
    return dealer
