"""Staff say from what balance down they are warned."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts import sentences
from accounts.models import Event
from accounts.tests.cast import Cast
from trunks.models import CarrierAccount
from trunks.tests.factories import NOW, make_carrier_account
from trunks.workflows.low_balance import UnableToWarn, warn_below


def account_with(amount: str) -> CarrierAccount:
    """Give an account with a balance in dollars."""
    account = make_carrier_account()
    account.balance_amount, account.balance_currency = Decimal(amount), "USD"
    account.save()
    return account


class TestABalance:
    @pytest.mark.parametrize(
        ("amount", "below", "is_low"),
        [
            ("0", None, True),
            ("0.01", None, False),
            ("50", "50", True),
            ("50.0001", "50", False),
            ("-3", "50", True),
        ],
    )
    def test_is_low_from_what_was_said_down(
        self, cast: Cast, amount: str, below: str | None, is_low: bool
    ) -> None:
        account = account_with(amount)
        warn_below(
            account=account, below=Decimal(below) if below else None, actor=cast.staff, now=NOW
        )
        account.refresh_from_db()
        assert account.is_low is is_low

    def test_that_nobody_knows_is_not_low(self, cast: Cast) -> None:
        account = make_carrier_account()
        warn_below(account=account, below=Decimal(50), actor=cast.staff, now=NOW)
        assert not account.is_low


class TestAWarning:
    def test_is_journaled_with_what_it_was(self, cast: Cast) -> None:
        account = account_with("100")
        warn_below(account=account, below=Decimal("12.5"), actor=cast.staff, now=NOW)
        warn_below(account=account, below=None, actor=cast.staff, now=NOW)
        event = Event.objects.filter(action="trunks.account.warning_set").latest("pk")
        assert (event.before["below"], event.after["below"]) == ("12.50 USD", "0.00 USD")
        assert "has 0.00 USD or less left." in sentences.sentence(event, cast.staff)

    @pytest.mark.parametrize("below", ["0", "-1", "NaN", "Infinity", "1000000001"])
    def test_is_refused_at_nonsense(self, cast: Cast, below: str) -> None:
        account = make_carrier_account()
        with pytest.raises(UnableToWarn) as caught:
            warn_below(account=account, below=Decimal(below), actor=cast.staff, now=NOW)
        assert caught.value.field == "below"
