"""Memberships: who has a seat where, in which role."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Role
from accounts.people import people
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
    has_second_factor = serializers.BooleanField()
    last_sign_in_at = serializers.DateTimeField(source="user.last_login", allow_null=True)


class MembershipFilters(Asked):
    """What narrows a list of memberships."""

    role = serializers.ChoiceField(choices=Role.choices, required=False)
    organization = serializers.UUIDField(required=False)


class MembershipChange(Asked):
    """Another role."""

    role = serializers.ChoiceField(choices=Role.choices)


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
        return self.page(MembershipShape, people(self.actor).filter(**filters))


class OneMembership(Resource):
    """One membership."""

    @extend_schema(request=MembershipChange, responses=MembershipShape)
    @requires(Permission.MANAGE_PEOPLE)
    @writes()
    def patch(self, request: Request, membership: UUID) -> Response:
        """Give a person another role; it counts from their next request on."""
        found = self.find(people(self.actor), uuid=membership)
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
        found = self.find(people(self.actor), uuid=membership)
        memberships.end(membership=found, actor=self.actor, now=timezone.now())
        return Response(status=204)
