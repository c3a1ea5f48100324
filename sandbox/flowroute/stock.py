"""What Flowroute sells here: North American numbers, with a price of their own each."""

from __future__ import annotations

from functools import cache

from sandbox.stock.shelf import Article, Shelf, Slice

PART = Slice(nanp=range(700, 750), ofcom=range(0))

PRICES = {("US", "local"): ("1.00", "1.25"), ("CA", "local"): ("1.50", "1.45")}


@cache
def shelf(seed: int) -> Shelf:
    """Fill Flowroute's shelf."""
    return Shelf(PART, prices=PRICES, seed=seed)


def id_of(article: Article) -> str:
    """Write a number as its identifier: eleven digits."""
    return article.number.removeprefix("+")
