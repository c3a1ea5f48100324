"""Accounts at carriers without an interface: quotes, a second person, and an interface later."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from dids.workflows import quoting
from dids.workflows.quoting import Quote, Quoted
from lib.e164 import E164
from portal.actor import requires
from portal.api.shapes import Asked, Shown
from portal.api.v1.carrier_accounts import AccountResource, CarrierAccountShape
from portal.api.v1.numbers import CAPABILITIES, TYPES
from portal.api.work import writes
from trunks.models import CarrierAccount
from trunks.numbering import Capability, NumberType
from trunks.workflows import by_hand


class QuotedNumber(Asked):
    """A number that a carrier offered."""

    number = serializers.RegexField(r"^\+[1-9][0-9]{6,14}$", help_text="In E.164.")
    setup = serializers.DecimalField(
        max_digits=12, decimal_places=4, min_value=0, required=False, allow_null=True, default=None
    )
    monthly = serializers.DecimalField(
        max_digits=12, decimal_places=4, min_value=0, required=False, allow_null=True, default=None
    )


class QuoteWish(Asked):
    """What a carrier offered by mail or list."""

    numbers = serializers.ListField(child=QuotedNumber(), min_length=1, max_length=quoting.MOST)
    type = serializers.ChoiceField(choices=TYPES, default=NumberType.LOCAL)
    currency = serializers.RegexField(r"^[A-Z]{3}$", help_text="Of the prices, such as GBP.")
    until = serializers.DateTimeField(help_text="Until when the carrier keeps its word.")
    region = serializers.CharField(max_length=100, default="", allow_blank=True)
    locality = serializers.CharField(max_length=100, default="", allow_blank=True)
    capabilities = serializers.ListField(
        child=serializers.ChoiceField(choices=CAPABILITIES),
        default=lambda: [Capability.VOICE.value],
        max_length=10,
    )


class QuoteShape(Shown):
    """A quote: a search whose offers are there already."""

    search = serializers.UUIDField(
        source="uuid", help_text="`GET searches/{id}` shows its offers, which orders name."
    )
    until = serializers.DateTimeField(source="expires_at")
    numbers = serializers.IntegerField(help_text="How many it offers.")


class SecondWish(Asked):
    """Whether a second person must confirm."""

    wanted = serializers.BooleanField()


class Promotion(Asked):
    """By which interface an account is worked from now on."""

    carrier = serializers.CharField(max_length=40)
    credentials = serializers.DictField(child=serializers.CharField(max_length=4000))


class Quotes(AccountResource):
    """Quotes of an account."""

    @extend_schema(request=QuoteWish, responses={201: QuoteShape})
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def post(self, request: Request, account: UUID) -> Response:
        """Enter what a carrier offered; its numbers are ordered like those of a search."""
        wish = self.body(QuoteWish)
        search = quoting.enter(
            account=self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account),
            quote=_quote(wish),
            numbers=[
                Quoted(number=E164(row["number"]), setup=row["setup"], monthly=row["monthly"])
                for row in wish["numbers"]
            ],
            actor=self.actor,
            now=timezone.now(),
        )
        shown = {
            "uuid": search.uuid,
            "expires_at": search.expires_at,
            "numbers": len(wish["numbers"]),
        }
        return self.shown(QuoteShape, shown, status=201)


class SecondPerson(AccountResource):
    """Whether two people must see to what is ceased."""

    @extend_schema(request=SecondWish, responses=CarrierAccountShape)
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def put(self, request: Request, account: UUID) -> Response:
        """Say whether a second person must confirm that a number was ceased by hand."""
        wanted = self.body(SecondWish)["wanted"]
        found = self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account)
        by_hand.want_second(account=found, wanted=wanted, actor=self.actor, now=timezone.now())
        return self.shown(CarrierAccountShape, found)


class Interface(AccountResource):
    """The interface of an account that was worked by hand."""

    @extend_schema(request=Promotion, responses=CarrierAccountShape)
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def put(self, request: Request, account: UUID) -> Response:
        """Have new work done by a carrier's interface; open tasks end as they began."""
        found = self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account)
        by_hand.promote(account=found, **self.body(Promotion), actor=self.actor, now=timezone.now())
        return self.shown(CarrierAccountShape, found)


def _quote(wish: dict[str, Any]) -> Quote:
    return Quote(
        type=NumberType(wish["type"]),
        currency=wish["currency"],
        until=wish["until"],
        region=wish["region"],
        locality=wish["locality"],
        capabilities=tuple(map(Capability, wish["capabilities"])),
    )
