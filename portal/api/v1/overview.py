"""What needs somebody, and how many numbers there were over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import FieldGroup, Permission
from dids import tallies
from dids.states import NumberStatus
from dids.workflows.tallying import KEPT
from portal.actor import requires, signed_in
from portal.api.resource import Resource
from portal.api.shapes import Asked, Shown
from portal.api.work import reads
from portal.attention.gathering import gather
from portal.attention.matters import Kind


class MatterShape(Shown):
    """One thing that needs somebody, or comes soon."""

    kind = serializers.ChoiceField(choices=[(kind.value, kind.value) for kind in Kind])
    words = serializers.CharField()
    then = serializers.CharField(help_text="What happens next, or what somebody has to do.")
    since = serializers.DateTimeField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True, help_text="When it comes, the first of them.")
    number = serializers.CharField(help_text="In E.164, where it is about one number.")
    about = serializers.UUIDField(
        allow_null=True, help_text="The order, task, PBX, trunk or carrier account."
    )
    more = serializers.IntegerField(help_text="How many further ones of the kind are not listed.")


class AttentionShape(Shown):
    """Everything that needs somebody, as far as the caller may know of it."""

    now = MatterShape(many=True, help_text="The gravest first.")
    soon = MatterShape(many=True, help_text="What comes in the next three days by itself.")


class StatusSeries(Shown):
    """How many numbers there were in one status."""

    status = serializers.ChoiceField(choices=NumberStatus.choices, source="key")
    counts = serializers.ListField(
        child=serializers.IntegerField(allow_null=True),
        help_text="One for each of `days`; null where the day was not counted.",
    )


class AccountSeries(Shown):
    """How many numbers there were at one carrier account."""

    carrier_account = serializers.CharField(source="key")
    counts = serializers.ListField(child=serializers.IntegerField(allow_null=True))


class HistoryShape(Shown):
    """How many numbers there were, day by day (UTC); a day keeps its last count."""

    groups = {"by_carrier_account": FieldGroup.CARRIER}

    days = serializers.SerializerMethodField()
    by_status = StatusSeries(many=True)
    by_carrier_account = AccountSeries(many=True, source="by_account")

    @extend_schema_field(serializers.ListField(child=serializers.DateField()))
    def get_days(self, history: tallies.History) -> Sequence[date]:
        """Give every day of the span."""
        return history.days


class HistoryFilters(Asked):
    """How far one looks back."""

    days = serializers.IntegerField(default=30, min_value=1, max_value=KEPT.days)


class AttentionNow(Resource):
    """What needs somebody."""

    @extend_schema(responses=AttentionShape)
    @signed_in
    @reads
    def get(self, request: Request) -> Response:
        """Tell what is in doubt or stands still, and what comes soon."""
        return self.shown(AttentionShape, gather(self.actor, timezone.now()))


class NumberTallies(Resource):
    """Counts of numbers."""

    @extend_schema(parameters=[HistoryFilters], responses=HistoryShape)
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request) -> Response:
        """Tell how many numbers there were; for the provider and dealers, those below included."""
        days = self.filters(HistoryFilters, paged=False)["days"]
        past = tallies.history(self.actor, days=days, now=timezone.now())
        return self.shown(HistoryShape, past)
