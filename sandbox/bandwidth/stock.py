"""What Bandwidth sells here. It tells no prices; what the account is charged stands here."""

from __future__ import annotations

from functools import cache

from sandbox.stock.shelf import Article, Shelf, Slice

PART = Slice(nanp=range(200, 250), ofcom=range(200, 250))

PRICES = {
    ("US", "local"): ("0.00", "0.35"),
    ("US", "toll_free"): ("0.00", "0.75"),
    ("CA", "local"): ("0.00", "0.80"),
    ("GB", "local"): ("0.00", "0.90"),
    ("GB", "national"): ("0.00", "0.90"),
    ("GB", "mobile"): ("0.00", "2.00"),
    ("GB", "toll_free"): ("0.00", "3.00"),
}
COUNTRIES = {"USA": "US", "CAN": "CA", "GBR": "GB"}
KINDS = {
    "GEOGRAPHIC": "local",
    "NATIONAL": "national",
    "MOBILE": "mobile",
    "TOLL_FREE": "toll_free",
    "SHARED_COST": "shared_cost",
}
FEATURES = {"VOICE": "voice", "MESSAGING_SMS": "sms", "EMERGENCY": "emergency"}


@cache
def shelf(seed: int) -> Shelf:
    """Fill Bandwidth's shelf."""
    return Shelf(PART, prices=PRICES, seed=seed)


def country_of(article: Article) -> str:
    """Give the country in three letters."""
    return next(three for three, two in COUNTRIES.items() if two == article.country)


def kind_of(article: Article) -> str:
    """Give the carrier's word for the type."""
    return next(word for word, kind in KINDS.items() if kind == article.kind)
