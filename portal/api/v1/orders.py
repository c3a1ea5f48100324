"""Orders: a preview with frozen prices, submitted or discarded."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.limits import UnableToTake
from accounts.models import Kind, Organization
from accounts.permissions import FieldGroup, Permission
from dids import asking, inventory, passing_over
from dids.models import EmergencyLocation, FoundOffer, NumberOrder, OrderLine, WaiverKind
from dids.passing_over import PassedOver
from dids.states import LineStatus, OrderStatus
from dids.waiting import why_not_yet
from dids.workflows import carrier_holds, filing, ordering, replacing, waiving
from lib.refusals import UnableTo
from portal.actor import requires
from portal.api.problems import naming
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Nothing, OrganizationBrief, Shown
from portal.api.v1.assignments import DestinationWish, destination_from
from portal.api.v1.numbers import (
    TYPES,
    CarrierAccountBrief,
    DestinationShape,
    TrunkBrief,
    WaitingShape,
)
from portal.api.work import reads, writes
from provisioning import delivery
from provisioning.refusals import UnableToRoute
from trunks.fees import FeeFor
from trunks.models import Trunk


class LineExtraShape(Shown):
    """What a carrier asks besides the price of a number, as it was at the preview."""

    what = serializers.ChoiceField(choices=FeeFor.choices)
    name = serializers.CharField()
    once = serializers.DecimalField(max_digits=12, decimal_places=4)
    monthly = serializers.DecimalField(max_digits=12, decimal_places=4)
    currency = serializers.CharField()


class LineShape(Shown):
    """One number of an order."""

    groups = {
        "carrier": FieldGroup.CARRIER,
        "carrier_account": FieldGroup.CARRIER,
        "trunk": FieldGroup.CARRIER,
        "carrier_says": FieldGroup.CARRIER,
        "setup": FieldGroup.COST,
        "monthly": FieldGroup.COST,
        "currency": FieldGroup.COST,
        "charged": FieldGroup.COST,
        "rate": FieldGroup.COST,
        "rate_on": FieldGroup.COST,
        "rate_via": FieldGroup.COST,
        "extras": FieldGroup.COST,
        "cost_over_months": FieldGroup.COST,
    }

    id = serializers.UUIDField(source="uuid")
    number = serializers.CharField(source="e164")
    country = serializers.CharField()
    type = serializers.ChoiceField(choices=TYPES)
    status = serializers.ChoiceField(choices=LineStatus.choices)
    failure = serializers.CharField(allow_blank=True)
    holder = OrganizationBrief()
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    destination = DestinationShape(allow_null=True)
    waiting = serializers.SerializerMethodField()
    replaces = serializers.SerializerMethodField(help_text="The failed line in whose place it is.")
    replaced_by = serializers.SerializerMethodField(
        help_text="The order by which a failed line was replaced."
    )
    setup = serializers.DecimalField(max_digits=12, decimal_places=4, allow_null=True)
    monthly = serializers.DecimalField(max_digits=12, decimal_places=4, allow_null=True)
    currency = serializers.CharField(
        allow_blank=True, help_text="Of set-up and monthly, as the carrier asks them."
    )
    charged = serializers.DecimalField(
        source="amount",
        max_digits=12,
        decimal_places=4,
        help_text="Set-up and first month in the order's currency.",
    )
    rate = serializers.DecimalField(
        max_digits=20,
        decimal_places=10,
        allow_null=True,
        help_text="By which they were converted; null where they were not.",
    )
    rate_on = serializers.DateField(allow_null=True)
    rate_via = serializers.CharField(allow_blank=True)
    months = serializers.IntegerField(
        allow_null=True, help_text="The term over which it was compared."
    )
    extras = LineExtraShape(
        source="fees", many=True, help_text="What the carrier asks besides; it is not charged."
    )
    cost_over_months = serializers.DecimalField(
        source="in_all.amount.amount",
        max_digits=18,
        decimal_places=4,
        allow_null=True,
        default=None,
        help_text="Set-up, months and extras in the order's currency; null where a price or a rate "
        "is not known.",
    )
    carrier = serializers.CharField(source="carrier_account.carrier")
    carrier_account = CarrierAccountBrief()
    trunk = TrunkBrief(allow_null=True)
    carrier_says = serializers.SerializerMethodField()

    def get_carrier_says(self, line: OrderLine) -> str:
        """Give what the carrier last said about the line's order, unknown words included."""
        return line.carrier_order.failure if line.carrier_order else ""

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_replaces(self, line: OrderLine) -> str | None:
        """Give the old line's id."""
        return str(line.replaces.uuid) if line.replaces else None

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_replaced_by(self, line: OrderLine) -> str | None:
        """Give the id of the order, not of its line: that is where it goes on."""
        successor = line.replaced_by
        return str(successor.order.uuid) if successor else None

    @extend_schema_field(WaitingShape(allow_null=True))
    def get_waiting(self, line: OrderLine) -> object:
        """Give who is awaited, null where nobody is."""
        waiting = why_not_yet(line)
        return WaitingShape(waiting).data if waiting else None


class AskedShape(Shown):
    """What people will be asked to do at a carrier."""

    carrier_account = serializers.UUIDField(source="account.uuid")
    numbers = serializers.IntegerField(source="count")
    steps = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField(help_text="What can be copied into a mail or a portal.")
    due_at = serializers.DateTimeField(help_text="By when, if it were ordered now.")


class OrderShape(Shown):
    """An order."""

    groups = {"total": FieldGroup.COST, "by_hand": FieldGroup.CARRIER}

    id = serializers.UUIDField(source="uuid")
    status = serializers.ChoiceField(choices=OrderStatus.choices)
    payer = OrganizationBrief()
    ordered_by = serializers.CharField()
    currency = serializers.CharField()
    total = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    waiting = serializers.SerializerMethodField()
    by_hand = serializers.SerializerMethodField(
        help_text="What people will be asked to do at carriers without an interface, as long as it "
        "is a preview."
    )
    lines = LineShape(many=True)

    @extend_schema_field(AskedShape(many=True))
    def get_by_hand(self, order: NumberOrder) -> object:
        """Give what would be asked of people."""
        is_draft = order.status == OrderStatus.DRAFT
        asked = asking.before(order, now=self.context["now"]) if is_draft else []
        return AskedShape(asked, many=True).data

    @extend_schema_field(serializers.DecimalField(max_digits=16, decimal_places=4))
    def get_total(self, order: NumberOrder) -> str:
        """Give set-up and first month of every line."""
        return f"{order.total().amount:.4f}"

    @extend_schema_field(WaitingShape(allow_null=True))
    def get_waiting(self, order: NumberOrder) -> object:
        """Give who is awaited, null where nobody is."""
        waiting = why_not_yet(order)
        return WaitingShape(waiting).data if waiting else None


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


def orders_of(actor: Actor) -> models.QuerySet[NumberOrder]:
    """Give the orders an actor may see, with what their shape needs."""
    return inventory.orders(actor)


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


class Previewing(Resource):
    """What makes a preview of found offers."""

    def offers(self, wanted: list[UUID]) -> dict[UUID, FoundOffer]:
        """Give the found offers that the actor may see; the workflow refuses what is missing."""
        rows = FoundOffer.objects.visible_to(self.actor).filter(uuid__in=wanted)
        rows = rows.select_related("carrier_account", "search")
        return {offer.uuid: offer for offer in rows}

    def trunk(
        self,
        wanted: UUID | None,
        offer: FoundOffer | None,
        *,
        holder: Organization,
        rings: bool,
        at: str,
    ) -> Trunk | None:
        """
        Give the trunk that a line names, else the one that leads to a tenant's PBX.

        :param rings: whether the number is to ring somewhere, so that it needs one
        :raises ValidationError: if the actor may not see it, or none leads there
        """
        if wanted:
            own = Trunk.objects.visible_to(self.actor)
            return self.named(own, wanted, field=f"{at}.trunk")
        if offer is None or holder.kind != Kind.TENANT:
            return None
        try:
            return delivery.trunk_wanted(account=offer.carrier_account, holder=holder, rings=rings)
        except UnableToRoute as refusal:
            raise ValidationError({f"{at}.trunk": [str(refusal)]}) from None

    def payer(self, wanted: UUID | None) -> Organization:
        """
        Give the organization whose account pays.

        :raises ValidationError: if the actor may not see it
        """
        if wanted is None:
            return self.organization
        return self.named(Organization.objects.visible_to(self.actor), wanted, field="payer")

    def hold(self, offers: Iterable[FoundOffer]) -> None:
        """Have what can be held of some offers held until their order is submitted."""
        carrier_holds.want_what_can_be_held(
            offers=list(offers),
            organization=self.organization,
            actor=self.actor,
            now=timezone.now(),
        )

    def preview(self, made: NumberOrder) -> Response:
        """Answer with a preview that was just made."""
        found = self.find(orders_of(self.actor), pk=made.pk)
        return self.shown(OrderShape, found, status=201, location=f"/api/v1/orders/{made.uuid}")


class Orders(Previewing):
    """Orders."""

    @extend_schema(parameters=[OrderFilters], responses=page_shape(OrderShape))
    @requires(Permission.ORDER_NUMBERS)
    @reads
    def get(self, request: Request) -> Response:
        """List orders, newest first."""
        return self.page(OrderShape, orders_of(self.actor).filter(**self.filters(OrderFilters)))

    @extend_schema(request=OrderWish, responses={201: OrderShape}, examples=[EXAMPLE])
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

    @extend_schema(responses=OrderShape)
    @requires(Permission.ORDER_NUMBERS)
    @reads
    def get(self, request: Request, order: UUID) -> Response:
        """Give one order with what has become of each line."""
        return self.shown(OrderShape, self.find(orders_of(self.actor), uuid=order))


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

    @extend_schema(request=ReplacementsWish, responses={201: OrderShape})
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
