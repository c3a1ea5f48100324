"""Memberships: who has a seat where, in which role."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.models import Membership, Role
from accounts.permissions import Permission
from accounts.workflows import memberships
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, OrganizationBrief, Shown
from portal.api.work import reads, writes


class MembershipShape(Shown):
    """A person's seat in an organization."""

    id = serializers.UUIDField(source="uuid")
    organization = OrganizationBrief()
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name", allow_blank=True)
    role = serializers.ChoiceField(choices=Role.choices)
    created_at = serializers.DateTimeField()


class MembershipFilters(Asked):
    """What narrows a list of memberships."""

    role = serializers.ChoiceField(choices=Role.choices, required=False)
    organization = serializers.UUIDField(required=False)


class MembershipChange(Asked):
    """Another role."""

    role = serializers.ChoiceField(choices=Role.choices)


def memberships_of(actor: Actor) -> models.QuerySet[Membership]:
    """Give the seats that are taken, as far as an actor may see them."""
    return Membership.objects.visible_to(actor).open().select_related("organization", "user")


class Memberships(Resource):
    """Memberships."""

    @extend_schema(parameters=[MembershipFilters], responses=page_shape(MembershipShape))
    @requires(Permission.MANAGE_PEOPLE)
    @reads
    def get(self, request: Request) -> Response:
        """List the people within reach with their roles, newest first."""
        filters = self.filters(MembershipFilters)
        if "organization" in filters:
            filters["organization__uuid"] = filters.pop("organization")
        return self.page(MembershipShape, memberships_of(self.actor).filter(**filters))


class OneMembership(Resource):
    """One membership."""

    @extend_schema(request=MembershipChange, responses=MembershipShape)
    @requires(Permission.MANAGE_PEOPLE)
    @writes()
    def patch(self, request: Request, membership: UUID) -> Response:
        """Give a person another role; it counts from their next request on."""
        found = self.find(memberships_of(self.actor), uuid=membership)
        memberships.change_role(
            membership=found,
            role=self.body(MembershipChange)["role"],
            actor=self.actor,
            now=timezone.now(),
        )
        return self.shown(MembershipShape, found)

    @extend_schema(responses={204: None})
    @requires(Permission.MANAGE_PEOPLE)
    @writes()
    def delete(self, request: Request, membership: UUID) -> Response:
        """End a membership; the person is signed out everywhere."""
        found = self.find(memberships_of(self.actor), uuid=membership)
        memberships.end(membership=found, actor=self.actor, now=timezone.now())
        return Response(status=204)
