"""PBXs: the switches that consume our routes, their machines and what is on them."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from lib import e164
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Shown
from portal.api.work import reads, writes
from provisioning.models import InboundRoute, NodeAck, Pbx, PbxNode, TrunkOnPbx
from provisioning.workflows import pbxs, trunks
from trunks.models import Trunk


class PbxShape(Shown):
    """A PBX."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Pbx.Kind.choices)
    role = serializers.ChoiceField(choices=Pbx.Role.choices)
    authoritative = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class AckShape(Shown):
    """What a router holds of one table."""

    table = serializers.CharField()
    version = serializers.IntegerField()
    rows = serializers.IntegerField()
    ready = serializers.BooleanField()
    seen_at = serializers.DateTimeField()


class NodeShape(Shown):
    """A machine of a PBX."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=PbxNode.Role.choices)
    address = serializers.CharField()
    set = serializers.IntegerField(allow_null=True)
    priority = serializers.IntegerField()
    weight = serializers.IntegerField()
    enrolled_at = serializers.DateTimeField(allow_null=True)
    tables = AckShape(many=True, source="acks")


class TrunkOnPbxShape(Shown):
    """A trunk whose calls a PBX lets in."""

    trunk = serializers.UUIDField(source="trunk.uuid")
    pbx = serializers.UUIDField(source="pbx.uuid")
    country = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class RouteShape(Shown):
    """What a number does on a PBX, as published."""

    number = serializers.SerializerMethodField()
    value = serializers.CharField()
    version = serializers.IntegerField()

    def get_number(self, route: InboundRoute) -> str:
        """Give the number with its plus sign."""
        return f"+{route.did}"


class PbxWish(Asked):
    """A PBX to be added."""

    name = serializers.CharField(max_length=80)
    authoritative = serializers.BooleanField(
        default=False, help_text="Whether numbers that we do not publish exist nowhere else on it."
    )


class TargetWish(Asked):
    """A machine that answers calls."""

    name = serializers.CharField(max_length=80)
    address = serializers.CharField(
        max_length=128, help_text="Such as sip:192.0.2.10:5060;transport=udp."
    )
    set = serializers.IntegerField(default=1, min_value=1, max_value=9999)
    priority = serializers.IntegerField(default=10, min_value=0, max_value=1000)
    weight = serializers.IntegerField(default=50, min_value=0, max_value=1000)


class AttachWish(Asked):
    """A trunk whose calls shall be let in."""

    trunk = serializers.UUIDField()
    country = serializers.RegexField(
        r"^[A-Z]{2}$",
        required=False,
        default="",
        allow_blank=True,
        help_text="How to read the numbers of a trunk that sends national ones.",
    )


class Pbxs(Resource):
    """PBXs."""

    @extend_schema(responses=page_shape(PbxShape))
    @requires(Permission.VIEW_ORGANIZATIONS)
    @reads
    def get(self, request: Request) -> Response:
        """List the PBXs that one may put tenants on, or is on."""
        self.filters(Asked)
        return self.page(PbxShape, Pbx.objects.visible_to(self.actor))

    @extend_schema(request=PbxWish, responses={201: PbxShape})
    @requires(Permission.MANAGE_PBXS)
    @writes()
    def post(self, request: Request) -> Response:
        """Add a PBX; its routers are enrolled on the command line."""
        pbx = pbxs.create(**self.body(PbxWish), actor=self.actor, now=timezone.now())
        return self.shown(PbxShape, pbx, status=201)


class PbxResource(Resource):
    """What all resources of one PBX share."""

    def pbx(self, uuid: UUID) -> Pbx:
        """
        Give the PBX.

        :raises Http404: if the actor may not see it
        """
        return self.find(Pbx.objects.visible_to(self.actor), uuid=uuid)

    def nodes(self, pbx: Pbx) -> models.QuerySet[PbxNode]:
        """Give its machines with what their shape needs."""
        acks = models.Prefetch("acks", NodeAck.objects.order_by("table"))
        return PbxNode.objects.filter(pbx=pbx).prefetch_related(acks)


class PbxNodes(PbxResource):
    """The machines of a PBX."""

    @extend_schema(responses=page_shape(NodeShape))
    @requires(Permission.MANAGE_PBXS)
    @reads
    def get(self, request: Request, pbx: UUID) -> Response:
        """List routers and targets, with what each router holds."""
        self.filters(Asked)
        return self.page(NodeShape, self.nodes(self.pbx(pbx)), by="pk")


class PbxTargets(PbxResource):
    """The machines of a PBX that answer calls."""

    @extend_schema(responses=page_shape(NodeShape))
    @requires(Permission.MANAGE_PBXS)
    @reads
    def get(self, request: Request, pbx: UUID) -> Response:
        """List the targets of a PBX."""
        self.filters(Asked)
        rows = self.nodes(self.pbx(pbx)).filter(role=PbxNode.Role.TARGET)
        return self.page(NodeShape, rows, by="pk")

    @extend_schema(request=TargetWish, responses={201: NodeShape})
    @requires(Permission.MANAGE_PBXS)
    @writes()
    def post(self, request: Request, pbx: UUID) -> Response:
        """Add a machine that answers calls."""
        found = self.pbx(pbx)
        node = pbxs.add_target(
            pbx=found, **self.body(TargetWish), actor=self.actor, now=timezone.now()
        )
        return self.shown(NodeShape, self.find(self.nodes(found), pk=node.pk), status=201)


class PbxTrunks(PbxResource):
    """The trunks of a PBX."""

    @extend_schema(responses=page_shape(TrunkOnPbxShape))
    @requires(Permission.MANAGE_PBXS)
    @reads
    def get(self, request: Request, pbx: UUID) -> Response:
        """List the trunks whose calls a PBX lets in, newest first."""
        self.filters(Asked)
        rows = TrunkOnPbx.objects.filter(pbx=self.pbx(pbx)).select_related("trunk", "pbx")
        return self.page(TrunkOnPbxShape, rows)

    @extend_schema(request=AttachWish, responses={201: TrunkOnPbxShape})
    @requires(Permission.MANAGE_PBXS)
    @writes()
    def post(self, request: Request, pbx: UUID) -> Response:
        """Let the calls of a trunk into a PBX."""
        found = self.pbx(pbx)
        wish = self.body(AttachWish)
        trunk = self.named(Trunk.objects.visible_to(self.actor), wish["trunk"], field="trunk")
        place: TrunkOnPbx = trunks.attach(
            trunk=trunk, pbx=found, country=wish["country"], actor=self.actor, now=timezone.now()
        )
        return self.shown(TrunkOnPbxShape, place, status=201)


class OnePbxTrunk(PbxResource):
    """One trunk of a PBX."""

    @extend_schema(responses={204: None})
    @requires(Permission.MANAGE_PBXS)
    @writes()
    def delete(self, request: Request, pbx: UUID, trunk: UUID) -> Response:
        """Refuse the calls of a trunk again; refused while it delivers numbers that ring there."""
        attached = TrunkOnPbx.objects.filter(pbx=self.pbx(pbx)).select_related("trunk", "pbx")
        found = self.find(attached, trunk__uuid=trunk)
        trunks.detach(attached=found, actor=self.actor, now=timezone.now())
        return Response(status=204)


class PbxRoute(PbxResource):
    """The published route of one number."""

    @extend_schema(responses=RouteShape)
    @requires(Permission.MANAGE_PBXS)
    @reads
    def get(self, request: Request, pbx: UUID, e164: str) -> Response:
        """Tell what a PBX was told about a number."""
        found = self.pbx(pbx)
        route = InboundRoute.objects.filter(pbx=found, did=digits(e164)).first()
        if route is None:
            raise Http404
        return self.shown(RouteShape, route)


def digits(number: str) -> str:
    """Give a number as routers look it up."""
    return e164.digits(e164.E164(number))
