"""What Wavix sells here, by country, region and city; what is not local to a city it does not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sandbox.stock.shelf import Article, Shelf, Slice

PART = Slice(nanp=range(400, 450), ofcom=range(350, 450))

PRICES = {
    ("US", "local"): ("0.50", "1.05"),
    ("CA", "local"): ("0.50", "1.15"),
    ("GB", "local"): ("0.00", "1.40"),
}
COUNTRIES = {"US": "United States", "CA": "Canada", "GB": "United Kingdom"}
REGIONS = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DC": "District of Columbia", "DE": "Delaware",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "IA": "Iowa", "ID": "Idaho",
    "IL": "Illinois", "IN": "Indiana", "KY": "Kentucky", "LA": "Louisiana", "MA": "Massachusetts",
    "MD": "Maryland", "MI": "Michigan", "MN": "Minnesota", "MO": "Missouri", "MS": "Mississippi",
    "MT": "Montana", "NC": "North Carolina", "ND": "North Dakota", "NE": "Nebraska",
    "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NV": "Nevada", "NY": "New York", "OH": "Ohio",
    "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "SC": "South Carolina",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VA": "Virginia", "VT": "Vermont",
    "WA": "Washington", "WI": "Wisconsin", "WY": "Wyoming",
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick",
    "NL": "Newfoundland and Labrador", "NS": "Nova Scotia", "ON": "Ontario", "QC": "Quebec",
    "SK": "Saskatchewan",
}  # fmt: skip
NEEDS_DOCUMENTS = (1, 2)
"""Kinds of documents: identity and address."""


@dataclass(frozen=True)
class City:
    """A place with its numbers; its region is empty where the country has none."""

    id: int
    name: str
    country: str
    region: str
    area_code: int


@cache
def shelf(seed: int) -> Shelf:
    """Fill Wavix's shelf."""
    return Shelf(PART, prices=PRICES, seed=seed)


@cache
def cities() -> dict[int, City]:
    """Give all cities by id, the same in every run."""
    articles = shelf(0).articles.values()
    places = sorted({(one.country, one.region, one.locality, one.code) for one in articles})
    return {
        id_: City(id_, name, country, region, _area_code(country, code))
        for id_, (country, region, name, code) in enumerate(places, 3001)
    }


def _area_code(country: str, code: str) -> int:
    """Give a city's area code, in North America with the exchange."""
    return int(code if country == "GB" else f"{code}555")


def country_id(country: str) -> int:
    """Give the id of a country."""
    return 1 + list(COUNTRIES).index(country)


def region_id(region: str) -> int:
    """Give the id of a region."""
    return 101 + list(REGIONS).index(region)


def in_city(article: Article, city: City) -> bool:
    """Tell whether a number is one of a city."""
    place = (article.country, article.region, article.locality)
    in_place = place == (city.country, city.region, city.name)
    return in_place and _area_code(article.country, article.code) == city.area_code


def needs_documents(article: Article) -> bool:
    """Tell whether a number stays inactive until somebody has said who uses it."""
    return article.country == "GB"


def digits(article: Article) -> str:
    """Write a number as Wavix does: digits only."""
    return article.number.removeprefix("+")
