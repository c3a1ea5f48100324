from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.money import CurrencyMismatch, Money, zero


class TestMoney:
    def test_adds_up_in_one_currency(self) -> None:
        assert zero("USD") + Money(Decimal("1.15"), "USD") * 2 == Money(Decimal("2.30"), "USD")

    def test_never_converts_silently(self) -> None:
        with pytest.raises(CurrencyMismatch):
            zero("USD") + zero("EUR")

    def test_keeps_what_is_below_the_cent(self) -> None:
        assert Money(Decimal("0.00835"), "USD").quantized().amount == Decimal("0.0084")

    @given(st.lists(st.decimals(0, 10**6, places=7), max_size=5))
    def test_rounds_once_and_adds_up_what_was_rounded_exactly(self, amounts: list[Decimal]) -> None:
        total = zero("USD")
        for amount in amounts:
            kept = Money(amount, "USD").quantized()
            assert kept.quantized() == kept
            assert abs(kept.amount - amount) <= Decimal("0.00005")
            total += kept
        assert total.quantized() == total
