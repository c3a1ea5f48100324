"""People as those see them who look after an organization."""

from __future__ import annotations

from accounts import mfa
from accounts.actors import Actor
from accounts.models import Membership
from accounts.models.memberships import MembershipQuerySet


def people(actor: Actor) -> MembershipQuerySet:
    """
    Give the seats that are taken within an actor's reach, each with person and organization.

    Each row says in `has_second_factor` whether the person has one.
    """
    seats = Membership.objects.visible_to(actor).open().select_related("organization", "user")
    return seats.annotate(has_second_factor=mfa.has_second_factor("user_id"))
