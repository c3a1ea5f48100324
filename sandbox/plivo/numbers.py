"""Numbers: bought by their own address in one call, without any order to ask for later."""

from __future__ import annotations

from sandbox.faults import Kind, Place
from sandbox.plivo import errors, stock, trunks
from sandbox.plivo.base import NUMBERS, PlivoBase, address_of, asked, paged, told
from sandbox.stock.shelf import Article
from sandbox.store import Record
from sandbox.wire import Answer, Call

SEARCH = (
    *("country_iso", "type", "pattern", "region", "city", "services", "lata", "rate_center"),
    *("npanxx", "local_calling_area", "eligible"),
)
LIST = ("type", "number_startswith", "subaccount", "alias", "services", "cnam_lookup")
TYPES = ("local", "tollfree", "mobile", "national", "fixed")
COUNTRIES = {"US": "UNITED STATES", "CA": "CANADA", "GB": "UNITED KINGDOM"}
CODES = {"US": "1", "CA": "1", "GB": "44"}
BUY: dict[str, type] = {
    "app_id": str,
    "cnam_lookup": str,
    "verification_info": dict,
    "ha_enable": bool,
}
UPDATE: dict[str, type | tuple[type, ...]] = {
    "app_id": (str, type(None)),
    "subaccount": str,
    "alias": str,
    "cnam_lookup": str,
    "verification_info": dict,
}


def search(carrier: PlivoBase, call: Call) -> Answer:
    """Find numbers for sale, each with its price."""
    given = asked(call, SEARCH)
    country, kind = given.get("country_iso", ""), given.get("type", "")
    if country not in COUNTRIES:
        raise errors.refused(400, "country_iso is missing or not served")
    if kind not in ("", *TYPES):
        raise errors.refused(400, "type is invalid")
    rows = [
        _offer(call, article)
        for article in carrier.for_sale(country=country)
        if _is_of(article, kind) and _is_asked_for(article, given)
    ]
    return paged(call, rows)


def _is_of(article: Article, kind: str) -> bool:
    word = stock.WORDS[article.kind]
    return kind in ("", word) or (kind == "fixed" and word == "local")


def _is_asked_for(article: Article, given: dict[str, str]) -> bool:
    services = set(given.get("services", "").split(",")) - {""}
    return (
        stock.digits(article).startswith(CODES[article.country] + given.get("pattern", ""))
        and services <= article.features
        and given.get("city", article.locality).upper() == article.locality.upper()
        and given.get("region", article.region).upper() == article.region.upper()
        and given.get("rate_center", article.rate_center).upper() == article.rate_center.upper()
    )


def _offer(call: Call, article: Article) -> Record:
    id_ = stock.digits(article)
    return {
        "number": id_,
        "prefix": article.code,
        "type": stock.WORDS[article.kind],
        "country": COUNTRIES[article.country],
        "region": _region(article),
        "city": article.locality or None,
        "rate_center": article.rate_center or None,
        "lata": None,
        **_rates(article),
        "setup_rate": f"{article.setup:.5f}",
        "restriction": "VERIFICATION_REQUIRED" if stock.needs_papers(article) else None,
        "restriction_text": None,
        "resource_uri": address_of(call, "PhoneNumber", id_),
    }


def _rates(article: Article) -> Record:
    return {
        "monthly_rental_rate": f"{article.monthly:.5f}",
        **{f"{name}_enabled": name in article.features for name in stock.SERVICES},
        **{f"{name}_rate": "0.00500" for name in stock.SERVICES},
    }


def _region(article: Article) -> str:
    return ", ".join(part for part in (article.region, COUNTRIES[article.country]) if part)


def buy(carrier: PlivoBase, call: Call) -> Answer:
    """Buy one number. What awaits documents is `pending` in an order that is `fulfilled`."""
    wish = told(call, BUY)
    id_ = call.parts["number"]
    number = f"+{id_}"
    fault = carrier.world.faults.take(carrier.slug, "order", Place.ORDER)
    if fault and fault.kind is Kind.NO_FUNDS:
        raise errors.insufficient_funds()
    if fault:
        carrier.world.take(carrier.slug, number, by="")
    article = carrier.buyable(number)
    if article is None:
        raise errors.not_found()
    trunk = wish.get("app_id")
    if trunk:
        trunks.owned(carrier, call, trunk)
    if article.setup + article.monthly > carrier.world.balance(call.account):
        raise errors.insufficient_funds()
    carrier.world.charge(call.account, article.setup + article.monthly)
    carrier.world.take(carrier.slug, number, by=call.account.id)
    carrier.world.count_purchase(number)
    waits = stock.needs_papers(article)
    shown = _shown(call, carrier, article, looks_up=wish.get("cnam_lookup", "disabled"))
    record: Record = {"account": call.account.id, "trunk": trunk, "shown": shown}
    carrier.world.store.put(NUMBERS, id_, record)
    line = {"number": id_, "status": "pending" if waits else "Success"}
    return errors.said(201, message="created", numbers=[line], status="fulfilled")


def _shown(call: Call, carrier: PlivoBase, article: Article, *, looks_up: str) -> Record:
    is_american = article.country == "US"
    return {
        "number": stock.digits(article),
        "alias": None,
        "sub_account": None,
        "added_on": f"{carrier.world.now():%Y-%m-%d}",
        "carrier": "Plivo",
        "region": _region(article),
        "city": article.locality,
        "country": COUNTRIES[article.country].title(),
        "number_type": stock.WORDS[article.kind],
        "active": not stock.needs_papers(article),
        "compliance_application_id": None,
        "compliance_status": None,
        "cnam_lookup": looks_up if is_american else None,
        "resource_uri": address_of(call, "Number", stock.digits(article)),
        **_rates(article),
    }


def listing(carrier: PlivoBase, call: Call) -> Answer:
    """List the account's numbers."""
    given = asked(call, LIST)
    rows = [
        _whole(call, record)
        for id_, record in carrier.world.store.table(NUMBERS).items()
        if record["account"] == call.account.id
        and id_.startswith(given.get("number_startswith", ""))
        and given.get("alias") in (None, record["shown"]["alias"])
        and given.get("type") in (None, record["shown"]["number_type"])
    ]
    return paged(call, rows)


def retrieve(carrier: PlivoBase, call: Call) -> Answer:
    """Show one number."""
    return errors.said(**_whole(call, owned(carrier, call)))


def update(carrier: PlivoBase, call: Call) -> Answer:
    """Change some settings of a number; an empty `app_id` takes its trunk off."""
    record = owned(carrier, call)
    wish = told(call, UPDATE)
    shown = {**record["shown"]}
    if wish.get("app_id"):
        trunks.owned(carrier, call, wish["app_id"])
    if "app_id" in wish:
        record = {**record, "trunk": wish["app_id"] or None}
    if "cnam_lookup" in wish:
        if shown["cnam_lookup"] is None or wish["cnam_lookup"] not in ("enabled", "disabled"):
            raise errors.refused(400, "cnam_lookup is invalid for this number")
        shown["cnam_lookup"] = wish["cnam_lookup"]
    shown["alias"] = wish.get("alias", shown["alias"])
    carrier.world.store.put(NUMBERS, call.parts["number"], {**record, "shown": shown})
    return errors.said(202, message="changed")


def release(carrier: PlivoBase, call: Call) -> Answer:
    """Give a number back: it is on sale again at once."""
    owned(carrier, call)
    carrier.world.store.remove(NUMBERS, call.parts["number"])
    carrier.world.give_back(carrier.slug, f"+{call.parts['number']}")
    return Answer(204)


def owned(carrier: PlivoBase, call: Call) -> Record:
    """
    Find a number of the account.

    :raises Refusal: if it has none of those digits
    """
    record = carrier.world.store.get(NUMBERS, call.parts["number"])
    if record is None or record["account"] != call.account.id:
        raise errors.not_found()
    return record


def _whole(call: Call, record: Record) -> Record:
    trunk = record["trunk"]
    application = address_of(call, "Application", trunk) if trunk else None
    return {**record["shown"], "application": application}
