"""Numbers: bought by their own address in one call, without any order to ask for later."""

from __future__ import annotations

from typing import Any

from sandbox.faults import Kind, Place
from sandbox.flowroute import errors, routes, stock
from sandbox.flowroute.base import (
    NUMBERS,
    REGISTERED,
    FlowrouteBase,
    asked,
    body_of,
    matches,
    paged,
)
from sandbox.stock.shelf import Article
from sandbox.store import Record
from sandbox.wire import Answer, Call

PATTERNS = ("starts_with", "contains", "ends_with", "limit", "offset")
SEARCH = ("state", "rate_center", "number_type", "iso_country", "order_by", *PATTERNS)
LIST = ("alias", *PATTERNS)
TYPE = "longcode"
SETTINGS = {"type": str, "alias": str, "cnam_lookups_enabled": bool, "messaging_enabled": bool}


def search(carrier: FlowrouteBase, call: Call) -> Answer:
    """Find numbers for sale, each with its price."""
    given = asked(call, SEARCH)
    kind = given.get("number_type", TYPE)
    if kind not in (TYPE, "toll-free"):
        raise errors.refused(422, "number_type must be longcode or toll-free")
    rows = [
        _offer(call, article)
        for article in carrier.for_sale(country=given.get("iso_country", ""))
        # Of toll-free numbers it has none here.
        if kind == TYPE
        and given.get("state", article.region).upper() == article.region
        and given.get("rate_center", article.rate_center).upper() == article.rate_center
        and matches(stock.id_of(article), given)
    ]
    return paged(call, rows)


def _offer(call: Call, article: Article) -> Record:
    id_ = stock.id_of(article)
    return {
        "type": "number",
        "id": id_,
        "links": {"related": f"{call.request.base}/v2/numbers/{id_}"},
        "attributes": {
            **_facts(article),
            # Numbers here, as the description has them, and not text.
            "monthly_cost": float(article.monthly),
            "setup_cost": float(article.setup),
        },
    }


def _facts(article: Article) -> Record:
    return {
        "value": stock.id_of(article),
        "state": article.region,
        "rate_center": article.rate_center,
        "number_type": TYPE,
    }


def buy(carrier: FlowrouteBase, call: Call) -> Answer:
    """
    Buy one number.

    Where it was to take messages and cannot, it is bought all the same, and 207 says so.
    """
    wish = _settings(body_of(call)) if call.request.body else {}
    number = f"+{call.parts['number']}"
    fault = carrier.world.faults.take(carrier.slug, "order", Place.ORDER)
    if fault and fault.kind is Kind.NO_FUNDS:
        raise errors.insufficient_funds()
    if fault:
        carrier.world.take(carrier.slug, number, by="")
    article = carrier.buyable(number)
    if article is None:
        raise errors.not_found("Number is not available for purchase")
    price = article.setup + article.monthly
    if price > carrier.world.balance(call.account):
        raise errors.insufficient_funds()
    carrier.world.charge(call.account, price)
    carrier.world.take(carrier.slug, number, by=call.account.id)
    carrier.world.count_purchase(number)
    takes_messages = "sms" in article.features
    record: Record = {
        "_account": call.account.id,
        "attributes": {
            **_facts(article),
            "alias": None,
            "cnam_lookups_enabled": wish.get("cnam_lookups_enabled", False),
            "messaging_enabled": takes_messages and wish.get("messaging_enabled", False),
        },
        "primary_route": REGISTERED,
        "failover_route": None,
    }
    carrier.world.store.put(NUMBERS, call.parts["number"], record)
    if wish.get("messaging_enabled") and not takes_messages:
        return Answer(207)
    return _answer(carrier, call, record, status=201)


def listing(carrier: FlowrouteBase, call: Call) -> Answer:
    """List the account's numbers."""
    given = asked(call, LIST)
    found = {
        id_: record
        for id_, record in carrier.world.store.table(NUMBERS).items()
        if record["_account"] == call.account.id
        and given.get("alias") in (None, record["attributes"]["alias"])
        and matches(id_, given)
    }
    return paged(call, [_shown(call, id_, record) for id_, record in found.items()])


def retrieve(carrier: FlowrouteBase, call: Call) -> Answer:
    """Show one number with its routes."""
    return _answer(carrier, call, owned(carrier, call))


def update(carrier: FlowrouteBase, call: Call) -> Answer:
    """Change what a number is called and what it can do."""
    record = owned(carrier, call)
    wish = _settings(body_of(call))
    if wish.pop("type", "") != "number":
        raise errors.refused(422, "type must be number")
    record["attributes"].update(wish)
    carrier.world.store.put(NUMBERS, call.parts["number"], record)
    return _answer(carrier, call, record)


def release(carrier: FlowrouteBase, call: Call) -> Answer:
    """Give a number back: it is on sale again at once."""
    owned(carrier, call)
    carrier.world.store.remove(NUMBERS, call.parts["number"])
    carrier.world.give_back(carrier.slug, f"+{call.parts['number']}")
    return Answer(204)


def owned(carrier: FlowrouteBase, call: Call) -> Record:
    """
    Find a number of the account.

    :raises Refusal: if it has none of those digits
    """
    record = carrier.world.store.get(NUMBERS, call.parts["number"])
    if record is None or record["_account"] != call.account.id:
        raise errors.not_found()
    return record


def link(carrier: FlowrouteBase, call: Call) -> Answer:
    """Point a number at a route."""
    record = owned(carrier, call)
    told = body_of(call)
    try:
        kind, id_ = told["data"]["type"], str(told["data"]["id"])
    except (KeyError, TypeError) as trouble:
        raise errors.refused(422, "data must have type and id") from trouble
    if kind != "route":
        raise errors.refused(422, "type must be route")
    if id_ != REGISTERED:
        routes.owned(carrier, call, id_)
    return _linked(carrier, call, record, id_)


def unlink(carrier: FlowrouteBase, call: Call) -> Answer:
    """Take a route off a number."""
    return _linked(carrier, call, owned(carrier, call), None)


def _linked(carrier: FlowrouteBase, call: Call, record: Record, id_: str | None) -> Answer:
    name = call.parts["name"]
    if name not in ("primary_route", "failover_route"):
        raise errors.not_found()
    carrier.world.store.put(NUMBERS, call.parts["number"], {**record, name: id_})
    return Answer(204)


def _settings(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise errors.refused(400, "The body must be an object")
    for name, value in told.items():
        if name not in SETTINGS or not isinstance(value, SETTINGS[name]):
            raise errors.refused(422, f"Invalid value for {name}")
    return dict(told)


def _answer(carrier: FlowrouteBase, call: Call, record: Record, status: int = 200) -> Answer:
    names = ("primary_route", "failover_route")
    ids = {record[name] for name in names} - {None, REGISTERED}
    included = [
        routes.shown(call, carrier.world.store.table("flowroute.routes")[id_]) for id_ in ids
    ]
    body = {"data": _shown(call, call.parts["number"], record), "included": included}
    return errors.said(body, status)


def _shown(call: Call, id_: str, record: Record) -> Record:
    links = {
        name: {"data": None if record[name] is None else {"type": "route", "id": record[name]}}
        for name in ("primary_route", "failover_route")
    }
    e911 = record.get("e911_address")
    cnam = record.get("cnam_preset")
    others = {
        "cnam_preset": {"data": cnam and {"type": "cnam", "id": cnam}},
        "e911_address": {"data": e911 and {"type": "e911", "id": e911}},
    }
    return {
        "type": "number",
        "id": id_,
        "links": {"self": f"{call.request.base}/v2/numbers/{id_}"},
        "attributes": record["attributes"],
        "relationships": {**others, **links},
    }
