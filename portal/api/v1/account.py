"""The money of the caller's organization."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organization
from accounts.permissions import Permission
from billing.models import Account
from portal.actor import requires
from portal.api.problems import NothingYet
from portal.api.resource import Resource
from portal.api.shapes import OrganizationBrief, Shown
from portal.api.work import reads


class AccountShape(Shown):
    """What an organization has with us; the provider has no account."""

    organization = OrganizationBrief()
    currency = serializers.CharField()
    balance = serializers.DecimalField(source="posted", max_digits=16, decimal_places=4)
    reserved = serializers.DecimalField(max_digits=16, decimal_places=4)
    credit_limit = serializers.DecimalField(max_digits=16, decimal_places=4)
    available = serializers.DecimalField(max_digits=16, decimal_places=4)


class OwnAccount(Resource):
    """The account of the caller's organization."""

    @extend_schema(responses=AccountShape)
    @requires(Permission.VIEW_MONEY)
    @reads
    def get(self, request: Request) -> Response:
        """Give the balance of one's own organization, or of the one acted for."""
        rows = Account.objects.visible_to(self.actor).select_related("organization")
        account = rows.filter(organization=self.organization).first()
        if account is None:
            raise NothingYet(_why_none(self.organization))
        return self.shown(AccountShape, account)


def _why_none(organization: Organization) -> str:
    if organization.is_provider:
        return f"{organization.name} has no account: it pays the carriers directly."
    return f"{organization.name} has no account yet. Ask whoever sells to you to open one."
