"""A balance that is not the sum of its entries is found."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.tests.cast import Cast
from accounts.tests.factories import NOW
from billing import funds, verify
from billing.models import Account, LedgerEntry
from billing.tests.factories import ACTOR, dollars, make_account


@pytest.fixture
def account(cast: Cast) -> Account:
    """Give an account that has seen every kind of movement."""
    account = make_account(organization=cast.tenant, balance=100)
    where: dict[str, Any] = {
        "organization": cast.tenant,
        "subject": "dids.order:1",
        "actor": ACTOR,
        "now": NOW,
    }
    funds.reserve(amount=dollars(30), **where)
    funds.post(reserved=dollars(20), amount=dollars(15), **where)
    funds.release(amount=dollars(5), **where)
    return account


class TestLedger:
    def test_is_content_when_every_balance_adds_up(self, account: Account) -> None:
        account.refresh_from_db()

        assert (account.posted, account.reserved) == (Decimal(85), Decimal(5))
        assert verify.ledger() == []

    def test_is_content_with_an_account_that_never_moved(self, cast: Cast) -> None:
        make_account(organization=cast.dealer)

        assert verify.ledger() == []

    @pytest.mark.parametrize("column", ["posted", "reserved"])
    def test_finds_a_balance_that_was_moved_past_the_ledger(
        self, account: Account, column: str
    ) -> None:
        Account.objects.filter(pk=account.pk).update(**{column: Decimal(50)})

        (problem,) = verify.ledger()
        assert f"{column} 50.0000" in problem

    def test_finds_an_entry_that_moved_nothing(self, account: Account) -> None:
        LedgerEntry.objects.create(
            account=account, kind="CREDIT", amount=1, subject="x", at=NOW, actor="x"
        )

        assert len(verify.ledger()) == 1

    def test_finds_a_reservation_that_was_ended_twice(self, account: Account) -> None:
        LedgerEntry.objects.create(
            account=account, kind="RELEASE", amount=9, subject="dids.order:1", at=NOW, actor="x"
        )

        assert any("dids.order:1: 34" in problem for problem in verify.ledger())


class TestVerifyLedger:
    def test_says_that_it_holds(self, account: Account) -> None:
        said = io.StringIO()
        call_command("verify_ledger", stdout=said)

        assert "The ledger holds" in said.getvalue()

    def test_fails_and_names_the_account(self, account: Account) -> None:
        Account.objects.filter(pk=account.pk).update(posted=0)
        complained = io.StringIO()

        with pytest.raises(CommandError, match="1 problems"):
            call_command("verify_ledger", stderr=complained)
        assert f"Account #{account.pk}" in complained.getvalue()
