"""What one carrier has for sale: made from a seed, so that every run offers the same numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sandbox.stock.areas import (
    CANADA,
    GREAT_BRITAIN,
    TOLL_FREE,
    UNITED_STATES,
    Area,
    DramaRange,
)

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Article:
    """A number for sale, with prices in US dollars; `national` lacks the country code."""

    number: str
    country: str
    kind: str
    code: str
    national: str
    region: str
    locality: str
    rate_center: str
    postal_code: str
    features: frozenset[str]
    setup: Decimal
    monthly: Decimal


@dataclass(frozen=True)
class Slice:
    """Which part of each fictional range a carrier has, so that no two carriers sell one number."""

    nanp: range
    """Within the first thousand of exchange 555, of which no line is a subscriber's."""
    ofcom: range
    """Within 000 to 999 of each drama range."""


class Shelf:
    """
    The numbers of one carrier by country and kind, in an order that looks like no order.

    It never changes: who took what is kept elsewhere, so sandboxes may share a shelf.
    """

    def __init__(self, part: Slice, *, prices: dict[tuple[str, str], tuple[str, str]], seed: int):
        """
        Fill the shelf.

        :param prices: set-up and monthly price by country and kind; what has no price is not sold
        """
        self._prices = prices
        made = sorted(self._make(part), key=lambda article: _shuffled(seed, article.number))
        self.articles: dict[str, Article] = {article.number: article for article in made}
        self._kinds: dict[tuple[str, str], list[Article]] = {}
        self._codes: dict[str, list[Article]] = {}
        for article in made:
            self._kinds.setdefault((article.country, article.kind), []).append(article)
            self._codes.setdefault(article.code, []).append(article)

    def countries(self) -> dict[str, tuple[str, ...]]:
        """List the countries sold, each with its kinds."""
        found: dict[str, tuple[str, ...]] = {}
        for country, kind in sorted(self._kinds):
            found[country] = (*found.get(country, ()), kind)
        return found

    def of(self, *, country: str = "", kind: str = "", code: str = "") -> Iterator[Article]:
        """Walk the numbers of a country, kind and area code; empty means any."""
        if code:
            for article in self._codes.get(code, ()):
                if country in ("", article.country) and kind in ("", article.kind):
                    yield article
            return
        for (has_country, has_kind), articles in self._kinds.items():
            if country in ("", has_country) and kind in ("", has_kind):
                yield from articles

    def _make(self, part: Slice) -> Iterator[Article]:
        for area in (*UNITED_STATES, *CANADA):
            yield from self._priced(_of_area(area, part.nanp, kind="local"))
        for area in TOLL_FREE:
            yield from self._priced(_of_area(area, part.nanp, kind="toll_free"))
        for drama in GREAT_BRITAIN:
            yield from self._priced(_of_drama(drama, part.ofcom))

    def _priced(self, articles: Iterable[Article]) -> Iterator[Article]:
        for article in articles:
            prices = self._prices.get((article.country, article.kind))
            if prices:
                setup, monthly = (Decimal(price).quantize(CENT) for price in prices)
                yield _with_prices(article, setup, monthly)


def _with_prices(article: Article, setup: Decimal, monthly: Decimal) -> Article:
    # Numbers that are easy to remember cost more, so that ranking by price has something to rank.
    easy = article.number[-1] == article.number[-2]
    fields = {**vars(article), "setup": setup, "monthly": monthly * 2 if easy else monthly}
    return Article(**fields)


def _of_area(area: Area, part: range, *, kind: str) -> Iterator[Article]:
    for line in part:
        national = f"{area.code}555{line:04}"
        # Every fifth number is voice only: asking for SMS must leave something out.
        features = {"voice", "emergency", "fax"} if line % 5 == 0 else {"voice", "sms", "mms"}
        yield Article(
            number=f"+1{national}",
            country=area.country,
            kind=kind,
            code=area.code,
            national=national,
            region=area.region,
            locality=area.locality,
            rate_center=area.rate_center,
            postal_code=area.postal_code,
            features=frozenset(features),
            setup=CENT,
            monthly=CENT,
        )


def _of_drama(drama: DramaRange, part: range) -> Iterator[Article]:
    features = {"voice", "sms"} if drama.kind == "mobile" else {"voice"}
    for line in part:
        national = f"{drama.prefix}{line:03}"
        yield Article(
            number=f"+44{national}",
            country="GB",
            kind=drama.kind,
            code=drama.code,
            national=national,
            region="",
            locality=drama.locality,
            rate_center="",
            postal_code="",
            features=frozenset(features),
            setup=CENT,
            monthly=CENT,
        )


def _shuffled(seed: int, number: str) -> bytes:
    return hashlib.sha256(f"{seed}:{number}".encode()).digest()
