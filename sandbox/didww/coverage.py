"""What is for sale: countries, types, places, groups of numbers, and the numbers themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from sandbox.didww import stock
from sandbox.didww.base import DidwwBase, Row, filters, many, some
from sandbox.didww.reservations import held
from sandbox.stock.shelf import Article, Shelf
from sandbox.wire import Answer, Call

GROUP_FILTERS = {
    "did_group.id": lambda article: group_id(article),
    "did_group_type.id": lambda article: stock.id_of("type", article.kind),
    "country.id": lambda article: stock.id_of("country", article.country),
    "region.id": lambda article: region_id(article),
    "city.id": lambda article: city_id(article),
}
FILTERS = ("id", "number_contains", "did_group.features", *GROUP_FILTERS)


def countries(carrier: DidwwBase, call: Call) -> Answer:
    """List the countries."""
    given = filters(call, ("id", "name", "prefix", "iso", "is_available"))
    rows = [country(iso) for iso in stock.COUNTRIES]
    return many(carrier, call, [row for row in rows if _fits(row, given)], _itself)


def country(iso: str) -> Row:
    """Show a country."""
    name, prefix = stock.COUNTRIES[iso]
    attributes = {"name": name, "prefix": prefix, "iso": iso}
    return Row("countries", stock.id_of("country", iso), attributes, {"regions": []})


def types(carrier: DidwwBase, call: Call) -> Answer:
    """List the types of groups."""
    given = filters(call, ("id", "name"))
    rows = [Row("did_group_types", stock.id_of("type", kind), {"name": name})
            for kind, name in stock.TYPES.items()]  # fmt: skip
    return many(carrier, call, [row for row in rows if _fits(row, given)], _itself)


def regions(carrier: DidwwBase, call: Call) -> Answer:
    """List the regions."""
    return _places(carrier, call, region)


def cities(carrier: DidwwBase, call: Call) -> Answer:
    """List the cities."""
    return _places(carrier, call, city)


def _places(carrier: DidwwBase, call: Call, show: Callable[[Article], Row | None]) -> Answer:
    given = filters(call, ("id", "name", "country.id", "region.id", "is_available"))
    wanted = given.pop("country.id", None)
    rows: dict[str, Row] = {}
    for article in carrier.shelf.articles.values():
        row = show(article)
        is_there = wanted in (None, stock.id_of("country", article.country))
        if row is not None and is_there and row.id not in rows and _fits(row, given):
            rows[row.id] = row
    return many(carrier, call, rows.values(), _itself)


def region_id(article: Article) -> str:
    """Name the region of a number; empty where it has none."""
    return stock.id_of("region", article.country, article.region) if article.region else ""


def city_id(article: Article) -> str:
    """Name the city of a number; empty where it has none."""
    return stock.id_of("city", article.country, article.locality) if article.locality else ""


def group_id(article: Article) -> str:
    """Name the group of a number."""
    return stock.id_of("group", article.country, article.kind, article.code)


def region(article: Article) -> Row | None:
    """Show the region of a number."""
    links = {"country": ("countries", stock.id_of("country", article.country))}
    id_ = region_id(article)
    return Row("regions", id_, {"name": article.region}, links) if id_ else None


def city(article: Article) -> Row | None:
    """Show the city of a number."""
    links = {"country": ("countries", stock.id_of("country", article.country)), "region": None}
    id_ = city_id(article)
    return Row("cities", id_, {"name": article.locality}, links) if id_ else None


def group(article: Article) -> Row:
    """Show the group of a number, which has the prices."""
    units = [("stock_keeping_units", unit_id(article, channels)) for channels in stock.UNITS]
    return Row(
        "did_groups",
        group_id(article),
        {
            "prefix": article.code,
            "features": stock.features(article),
            "is_metered": False,
            "area_name": article.locality or stock.TYPES[article.kind],
            "allow_additional_channels": True,
            "service_restrictions": None,
        },
        {
            "country": ("countries", stock.id_of("country", article.country)),
            "city": ("cities", city_id(article)) if article.locality else None,
            "did_group_type": ("did_group_types", stock.id_of("type", article.kind)),
            "region": ("regions", region_id(article)) if article.region else None,
            "stock_keeping_units": units,
            "address_requirement": None,
        },
        {
            "available_dids_enabled": True,
            "needs_registration": stock.needs_registration(article),
            "is_available": True,
        },
    )


def unit_id(article: Article, channels: int) -> str:
    """Name a unit of the group of a number."""
    return stock.id_of("unit", article.country, article.kind, article.code, channels)


def unit(article: Article, channels: int) -> Row:
    """Show what a number of a group is sold as."""
    setup, monthly = stock.prices(article.country, article.kind, channels)
    attributes = {
        "setup_price": setup,
        "monthly_price": monthly,
        "channels_included_count": channels,
    }
    return Row("stock_keeping_units", unit_id(article, channels), attributes)


def available(carrier: DidwwBase, call: Call) -> Answer:
    """List the numbers for sale that nobody holds."""
    given = filters(call, FILTERS)
    part = given.get("number_contains", "")
    features = set(filter(None, given.get("did_group.features", "").split(",")))
    found = (
        article
        for article in _on_sale(carrier)
        if part in article.number
        and given.get("id") in (None, did_id(article))
        and (not features or features & set(stock.features(article)))
        and all(
            GROUP_FILTERS[name](article) == given[name] for name in GROUP_FILTERS if name in given
        )
    )
    return some(carrier, call, found, did)


def _on_sale(carrier: DidwwBase) -> Iterator[Article]:
    taken = held(carrier)
    return (article for article in carrier.for_sale() if article.number not in taken)


def did(article: Article) -> Row:
    """Show a number that is for sale."""
    return Row(
        "available_dids",
        did_id(article),
        {"number": stock.digits(article)},
        {"did_group": ("did_groups", group_id(article))},
    )


def did_id(article: Article) -> str:
    """Name a number that is for sale."""
    return stock.id_of("did", article.number)


@cache
def known(shelf: Shelf) -> dict[tuple[str, str], Row]:
    """Give everything that other rows may be linked to, by type and identifier."""
    rows = [country(iso) for iso in stock.COUNTRIES]
    groups: set[str] = set()
    for article in shelf.articles.values():
        rows.append(did(article))
        if group_id(article) not in groups:
            groups.add(group_id(article))
            units = [unit(article, channels) for channels in stock.UNITS]
            rows += [group(article), *units, *filter(None, [region(article), city(article)])]
    return {(row.kind, row.id): row for row in rows}


def _itself(row: Row) -> Row:
    return row


def _fits(row: Row, given: dict[str, str]) -> bool:
    told = {"id": row.id, "is_available": "true", **row.attributes}
    return all(str(told.get(name)) == text for name, text in given.items())
