from __future__ import annotations

from decimal import Decimal

import pytest

from lib.money import CurrencyMismatch, Money, zero


class TestMoney:
    def test_adds_up_in_one_currency(self) -> None:
        assert zero("USD") + Money(Decimal("1.15"), "USD") * 2 == Money(Decimal("2.30"), "USD")

    def test_never_converts_silently(self) -> None:
        with pytest.raises(CurrencyMismatch):
            zero("USD") + zero("EUR")

    def test_keeps_what_is_below_the_cent(self) -> None:
        assert Money(Decimal("0.00835"), "USD").quantized().amount == Decimal("0.0084")
