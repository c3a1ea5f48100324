"""Why not yet: everything that a number or an order waits for."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import FieldGroup, Permission
from dids import waiting
from dids.models import NumberOrder, OrderLine, PhoneNumber
from dids.states import LineStatus, NumberStatus, OrderStatus
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.shapes import Asked, Shown
from portal.api.v1.numbers import LiveShape, NumberResource, WaitingShape, reasons_of
from portal.api.v1.order_previews import orders_of
from portal.api.work import reads
from provisioning import hops, live, route_state


class RouterShape(Shown):
    """What one router knows of a number."""

    groups = {"name": FieldGroup.CARRIER}

    name = serializers.CharField()
    is_up = serializers.BooleanField()
    has_route = serializers.BooleanField(help_text="Whether it is up and has the route wanted now.")
    seen_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(
        allow_null=True, help_text="Of the routes, as it acknowledged last; null if it never did."
    )
    wants = serializers.IntegerField(
        allow_null=True, help_text="The version that published the route; null where none did."
    )


class HopShape(Shown):
    """One place that a call to a number passes."""

    place = serializers.ChoiceField(choices=[(place.value, place.value) for place in hops.Place])
    name = serializers.CharField(allow_blank=True, help_text="Empty where it is hidden from you.")
    state = serializers.ChoiceField(choices=[(state.value, state.value) for state in hops.HopState])
    why = serializers.CharField(help_text="What it does, or why not yet.")
    since = serializers.DateTimeField(allow_null=True)


class NumberWaitingShape(Shown):
    """Why a number is not live yet."""

    number = serializers.CharField(source="e164")
    status = serializers.ChoiceField(choices=NumberStatus.choices)
    status_since = serializers.DateTimeField()
    waiting = serializers.SerializerMethodField()
    live = serializers.SerializerMethodField()
    routers = serializers.SerializerMethodField()
    path = serializers.SerializerMethodField()

    @extend_schema_field(WaitingShape(many=True))
    def get_waiting(self, number: PhoneNumber) -> object:
        """Give everything that is awaited; empty where nothing is."""
        state = self.context["live"].get(number.e164)
        return WaitingShape(reasons_of(number, state), many=True).data

    @extend_schema_field(LiveShape)
    def get_live(self, number: PhoneNumber) -> object:
        """Give on how many routers it is live."""
        return LiveShape(self.context["live"].get(number.e164, live.OFF)).data

    @extend_schema_field(RouterShape(many=True))
    def get_routers(self, number: PhoneNumber) -> object:
        """Give what each router knows of it."""
        nodes = route_state.nodes_of(number.e164)
        return RouterShape(nodes, many=True, context=self.context).data

    @extend_schema_field(HopShape(many=True))
    def get_path(self, number: PhoneNumber) -> object:
        """Give the way of a call from the carrier to who answers, hop by hop."""
        state = self.context["live"].get(number.e164, live.OFF)
        sees = self.context["actor"].sees(FieldGroup.CARRIER)
        way = hops.of(number, state, shows_carrier=sees)
        return HopShape(way, many=True).data


class LineWaitingShape(Shown):
    """Why a line of an order is not done yet."""

    id = serializers.UUIDField(source="uuid")
    number = serializers.CharField(source="e164")
    status = serializers.ChoiceField(choices=LineStatus.choices)
    status_since = serializers.DateTimeField()
    waiting = serializers.SerializerMethodField()

    @extend_schema_field(WaitingShape(many=True))
    def get_waiting(self, line: OrderLine) -> object:
        """Give everything that is awaited, from the purchase until its number is live."""
        return WaitingShape(line_reasons(line, self.context["live"]), many=True).data


class OrderWaitingShape(Shown):
    """Why an order is not done yet."""

    id = serializers.UUIDField(source="uuid")
    status = serializers.ChoiceField(choices=OrderStatus.choices)
    status_since = serializers.DateTimeField()
    waiting = serializers.SerializerMethodField()
    lines = LineWaitingShape(many=True)

    @extend_schema_field(WaitingShape(many=True))
    def get_waiting(self, order: NumberOrder) -> object:
        """Give everything that is awaited; empty where nothing is."""
        return WaitingShape(waiting.reasons(order), many=True).data


def line_reasons(line: OrderLine, states: dict[str, live.LiveState]) -> list[waiting.Waiting]:
    """Give everything that a line waits for, its number's routes included."""
    number = line.number
    if line.status == LineStatus.BOUGHT and number and number.holder_id == line.holder_id:
        return reasons_of(number, states.get(number.e164))
    return waiting.reasons(line)


class NumberWaiting(NumberResource):
    """Why a number is not live yet."""

    @extend_schema(responses=NumberWaitingShape)
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request, e164: str) -> Response:
        """Tell what a number waits for: who, since when, what comes next, and when again."""
        self.filters(Asked, paged=False)
        return self.shown(NumberWaitingShape, self.number(e164))


class OrderWaiting(Resource):
    """Why an order is not done yet."""

    def context(self, **more: object) -> dict[str, object]:
        """Add how live the numbers of its lines are, for all of them at once."""
        context = super().context(**more)
        rows = cast(list[NumberOrder], more.get("rows", []))
        lines = [line for order in rows for line in order.lines.all()]
        context["live"] = live.state_of([line.e164 for line in lines if line.number_id])
        return context

    @extend_schema(responses=OrderWaitingShape)
    @requires(Permission.ORDER_NUMBERS)
    @reads
    def get(self, request: Request, order: UUID) -> Response:
        """Tell what an order and each of its lines wait for."""
        self.filters(Asked, paged=False)
        return self.shown(OrderWaitingShape, self.find(orders_of(self.actor), uuid=order))
