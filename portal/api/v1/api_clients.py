"""API clients: programs that work for an organization."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiClient, Organization
from accounts.permissions import Permission
from accounts.workflows import api_clients
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, OrganizationBrief, Shown
from portal.api.work import reads, writes

HOUR = timedelta(hours=1)
SCOPES = [(permission.value, permission.value) for permission in Permission]


class ApiClientShape(Shown):
    """A program; of its token only the prefix is known."""

    id = serializers.UUIDField(source="uuid")
    organization = OrganizationBrief()
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    renewed_at = serializers.DateTimeField(allow_null=True)
    former_until = serializers.DateTimeField(
        allow_null=True, help_text="So long the secret before the last renewal works too."
    )


class IssuedShape(ApiClientShape):
    """A program just let in or renewed, with the token that is shown this once."""

    token = serializers.CharField(source="issued_token")


class ApiClientWish(Asked):
    """A program to be let in."""

    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=SCOPES), allow_empty=False, max_length=len(SCOPES)
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    organization = serializers.UUIDField(
        required=False, help_text="By default your own organization."
    )


class RenewalWish(Asked):
    """How long the former secret goes on working beside the new one."""

    overlap_hours = serializers.IntegerField(
        required=False,
        default=int(api_clients.OVERLAP / HOUR),
        min_value=0,
        max_value=int(api_clients.LONGEST_OVERLAP / HOUR),
        help_text="0 ends it at once.",
    )


class ApiClients(Resource):
    """API clients."""

    @extend_schema(responses=page_shape(ApiClientShape))
    @requires(Permission.MANAGE_API_CLIENTS)
    @reads
    def get(self, request: Request) -> Response:
        """List the programs within reach, newest first."""
        self.filters(Asked)
        rows = ApiClient.objects.visible_to(self.actor).select_related("organization")
        return self.page(ApiClientShape, rows)

    @extend_schema(request=ApiClientWish, responses={201: IssuedShape})
    @requires(Permission.MANAGE_API_CLIENTS)
    @writes()
    def post(self, request: Request) -> Response:
        """Let a program in; the answer holds its token, which is never shown again."""
        wish: dict[str, Any] = self.body(ApiClientWish)
        organization = self.organization
        if "organization" in wish:
            within = Organization.objects.visible_to(self.actor)
            organization = self.named(within, wish["organization"], field="organization")
        client, token = api_clients.issue(
            organization=organization,
            name=wish["name"],
            scopes=wish["scopes"],
            expires_at=wish["expires_at"],
            actor=self.actor,
            now=timezone.now(),
        )
        client.issued_token = token  # type: ignore[attr-defined]
        return self.shown(IssuedShape, client, status=201)


class OneApiClient(Resource):
    """One API client."""

    @extend_schema(responses=ApiClientShape)
    @requires(Permission.MANAGE_API_CLIENTS)
    @reads
    def get(self, request: Request, client: UUID) -> Response:
        """Give one program."""
        rows = ApiClient.objects.visible_to(self.actor).select_related("organization")
        return self.shown(ApiClientShape, self.find(rows, uuid=client))

    @extend_schema(responses={204: None})
    @requires(Permission.MANAGE_API_CLIENTS)
    @writes()
    def delete(self, request: Request, client: UUID) -> Response:
        """Lock a program out for good."""
        found = self.find(ApiClient.objects.visible_to(self.actor), uuid=client)
        api_clients.revoke(client=found, actor=self.actor, now=timezone.now())
        return Response(status=204)


class SecretRenewal(Resource):
    """Another secret for an API client."""

    @extend_schema(request=RenewalWish, responses=IssuedShape)
    @requires(Permission.MANAGE_API_CLIENTS)
    @writes()
    def post(self, request: Request, client: UUID) -> Response:
        """Renew a program's secret; the answer holds its new token, which is never shown again."""
        rows = ApiClient.objects.visible_to(self.actor).select_related("organization")
        found = self.find(rows, uuid=client)
        token = api_clients.renew(
            client=found,
            overlap=self.body(RenewalWish)["overlap_hours"] * HOUR,
            actor=self.actor,
            now=timezone.now(),
        )
        found.issued_token = token  # type: ignore[attr-defined]
        return self.shown(IssuedShape, found)
