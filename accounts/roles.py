"""Which roles somebody may hand out or take away: none with more rights than their own."""

from __future__ import annotations

from accounts.actors import Actor, Client, Member
from accounts.models import Kind, Membership, Organization, Role
from accounts.permissions import TO_CHANGE, Permission, permissions_of, scopes_for


def rights_in_full(actor: Actor) -> frozenset[Permission]:
    """
    Give an actor's rights in the seat it now has, as they are while nobody is suspended.

    A suspension cuts everybody's rights to the same few. Measured by those, whoever may show people
    out could also make an owner, and would have one when the suspension ends.
    """
    if isinstance(actor, Member):
        own = permissions_of(actor.membership.role, actor.organization.kind)
    elif isinstance(actor, Client):
        own = scopes_for(actor.client.scopes, actor.organization.kind)
    else:
        return actor.permissions
    return scopes_for(own, actor.acting_for.kind) if actor.acting_for else own


def may_hand_out(role: str, organization: Organization, actor: Actor) -> bool:
    """
    Tell whether an actor may give a role in an organization, or take it from somebody there.

    Also below one's own no role with more rights than one's own. Only the first owner is whoever
    creates the organization to invite: there is nobody yet from whom rights could be taken.
    """
    if actor.reach is None:
        return True
    if not actor.reach.reaches(organization):
        return False
    if permissions_of(role, organization.kind) <= rights_in_full(actor):
        return True
    creates = organization.is_below(actor.reach) and actor.may(TO_CHANGE[Kind(organization.kind)])
    return role == Role.OWNER and creates and not _has_owner(organization)


def handed_out_by(actor: Actor, organization: Organization) -> list[Role]:
    """Give the roles that an actor may hand out there, the one with most rights first."""
    return [role for role in Role if may_hand_out(role, organization, actor)]


def _has_owner(organization: Organization) -> bool:
    owners = Membership.objects.open().filter(organization=organization, role=Role.OWNER)
    return owners.exists()
