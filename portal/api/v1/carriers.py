"""Carriers: what is done at each by its interface, by a person, or not at all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.shapes import Asked, Shown
from portal.api.v1.carrier_accounts import AccountResource, CarrierAccountShape
from portal.api.work import reads
from trunks import capabilities, registry
from trunks.models import CarrierAccount
from trunks.operations import Operation, Way

OPERATIONS = [(operation.value, operation.value) for operation in Operation]
WAYS = [(way.value, way.value) for way in Way]


class CarrierOperationShape(Shown):
    """How one operation is done at a carrier."""

    operation = serializers.ChoiceField(choices=OPERATIONS)
    way = serializers.ChoiceField(
        choices=WAYS, help_text="By its interface, by a person (manual), or not at all."
    )
    reason = serializers.CharField(help_text="Why so, and what to do instead.")


class CarrierShape(Shown):
    """A carrier at which accounts can be connected."""

    carrier = serializers.CharField(help_text="As accounts name it.")
    name = serializers.CharField()
    needed_credentials = serializers.ListField(child=serializers.CharField())
    optional_credentials = serializers.ListField(child=serializers.CharField())
    operations = CarrierOperationShape(many=True)


class CarriersShape(Shown):
    """All carriers, by their short names."""

    results = CarrierShape(many=True)


class OneCarrierAccountShape(CarrierAccountShape):
    """An account at a carrier, and how things are done there."""

    operations = serializers.SerializerMethodField()

    @extend_schema_field(CarrierOperationShape(many=True))
    def get_operations(self, account: CarrierAccount) -> object:
        """Tell of each operation how it is done there; nothing where no adapter is left."""
        known = account.carrier in registry.slugs()
        found = _operations(account.carrier) if known else []
        return CarrierOperationShape(found, many=True, context=self.context).data


class Carriers(Resource):
    """The carriers that the portal knows."""

    @extend_schema(responses=CarriersShape)
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request) -> Response:
        """List the carriers, what each asks for, and how things are done there."""
        self.filters(Asked, paged=False)
        return self.shown(CarriersShape, {"results": [_shown(slug) for slug in registry.slugs()]})


class OneCarrierAccount(AccountResource):
    """One account at a carrier."""

    @extend_schema(responses=OneCarrierAccountShape)
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request, account: UUID) -> Response:
        """Give one account, with how each operation is done at its carrier and why."""
        found = self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account)
        return self.shown(OneCarrierAccountShape, found)


def _shown(slug: str) -> dict[str, Any]:
    adapter = registry.carrier(slug)
    return {
        "carrier": slug,
        "name": adapter.name,
        "needed_credentials": list(adapter.needed_credentials),
        "optional_credentials": list(adapter.optional_credentials),
        "operations": _operations(slug),
    }


def _operations(slug: str) -> list[capabilities.Capability]:
    return list(capabilities.of(registry.carrier(slug)).values())
