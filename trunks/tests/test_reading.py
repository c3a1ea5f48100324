"""What is read of an answer is right, or the answer is not believed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lib.money import Money
from trunks.reading import money_from, number_from


class TestMoneyFrom:
    @pytest.mark.parametrize(("amount", "currency"), [("1.10", "USD"), ("1.10", "usd")])
    def test_takes_text_and_either_case(self, amount: str, currency: str) -> None:
        assert money_from(amount, currency) == Money(Decimal("1.10"), "USD")

    @pytest.mark.parametrize("amount", ["", "free", "NaN", "sNaN", "Infinity", "-Infinity"])
    def test_believes_nothing_that_cannot_be_counted(self, amount: str) -> None:
        with pytest.raises(ValueError, match="not an amount"):
            money_from(amount, "USD")


class TestNumberFrom:
    def test_takes_canonical_numbers_only(self) -> None:
        assert number_from("+13125550123") == "+13125550123"
        for text in ("13125550123", "+1 312 555 0123", ""):
            with pytest.raises(ValueError, match="not E"):
                number_from(text)
