"""People as those see them who look after an organization."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Case, Count, When, Window

from accounts import mfa
from accounts.actors import Actor
from accounts.models import Membership, OrganizationStatus
from accounts.models.memberships import MembershipQuerySet


def people(actor: Actor) -> MembershipQuerySet:
    """
    Give the seats that are taken within an actor's reach, each with person and organization.

    Each row says in `has_second_factor` whether the person has one.
    """
    seats = Membership.objects.visible_to(actor).open().select_related("organization", "user")
    return seats.annotate(has_second_factor=mfa.has_second_factor("user_id"))


def seats_of(user_id: int, *, first: UUID | None = None) -> MembershipQuerySet:
    """
    Give the seats that a person may take, each with its organization and person.

    Each row says in `seats` how many they are.

    :param first: the seat before all others, if it is among them
    """
    seats = Membership.objects.open().filter(user_id=user_id).select_related("organization", "user")
    seats = seats.exclude(organization__status=OrganizationStatus.CLOSED)
    seats = seats.annotate(seats=Window(Count("pk")))
    if first is None:
        return seats.order_by("pk")
    return seats.order_by(Case(When(uuid=first, then=0), default=1), "pk")
