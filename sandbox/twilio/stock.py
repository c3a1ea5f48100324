"""What Twilio sells here, and for how much a month. It has no set-up price."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from sandbox.stock.shelf import Article, Shelf, Slice

PART = Slice(nanp=range(150, 200), ofcom=range(500, 700))

COUNTRIES = {"US": "United States", "CA": "Canada", "GB": "United Kingdom"}

MONTHLY = {
    ("US", "local"): "1.15",
    ("CA", "local"): "1.15",
    ("GB", "local"): "1.05",
    ("GB", "national"): "1.05",
    ("GB", "mobile"): "1.85",
    ("GB", "toll_free"): "2.50",
}

PATHS = {
    "Local": "local",
    "TollFree": "toll_free",
    "Mobile": "mobile",
    "National": "national",
    "SharedCost": "shared_cost",
    "Voip": "voip",
    "MachineToMachine": "machine_to_machine",
}


@cache
def shelf(seed: int) -> Shelf:
    """Fill Twilio's shelf."""
    prices = {kind: ("0.00", price) for kind, price in MONTHLY.items()}
    return Shelf(PART, prices=prices, seed=seed)


def price(article: Article) -> Decimal:
    """Say what the number costs a month: by country and kind alone, as Twilio's price list is."""
    return Decimal(MONTHLY[article.country, article.kind])


def address_requirements(article: Article) -> str:
    """Say which address a buyer must have: some UK numbers need one, anywhere."""
    return "any" if article.kind in ("mobile", "toll_free") and article.country == "GB" else "none"


def capabilities(article: Article) -> dict[str, bool]:
    """Say what the number can do."""
    return {name: name in article.features for name in ("voice", "sms", "mms", "fax")}


def friendly(article: Article) -> str:
    """Write the number as Twilio's default name for it."""
    if article.country == "GB":
        return article.number
    national = article.national
    return f"({national[:3]}) {national[3:6]}-{national[6:]}"
