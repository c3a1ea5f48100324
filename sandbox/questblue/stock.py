"""What QuestBlue sells here: numbers of the United States."""

from __future__ import annotations

from functools import cache

from sandbox.stock.shelf import Article, Shelf, Slice

PART = Slice(nanp=range(600, 650), ofcom=range(0))

PRICES = {("US", "local"): ("0.25", "0.55")}


@cache
def shelf(seed: int) -> Shelf:
    """Fill QuestBlue's shelf."""
    return Shelf(PART, prices=PRICES, seed=seed)


def did_of(article: Article) -> str:
    """Write a number as QuestBlue does: ten digits."""
    return article.national
