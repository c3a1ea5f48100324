"""Tenants: who phones."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.limits import UnableToTake
from accounts.models import Kind, Organization
from accounts.permissions import Permission
from portal.actor import requires
from portal.api.problems import naming
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked
from portal.api.v1.organizations import (
    OrganizationFilters,
    OrganizationShape,
    narrowed,
    organizations_of,
)
from portal.api.work import reads, writes
from provisioning.models import Pbx
from provisioning.workflows import tenants


class TenantWish(Asked):
    """A tenant to be created."""

    name = serializers.CharField(max_length=120)
    country = serializers.RegexField(r"^[A-Z]{2}$", help_text="ISO 3166 code, such as US.")
    time_zone = serializers.CharField(max_length=64, help_text="Such as America/Chicago.")
    sip_domain = serializers.CharField(max_length=100)
    pbx = serializers.UUIDField(help_text="The PBX the tenant's phones are on.")
    number_limit = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=1_000_000
    )
    owner_email = serializers.EmailField(help_text="Is invited as the first owner.")
    parent = serializers.UUIDField(  # type: ignore[assignment]
        required=False, help_text="The dealer it belongs to; by default your own organization."
    )


class TenantFilters(OrganizationFilters):
    """What narrows the list of tenants."""

    kind = None  # type: ignore[assignment]


EXAMPLE = OpenApiExample(
    "A dentist in Chicago",
    value={
        "name": "Oak Street Dental",
        "country": "US",
        "time_zone": "America/Chicago",
        "sip_domain": "oak.example.com",
        "pbx": "5d0c4f5e-0a6b-4f0e-8f0d-1f2e3d4c5b6a",
        "number_limit": 10,
        "owner_email": "owner@example.com",
    },
    request_only=True,
)


class Tenants(Resource):
    """Tenants."""

    @extend_schema(parameters=[TenantFilters], responses=page_shape(OrganizationShape))
    @requires(Permission.VIEW_ORGANIZATIONS)
    @reads
    def get(self, request: Request) -> Response:
        """List the tenants within reach, newest first."""
        rows = organizations_of(self.actor).filter(kind=Kind.TENANT)
        return self.page(OrganizationShape, narrowed(rows, self.filters(TenantFilters)))

    @extend_schema(request=TenantWish, responses={201: OrganizationShape}, examples=[EXAMPLE])
    @requires(Permission.MANAGE_TENANTS)
    @writes()
    def post(self, request: Request) -> Response:
        """Create a tenant, put it on a PBX and invite its first owner."""
        wish = self.body(TenantWish)
        parent = self.organization
        if "parent" in wish:
            within = Organization.objects.visible_to(self.actor)
            parent = self.named(within, wish["parent"], field="parent")
        pbx = self.named(Pbx.objects.visible_to(self.actor), wish["pbx"], field="pbx")
        with naming("parent", UnableToTake):
            tenant = tenants.create(
                **{**wish, "parent": parent, "pbx": pbx}, actor=self.actor, now=timezone.now()
            )
        found = self.find(organizations_of(self.actor), pk=tenant.pk)
        location = f"/api/v1/organizations/{tenant.uuid}"
        return self.shown(OrganizationShape, found, status=201, location=location)
