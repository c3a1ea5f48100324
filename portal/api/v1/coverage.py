"""What can be had in which country, and from whom."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import FieldGroup, Permission
from dids import coverage
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.shapes import Asked, Shown
from portal.api.v1.carriers import WAYS
from portal.api.v1.numbers import TYPES
from portal.api.work import reads
from trunks.coverage import Documents
from trunks.numbering import NumberType

DOCUMENTS = [(one.value, one.value) for one in Documents]


class SellerShape(Shown):
    """A carrier account that sells a type of numbers in a country."""

    groups = {
        "setup": FieldGroup.COST,
        "monthly": FieldGroup.COST,
        "currency": FieldGroup.COST,
    }

    carrier = serializers.CharField()
    carrier_account = serializers.UUIDField(source="account.uuid")
    carrier_account_name = serializers.CharField(source="account.name")
    way = serializers.ChoiceField(
        choices=WAYS, help_text="By its interface, or by a person who enters a quote (manual)."
    )
    certain = serializers.BooleanField(
        help_text="False where only a search can tell whether it has any."
    )
    documents = serializers.ChoiceField(choices=DOCUMENTS)
    setup = serializers.DecimalField(
        max_digits=12,
        decimal_places=4,
        allow_null=True,
        help_text="In the middle of what was seen lately; null where nothing was.",
    )
    monthly = serializers.DecimalField(max_digits=12, decimal_places=4, allow_null=True)
    currency = serializers.CharField(allow_blank=True)


class CoverageShape(Shown):
    """A type of numbers in a country."""

    groups = {"sellers": FieldGroup.CARRIER}

    country = serializers.CharField()
    type = serializers.ChoiceField(choices=TYPES)
    certain = serializers.BooleanField(help_text="Whether somebody is known to sell it.")
    searched = serializers.BooleanField(help_text="Whether a search can find some.")
    documents = serializers.ChoiceField(choices=DOCUMENTS)
    sellers = SellerShape(many=True)


class CoverageListShape(Shown):
    """What can be had, by country and type."""

    results = CoverageShape(many=True)


class CoverageFilters(Asked):
    """What narrows the list."""

    country = serializers.RegexField(
        r"^[A-Z]{2}$", required=False, default="", help_text="ISO 3166 code, such as US."
    )
    type = serializers.ChoiceField(choices=TYPES, required=False)


class Coverage(Resource):
    """What the connected carriers sell where."""

    @extend_schema(parameters=[CoverageFilters], responses=CoverageListShape)
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request) -> Response:
        """
        List which types of numbers can be had in which country.

        Without a country, wherever a carrier is known to sell; a carrier that may sell anywhere is
        listed with every country that is asked for.
        """
        wish = self.filters(CoverageFilters, paged=False)
        kind = NumberType(wish["type"]) if "type" in wish else None
        found = coverage.cells(self.actor, country=wish["country"], type_=kind)
        return self.shown(CoverageListShape, {"results": found})
