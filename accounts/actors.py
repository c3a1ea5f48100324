"""Who does something: a person, a program, the portal itself or a carrier."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NoReturn, Self, TypeAlias
from uuid import UUID

from accounts.models import ApiClient, Membership, Organization, OrganizationStatus
from accounts.permissions import (
    EVERY_GROUP,
    EVERYTHING,
    FieldGroup,
    Permission,
    field_groups_for,
    field_groups_of,
    left_to,
    permissions_of,
    scopes_for,
)
from accounts.standing import standing_of
from lib.refusals import UnableTo


class UnableToActFor(UnableTo):
    """The organization to act for is not below one's own, or the right to do so is missing."""

    code = "cannot_act_for"


@dataclass(frozen=True)
class _AtHome:
    """An actor that belongs to one organization."""

    organization: Organization
    permissions: frozenset[Permission]
    field_groups: frozenset[FieldGroup]
    request_id: str = ""
    acting_for: Organization | None = None
    standing: str = OrganizationStatus.ACTIVE
    """That of the actor's own organization; its rights are cut already."""

    def may(self, permission: Permission) -> bool:
        """Whether the actor has a right, in the seat it now has."""
        return permission in self.permissions

    def sees(self, group: FieldGroup) -> bool:
        """Whether the columns of a field group are open to the actor."""
        return group in self.field_groups

    @property
    def reach(self) -> Organization:
        """The organization that the actor sees from: its own, or the one it acts for."""
        return self.acting_for or self.organization

    def on_behalf_of(self, organization: Organization) -> Self:
        """
        Take a seat in an organization below: its kind's rights and columns, cut by one's own.

        :raises UnableToActFor: if it is not strictly below, or the actor lacks the right
        """
        if self.acting_for is not None:
            raise UnableToActFor("Stop acting for one organization before acting for another.")
        if not organization.is_below(self.organization):
            raise UnableToActFor("You can act only for an organization below your own.")
        if not self.may(Permission.ACT_FOR):
            raise UnableToActFor(
                "You may not act for other organizations. Ask an owner of your organization for it."
            )
        if organization.status == OrganizationStatus.CLOSED:
            raise UnableToActFor(f"{organization.name} is closed; nobody acts for it any more.")
        return replace(
            self,
            acting_for=organization,
            permissions=scopes_for(self.permissions, organization.kind),
            field_groups=frozenset(),
        )


@dataclass(frozen=True, kw_only=True)
class Member(_AtHome):
    """A person, as a member of one organization."""

    membership: Membership = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        """The stable text that the journal keeps."""
        return f"member:{self.membership.uuid}"


@dataclass(frozen=True, kw_only=True)
class Client(_AtHome):
    """A program, signed in by its token."""

    client: ApiClient = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        """The stable text that the journal keeps."""
        return f"client:{self.client.uuid}"


@dataclass(frozen=True)
class System:
    """The portal itself, in one of its tasks; nothing is hidden from it."""

    task: str
    request_id: str = ""
    organization: None = None
    acting_for: None = None
    reach: None = None
    standing: str = OrganizationStatus.ACTIVE
    permissions: frozenset[Permission] = EVERYTHING
    field_groups: frozenset[FieldGroup] = EVERY_GROUP

    @property
    def name(self) -> str:
        """The stable text that the journal keeps."""
        return f"system:{self.task}"

    def may(self, permission: Permission) -> bool:
        """Whether the task may: whoever wrote it has decided."""
        return permission in self.permissions

    def sees(self, group: FieldGroup) -> bool:
        """Whether the columns of a field group are open to the task."""
        return group in self.field_groups

    def on_behalf_of(self, organization: Organization) -> NoReturn:
        """Refuse: a task works for everybody."""
        raise UnableToActFor(f"{self.name} cannot act for {organization.name}.")


@dataclass(frozen=True)
class Carrier:
    """A carrier that told us something; it may do nothing by itself, but its word is recorded."""

    account: UUID
    organization: Organization
    request_id: str = ""
    acting_for: None = None
    reach: None = None
    standing: str = OrganizationStatus.ACTIVE
    permissions: frozenset[Permission] = frozenset()
    field_groups: frozenset[FieldGroup] = EVERY_GROUP

    @property
    def name(self) -> str:
        """The stable text that the journal keeps."""
        return f"carrier:{self.account}"

    def may(self, permission: Permission) -> bool:
        """Whether the carrier may: never."""
        return permission in self.permissions

    def sees(self, group: FieldGroup) -> bool:
        """Whether the columns of a field group are open to the carrier."""
        return group in self.field_groups

    def on_behalf_of(self, organization: Organization) -> NoReturn:
        """Refuse: a carrier speaks for itself."""
        raise UnableToActFor(f"{self.name} cannot act for {organization.name}.")


Actor: TypeAlias = Member | Client | System | Carrier


def member_actor(membership: Membership, request_id: str = "") -> Member:
    """Make the actor of a person in one of their organizations."""
    organization = membership.organization
    standing = standing_of(organization)
    return Member(
        organization=organization,
        standing=standing,
        permissions=left_to(permissions_of(membership.role, organization.kind), standing),
        field_groups=field_groups_of(membership.role, organization.kind),
        request_id=request_id,
        membership=membership,
    )


def client_actor(api_client: ApiClient, request_id: str = "") -> Client:
    """Make the actor of a program."""
    organization = api_client.organization
    standing = standing_of(organization)
    scopes = left_to(scopes_for(api_client.scopes, organization.kind), standing)
    return Client(
        organization=organization,
        standing=standing,
        permissions=scopes,
        field_groups=field_groups_for(scopes, organization.kind),
        request_id=request_id,
        client=api_client,
    )
