"""Rows for tests, as plain functions; everything not said is made up and unique."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import count

from accounts import tree
from accounts.actors import Member, member_actor
from accounts.models import ApiClient, Kind, Membership, Organization, Role, User
from accounts.permissions import OF_KIND
from accounts.tokens import new_token

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "MARK-SECRET correct horse battery staple"

_serial = count(1)
ON_PLANTING: list[Callable[[Organization], None]] = []
"""What apps above give every organization that is made here."""


def make_organization(
    *,
    kind: Kind,
    parent: Organization | None,
    name: str = "",
    country: str = "US",
    currency: str = "USD",
    time_zone: str = "America/Chicago",
    number_limit: int | None = None,
    tenant_limit: int | None = None,
) -> Organization:
    """Store an organization of any kind."""
    serial = next(_serial)
    organization = tree.plant(
        parent=parent,
        kind=kind,
        name=name or f"{kind.label} {serial}",
        slug=f"{kind.label.lower()}-{serial}",
        country=country,
        currency=currency,
        time_zone=time_zone,
        number_limit=number_limit,
        tenant_limit=tenant_limit,
    )
    for give in ON_PLANTING:
        give(organization)
    return organization


def make_provider(*, name: str = "", currency: str = "USD") -> Organization:
    """Store the provider, or give the one there is: there can be only one."""
    there = Organization.objects.filter(kind=Kind.PROVIDER).first()
    if there is not None:
        return there
    return make_organization(kind=Kind.PROVIDER, parent=None, name=name, currency=currency)


def make_dealer(
    *,
    parent: Organization | None = None,
    name: str = "",
    currency: str = "USD",
    number_limit: int | None = None,
    tenant_limit: int | None = None,
) -> Organization:
    """Store a dealer, below the provider unless told otherwise."""
    return make_organization(
        kind=Kind.DEALER,
        parent=parent or make_provider(),
        name=name,
        currency=currency,
        number_limit=number_limit,
        tenant_limit=tenant_limit,
    )


def make_tenant(
    *,
    parent: Organization | None = None,
    name: str = "",
    country: str = "US",
    currency: str = "USD",
    time_zone: str = "America/Chicago",
    number_limit: int | None = None,
) -> Organization:
    """Store a tenant, below a dealer of its own unless told otherwise."""
    return make_organization(
        kind=Kind.TENANT,
        parent=parent or make_dealer(),
        name=name,
        country=country,
        currency=currency,
        time_zone=time_zone,
        number_limit=number_limit,
    )


def make_user(*, email: str = "", name: str = "", password: str | None = None) -> User:
    """Store a person; the default has no password, since hashing one takes its time."""
    serial = next(_serial)
    return User.objects.create_user(
        email or f"person{serial}@example.com", password, name=name or f"Person {serial}"
    )


def make_member(
    *,
    organization: Organization,
    role: Role = Role.OWNER,
    user: User | None = None,
    email: str = "",
    name: str = "",
    password: str | None = None,
) -> Membership:
    """Store a person in an organization."""
    return Membership.objects.create(
        user=user or make_user(email=email, name=name, password=password),
        organization=organization,
        role=role,
    )


def make_actor(*, organization: Organization, role: Role = Role.OWNER) -> Member:
    """Store a person in an organization and act as them."""
    return member_actor(make_member(organization=organization, role=role))


def make_client(
    *,
    organization: Organization,
    scopes: Iterable[str] | None = None,
    name: str = "",
    expires_at: datetime | None = None,
) -> tuple[ApiClient, str]:
    """Store a program, with every scope of its kind by default; gives it and its token."""
    token = new_token()
    client = ApiClient.objects.create(
        organization=organization,
        name=name or f"Program {next(_serial)}",
        prefix=token.prefix,
        secret_hash=token.secret_hash,
        scopes=sorted(OF_KIND[Kind(organization.kind)] if scopes is None else scopes),
        created_by="system:test",
        expires_at=expires_at,
    )
    return client, token.text
