"""What VoIP.ms sells here: North American numbers, by the minute or flat."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from sandbox.stock.shelf import Article, Shelf, Slice

PART = Slice(nanp=range(550, 600), ofcom=range(0))

PRICES = {("US", "local"): ("0.40", "0.85"), ("CA", "local"): ("0.40", "0.95")}
FLAT = Decimal(5)
"""How many times as much a month a number costs that is not billed by the minute."""


@cache
def shelf(seed: int) -> Shelf:
    """Fill VoIP.ms's shelf."""
    return Shelf(PART, prices=PRICES, seed=seed)


def did_of(article: Article) -> str:
    """Write a number as VoIP.ms does: ten digits."""
    return article.national
