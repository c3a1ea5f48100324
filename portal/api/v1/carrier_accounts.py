"""Accounts at carriers; their credentials go in and never come out."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import FieldGroup, Permission
from lib.money import Money
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Nothing, Shown
from portal.api.work import alone, reads, writes
from trunks import health
from trunks.models import CarrierAccount
from trunks.workflows import accounts, balances, low_balance

WORDS = [(word.value, word.value) for word in health.Word]


class MoneyShape(Shown):
    """An amount in a currency."""

    amount = serializers.DecimalField(max_digits=18, decimal_places=4)
    currency = serializers.CharField()


class CarrierAccountShape(Shown):
    """An account at a carrier."""

    groups = dict.fromkeys(("balance", "balance_at", "warn_below"), FieldGroup.COST)

    id = serializers.UUIDField(source="uuid")
    carrier = serializers.CharField()
    name = serializers.CharField()
    base_url = serializers.CharField(allow_blank=True)
    rate_per_second = serializers.FloatField()
    status = serializers.ChoiceField(choices=CarrierAccount.Status.choices)
    checked_at = serializers.DateTimeField(allow_null=True)
    health = serializers.SerializerMethodField()
    trouble = serializers.CharField(
        source="health", allow_blank=True, help_text="What the last check found; empty if all well."
    )
    trouble_since = serializers.DateTimeField(
        allow_null=True, help_text="When the first of the checks that failed in a row was made."
    )
    balance = MoneyShape(allow_null=True)
    balance_at = serializers.DateTimeField(
        allow_null=True, help_text="When the carrier told it, or somebody saw it."
    )
    warn_below = serializers.DecimalField(
        max_digits=18,
        decimal_places=4,
        allow_null=True,
        help_text="From what balance down it stands among what needs somebody; null: from 0.",
    )
    needs_second = serializers.BooleanField(
        help_text="Whether a second person must confirm what is ceased there by hand."
    )
    webhook_url = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ChoiceField(choices=WORDS))
    def get_health(self, account: CarrierAccount) -> str:
        """Give how it is doing, in a word."""
        return str(self.context["health"][account.pk])

    def get_webhook_url(self, account: CarrierAccount) -> str:
        """Give the address that the carrier is to send its messages to."""
        return account.webhook_url


class BreakerShape(Shown):
    """Whether the account is called at this moment."""

    is_open = serializers.BooleanField(help_text="Whether calls are held back after failures.")
    open_until = serializers.DateTimeField(allow_null=True)
    failures = serializers.IntegerField(
        source="pace.failures",
        help_text="Calls in a row that were not answered, or by trouble of the carrier.",
    )
    rests_until = serializers.DateTimeField(
        allow_null=True, help_text="Until when the carrier asked to be left alone."
    )


class CallsShape(Shown):
    """Calls to the carrier."""

    calls = serializers.IntegerField(source="count")
    per_minute = serializers.FloatField()
    failed = serializers.IntegerField(help_text="Not answered, or answered by trouble.")
    failed_share = serializers.FloatField(help_text="From 0 to 1.")
    slowest = serializers.CharField(
        allow_blank=True, help_text="What the slowest call was for; empty without a call."
    )
    slowest_milliseconds = serializers.IntegerField()


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


class WarningWish(Asked):
    """From what balance down staff are warned."""

    below = serializers.DecimalField(
        max_digits=18,
        decimal_places=4,
        allow_null=True,
        help_text="In the balance's currency; null warns once nothing is left.",
    )


class BalanceWish(Asked):
    """What a person saw that is left at a carrier."""

    amount = serializers.DecimalField(max_digits=18, decimal_places=4)
    currency = serializers.CharField(max_length=3, help_text="Such as USD.")
    at = serializers.DateTimeField(
        required=False,
        help_text="When it was seen, or the day of the invoice; now if left out.",
    )


class CredentialsWish(Asked):
    """New credentials."""

    credentials = serializers.DictField(
        child=serializers.CharField(max_length=4000),
        help_text="All of them, also those that stay the same.",
    )


class AccountHealthShape(Shown):
    """How an account at a carrier is doing."""

    groups = {"balance": FieldGroup.COST, "balance_at": FieldGroup.COST}

    id = serializers.UUIDField(source="account.uuid")
    name = serializers.CharField(source="account.name")
    health = serializers.ChoiceField(choices=WORDS, source="word")
    trouble = serializers.CharField(source="account.health", allow_blank=True)
    checked_at = serializers.DateTimeField(source="account.checked_at", allow_null=True)
    reachable = serializers.BooleanField(
        source="account.reachable", allow_null=True, help_text="Null while nobody knows."
    )
    authenticated = serializers.BooleanField(source="account.authenticated", allow_null=True)
    balance = MoneyShape(source="account.balance", allow_null=True)
    balance_at = serializers.DateTimeField(source="account.balance_at", allow_null=True)
    breaker = BreakerShape(source="*")
    last_hour = CallsShape(source="calls")


class AccountResource(Resource):
    """What all resources about accounts at carriers share."""

    def context(self, **more: object) -> dict[str, object]:
        """Add the words for their health, for all rows at once."""
        context = super().context(**more)
        rows = cast(list[object], more.get("rows", []))
        found = [row for row in rows if isinstance(row, CarrierAccount)]
        context["health"] = health.words(found)
        return context


class CarrierAccounts(AccountResource):
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


class CarrierAccountHealth(AccountResource):
    """The health of an account."""

    @extend_schema(responses=AccountHealthShape)
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request, account: UUID) -> Response:
        """Tell whether the carrier answers, and how its calls went over the last hour."""
        found = self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account)
        return self.shown(AccountHealthShape, health.of(found, now=timezone.now()))


class CarrierAccountCheck(AccountResource):
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


class CarrierAccountPause(AccountResource):
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


class CarrierAccountResumption(AccountResource):
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


class CarrierAccountCredentials(AccountResource):
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


class CarrierAccountWarning(AccountResource):
    """The warning of a low balance."""

    @extend_schema(request=WarningWish, responses=CarrierAccountShape)
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def put(self, request: Request, account: UUID) -> Response:
        """Say from what balance down the account stands among what needs somebody."""
        below = self.body(WarningWish)["below"]
        found = self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account)
        low_balance.warn_below(account=found, below=below, actor=self.actor, now=timezone.now())
        return self.shown(CarrierAccountShape, found)


class CarrierAccountBalance(AccountResource):
    """The balance of an account whose carrier does not tell it by its interface."""

    @extend_schema(request=BalanceWish, responses=CarrierAccountShape)
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def put(self, request: Request, account: UUID) -> Response:
        """Write down what somebody saw that is left there; staff are warned where it is little."""
        seen, now = self.body(BalanceWish), timezone.now()
        found = self.find(
            CarrierAccount.objects.visible_to(self.actor).select_related("owner"), uuid=account
        )
        balances.write_down(
            account=found,
            balance=Money(seen["amount"], seen["currency"].upper()),
            at=seen.get("at", now),
            actor=self.actor,
            now=now,
        )
        return self.shown(CarrierAccountShape, found)
