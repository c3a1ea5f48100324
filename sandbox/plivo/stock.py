"""What Plivo sells here. UK mobile numbers ask for documents, and are bought all the same."""

from __future__ import annotations

from functools import cache

from sandbox.stock.shelf import Article, Shelf, Slice

PART = Slice(nanp=range(500, 550), ofcom=range(800, 900))

PRICES = {
    ("US", "local"): ("0.00", "0.80"),
    ("US", "toll_free"): ("0.00", "1.00"),
    ("CA", "local"): ("0.00", "0.80"),
    ("GB", "local"): ("0.00", "1.00"),
    ("GB", "mobile"): ("0.00", "4.00"),
}
WORDS = {"local": "local", "mobile": "mobile", "toll_free": "tollfree"}
SERVICES = ("voice", "sms", "mms")


@cache
def shelf(seed: int) -> Shelf:
    """Fill Plivo's shelf."""
    return Shelf(PART, prices=PRICES, seed=seed)


def digits(article: Article) -> str:
    """Write a number as Plivo does: without a plus."""
    return article.number.removeprefix("+")


def needs_papers(article: Article) -> bool:
    """Tell whether a number waits for documents once it is bought."""
    return article.kind == "mobile"
