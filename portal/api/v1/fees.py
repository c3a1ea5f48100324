"""What carriers ask besides the price of a number: fees that staff keep per account."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import FieldGroup, Permission
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Shown
from portal.api.v1.numbers import TYPES
from portal.api.work import reads, writes
from trunks.fees import Fee, FeeFor
from trunks.models import CarrierAccount, CarrierFee
from trunks.workflows import fees

_NOTHING = Decimal(0)


class FeeShape(Shown):
    """What a carrier asks for each number of a kind from a day on."""

    groups = {
        "once": FieldGroup.COST,
        "monthly": FieldGroup.COST,
        "currency": FieldGroup.COST,
    }

    id = serializers.UUIDField(source="uuid")
    what = serializers.ChoiceField(choices=FeeFor.choices)
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    country = serializers.CharField(allow_blank=True, help_text="Empty for any.")
    type = serializers.ChoiceField(choices=TYPES, allow_blank=True, help_text="Empty for any.")
    once = serializers.DecimalField(max_digits=12, decimal_places=4)
    monthly = serializers.DecimalField(max_digits=12, decimal_places=4)
    currency = serializers.CharField()
    valid_from = serializers.DateField()
    entered_at = serializers.DateTimeField()


class FeeWish(Asked):
    """A fee to be entered; one of nothing says that none is asked any more."""

    what = serializers.ChoiceField(choices=FeeFor.choices)
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=fees.LONGEST_LABEL,
        required=False,
        default="",
        allow_blank=True,
        help_text="What it is for; only for OTHER.",
    )
    country = serializers.RegexField(
        r"^([A-Z]{2})?$",
        required=False,
        default="",
        allow_blank=True,
        help_text="ISO 3166 code; empty for any. The closest to a number's kind counts.",
    )
    type = serializers.ChoiceField(choices=TYPES, required=False, default="", allow_blank=True)
    once = serializers.DecimalField(
        max_digits=12, decimal_places=4, min_value=0, required=False, default=_NOTHING
    )
    monthly = serializers.DecimalField(
        max_digits=12, decimal_places=4, min_value=0, required=False, default=_NOTHING
    )
    currency = serializers.RegexField(r"^[A-Z]{3}$", help_text="ISO 4217 code, such as USD.")
    valid_from = serializers.DateField(help_text="It counts until there is one of a later day.")


class Fees(Resource):
    """Fees of an account."""

    @extend_schema(responses=page_shape(FeeShape))
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request, account: UUID) -> Response:
        """List the fees that stand, the last entered first."""
        self.filters(Asked)
        found = self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account)
        return self.page(FeeShape, CarrierFee.objects.standing().filter(account=found))

    @extend_schema(request=FeeWish, responses={201: FeeShape})
    @requires(Permission.MANAGE_CARRIERS)
    @writes(dry_run=True)
    def post(self, request: Request, account: UUID) -> Response:
        """Enter a fee; one of the same kind and day is corrected by it."""
        wish = self.body(FeeWish)
        valid_from = wish.pop("valid_from")
        made = fees.enter(
            account=self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account),
            fee=Fee(**{**wish, "what": FeeFor(wish["what"])}),
            valid_from=valid_from,
            actor=self.actor,
            now=timezone.now(),
        )
        return self.shown(FeeShape, made, status=201)
