"""What currencies are worth, from a day on."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from billing.models import ExchangeRate
from billing.workflows import rates
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Shown
from portal.api.work import reads, writes

CURRENCY = r"^[A-Z]{3}$"


class RateShape(Shown):
    """What one unit of a currency is worth in another from a day on."""

    id = serializers.UUIDField(source="uuid")
    base = serializers.CharField()
    quote = serializers.CharField()
    rate = serializers.DecimalField(max_digits=20, decimal_places=10)
    valid_from = serializers.DateField()
    note = serializers.CharField(allow_blank=True)
    entered_at = serializers.DateTimeField()


class RatesShape(Shown):
    """Rates that were entered."""

    results = RateShape(many=True)


class RateWish(Asked):
    """A rate to be entered."""

    base = serializers.RegexField(CURRENCY, help_text="ISO 4217 code, such as EUR.")
    quote = serializers.RegexField(CURRENCY, help_text="ISO 4217 code, such as USD.")
    rate = serializers.DecimalField(
        max_digits=20, decimal_places=10, help_text="How much of `quote` one unit of `base` is."
    )
    valid_from = serializers.DateField(help_text="It counts until there is one of a later day.")
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class RatesWish(Asked):
    """Rates to be entered, all or none."""

    rates = serializers.ListField(child=RateWish(), allow_empty=False, max_length=rates.MOST)


class RateFilters(Asked):
    """What narrows the list."""

    base = serializers.RegexField(CURRENCY, required=False)
    quote = serializers.RegexField(CURRENCY, required=False)


class ExchangeRates(Resource):
    """Exchange rates."""

    @extend_schema(parameters=[RateFilters], responses=page_shape(RateShape))
    @requires(Permission.MANAGE_RATES)
    @reads
    def get(self, request: Request) -> Response:
        """List the rates that stand, the last entered first."""
        rows = ExchangeRate.objects.visible_to(self.actor).standing()
        return self.page(RateShape, rows.filter(**self.filters(RateFilters)))

    @extend_schema(request=RatesWish, responses={201: RatesShape})
    @requires(Permission.MANAGE_RATES)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Enter rates; one of a day that has one already corrects it."""
        wishes = [rates.Wish(**wish) for wish in self.body(RatesWish)["rates"]]
        made = rates.enter(
            rates=wishes, owner=self.organization, actor=self.actor, now=timezone.now()
        )
        return self.shown(RatesShape, {"results": made}, status=201)
