"""
Required extras: what carriers ask besides the price of a number, added up over a term.

Fees are read once per search or preview and kept with it; whatever compares offers counts by what
was kept there, so that a search has one ranking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from billing.rates import Conversion
from dids import emergency_rules, pricing
from dids.pricing import Cost
from lib.money import Money
from trunks import fees
from trunks.fees import Fee, FeeFor
from trunks.models import CarrierFee
from trunks.offers import FoundNumber

if TYPE_CHECKING:
    from dids.models import FoundOffer, NumberSearch
    from trunks.numbering import NumberType

Convert = Callable[[str], Conversion | None]
"""Gives how a currency is converted into the buyer's; None where it is that, or without a rate."""


class Offered(Protocol):
    """A number that a carrier offers, as its adapter names it or as it is kept."""

    @property
    def country(self) -> str:
        """Its ISO 3166 code."""

    @property
    def type(self) -> str:
        """A `NumberType`."""

    @property
    def capabilities(self) -> Collection[str]:
        """What it can do; empty where nobody knows."""

    @property
    def needs_documents(self) -> bool:
        """Whether the carrier asks for documents before it sells it."""


def of_accounts(
    accounts: Iterable[int], countries: Iterable[str], *, now: datetime
) -> dict[int, list[Fee]]:
    """Read what carrier accounts ask now for numbers of some countries, by their keys."""
    rows = CarrierFee.objects.filter(account__in=accounts, country__in={"", *countries})
    found: dict[int, list[Fee]] = defaultdict(list)
    for row in rows.of(now.astimezone(UTC).date()):
        found[row.account_id].append(row.fee)
    return dict(found)


def priced(
    search: NumberSearch,
    account: int,
    found: Iterable[FoundNumber],
    *,
    untold: Collection[NumberType],
) -> list[FoundNumber]:
    """
    Give numbers the price that staff keep, where the carrier never tells one.

    :param untold: the types of number of which it tells none
    """
    asked = read_back(search.fees.get(str(account), []))
    return [_priced(one, asked) if one.type in untold else one for one in found]


def _priced(number: FoundNumber, asked: Sequence[Fee]) -> FoundNumber:
    if number.setup is not None or number.monthly is not None:
        return number
    price = fees.price(asked, country=number.country, type_=number.type)
    if price is None:
        return number
    once, monthly = Money(price.once, price.currency), Money(price.monthly, price.currency)
    return replace(number, setup=once, monthly=monthly)


def required(asked: Iterable[Fee], offer: Offered, *, is_waived: bool = False) -> list[Fee]:
    """
    Give the fees without which a number cannot be had.

    :param is_waived: whether somebody said that it needs no place to which help is sent
    """
    is_located = emergency_rules.needs_location(offer.country, offer.type, offer.capabilities)
    return fees.counting(
        asked,
        country=offer.country,
        type_=offer.type,
        is_located=is_located and not is_waived,
        needs_documents=offer.needs_documents,
    )


def in_all(
    price: Money | None, extras: Sequence[Fee], *, months: int, currency: str, by: Convert
) -> Cost:
    """
    Add extras to what a number costs over a term.

    :param price: set-up and monthly over the term; None where the carrier names none
    """
    if price is None:
        return Cost(None)
    cost = pricing.cost_of(price, currency, by(price.currency))
    if cost.amount is None:
        return Cost(None, lacks=price.currency)
    total = cost.amount
    for extra in extras:
        more = pricing.cost_of(extra.over(months), currency, by(extra.currency)).amount
        if more is None:
            return Cost(None, cost.by, lacks=extra.currency)
        total += more
    return Cost(total, cost.by)


def of_found(search: NumberSearch, account: int, offer: Offered) -> list[Fee]:
    """Give the extras of what a search found at a carrier account."""
    return required(read_back(search.fees.get(str(account), [])), offer)


def cost_found(
    search: NumberSearch, price: Money | None, extras: Sequence[Fee], *, months: int
) -> Cost:
    """Give what a found number costs whoever asked, by the rates of the search."""
    currency = search.currency or (price.currency if price else "")

    def by(base: str) -> Conversion | None:
        return pricing.read_back(search.rates, base, currency)

    return in_all(price, extras, months=months, currency=currency, by=by)


def cost_kept(search: NumberSearch, offer: FoundOffer, *, months: int) -> Cost:
    """Give what a kept offer costs whoever asked, with its extras."""
    extras = of_found(search, offer.carrier_account_id, offer)
    return cost_found(search, offer.total(months), extras, months=months)


def kept(asked: Iterable[Fee]) -> list[dict[str, Any]]:
    """Write fees so that JSON can keep them."""
    return [{**asdict(fee), "once": str(fee.once), "monthly": str(fee.monthly)} for fee in asked]


def kept_by_account(asked: Mapping[int, Iterable[Fee]]) -> dict[str, Any]:
    """Write what accounts ask so that JSON can keep it."""
    return {str(account): kept(found) for account, found in asked.items()}


def read_back(written: Iterable[Mapping[str, Any]]) -> list[Fee]:
    """Read fees that `kept` wrote."""
    return [
        Fee(
            **{
                **one,
                "what": FeeFor(one["what"]),
                "once": Decimal(one["once"]),
                "monthly": Decimal(one["monthly"]),
            }
        )
        for one in written
    ]
