"""Who had a number, and what was said to its carrier about it."""

from __future__ import annotations

from datetime import datetime

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import FieldGroup, Permission
from dids.models import Holding
from portal.actor import requires
from portal.api.schema import page_shape
from portal.api.shapes import Asked, OrganizationBrief, Shown
from portal.api.v1.numbers import NumberResource
from portal.api.work import reads
from trunks.models import Exchange


class HoldingShape(Shown):
    """One organization's time with a number."""

    organization = OrganizationBrief()
    since = serializers.SerializerMethodField()
    until = serializers.SerializerMethodField()

    def get_since(self, holding: Holding) -> datetime:
        """Give since when it had the number."""
        since: datetime = holding.during.lower
        return since

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_until(self, holding: Holding) -> datetime | None:
        """Give until when it had the number; null while it does."""
        until: datetime | None = holding.during.upper
        return until


class ExchangeShape(Shown):
    """One request to a carrier and its answer, secrets out."""

    # What is said may name prices.
    groups = {"request_body": FieldGroup.COST, "answer_body": FieldGroup.COST}

    at = serializers.DateTimeField()
    purpose = serializers.CharField()
    method = serializers.CharField()
    url = serializers.CharField()
    status = serializers.IntegerField(allow_null=True, help_text="Null where no answer came.")
    trouble = serializers.CharField(allow_blank=True)
    milliseconds = serializers.IntegerField()
    request_headers = serializers.DictField()
    request_body = serializers.CharField(allow_blank=True)
    answer_headers = serializers.DictField()
    answer_body = serializers.CharField(allow_blank=True)


class NumberHoldings(NumberResource):
    """Who had a number."""

    @extend_schema(responses=page_shape(HoldingShape))
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request, e164: str) -> Response:
        """List who had a number, within one's own reach, the last first."""
        self.filters(Asked)
        rows = Holding.objects.visible_to(self.actor).filter(number=self.number(e164))
        return self.page(HoldingShape, rows.select_related("organization"))


class NumberExchanges(NumberResource):
    """What was said to the carrier of a number."""

    @extend_schema(responses=page_shape(ExchangeShape))
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request, e164: str) -> Response:
        """List what was said to the carrier about a number, as long as it is kept, the last
        first."""
        self.filters(Asked)
        number = self.number(e164)
        rows = Exchange.objects.visible_to(self.actor).filter(numbers__contains=[number.e164])
        return self.page(ExchangeShape, rows)
