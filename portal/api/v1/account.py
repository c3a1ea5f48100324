"""Money: of the caller's organization, and of those below it."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organization
from accounts.permissions import Permission
from billing.models import Account
from billing.workflows import accounts
from lib.money import Money
from portal.actor import requires
from portal.api.problems import NothingYet
from portal.api.resource import Resource
from portal.api.shapes import Asked, OrganizationBrief, Shown
from portal.api.v1.organizations import organizations_of
from portal.api.work import reads, writes


class AccountShape(Shown):
    """What an organization has with us; the provider has no account."""

    organization = OrganizationBrief()
    currency = serializers.CharField()
    balance = serializers.DecimalField(source="posted", max_digits=16, decimal_places=4)
    reserved = serializers.DecimalField(max_digits=16, decimal_places=4)
    credit_limit = serializers.DecimalField(max_digits=16, decimal_places=4)
    available = serializers.DecimalField(max_digits=16, decimal_places=4)


class CreditLimitWish(Asked):
    """How far an account may go below zero."""

    credit_limit = serializers.DecimalField(max_digits=16, decimal_places=4, min_value=0)


class AccountWish(Asked):
    """An account to be opened."""

    currency = serializers.RegexField(
        r"^[A-Z]{3}$", help_text="ISO 4217 code, such as USD; it stays for good."
    )
    credit_limit = serializers.DecimalField(
        max_digits=16, decimal_places=4, min_value=0, required=False, default=Decimal(0)
    )


class CreditWish(Asked):
    """Money that came in by another way."""

    amount = serializers.DecimalField(
        max_digits=16, decimal_places=4, min_value=0, help_text="In the account's currency."
    )
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=300)


class AccountResource(Resource):
    """What all resources of accounts share."""

    def account(self, organization: Organization) -> Account:
        """
        Give the account of an organization.

        :raises NothingYet: saying why there is none
        """
        rows = Account.objects.visible_to(self.actor).select_related("organization")
        account = rows.filter(organization=organization).first()
        if account is None:
            raise NothingYet(_why_none(organization))
        return account

    def account_of(self, organization: UUID) -> Account:
        """
        Give the account of the organization with this public id.

        :raises Http404: if the actor may not see it
        """
        return self.account(self.find(organizations_of(self.actor), uuid=organization))


class OwnAccount(AccountResource):
    """The account of the caller's organization."""

    @extend_schema(responses=AccountShape)
    @requires(Permission.VIEW_MONEY)
    @reads
    def get(self, request: Request) -> Response:
        """Give the balance of one's own organization, or of the one acted for."""
        return self.shown(AccountShape, self.account(self.organization))


class AccountBelow(AccountResource):
    """The account of an organization."""

    @extend_schema(responses=AccountShape)
    @requires(Permission.VIEW_MONEY)
    @reads
    def get(self, request: Request, organization: UUID) -> Response:
        """Give the balance of an organization within reach."""
        return self.shown(AccountShape, self.account_of(organization))

    @extend_schema(request=AccountWish, responses={201: AccountShape})
    @requires(Permission.MANAGE_MONEY)
    @writes(dry_run=True)
    def post(self, request: Request, organization: UUID) -> Response:
        """Open the account of an organization below that has none yet."""
        below = self.find(organizations_of(self.actor), uuid=organization)
        account = accounts.open(
            organization=below, **self.body(AccountWish), actor=self.actor, now=timezone.now()
        )
        return self.shown(AccountShape, account, status=201)

    @extend_schema(request=CreditLimitWish, responses=AccountShape)
    @requires(Permission.MANAGE_MONEY)
    @writes(dry_run=True)
    def patch(self, request: Request, organization: UUID) -> Response:
        """Change the credit limit of an organization below; what is reserved stays."""
        account = self.account_of(organization)
        accounts.set_credit_limit(
            account=account,
            credit_limit=self.body(CreditLimitWish)["credit_limit"],
            actor=self.actor,
            now=timezone.now(),
        )
        return self.shown(AccountShape, account)


class AccountCredit(AccountResource):
    """Money that came in for an account."""

    @extend_schema(request=CreditWish, responses=AccountShape)
    @requires(Permission.MANAGE_MONEY)
    @writes(dry_run=True)
    def post(self, request: Request, organization: UUID) -> Response:
        """Credit an organization below with money that came in by another way."""
        account = self.account_of(organization)
        wish = self.body(CreditWish)
        accounts.credit(
            account=account,
            amount=Money(wish["amount"], account.currency),
            reason=wish["reason"],
            actor=self.actor,
            now=timezone.now(),
        )
        return self.shown(AccountShape, account)


def _why_none(organization: Organization) -> str:
    if organization.is_provider:
        return f"{organization.name} has no account: it pays the carriers directly."
    return f"{organization.name} has no account yet. Ask whoever sells to you to open one."
