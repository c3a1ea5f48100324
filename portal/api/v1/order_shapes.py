"""Orders and their lines as they are shown."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.permissions import FieldGroup
from dids import asking, passing_over
from dids.models import NumberOrder, OrderLine
from dids.states import LineStatus, OrderStatus
from dids.waiting import why_not_yet
from portal.api.shapes import OrganizationBrief, Shown
from portal.api.v1.numbers import (
    TYPES,
    CarrierAccountBrief,
    DestinationShape,
    TrunkBrief,
    WaitingShape,
)
from trunks.fees import FeeFor


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


class HeldBackShape(Shown):
    """A number of a preview that cannot be had now."""

    groups = {"cost": FieldGroup.COST, "currency": FieldGroup.COST}

    number = serializers.CharField(source="offer.e164")
    why = serializers.CharField()
    instead = serializers.UUIDField(
        source="instead.uuid",
        allow_null=True,
        default=None,
        help_text="The next best offer of the same search; null where it found none.",
    )
    instead_number = serializers.CharField(source="instead.e164", allow_null=True, default=None)
    cost = serializers.DecimalField(
        source="cost.amount",
        max_digits=18,
        decimal_places=4,
        allow_null=True,
        default=None,
        help_text="What the next best costs over the search's term.",
    )
    currency = serializers.CharField(source="cost.currency", allow_null=True, default=None)


class PreviewShape(OrderShape):
    """An order, with what of its preview cannot be had now."""

    held_back = serializers.SerializerMethodField(
        help_text="Numbers whose carrier cannot be used at this moment, as long as it is a preview."
    )

    @extend_schema_field(HeldBackShape(many=True))
    def get_held_back(self, order: NumberOrder) -> object:
        """Give what cannot be had now, and the next best."""
        is_draft = order.status == OrderStatus.DRAFT
        held = passing_over.of_preview(order, now=self.context["now"]) if is_draft else {}
        return HeldBackShape(list(held.values()), many=True, context=self.context).data
