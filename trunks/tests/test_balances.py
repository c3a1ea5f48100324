"""Balances that no interface tells are written down by people, who are then warned."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from accounts import sentences
from accounts.models import Event
from accounts.tests.cast import Cast
from lib.money import Money
from trunks.models import CarrierAccount
from trunks.tests.factories import NOW, make_carrier_account
from trunks.workflows.balances import UnableToWriteDown, write_down
from trunks.workflows.low_balance import warn_below

WEEK = timedelta(days=7)


@pytest.fixture
def gamma(cast: Cast) -> CarrierAccount:
    """Give an account at a carrier by hand."""
    return make_carrier_account(
        owner=cast.provider, carrier="gamma", name="Gamma UK", credentials={}
    )


def write(
    account: CarrierAccount, cast: Cast, amount: str, *, at: datetime = NOW, currency: str = "GBP"
) -> None:
    """Have staff write a balance down."""
    balance = Money(Decimal(amount), currency)
    write_down(account=account, balance=balance, at=at, actor=cast.staff, now=NOW)


def told(account: CarrierAccount) -> list[str]:
    """Give what was journaled of the account, the oldest first."""
    happened = Event.objects.filter(subject=account.subject).order_by("pk")
    return list(happened.values_list("action", flat=True))


class TestWriteDown:
    def test_keeps_the_balance_with_its_day_and_the_journal_who_wrote_it(
        self, cast: Cast, gamma: CarrierAccount
    ) -> None:
        write(gamma, cast, "120.5", at=NOW - WEEK)
        write(gamma, cast, "80")
        gamma.refresh_from_db()
        assert (gamma.balance, gamma.balance_at) == (Money(Decimal(80), "GBP"), NOW)
        first, second = Event.objects.filter(action="trunks.account.balance_written").order_by("pk")
        assert second.before == {"balance": "120.50 GBP"}
        assert (first.after["balance"], first.after["on"]) == (
            "120.50 GBP",
            (NOW - WEEK).date().isoformat(),
        )
        assert "wrote down that the carrier account Gamma UK had 80.00 GBP left on" in (
            sentences.sentence(second, cast.staff)
        )

    def test_warns_once_it_is_low_and_not_again_while_it_stays_so(
        self, cast: Cast, gamma: CarrierAccount
    ) -> None:
        warn_below(account=gamma, below=Decimal(100), actor=cast.staff, now=NOW)
        for amount in ("150", "90", "40", "120", "-3"):
            write(gamma, cast, amount)
        assert told(gamma).count("trunks.account.balance_low") == 2
        assert gamma.is_low

    @pytest.mark.parametrize(
        ("amount", "currency", "later", "field"),
        [
            ("NaN", "GBP", timedelta(0), "amount"),
            ("1000000001", "GBP", timedelta(0), "amount"),
            ("1", "gb", timedelta(0), "currency"),
            ("1", "GBP", timedelta(seconds=1), "at"),
            ("1", "GBP", -50 * 365 * timedelta(days=1), "at"),
        ],
    )
    def test_refuses_nonsense_by_its_field(
        self,
        cast: Cast,
        gamma: CarrierAccount,
        amount: str,
        currency: str,
        later: timedelta,
        field: str,
    ) -> None:
        with pytest.raises(UnableToWriteDown) as caught:
            write(gamma, cast, amount, currency=currency, at=NOW + later)
        assert caught.value.field == field
        assert told(gamma) == []

    def test_leaves_it_to_a_carrier_that_tells_it(self, cast: Cast) -> None:
        account = make_carrier_account(owner=cast.provider)
        with pytest.raises(UnableToWriteDown, match="Check the account instead"):
            write(account, cast, "1")

    def test_refuses_one_that_is_older_than_what_is_known(
        self, cast: Cast, gamma: CarrierAccount
    ) -> None:
        write(gamma, cast, "80")
        with pytest.raises(UnableToWriteDown, match="A newer balance") as refused:
            write(gamma, cast, "120", at=NOW - WEEK)
        assert refused.value.field == "at"
        gamma.refresh_from_db()
        assert gamma.balance == Money(Decimal(80), "GBP")
