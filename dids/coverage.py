"""
What can be had where: country by country and type by type, from which of the connected carriers.

Three things tell it: what adapters declare (`trunks.coverage`), what searches and quotes have found
lately, and what carriers said that they ask for. A carrier that declares no countries may sell
anywhere; only its search can tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from django.db.models import Aggregate, BooleanField, QuerySet

from accounts.actors import Actor
from dids.models import FoundOffer, NumberSearch, OrderLine, RequirementList
from trunks import registry
from trunks.coverage import Documents, Sale, sale_of
from trunks.models import CarrierAccount
from trunks.numbering import NumberType
from trunks.operations import Way
from trunks.roles import Carrier, SearchesNumbers

SEARCHES: Final = 200
"""As many of the newest searches and quotes tell what was seen; a day later they are gone."""
LINES: Final = 1000
"""As many of the newest order lines tell what was seen before."""


class _Median(Aggregate):
    """The value in the middle of those that are there."""

    template = "PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


class _AnyOf(Aggregate):
    function = "BOOL_OR"
    output_field = BooleanField()


@dataclass(frozen=True)
class Seller:
    """
    One carrier account that sells a type of numbers in a country.

    :ivar way: how it is asked: by its interface, or by a person who enters a quote
    :ivar certain: False where only a search can tell whether it has any
    :ivar setup: what offers seen lately cost in the middle; None where none told it
    """

    account: CarrierAccount
    carrier: str
    way: Way
    certain: bool
    documents: Documents
    setup: Decimal | None = None
    monthly: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True)
class Cell:
    """A type of numbers in a country, and who sells it."""

    country: str
    type: NumberType
    sellers: tuple[Seller, ...]

    @property
    def documents(self) -> Documents:
        """Tell whether every seller asks for documents, none does, or it is not known."""
        told = {seller.documents for seller in self.sellers}
        return told.pop() if len(told) == 1 else Documents.UNKNOWN

    @property
    def certain(self) -> bool:
        """Whether somebody is known to sell it."""
        return self.sure > 0

    @property
    def sure(self) -> int:
        """Count those who are known to sell it."""
        return sum(seller.certain for seller in self.sellers)

    @property
    def unsure(self) -> int:
        """Count those who may; only a search can tell."""
        return len(self.sellers) - self.sure

    @property
    def searched(self) -> bool:
        """Whether a search can find some."""
        return any(seller.way == Way.API for seller in self.sellers)


@dataclass(frozen=True)
class _Seen:
    setup: Decimal | None
    monthly: Decimal | None
    currency: str
    asks: bool


_Key = tuple[int, str, str]


def why_not_asked(account: CarrierAccount, country: str, type_: NumberType) -> str:
    """Say why an account is not asked for such numbers; empty where it may have some."""
    adapter = registry.carrier(account.carrier)
    if _sale(adapter, country, type_) is not None:
        return ""
    words = type_.value.replace("_", " ").lower()
    return f"{adapter.name} does not sell {words} numbers in {country}."


def cells(actor: Actor, *, country: str = "", type_: NumberType | None = None) -> list[Cell]:
    """
    Give what can be had, by country and type; what nobody sells is left out.

    :param country: only there; else wherever a carrier is known to sell, and at the actor's home
    """
    accounts = _accounts(actor)
    seen = _seen(accounts)
    asked = _asked(accounts)
    home = {actor.reach.country} if actor.reach else set()
    there = {country} if country else home | _countries(accounts, seen)
    return [
        cell
        for code in sorted(there - {""})
        for one in ([type_] if type_ else NumberType)
        if (cell := _cell(code, one, accounts, seen, asked)).sellers
    ]


def by_country(found: Iterable[Cell]) -> dict[str, dict[str, Cell]]:
    """Give cells as rows: by country, each by type."""
    rows = groupby(found, key=lambda cell: cell.country)
    return {country: {cell.type.value: cell for cell in row} for country, row in rows}


def _cell(
    country: str,
    type_: NumberType,
    accounts: Sequence[CarrierAccount],
    seen: Mapping[_Key, _Seen],
    asked: Mapping[_Key, bool],
) -> Cell:
    sellers = (
        _seller(account, country, type_, seen.get((account.pk, country, type_)), asked)
        for account in accounts
    )
    return Cell(country, type_, tuple(seller for seller in sellers if seller is not None))


def _seller(
    account: CarrierAccount,
    country: str,
    type_: NumberType,
    seen: _Seen | None,
    asked: Mapping[_Key, bool],
) -> Seller | None:
    adapter = registry.carrier(account.carrier)
    sale = _sale(adapter, country, type_)
    if sale is None and seen is None:
        return None
    documents = sale.documents if sale else Documents.UNKNOWN
    if documents is Documents.UNKNOWN:
        asks = asked.get((account.pk, country, type_), seen.asks if seen else None)
        if asks is not None:
            documents = Documents.NEEDED if asks else Documents.NOT_NEEDED
    return Seller(
        account=account,
        carrier=adapter.name,
        way=Way.API if issubclass(adapter, SearchesNumbers) else Way.MANUAL,
        certain=seen is not None or (sale is not None and sale.countries is not None),
        documents=documents,
        setup=seen.setup if seen else None,
        monthly=seen.monthly if seen else None,
        currency=seen.currency if seen else "",
    )


def _sale(adapter: type[Carrier], country: str, type_: NumberType) -> Sale | None:
    if not issubclass(adapter, SearchesNumbers):
        return None
    return sale_of(adapter.sales, country, type_)


def _accounts(actor: Actor) -> list[CarrierAccount]:
    """Give the accounts that numbers for an actor come from: its own, and those above it."""
    rows = CarrierAccount.objects.filter(status=CarrierAccount.Status.ACTIVE)
    if actor.reach is not None and not actor.reach.is_provider:
        rows = rows.filter(owner__in=[*actor.reach.ancestor_ids, actor.reach.pk])
    return [account for account in rows if account.carrier in registry.slugs()]


def _countries(accounts: Iterable[CarrierAccount], seen: Iterable[_Key]) -> set[str]:
    found = {country for _, country, _ in seen}
    for account in accounts:
        adapter = registry.carrier(account.carrier)
        if issubclass(adapter, SearchesNumbers):
            found = found.union(*(sale.countries or () for sale in adapter.sales))
    return found


def _seen(accounts: Sequence[CarrierAccount]) -> dict[_Key, _Seen]:
    """Give what offers cost; what was found lately counts more than what was ordered once."""
    searches = NumberSearch.objects.order_by("-pk").values("pk")[:SEARCHES]
    lines = OrderLine.objects.order_by("-pk").values("pk")[:LINES]
    return {
        **_priced(OrderLine.objects.filter(pk__in=lines, carrier_account__in=accounts)),
        **_priced(FoundOffer.objects.filter(search__in=searches, carrier_account__in=accounts)),
    }


def _priced(rows: QuerySet[Any]) -> dict[_Key, _Seen]:
    told = rows.order_by().values_list("carrier_account", "country", "type", "currency")
    return {
        (account, country, type_): _Seen(setup, monthly, currency, asks)
        for account, country, type_, currency, setup, monthly, asks in told.annotate(
            in_the_middle=_Median("setup"),
            each_month=_Median("monthly"),
            asks=_AnyOf("needs_documents"),
        )
    }


def _asked(accounts: Sequence[CarrierAccount]) -> dict[_Key, bool]:
    rows = RequirementList.objects.filter(carrier_account__in=accounts)
    told = rows.values_list("carrier_account", "country", "type", "requirements")
    return {(account, country, type_): bool(asked) for account, country, type_, asked in told}
