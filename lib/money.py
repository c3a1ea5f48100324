"""Amounts with their currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

PLACES = Decimal("0.0001")
"""Carriers price below the cent; four places hold every price seen."""

_DECIMALS: Final = {
    **dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Decimals of the smallest unit where that is not the hundredth (ISO 4217)."""


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum: there is no hidden conversion."""


@dataclass(frozen=True, order=False)
class Money:
    """An amount of one currency (ISO 4217), never converted silently."""

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other).amount, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.amount * times, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other).amount

    def __str__(self) -> str:
        return f"{self.amount.quantize(Decimal('0.01'), ROUND_HALF_UP)} {self.currency}"

    def quantized(self) -> Money:
        """Round to the four places that the database keeps."""
        return Money(self.amount.quantize(PLACES, ROUND_HALF_UP), self.currency)

    def rounded(self) -> Money:
        """Round half up to the smallest unit of the currency, such as the cent."""
        unit = Decimal(1).scaleb(-_DECIMALS.get(self.currency, 2))
        return Money(self.amount.quantize(unit, ROUND_HALF_UP), self.currency)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be added up.")
        return other


def zero(currency: str) -> Money:
    """Give nothing, in that currency."""
    return Money(Decimal(0), currency)
