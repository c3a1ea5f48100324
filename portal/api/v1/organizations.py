"""Organizations within the caller's reach: its own and those below."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.db import models
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.models import Kind, Organization, OrganizationStatus
from accounts.permissions import Permission
from accounts.workflows import changing, organizations
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, OrganizationBrief, Shown
from portal.api.work import reads, writes


class PlaceOnPbx(Shown):
    """Where a tenant's calls are switched."""

    id = serializers.UUIDField(source="pbx.uuid")
    name = serializers.CharField(source="pbx.name")


class OrganizationShape(Shown):
    """An organization."""

    id = serializers.UUIDField(source="uuid")
    kind = serializers.ChoiceField(choices=Kind.choices)
    name = serializers.CharField()
    slug = serializers.CharField()
    status = serializers.ChoiceField(choices=OrganizationStatus.choices)
    parent = serializers.SerializerMethodField()  # type: ignore[assignment]
    country = serializers.CharField()
    currency = serializers.CharField()
    time_zone = serializers.CharField()
    number_limit = serializers.IntegerField(allow_null=True)
    numbers_held = serializers.IntegerField()
    tenant_limit = serializers.IntegerField(allow_null=True)
    tenants_held = serializers.IntegerField()
    sip_domain = serializers.SerializerMethodField()
    pbx = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(OrganizationBrief(allow_null=True))
    def get_parent(self, organization: Organization) -> object:
        """Give the organization above, unless it lies outside the caller's reach."""
        reach = self.context["actor"].reach
        if organization.parent is None or organization.pk == reach.pk:
            return None
        return OrganizationBrief(organization.parent).data

    def get_sip_domain(self, organization: Organization) -> str | None:
        """Give the domain that a tenant's phones register with."""
        place = getattr(organization, "on_pbx", None)
        return place.sip_domain if place else None

    @extend_schema_field(PlaceOnPbx(allow_null=True))
    def get_pbx(self, organization: Organization) -> object:
        """Give the PBX that a tenant is on."""
        place = getattr(organization, "on_pbx", None)
        return PlaceOnPbx(place).data if place else None


class OrganizationFilters(Asked):
    """What narrows a list of organizations."""

    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    status = serializers.ChoiceField(choices=OrganizationStatus.choices, required=False)
    search = serializers.CharField(
        required=False, max_length=80, help_text="Part of the name, in any case."
    )


def organizations_of(actor: Actor) -> models.QuerySet[Organization]:
    """Give the organizations an actor may see, with what their shape needs."""
    return Organization.objects.visible_to(actor).select_related("parent", "on_pbx__pbx")


def narrowed(
    rows: models.QuerySet[Organization], filters: dict[str, str]
) -> models.QuerySet[Organization]:
    """Apply the filters of a list."""
    if "kind" in filters:
        rows = rows.filter(kind=filters["kind"])
    if "status" in filters:
        rows = rows.filter(status=filters["status"])
    if "search" in filters:
        rows = rows.filter(name__icontains=filters["search"])
    return rows


class Organizations(Resource):
    """Organizations."""

    @extend_schema(parameters=[OrganizationFilters], responses=page_shape(OrganizationShape))
    @requires(Permission.VIEW_ORGANIZATIONS)
    @reads
    def get(self, request: Request) -> Response:
        """List one's own organization and those below it, newest first."""
        rows = narrowed(organizations_of(self.actor), self.filters(OrganizationFilters))
        return self.page(OrganizationShape, rows)


class HaltWish(Asked):
    """Why an organization is halted or may go on."""

    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=300)


class OrganizationChange(Asked):
    """What shall be another; what is left out stays."""

    name = serializers.CharField(required=False, max_length=120)
    country = serializers.RegexField(
        r"^[A-Z]{2}$", required=False, help_text="ISO 3166 code, such as US."
    )
    time_zone = serializers.CharField(
        required=False, max_length=64, help_text="Such as America/Chicago."
    )
    number_limit = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=1_000_000,
        help_text="Null is without a limit; one below what it holds takes nothing away.",
    )
    tenant_limit = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=1_000_000,
        help_text="Of a dealer; null is without a limit.",
    )


class OneOrganization(Resource):
    """One organization."""

    @extend_schema(responses=OrganizationShape)
    @requires(Permission.VIEW_ORGANIZATIONS)
    @reads
    def get(self, request: Request, organization: UUID) -> Response:
        """Give one organization."""
        found = self.find(organizations_of(self.actor), uuid=organization)
        return self.shown(OrganizationShape, found)

    @extend_schema(request=OrganizationChange, responses=OrganizationShape)
    @requires(Permission.MANAGE_TENANTS)
    @writes(dry_run=True)
    def patch(self, request: Request, organization: UUID) -> Response:
        """Change an organization below; of a dealer, that takes the right MANAGE_DEALERS too."""
        found = self.find(organizations_of(self.actor), uuid=organization)
        wish = cast(changing.Wish, self.body(OrganizationChange))
        changing.change(organization=found, wish=wish, actor=self.actor, now=timezone.now())
        return self.shown(OrganizationShape, found)


class Suspension(Resource):
    """The halt of an organization."""

    @extend_schema(request=HaltWish, responses=OrganizationShape)
    @requires(Permission.HALT_ORGANIZATIONS)
    @writes()
    def post(self, request: Request, organization: UUID) -> Response:
        """Suspend an organization and all below it: they can look, and calls go on as they are."""
        found = self.find(organizations_of(self.actor), uuid=organization)
        reason = self.body(HaltWish)["reason"]
        organizations.suspend(
            organization=found, reason=reason, actor=self.actor, now=timezone.now()
        )
        return self.shown(OrganizationShape, found)


class Resumption(Resource):
    """The end of a halt."""

    @extend_schema(request=HaltWish, responses=OrganizationShape)
    @requires(Permission.HALT_ORGANIZATIONS)
    @writes()
    def post(self, request: Request, organization: UUID) -> Response:
        """Let a suspended organization go on."""
        found = self.find(organizations_of(self.actor), uuid=organization)
        reason = self.body(HaltWish)["reason"]
        organizations.resume(
            organization=found, reason=reason, actor=self.actor, now=timezone.now()
        )
        return self.shown(OrganizationShape, found)
