"""Who may do what: one table of role by kind of organization, and the columns that some see."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from accounts.models import Kind, OrganizationStatus, Role


class Permission(StrEnum):
    """Something that an actor may do; also the scopes of API clients."""

    VIEW_NUMBERS = "VIEW_NUMBERS"
    SEARCH_NUMBERS = "SEARCH_NUMBERS"
    ORDER_NUMBERS = "ORDER_NUMBERS"
    ALLOT_NUMBERS = "ALLOT_NUMBERS"
    CLAIM_NUMBERS = "CLAIM_NUMBERS"
    ASSIGN_NUMBERS = "ASSIGN_NUMBERS"
    GIVE_BACK_NUMBERS = "GIVE_BACK_NUMBERS"
    RELEASE_NUMBERS = "RELEASE_NUMBERS"
    VIEW_ORGANIZATIONS = "VIEW_ORGANIZATIONS"
    MANAGE_TENANTS = "MANAGE_TENANTS"
    MANAGE_DEALERS = "MANAGE_DEALERS"
    HALT_ORGANIZATIONS = "HALT_ORGANIZATIONS"
    MANAGE_PEOPLE = "MANAGE_PEOPLE"
    MANAGE_API_CLIENTS = "MANAGE_API_CLIENTS"
    MANAGE_CARRIERS = "MANAGE_CARRIERS"
    MANAGE_PBXS = "MANAGE_PBXS"
    VIEW_MONEY = "VIEW_MONEY"
    MANAGE_MONEY = "MANAGE_MONEY"
    MANAGE_RATES = "MANAGE_RATES"
    VIEW_JOURNAL = "VIEW_JOURNAL"
    ACT_FOR = "ACT_FOR"
    DO_TASKS = "DO_TASKS"
    KEEP_DOCUMENTS = "KEEP_DOCUMENTS"


class FieldGroup(StrEnum):
    """Columns that reach does not hide but a right opens."""

    CARRIER = "CARRIER"
    """Carrier, carrier account, carrier reference, trunk, exchanges."""
    COST = "COST"
    """What the provider pays."""


P = Permission
EVERYTHING = frozenset(Permission)
EVERY_GROUP = frozenset(FieldGroup)

_TENANT = frozenset(
    {
        P.VIEW_NUMBERS,
        P.CLAIM_NUMBERS,
        P.ASSIGN_NUMBERS,
        P.GIVE_BACK_NUMBERS,
        P.VIEW_ORGANIZATIONS,
        P.MANAGE_PEOPLE,
        P.MANAGE_API_CLIENTS,
        P.VIEW_MONEY,
        P.VIEW_JOURNAL,
        P.DO_TASKS,
        P.KEEP_DOCUMENTS,
    }
)
_DEALER = _TENANT | {
    P.ALLOT_NUMBERS,
    P.MANAGE_TENANTS,
    P.MANAGE_DEALERS,
    P.HALT_ORGANIZATIONS,
    P.MANAGE_MONEY,
    P.ACT_FOR,
}

# Searching and ordering show and cost what the carrier asks: they stay with the provider as long
# as there are no selling prices.
OF_KIND: dict[Kind, frozenset[Permission]] = {
    Kind.PROVIDER: EVERYTHING,
    Kind.DEALER: _DEALER,
    Kind.TENANT: _TENANT,
}

TO_CHANGE: dict[Kind, Permission] = {
    # Nobody is above the provider: its own people change it.
    Kind.PROVIDER: P.MANAGE_DEALERS,
    Kind.DEALER: P.MANAGE_DEALERS,
    Kind.TENANT: P.MANAGE_TENANTS,
}
"""The right that it takes to create or to change an organization of a kind."""

_VIEWER = frozenset({P.VIEW_NUMBERS, P.VIEW_ORGANIZATIONS})
_FINANCE = _VIEWER | {P.VIEW_MONEY, P.VIEW_JOURNAL}
_OPERATOR = _VIEWER | {
    P.SEARCH_NUMBERS,
    P.ORDER_NUMBERS,
    P.ALLOT_NUMBERS,
    P.CLAIM_NUMBERS,
    P.ASSIGN_NUMBERS,
    P.GIVE_BACK_NUMBERS,
    P.VIEW_JOURNAL,
    P.ACT_FOR,
    P.DO_TASKS,
    P.KEEP_DOCUMENTS,
}

OF_ROLE: dict[Role, frozenset[Permission]] = {
    Role.OWNER: EVERYTHING,
    # Programs outlive the people who set them up, so only an owner lets them in.
    Role.MANAGER: EVERYTHING - {P.MANAGE_API_CLIENTS},
    Role.OPERATOR: _OPERATOR,
    Role.FINANCE: _FINANCE,
    Role.VIEWER: _VIEWER,
}

WHILE_SUSPENDED = frozenset(
    {
        P.VIEW_NUMBERS,
        P.VIEW_ORGANIZATIONS,
        P.VIEW_MONEY,
        P.VIEW_JOURNAL,
        P.MANAGE_PEOPLE,
        P.MANAGE_API_CLIENTS,
    }
)
"""What is left to a suspended organization: to look, and to show people and programs out."""

_GROUPS_OF_ROLE: dict[Role, frozenset[FieldGroup]] = {
    Role.OWNER: EVERY_GROUP,
    Role.MANAGER: EVERY_GROUP,
    Role.OPERATOR: EVERY_GROUP,
    Role.FINANCE: EVERY_GROUP,
    Role.VIEWER: frozenset({FieldGroup.CARRIER}),
}

del P


def permissions_of(role: str, kind: str) -> frozenset[Permission]:
    """Give what a member of that role may do in an organization of that kind."""
    return OF_ROLE[Role(role)] & OF_KIND[Kind(kind)]


def left_to(permissions: frozenset[Permission], standing: str) -> frozenset[Permission]:
    """Cut rights to what a suspended organization may still do; a closed one may do nothing."""
    if standing == OrganizationStatus.ACTIVE:
        return permissions
    return (
        permissions & WHILE_SUSPENDED if standing == OrganizationStatus.SUSPENDED else frozenset()
    )


def scopes_for(scopes: Iterable[str], kind: str) -> frozenset[Permission]:
    """Cut an API client's scopes to what its kind of organization may do at all."""
    known = {str(permission) for permission in Permission}
    return frozenset(Permission(scope) for scope in scopes if scope in known) & OF_KIND[Kind(kind)]


def field_groups_of(role: str, kind: str) -> frozenset[FieldGroup]:
    """Give the columns that a member of that role sees; none below the provider."""
    return _GROUPS_OF_ROLE[Role(role)] if kind == Kind.PROVIDER else frozenset()


def field_groups_for(scopes: frozenset[Permission], kind: str) -> frozenset[FieldGroup]:
    """Give the columns that a program sees: the provider's, cost only where money is its task."""
    if kind != Kind.PROVIDER:
        return frozenset()
    if scopes & {Permission.VIEW_MONEY, Permission.ORDER_NUMBERS, Permission.SEARCH_NUMBERS}:
        return EVERY_GROUP
    return frozenset({FieldGroup.CARRIER})
