"""What numbers cost whoever pays: in their own currency, by a dated rate that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import Kind, Organization
from billing.models import Account, ExchangeRate
from billing.rates import Book, Conversion
from lib.money import Money


@dataclass(frozen=True)
class Cost:
    """
    What something costs in the currency of whoever pays.

    :ivar amount: None where the carrier names no price, or no rate leads to that currency
    :ivar by: how the carrier's price was converted; None where it needed no conversion
    :ivar lacks: the currency from which no rate leads there, where that is why
    """

    amount: Money | None
    by: Conversion | None = None
    lacks: str = ""


def currency_of(organization: Organization) -> str:
    """Give the currency in which an organization pays: its account's, else its own."""
    if not organization.is_provider:
        account = Account.objects.filter(organization=organization).first()
        if account is not None:
            return account.currency
    return organization.currency


def book_of(now: datetime) -> Book:
    """Give the rates that count now."""
    provider = Organization.objects.filter(kind=Kind.PROVIDER).values_list("currency", flat=True)
    home = next(iter(provider[:1]), "")
    return Book(ExchangeRate.objects.of(now.astimezone(UTC).date()), home=home)


def cost_of(price: Money | None, currency: str, by: Conversion | None) -> Cost:
    """
    Give what a price costs in a currency.

    :param by: how the price's currency is converted into it
    """
    if price is None or price.currency == currency:
        return Cost(price)
    return Cost(by.of(price), by) if by else Cost(None)


def kept(conversions: Mapping[str, Conversion]) -> dict[str, Any]:
    """Write conversions into one currency so that JSON can keep them."""
    return {
        base: {"rate": str(one.rate), "on": one.on.isoformat(), "via": one.via}
        for base, one in conversions.items()
    }


def read_back(written: Mapping[str, Any], base: str, quote: str) -> Conversion | None:
    """Read one conversion that `kept` wrote."""
    if not (one := written.get(base)):
        return None
    return Conversion(
        base=base,
        quote=quote,
        rate=Decimal(one["rate"]),
        on=date.fromisoformat(one["on"]),
        via=one["via"],
    )
