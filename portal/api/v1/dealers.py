"""Dealers: who resell."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Kind, Organization
from accounts.permissions import Permission
from billing.workflows import dealers
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked
from portal.api.v1.organizations import OrganizationShape, narrowed, organizations_of
from portal.api.v1.tenants import TenantFilters
from portal.api.work import reads, writes


class DealerWish(Asked):
    """A dealer to be created."""

    name = serializers.CharField(max_length=120)
    country = serializers.RegexField(r"^[A-Z]{2}$", help_text="ISO 3166 code, such as US.")
    currency = serializers.RegexField(r"^[A-Z]{3}$", help_text="ISO 4217 code, such as USD.")
    time_zone = serializers.CharField(max_length=64, help_text="Such as America/Chicago.")
    number_limit = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=1_000_000
    )
    tenant_limit = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=1_000_000
    )
    credit_limit = serializers.DecimalField(
        max_digits=12, decimal_places=4, min_value=0, required=False, default=Decimal(0)
    )
    owner_email = serializers.EmailField(help_text="Is invited as the first owner.")
    parent = serializers.UUIDField(  # type: ignore[assignment]
        required=False, help_text="The dealer above it; by default your own organization."
    )


class Dealers(Resource):
    """Dealers."""

    @extend_schema(parameters=[TenantFilters], responses=page_shape(OrganizationShape))
    @requires(Permission.VIEW_ORGANIZATIONS)
    @reads
    def get(self, request: Request) -> Response:
        """List the dealers within reach, newest first."""
        rows = organizations_of(self.actor).filter(kind=Kind.DEALER)
        return self.page(OrganizationShape, narrowed(rows, self.filters(TenantFilters)))

    @extend_schema(request=DealerWish, responses={201: OrganizationShape})
    @requires(Permission.MANAGE_DEALERS)
    @writes()
    def post(self, request: Request) -> Response:
        """Create a dealer with an account and invite its first owner."""
        wish = self.body(DealerWish)
        parent = self.organization
        if "parent" in wish:
            within = Organization.objects.visible_to(self.actor)
            parent = self.named(within, wish["parent"], field="parent")
        dealer = dealers.create(**{**wish, "parent": parent}, actor=self.actor, now=timezone.now())
        found = self.find(organizations_of(self.actor), pk=dealer.pk)
        location = f"/api/v1/organizations/{dealer.uuid}"
        return self.shown(OrganizationShape, found, status=201, location=location)
