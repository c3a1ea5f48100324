"""Converting amounts by dated rates: pure, and never without saying by which rate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from lib.money import Money

_PLACES: Final = Decimal("0.0000000001")


@dataclass(frozen=True, kw_only=True)
class Dated:
    """What one unit of `base` is worth in `quote` from a day on."""

    base: str
    quote: str
    rate: Decimal
    on: date


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """
    How amounts of one currency become amounts of another.

    :ivar rate: to ten places, also where it was counted from its inverse or from two rates
    :ivar on: the day of the rate; of two rates, of the older one
    :ivar via: the currency between the two, where there was no rate for the pair itself
    """

    base: str
    quote: str
    rate: Decimal
    on: date
    via: str = ""

    def of(self, amount: Money) -> Money:
        """
        Convert an amount, rounded to the smallest unit of its new currency.

        :raises ValueError: if it is of another currency
        """
        if amount.currency != self.base:
            raise ValueError(f"{amount.currency} is not converted by a rate of {self.base}.")
        return Money(amount.amount * self.rate, self.quote).rounded()

    def __str__(self) -> str:
        through = f" through {self.via}" if self.via else ""
        return f"at {in_short(self.rate)} of {self.on.isoformat()}{through}"


class Book:
    """
    The rates of one day.

    Between two currencies the rate of the pair counts; where there is none, the inverse of the
    opposite one; where there is neither, the way through the provider's currency, which is said.

    :param home: the provider's currency
    """

    def __init__(self, rates: Iterable[Dated], *, home: str) -> None:
        self._rates = {(one.base, one.quote): one for one in rates}
        self._home = home

    def conversion(self, base: str, quote: str) -> Conversion | None:
        """Give how amounts are converted; None without a rate. One currency needs none."""
        if base == quote:
            return None
        straight = self._straight(base, quote)
        if straight or self._home in {base, quote}:
            return straight
        first, second = self._straight(base, self._home), self._straight(self._home, quote)
        if first is None or second is None:
            return None
        rate = (first.rate * second.rate).quantize(_PLACES, ROUND_HALF_UP)
        on = min(first.on, second.on)
        return Conversion(base=base, quote=quote, rate=rate, on=on, via=self._home)

    def into(self, quote: str) -> dict[str, Conversion]:
        """Give every conversion into a currency, by what it converts."""
        known = {currency for pair in self._rates for currency in pair}
        found = ((base, self.conversion(base, quote)) for base in sorted(known))
        return {base: conversion for base, conversion in found if conversion}

    def _straight(self, base: str, quote: str) -> Conversion | None:
        if dated := self._rates.get((base, quote)):
            return Conversion(base=base, quote=quote, rate=dated.rate, on=dated.on)
        if dated := self._rates.get((quote, base)):
            rate = (1 / dated.rate).quantize(_PLACES, ROUND_HALF_UP)
            return Conversion(base=base, quote=quote, rate=rate, on=dated.on) if rate else None
        return None


def in_short(rate: Decimal) -> str:
    """Write a rate without the zeros at its end."""
    return f"{rate.normalize():f}"


def none_from(base: str, quote: str) -> str:
    """Say that there is no rate, and who can help; without its full stop."""
    return f"There is no rate from {base} to {quote}: the provider's staff can add one"
