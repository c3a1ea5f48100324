"""Orders: a preview with frozen prices, submitted or discarded."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.limits import UnableToTake
from accounts.models import Organization
from accounts.permissions import Permission
from dids import passing_over
from dids.models import EmergencyLocation, FoundOffer, OrderLine, WaiverKind
from dids.passing_over import PassedOver
from dids.states import OrderStatus
from dids.workflows import filing, ordering, replacing, waiving
from lib.refusals import UnableTo
from portal.actor import requires
from portal.api.problems import naming
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Nothing
from portal.api.v1.assignments import DestinationWish, destination_from
from portal.api.v1.order_previews import Previewing, orders_of
from portal.api.v1.order_shapes import OrderShape, PreviewShape
from portal.api.work import reads, writes


class LineWaiver(Asked):
    """Why a number needs no emergency location."""

    kind = serializers.ChoiceField(
        choices=[choice for choice in WaiverKind.choices if choice[0] != WaiverKind.COVERED_BY]
    )
    reason = serializers.CharField(max_length=waiving.LONGEST_REASON)


class LineWish(Asked):
    """One number to be bought, and what is to happen with it then."""

    offer = serializers.UUIDField(help_text="The id of an offer that a search found.")
    holder = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="By default the payer's stock."
    )
    label = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")  # type: ignore[assignment]
    destination = DestinationWish(required=False, allow_null=True, default=None)
    trunk = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="By default the trunk that reaches the holder's PBX.",
    )
    emergency_location = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Where help is sent; by default to the holder's own default.",
    )
    emergency_waiver = LineWaiver(required=False, allow_null=True, default=None)


class OrderWish(Asked):
    """An order to be previewed."""

    payer = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Whose account pays: by default one's own organization, else one below it.",
    )
    lines = serializers.ListField(child=LineWish(), allow_empty=False, max_length=100)
    next_best_up_to = serializers.DecimalField(
        max_digits=12,
        decimal_places=4,
        min_value=Decimal("0.0001"),
        default=None,
        allow_null=True,
        help_text="Where an account cannot be used now, the next best offer of the same kind and "
        "search takes the place, if it costs no more than this over the search's term, in its "
        "currency. Null keeps what was chosen.",
    )
    hold = serializers.BooleanField(
        default=False,
        help_text="Have the numbers held until the order is submitted, where carriers hold any.",
    )


class ReplacementWish(Asked):
    """A failed line, and the offer that is to take its place."""

    line = serializers.UUIDField(help_text="The id of a failed line of this order.")
    offer = serializers.UUIDField(help_text="The id of an offer that a new search found.")
    trunk = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="By default that of the line, at another carrier account as in any order.",
    )


class ReplacementsWish(Asked):
    """Failed lines to be bought again."""

    lines = serializers.ListField(child=ReplacementWish(), allow_empty=False, max_length=100)


class OrderFilters(Asked):
    """What narrows the list of orders."""

    status = serializers.ChoiceField(choices=OrderStatus.choices, required=False)


EXAMPLE = OpenApiExample(
    "One number for a tenant, ringing at extension 101",
    value={
        "lines": [
            {
                "offer": "0b0c7a5e-6a55-4b0e-9a43-3a4b8d1f6c11",
                "holder": "7d7b6a1c-96f5-44a4-8a2d-5b1f1a0c2e77",
                "label": "Reception",
                "destination": {"kind": "EXTENSION", "value": "101"},
            }
        ]
    },
    request_only=True,
)


class Orders(Previewing):
    """Orders."""

    @extend_schema(parameters=[OrderFilters], responses=page_shape(OrderShape))
    @requires(Permission.ORDER_NUMBERS)
    @reads
    def get(self, request: Request) -> Response:
        """List orders, newest first."""
        return self.page(OrderShape, orders_of(self.actor).filter(**self.filters(OrderFilters)))

    @extend_schema(request=OrderWish, responses={201: PreviewShape}, examples=[EXAMPLE])
    @requires(Permission.ORDER_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Freeze found offers into a preview with prices and a plan for each number."""
        order_wish = self.body(OrderWish)
        payer, wishes = self.payer(order_wish["payer"]), order_wish["lines"]
        offers = self.offers([wish["offer"] for wish in wishes])
        passed = self.pass_over(wishes, offers, up_to=order_wish["next_best_up_to"])
        order = ordering.draft(
            lines=[
                self.line(wish, offers.get(wish["offer"]), payer=payer, at=f"lines[{place}]")
                for place, wish in enumerate(wishes)
            ],
            payer=payer,
            actor=self.actor,
            now=timezone.now(),
            passed_over=passed,
        )
        if order_wish["hold"]:
            self.hold(offers.values())
        return self.preview(order)

    def pass_over(
        self,
        wishes: list[dict[str, Any]],
        offers: dict[UUID, FoundOffer],
        *,
        up_to: Decimal | None,
    ) -> list[PassedOver]:
        """Put the next best in the place of what cannot be had now, where that is wanted."""
        if up_to is None:
            return []
        passed = passing_over.look(list(offers.values()), now=timezone.now(), up_to=up_to)
        for one in passed:
            if one.instead is not None:
                del offers[one.offer.uuid]
                offers[one.instead.uuid] = one.instead
                for wish in wishes:
                    if wish["offer"] == one.offer.uuid:
                        wish["offer"] = one.instead.uuid
        return passed

    def line(
        self, wish: dict[str, Any], offer: FoundOffer | None, *, payer: Organization, at: str
    ) -> ordering.LineWish:
        """
        Look up what a line names, and the trunk that leads to a tenant's PBX.

        :raises ValidationError: if the actor may not see it
        """
        holder = payer
        if wish["holder"]:
            within = Organization.objects.visible_to(self.actor)
            holder = self.named(within, wish["holder"], field=f"{at}.holder")
        location = None
        if wish["emergency_location"]:
            there = EmergencyLocation.objects.visible_to(self.actor)
            field = f"{at}.emergency_location"
            location = self.named(there, wish["emergency_location"], field=field)
        waiver = wish["emergency_waiver"] or {"kind": "", "reason": ""}
        destination = destination_from(wish["destination"])
        rings = destination is not None
        return ordering.LineWish(
            offer_id=wish["offer"],
            holder=holder,
            label=wish["label"],
            destination=destination,
            trunk=self.trunk(wish["trunk"], offer, holder=holder, rings=rings, at=at),
            emergency_location=location,
            waiver_kind=waiver["kind"],
            waiver_reason=waiver["reason"],
        )


class OneOrder(Resource):
    """One order."""

    @extend_schema(responses=PreviewShape)
    @requires(Permission.ORDER_NUMBERS)
    @reads
    def get(self, request: Request, order: UUID) -> Response:
        """Give one order with what has become of each line."""
        return self.shown(PreviewShape, self.find(orders_of(self.actor), uuid=order))


def note(view: Resource, refusal: UnableTo) -> None:
    """Keep the refusal of a submission in the journal."""
    order = view.find(orders_of(view.actor), uuid=view.kwargs["order"])
    ordering.note_refusal(order=order, refusal=refusal, actor=view.actor, now=timezone.now())


class OrderSubmission(Resource):
    """The submission of an order."""

    @extend_schema(request=None, responses={202: OrderShape})
    @requires(Permission.ORDER_NUMBERS)
    @writes(dry_run=True, after_refusal=note)
    def post(self, request: Request, order: UUID) -> Response:
        """Commit to buying the numbers of a preview."""
        self.body(Nothing)
        found = self.find(orders_of(self.actor), uuid=order)
        with naming("lines", UnableToTake):
            ordering.submit_within(order=found, actor=self.actor, now=timezone.now())
        return self.shown(OrderShape, self.find(orders_of(self.actor), uuid=order), status=202)


class OrderDiscard(Resource):
    """The end of a preview."""

    @extend_schema(request=None, responses=OrderShape)
    @requires(Permission.ORDER_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, order: UUID) -> Response:
        """Discard a preview."""
        self.body(Nothing)
        found = self.find(orders_of(self.actor), uuid=order)
        ordering.discard(order=found, actor=self.actor, now=timezone.now())
        return self.shown(OrderShape, self.find(orders_of(self.actor), uuid=order))


class OrderCancellation(Resource):
    """The end of what waits for documents."""

    @extend_schema(request=None, responses=OrderShape)
    @requires(Permission.ORDER_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, order: UUID) -> Response:
        """Give up what waits for documents; its money returns. What is sent goes on."""
        self.body(Nothing)
        found = self.find(orders_of(self.actor), uuid=order)
        filing.cancel(order=found, actor=self.actor, now=timezone.now())
        return self.shown(OrderShape, self.find(orders_of(self.actor), uuid=order))


class OrderReplacement(Previewing):
    """The replacement of failed lines."""

    @extend_schema(request=ReplacementsWish, responses={201: PreviewShape})
    @requires(Permission.ORDER_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, order: UUID) -> Response:
        """Preview fresh offers in place of failed lines, each with the plan of its line."""
        wishes = self.body(ReplacementsWish)["lines"]
        found = self.find(orders_of(self.actor), uuid=order)
        lines = {line.uuid: line for line in found.lines.all()}
        offers = self.offers([wish["offer"] for wish in wishes])
        made = replacing.replace(
            order=found,
            lines=[
                self.replacement(
                    wish,
                    lines.get(wish["line"]),
                    offers.get(wish["offer"]),
                    at=f"lines[{place}]",
                )
                for place, wish in enumerate(wishes)
            ],
            actor=self.actor,
            now=timezone.now(),
        )
        return self.preview(made)

    def replacement(
        self, wish: dict[str, Any], line: OrderLine | None, offer: FoundOffer | None, *, at: str
    ) -> replacing.Replacement:
        """
        Look up the trunk that a line names, or needs because its own does not reach the offer.

        :raises ValidationError: if the actor may not see it, or none leads there
        """
        trunk = None
        account = offer.carrier_account_id if offer else None
        if line and (wish["trunk"] or not replacing.keeps_trunk(line, account)):
            rings = line.destination is not None
            trunk = self.trunk(wish["trunk"], offer, holder=line.holder, rings=rings, at=at)
        return replacing.Replacement(line_id=wish["line"], offer_id=wish["offer"], trunk=trunk)
