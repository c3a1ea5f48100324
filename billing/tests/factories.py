"""Accounts for tests."""

from __future__ import annotations

from decimal import Decimal

from accounts.actors import System
from accounts.models import Organization
from accounts.tests.factories import NOW
from billing import funds
from billing.models import Account
from lib.money import Money

ACTOR = System("test")


def dollars(amount: str | int) -> Money:
    """Give an amount in US dollars."""
    return Money(Decimal(amount), "USD")


def make_account(
    *, organization: Organization, balance: str | int = 0, credit_limit: str | int = 0
) -> Account:
    """Store an account in US dollars, its balance credited through the ledger."""
    account = Account.objects.create(
        organization=organization, currency="USD", credit_limit=Decimal(credit_limit)
    )
    funds.credit(
        organization=organization,
        amount=dollars(balance),
        subject="billing.credit:opening",
        actor=ACTOR,
        now=NOW,
    )
    account.refresh_from_db()
    return account
