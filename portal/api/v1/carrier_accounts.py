"""Accounts at carriers; their credentials go in and never come out."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import FieldGroup, Permission
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Nothing, Shown
from portal.api.work import alone, reads, writes
from trunks.models import CarrierAccount
from trunks.workflows import accounts


class MoneyShape(Shown):
    """An amount in a currency."""

    amount = serializers.DecimalField(max_digits=18, decimal_places=4)
    currency = serializers.CharField()


class CarrierAccountShape(Shown):
    """An account at a carrier."""

    groups = {"balance": FieldGroup.COST}

    id = serializers.UUIDField(source="uuid")
    carrier = serializers.CharField()
    name = serializers.CharField()
    base_url = serializers.CharField(allow_blank=True)
    rate_per_second = serializers.FloatField()
    status = serializers.ChoiceField(choices=CarrierAccount.Status.choices)
    checked_at = serializers.DateTimeField(allow_null=True)
    health = serializers.CharField(allow_blank=True)
    balance = MoneyShape(allow_null=True)
    webhook_url = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_webhook_url(self, account: CarrierAccount) -> str:
        """Give the address that the carrier is to send its messages to."""
        return f"{settings.PUBLIC_URL}/webhooks/{account.uuid}"


class CarrierAccountWish(Asked):
    """An account to be connected."""

    carrier = serializers.CharField(max_length=40, help_text="Such as telnyx or twilio.")
    name = serializers.CharField(max_length=80)
    credentials = serializers.DictField(
        child=serializers.CharField(max_length=4000),
        help_text="telnyx: api_key, public_key; twilio: account_sid, auth_token.",
    )
    base_url = serializers.CharField(
        max_length=200,
        required=False,
        default="",
        allow_blank=True,
        help_text="Where a stand-in listens; empty for the carrier's own hosts.",
    )
    rate_per_second = serializers.FloatField(required=False, min_value=0.1, max_value=1000)


class PauseWish(Asked):
    """Why an account is not to be used for a while."""

    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=300)


class CredentialsWish(Asked):
    """New credentials."""

    credentials = serializers.DictField(
        child=serializers.CharField(max_length=4000),
        help_text="All of them, also those that stay the same.",
    )


class CarrierAccounts(Resource):
    """Accounts at carriers."""

    @extend_schema(responses=page_shape(CarrierAccountShape))
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request) -> Response:
        """List the accounts at carriers, newest first."""
        self.filters(Asked)
        return self.page(CarrierAccountShape, CarrierAccount.objects.visible_to(self.actor))

    @extend_schema(request=CarrierAccountWish, responses={201: CarrierAccountShape})
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def post(self, request: Request) -> Response:
        """Connect an account; check it afterwards."""
        account = accounts.connect(
            **self.body(CarrierAccountWish), actor=self.actor, now=timezone.now()
        )
        return self.shown(CarrierAccountShape, account, status=201)


class CarrierAccountCheck(Resource):
    """The check of an account."""

    @extend_schema(request=None, responses=CarrierAccountShape)
    @requires(Permission.MANAGE_CARRIERS)
    @alone
    def post(self, request: Request, account: UUID) -> Response:
        """Ask the carrier whether the credentials work, and what may still be spent."""
        self.body(Nothing)
        found = self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account)
        accounts.check(account=found, actor=self.actor, now=timezone.now())
        return self.shown(CarrierAccountShape, found)


class CarrierAccountPause(Resource):
    """The pause of an account."""

    @extend_schema(request=PauseWish, responses=CarrierAccountShape)
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def post(self, request: Request, account: UUID) -> Response:
        """Stop using an account: no new calls to the carrier, its numbers stay."""
        reason = self.body(PauseWish)["reason"]
        found = self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account)
        accounts.pause(account=found, reason=reason, actor=self.actor, now=timezone.now())
        return self.shown(CarrierAccountShape, found)


class CarrierAccountResumption(Resource):
    """The end of a pause."""

    @extend_schema(request=None, responses=CarrierAccountShape)
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def post(self, request: Request, account: UUID) -> Response:
        """Use a paused account again."""
        self.body(Nothing)
        found = self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account)
        accounts.resume(account=found, actor=self.actor, now=timezone.now())
        return self.shown(CarrierAccountShape, found)


class CarrierAccountCredentials(Resource):
    """The credentials of an account."""

    @extend_schema(request=CredentialsWish, responses=CarrierAccountShape)
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def put(self, request: Request, account: UUID) -> Response:
        """Put new credentials in; check the account afterwards."""
        found = self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account)
        accounts.replace_credentials(
            account=found, **self.body(CredentialsWish), actor=self.actor, now=timezone.now()
        )
        return self.shown(CarrierAccountShape, found)
