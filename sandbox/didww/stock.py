"""What DIDWW sells here: numbers in groups, each group as units with more or fewer channels."""

from __future__ import annotations

import uuid
from functools import cache

from sandbox.stock.shelf import Article, Shelf, Slice

PART = Slice(nanp=range(900, 950), ofcom=range(700, 800))

COUNTRIES = {"US": ("United States", "1"), "CA": ("Canada", "1"), "GB": ("United Kingdom", "44")}
TYPES = {
    "local": "Local",
    "national": "National",
    "mobile": "Mobile",
    "toll_free": "Toll-free",
    "global": "Global",
}
PRICES = {
    ("US", "local"): ("0.00", "1.10"),
    ("CA", "local"): ("0.00", "1.20"),
    ("GB", "local"): ("0.50", "1.30"),
    ("GB", "national"): ("0.50", "1.60"),
    ("GB", "mobile"): ("2.00", "3.50"),
    ("GB", "toll_free"): ("5.00", "9.00"),
}
UNITS = {0: "0.40", 2: ""}
"""How many channels come with a unit, and its price a month where it is not that of the list."""
CALLING = frozenset({"local", "national", "mobile"})
"""Types of numbers from which people call, so that help has to find them."""
_SPACE = uuid.UUID("5a0d0000-0000-4000-8000-000000000000")


@cache
def shelf(seed: int) -> Shelf:
    """Fill DIDWW's shelf."""
    return Shelf(PART, prices=PRICES, seed=seed)


@cache
def id_of(*words: object) -> str:
    """Give the identifier of something that is always there, the same in every run."""
    return str(uuid.uuid5(_SPACE, "/".join(map(str, words))))


def digits(article: Article) -> str:
    """Write a number as DIDWW does: digits only."""
    return article.number.removeprefix("+")


def features(article: Article) -> list[str]:
    """Say what a number can do, in DIDWW's words; `sms_out` is none that we know."""
    told = {"voice": ["voice_in"], "fax": ["t38"], "sms": ["sms_in", "sms_out"]}
    words = [word for name, words in told.items() if name in article.features for word in words]
    return [*words, "emergency"] if article.kind in CALLING else words


def needs_registration(article: Article) -> bool:
    """Tell whether a number is blocked until somebody has said who uses it."""
    return article.kind == "mobile"


def prices(country: str, kind: str, channels: int) -> tuple[str, str]:
    """Give set-up and monthly price of a unit: by group alone."""
    setup, monthly = PRICES[country, kind]
    return setup, UNITS[channels] or monthly
