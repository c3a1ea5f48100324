"""Who the caller is, and what they may do."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Kind
from accounts.permissions import FieldGroup, Permission
from portal.actor import signed_in
from portal.api.resource import Resource
from portal.api.shapes import OrganizationBrief, Shown
from portal.api.work import reads


class OwnOrganization(OrganizationBrief):
    """The organization of the caller, or the one it acts for."""

    kind = serializers.ChoiceField(choices=Kind.choices)


class MeShape(Shown):
    """The caller."""

    actor = serializers.CharField(source="name", help_text="As the journal names the caller.")
    organization = OwnOrganization()
    acting_for = OwnOrganization(allow_null=True)
    permissions = serializers.SerializerMethodField()
    field_groups = serializers.SerializerMethodField()

    def get_permissions(self, actor: object) -> list[Permission]:
        """Give the rights in a stable order."""
        return sorted(self.context["actor"].permissions)

    def get_field_groups(self, actor: object) -> list[FieldGroup]:
        """Give the groups of hidden columns that are open to the caller."""
        return sorted(self.context["actor"].field_groups)


class Me(Resource):
    """The caller."""

    @extend_schema(responses=MeShape)
    @signed_in
    @reads
    def get(self, request: Request) -> Response:
        """Tell who the token or session belongs to and what it may do."""
        return self.shown(MeShape, self.actor)
