"""Back-orders: numbers that are looked for until carriers have them."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.models import Organization
from accounts.permissions import FieldGroup, Permission
from dids.models import BackOrder, NumberOrder, WhenFound
from dids.models.back_orders import MOST_NUMBERS
from dids.models.searches import CHOSEN
from dids.states import BackOrderStatus
from dids.waiting import why_not_yet
from dids.workflows import back_ordering
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Nothing, OrganizationBrief, Shown
from portal.api.v1.numbers import WaitingShape
from portal.api.v1.order_previews import Previewing
from portal.api.v1.searches import Question, sieve_from, wanted_from
from portal.api.work import reads, writes
from trunks.models import CarrierAccount


class BackOrderShape(Shown):
    """A wish for numbers."""

    groups = {"most_each": FieldGroup.COST, "most_total": FieldGroup.COST}

    id = serializers.UUIDField(source="uuid")
    status = serializers.ChoiceField(choices=BackOrderStatus.choices)
    payer = OrganizationBrief()
    holder = OrganizationBrief()
    wanted = serializers.SerializerMethodField(help_text="The question, as it was asked.")
    quantity = serializers.IntegerField()
    consecutive = serializers.BooleanField()
    when_found = serializers.ChoiceField(choices=WhenFound.choices)
    currency = serializers.CharField()
    most_each = serializers.DecimalField(max_digits=12, decimal_places=4, allow_null=True)
    most_total = serializers.DecimalField(max_digits=12, decimal_places=4, allow_null=True)
    until = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    looked_at = serializers.DateTimeField(allow_null=True)
    says = serializers.CharField(allow_blank=True, help_text="What came of the last look.")
    waiting = serializers.SerializerMethodField()
    orders = serializers.SerializerMethodField(help_text="The ids of its orders, the last first.")

    @extend_schema_field(serializers.DictField())
    def get_wanted(self, row: BackOrder) -> object:
        """Leave out the accounts that were chosen: they are the provider's."""
        asked = {**row.wanted, **row.narrowed}
        return {name: value for name, value in asked.items() if value and name != CHOSEN}

    @extend_schema_field(WaitingShape(allow_null=True))
    def get_waiting(self, row: BackOrder) -> object:
        """Give who is awaited, null once it has ended."""
        waiting = why_not_yet(row)
        return WaitingShape(waiting).data if waiting else None

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_orders(self, row: BackOrder) -> list[str]:
        """Give the ids of what it was put into."""
        return [str(order.uuid) for order in row.orders.all()]


class BackOrderWish(Asked):
    """What is wanted as soon as it is there."""

    wanted = Question()
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_NUMBERS)
    consecutive = serializers.BooleanField(default=False)
    when_found = serializers.ChoiceField(choices=WhenFound.choices)
    most_each = serializers.DecimalField(
        max_digits=12,
        decimal_places=4,
        min_value=0,
        required=False,
        allow_null=True,
        default=None,
        help_text="Set-up and first month of a number at most, in the payer's currency; needed "
        "where it is bought by itself.",
    )
    most_total = serializers.DecimalField(
        max_digits=12, decimal_places=4, min_value=0, required=False, allow_null=True, default=None
    )
    until = serializers.DateTimeField()
    payer = serializers.UUIDField(required=False, allow_null=True, default=None)
    holder = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="By default the payer's stock."
    )
    label = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")  # type: ignore[assignment]
    carrier_accounts = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        default=list,
        max_length=50,
        help_text="By default every active account.",
    )


class BackOrderFilters(Asked):
    """What narrows the list."""

    status = serializers.ChoiceField(choices=BackOrderStatus.choices, required=False)


def back_orders_of(actor: Actor) -> models.QuerySet[BackOrder]:
    """Give the back-orders an actor may see, with what their shape needs."""
    rows = BackOrder.objects.visible_to(actor).select_related("payer", "holder")
    newest = models.Prefetch("orders", NumberOrder.objects.order_by("-pk"))
    return rows.prefetch_related(newest)


class BackOrders(Previewing):
    """Back-orders."""

    @extend_schema(parameters=[BackOrderFilters], responses=page_shape(BackOrderShape))
    @requires(Permission.ORDER_NUMBERS)
    @reads
    def get(self, request: Request) -> Response:
        """List back-orders, newest first."""
        rows = back_orders_of(self.actor).filter(**self.filters(BackOrderFilters))
        return self.page(BackOrderShape, rows)

    @extend_schema(request=BackOrderWish, responses={201: BackOrderShape})
    @requires(Permission.ORDER_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Have numbers looked for until carriers have them, within limits."""
        wish = self.body(BackOrderWish)
        within = Organization.objects.visible_to(self.actor)
        holder = self.named(within, wish["holder"], field="holder") if wish["holder"] else None
        names = ("quantity", "consecutive", "when_found", "most_each", "most_total", "until")
        made = back_ordering.want(
            wish=back_ordering.Wish(
                wanted=wanted_from(wish["wanted"]),
                sieve=sieve_from(wish["wanted"]),
                accounts=tuple(self.accounts(wish["carrier_accounts"])),
                label=wish["label"],
                **{name: wish[name] for name in names},
            ),
            payer=self.payer(wish["payer"]),
            holder=holder,
            actor=self.actor,
            now=timezone.now(),
        )
        found = self.find(back_orders_of(self.actor), pk=made.pk)
        location = f"/api/v1/back-orders/{made.uuid}"
        return self.shown(BackOrderShape, found, status=201, location=location)

    def accounts(self, wanted: list[UUID]) -> list[str]:
        """
        Give the accounts that the body names.

        :raises ValidationError: if the actor may not see one
        """
        rows = CarrierAccount.objects.visible_to(self.actor)
        return [
            str(self.named(rows, uuid, field=f"carrier_accounts[{place}]").uuid)
            for place, uuid in enumerate(wanted)
        ]


class OneBackOrder(Resource):
    """One back-order."""

    @extend_schema(responses=BackOrderShape)
    @requires(Permission.ORDER_NUMBERS)
    @reads
    def get(self, request: Request, back_order: UUID) -> Response:
        """Give one back-order with what came of the last look."""
        return self.shown(BackOrderShape, self.find(back_orders_of(self.actor), uuid=back_order))


class LookNow(Resource):
    """The next look at a back-order."""

    @extend_schema(request=None, responses=BackOrderShape)
    @requires(Permission.ORDER_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, back_order: UUID) -> Response:
        """Have it looked for at once."""
        self.body(Nothing)
        found = self.find(back_orders_of(self.actor), uuid=back_order)
        back_ordering.hurry(back_order=found, actor=self.actor, now=timezone.now())
        return self.shown(BackOrderShape, self.find(back_orders_of(self.actor), uuid=back_order))


class Cancellation(Resource):
    """The end of a back-order."""

    @extend_schema(request=None, responses=BackOrderShape)
    @requires(Permission.ORDER_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, back_order: UUID) -> Response:
        """End it: a preview is thrown away, what is being bought goes on."""
        self.body(Nothing)
        found = self.find(back_orders_of(self.actor), uuid=back_order)
        back_ordering.cancel(back_order=found, actor=self.actor, now=timezone.now())
        return self.shown(BackOrderShape, self.find(back_orders_of(self.actor), uuid=back_order))
