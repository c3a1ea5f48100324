"""What is for sale, from country to city, and the one cart of each account."""

from __future__ import annotations

from typing import Any

from sandbox.faults import Kind, Place
from sandbox.stock.shelf import Article
from sandbox.store import Record
from sandbox.wavix import stock
from sandbox.wavix.base import (
    CARTS,
    NUMBERS,
    WavixBase,
    asked,
    body_of,
    done,
    error,
    insufficient_funds,
    invalid,
    not_found,
    paged,
)
from sandbox.wire import Answer, Call, Refusal, as_json

TEXTS = "text_enabled_only"
DOC_TYPES = [
    {"id": 1, "name": "id", "title": "Any form of ID"},
    {"id": 2, "name": "address", "title": "Proof of address"},
    {"id": 3, "name": "localaddress", "title": "Proof of local address"},
]
FIRST = 24_001
"""The record of a bought number has an id of its own, which is not its digits."""


def countries(carrier: WavixBase, call: Call) -> Answer:
    """List the countries by their names; they have no other word for one."""
    asked(call, (TEXTS,))
    rows = [
        {
            "id": stock.country_id(country),
            "name": name,
            "has_provinces_or_states": country != "GB",
        }
        for country, name in stock.COUNTRIES.items()
    ]
    return as_json({"countries": rows})


def regions(carrier: WavixBase, call: Call) -> Answer:
    """List the regions of a country."""
    asked(call, (TEXTS,))
    country = _country(call)
    there = sorted({city.region for city in stock.cities().values() if city.country == country})
    if there == [""]:
        raise Refusal(error(422, "Country has no states or provinces"))
    rows = [{"id": stock.region_id(region), "name": stock.REGIONS[region]} for region in there]
    return as_json({"regions": rows})


def cities(carrier: WavixBase, call: Call) -> Answer:
    """List the cities of a region, or of a country without any."""
    asked(call, (TEXTS,))
    country, region = _country(call), call.parts.get("region_id", "")
    rows = [
        {"id": city.id, "name": city.name, "area_code": city.area_code}
        for city in stock.cities().values()
        if city.country == country
        and (str(stock.region_id(city.region)) if city.region else "") == region
    ]
    if not rows:
        raise not_found()
    return as_json({"cities": rows})


def dids(carrier: WavixBase, call: Call) -> Answer:
    """List the numbers of a city, each with its price."""
    given = asked(call, (TEXTS, "page", "per_page"))
    city = stock.cities().get(_id(call, "city_id"))
    if city is None or city.country != _country(call):
        raise not_found()
    rows = [
        offer(article)
        for article in carrier.for_sale(country=city.country)
        if stock.in_city(article, city)
        and (given.get(TEXTS) != "true" or "sms" in article.features)
    ]
    return paged(call, "dids", rows)


def offer(article: Article) -> Record:
    """Show a number that is for sale; its id is its digits."""
    return {
        "id": int(stock.digits(article)),
        "number": stock.digits(article),
        "activation_fee": str(article.setup),
        "monthly_fee": str(article.monthly),
        "per_min": "0.01",
        "channels": "4",
        "city": article.locality,
        "country": stock.COUNTRIES[article.country],
        "country_short_name": article.country,
        "cnam": False,
        "free_min": 0,
        "require_docs": list(stock.NEEDS_DOCUMENTS) if stock.needs_documents(article) else [],
        "sms_enabled": "sms" in article.features,
        "sms_price": 0,
        "domestic_cli": False,
    }


def show_cart(carrier: WavixBase, call: Call) -> Answer:
    """Show what is in the cart; numbers that somebody else bought are not any more."""
    return as_json({"dids": _content(carrier, call), "doc_types": DOC_TYPES})


def add(carrier: WavixBase, call: Call) -> Answer:
    """Put numbers into the cart, which holds none of them; those not for sale are left out."""
    ids = _ids(call)
    there = [id_ for id_ in ids if carrier.buyable(f"+{id_}")]
    if not there:
        raise not_found()
    _keep(carrier, call, [*_cart(carrier, call), *there])
    return as_json(_content(carrier, call))


def take_out(carrier: WavixBase, call: Call) -> Answer:
    """Take numbers out of the cart."""
    ids, content = _ids(call), _cart(carrier, call)
    if not set(ids) & set(content):
        raise not_found()
    _keep(carrier, call, [id_ for id_ in content if id_ not in ids])
    return done()


def check_out(carrier: WavixBase, call: Call) -> Answer:
    """Buy numbers of the cart, all or none; the answer says no more than that it is done."""
    ids = _ids(call)
    fault = carrier.world.faults.take(carrier.slug, "order", Place.ORDER)
    if fault and fault.kind is Kind.NO_FUNDS:
        raise insufficient_funds()
    if fault:
        carrier.world.take(carrier.slug, f"+{ids[0]}", by="")
    articles = [carrier.buyable(f"+{id_}") for id_ in ids]
    bought = [article for article in articles if article is not None]
    if len(bought) < len(ids) or not set(ids) <= set(_cart(carrier, call)):
        raise not_found()
    price = sum(article.setup + article.monthly for article in bought)
    if price > carrier.world.balance(call.account):
        raise insufficient_funds()
    for article in bought:
        carrier.world.charge(call.account, article.setup + article.monthly)
        carrier.world.take(carrier.slug, article.number, by=call.account.id)
        carrier.world.count_purchase(article.number)
        _record(carrier, call, article)
    _keep(carrier, call, [id_ for id_ in _cart(carrier, call) if id_ not in ids])
    return done(201)


def _record(carrier: WavixBase, call: Call, article: Article) -> None:
    there = carrier.world.store.table(NUMBERS)
    id_ = max((record["id"] for record in there.values()), default=FIRST) + 1
    needed = stock.needs_documents(article)
    record: Record = {
        **{name: value for name, value in offer(article).items() if name != "sms_price"},
        "id": id_,
        "_account": call.account.id,
        "channels": 4,
        "state": article.region or None,
        "require_docs": [str(kind) for kind in stock.NEEDS_DOCUMENTS] if needed else [],
        "documents": [],
        "destination": [],
        "label": None,
        "status": "inactive" if needed else "active",
        "seconds": "0",
        "added": carrier.world.now().strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "paid_until": carrier.world.now().date().isoformat(),
        "sms_relay_url": None,
        "call_recording_enabled": False,
        "transcription_enabled": False,
        "transcription_threshold": 6,
        "call_status_url": None,
    }
    carrier.world.store.put(NUMBERS, str(id_), record)


def _content(carrier: WavixBase, call: Call) -> list[Record]:
    articles = [carrier.buyable(f"+{id_}") for id_ in _cart(carrier, call)]
    return [offer(article) for article in articles if article is not None]


def _cart(carrier: WavixBase, call: Call) -> list[str]:
    record = carrier.world.store.get(CARTS, call.account.id) or {"ids": []}
    return list(record["ids"])


def _keep(carrier: WavixBase, call: Call, ids: list[str]) -> None:
    carrier.world.store.put(CARTS, call.account.id, {"ids": list(dict.fromkeys(ids))})


def _ids(call: Call) -> list[str]:
    told: Any = body_of(call, {"ids": list}, ("ids",))["ids"]
    if not told or not all(isinstance(id_, str) and id_.isdecimal() for id_ in told):
        raise invalid("ids")
    return list(told)


def _country(call: Call) -> str:
    id_ = _id(call, "country_id")
    found = [country for country in stock.COUNTRIES if stock.country_id(country) == id_]
    if not found:
        raise not_found()
    return found[0]


def _id(call: Call, name: str) -> int:
    text = call.parts[name]
    if not text.isdecimal():
        raise invalid(name)
    return int(text)
