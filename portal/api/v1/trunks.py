"""SIP trunks: the ways by which carriers deliver calls to us."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from lib.e164 import DidFormat
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Nothing, Shown
from portal.api.v1.numbers import CarrierAccountBrief
from portal.api.work import reads, writes
from trunks.models import CarrierAccount, Trunk
from trunks.offers import GatewaySpec, Transport
from trunks.workflows import trunks

FORMATS = [(form.value, form.value) for form in DidFormat]
TRANSPORTS = [(transport.value, transport.value) for transport in Transport]


class GatewayShape(Shown):
    """A place of ours that takes calls."""

    host = serializers.CharField()
    port = serializers.IntegerField()
    transport = serializers.ChoiceField(choices=TRANSPORTS)
    priority = serializers.IntegerField()
    weight = serializers.IntegerField()


class TrunkShape(Shown):
    """A trunk."""

    id = serializers.UUIDField(source="uuid")
    carrier_account = CarrierAccountBrief()
    name = serializers.CharField()
    is_static = serializers.BooleanField(
        help_text="Whether a person made it at the carrier; `GET trunks/{id}` says how it is there."
    )
    carries = serializers.ChoiceField(
        choices=Trunk.Carries.choices, help_text="What carries messages only, numbers never see."
    )
    auth = serializers.ChoiceField(choices=Trunk.Auth.choices)
    did_format = serializers.ChoiceField(choices=FORMATS)
    status = serializers.ChoiceField(choices=Trunk.Status.choices)
    failure = serializers.CharField(allow_blank=True)
    carrier_reference = serializers.CharField(allow_blank=True)
    login = serializers.CharField(
        allow_blank=True,
        help_text="The name by which to register at a trunk that the carrier made.",
    )
    gateways = GatewayShape(many=True)
    source_addresses = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_source_addresses(self, trunk: Trunk) -> list[str]:
        """Give the carrier's signalling addresses from which calls come."""
        return [source.address for source in trunk.source_addresses.all()]


class GatewayWish(Asked):
    """A place of ours that shall take calls."""

    host = serializers.CharField(max_length=253)
    port = serializers.IntegerField(default=5060, min_value=1, max_value=65535)
    transport = serializers.ChoiceField(choices=TRANSPORTS, default=Transport.UDP)
    priority = serializers.IntegerField(default=1, min_value=0, max_value=65535)
    weight = serializers.IntegerField(default=1, min_value=0, max_value=65535)


class TrunkWish(Asked):
    """A trunk to be made at the carrier."""

    carrier_account = serializers.UUIDField()
    name = serializers.CharField(max_length=60)
    did_format = serializers.ChoiceField(choices=FORMATS, default=DidFormat.PLUS_E164)
    gateways = serializers.ListField(
        child=GatewayWish(), default=list, max_length=20, help_text="Empty where you register."
    )
    password = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=64,
        write_only=True,
        trim_whitespace=False,
        help_text="Only to register at the carrier instead of being called at gateways.",
    )
    source_addresses = serializers.ListField(
        child=serializers.IPAddressField(), allow_empty=False, max_length=100
    )


class Trunks(Resource):
    """Trunks."""

    @extend_schema(responses=page_shape(TrunkShape))
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request) -> Response:
        """List the trunks, newest first."""
        self.filters(Asked)
        rows = Trunk.objects.visible_to(self.actor).select_related("carrier_account")
        return self.page(TrunkShape, rows.prefetch_related("gateways", "source_addresses"))

    @extend_schema(request=TrunkWish, responses={201: TrunkShape})
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def post(self, request: Request) -> Response:
        """Make a trunk; the carrier is told a moment later."""
        wish = self.body(TrunkWish)
        own = CarrierAccount.objects.visible_to(self.actor)
        trunk = trunks.create(
            account=self.named(own, wish["carrier_account"], field="carrier_account"),
            name=wish["name"],
            did_format=DidFormat(wish["did_format"]),
            gateways=[gateway_from(gateway) for gateway in wish["gateways"]],
            source_addresses=wish["source_addresses"],
            password=wish["password"],
            actor=self.actor,
            now=timezone.now(),
        )
        return self.shown(TrunkShape, trunk, status=201)


class TrunkRetry(Resource):
    """Another attempt to make a trunk."""

    @extend_schema(request=None, responses=TrunkShape)
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def post(self, request: Request, trunk: UUID) -> Response:
        """Have a failed trunk made after all, once what stood in the way is gone."""
        self.body(Nothing)
        rows = Trunk.objects.visible_to(self.actor).select_related("carrier_account__owner")
        found = self.find(rows, uuid=trunk)
        trunks.retry(trunk=found, actor=self.actor, now=timezone.now())
        return self.shown(TrunkShape, found)


def gateway_from(wish: dict[str, object]) -> GatewaySpec:
    """Give the gateway in the carriers' vocabulary."""
    words = {**wish, "transport": Transport(str(wish["transport"]))}
    return GatewaySpec(**words)  # type: ignore[arg-type]
