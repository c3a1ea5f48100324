"""What Vonage sells here, and for how many euros a month. It has no set-up price."""

from __future__ import annotations

from functools import cache

from sandbox.stock.shelf import Article, Shelf, Slice

PART = Slice(nanp=range(300, 350), ofcom=range(250, 350))

MONTHLY = {
    ("US", "local"): "0.90",
    ("CA", "local"): "0.90",
    ("GB", "local"): "1.25",
    ("GB", "mobile"): "1.25",
    ("GB", "toll_free"): "2.85",
}
FEATURES = ("VOICE", "SMS", "MMS")


@cache
def shelf(seed: int) -> Shelf:
    """Fill Vonage's shelf."""
    prices = {kind: ("0.00", price) for kind, price in MONTHLY.items()}
    return Shelf(PART, prices=prices, seed=seed)


def msisdn(article: Article) -> str:
    """Write a number as Vonage does: without a plus."""
    return article.number.removeprefix("+")


def type_of(article: Article) -> str:
    """
    Say of which type a number is.

    A North American number that takes messages is a mobile-lvn, though no number there is mobile;
    the description leaves it open.
    """
    if article.country in ("US", "CA"):
        return "mobile-lvn" if "sms" in article.features else "landline"
    return {"local": "landline", "mobile": "mobile-lvn", "toll_free": "landline-toll-free"}[
        article.kind
    ]


def features(article: Article) -> list[str]:
    """Say what a number can do."""
    return [name for name in FEATURES if name.lower() in article.features]


def needs_address(article: Article) -> bool:
    """Tell whether a number is sold on the dashboard only; the search keeps quiet about it."""
    return article.kind == "toll_free"
