"""Orders: placed at once, decided a moment later, and silent about which numbers they brought."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.didww import coverage, dids, events, reservations, stock
from sandbox.didww.base import DidwwBase, Row, body_of, error, filters, invalid, many, not_found
from sandbox.didww.base import one as shown
from sandbox.faults import Kind, Place
from sandbox.stock.shelf import Article
from sandbox.store import Record
from sandbox.wire import Answer, Call, Refusal

TABLE = "didww.orders"
FILTERS = ("id", "status", "reference", "external_reference_id")
ATTRIBUTES = frozenset(
    {"allow_back_ordering", "items", "external_reference_id", "callback_url", "callback_method"}
)


def create(carrier: DidwwBase, call: Call) -> Answer:
    """Place an order for one number, named by itself or by its reservation."""
    attributes = body_of(call, "orders").get("attributes") or {}
    if unknown := sorted(set(attributes) - ATTRIBUTES):
        raise Refusal(error(400, "105", f"{unknown[0]} is not allowed"))
    callback = events.callback_of(attributes)
    items = attributes.get("items")
    if not isinstance(items, list) or len(items) != 1:
        raise invalid("items must be one here", "/data/attributes/items")
    fault = carrier.world.faults.take(carrier.slug, "order", Place.ORDER)
    article, unit = _chosen(carrier, call, items[0].get("attributes") or {})
    setup, monthly = map(Decimal, stock.prices(article.country, article.kind, unit))
    balance = carrier.world.balance(call.account)
    if setup + monthly > balance or (fault and fault.kind is Kind.NO_FUNDS):
        amounts = {"available_balance": str(balance), "total_cost": str(setup + monthly)}
        raise Refusal(error(400, "100", "Insufficient balance", **amounts))
    record: Record = {
        "id": str(uuid.uuid4()),
        "account": call.account.id,
        "reference": f"ABC-{uuid.uuid4().int % 1_000_000:06}",
        "amount": str(setup + monthly),
        "status": "pending",
        "created_at": carrier.world.now().isoformat(),
        "external_reference_id": attributes.get("external_reference_id"),
        "number": article.number,
        "due": carrier.world.clock() + carrier.order_seconds,
        "gone": fault is not None,
        **callback,
    }
    if fault is not None:
        carrier.world.take(carrier.slug, article.number, by="")
    else:
        # What is ordered is off the shelf, and paid, before it is delivered.
        carrier.world.charge(call.account, setup + monthly)
        carrier.world.take(carrier.slug, article.number, by=call.account.id)
    reservations.use(carrier, article.number)
    carrier.world.store.put(TABLE, record["id"], record)
    if record["callback_url"]:
        events.schedule(carrier, carrier.order_seconds, TABLE, record["id"])
    return shown(carrier, call, row(record), 201)


def settle(carrier: DidwwBase) -> None:
    """Decide the orders that are due."""
    now = carrier.world.clock()
    for record in _pending(carrier):
        if record["due"] <= now:
            _decide(carrier, record)


def hurry(carrier: DidwwBase) -> None:
    """Decide every order at once."""
    for record in _pending(carrier):
        _decide(carrier, record)


def resume(carrier: DidwwBase) -> None:
    """Have the orders decided in time that an earlier run left pending."""
    for record in _pending(carrier):
        if record["callback_url"]:
            wait = max(0.0, record["due"] - carrier.world.clock())
            events.schedule(carrier, wait, TABLE, record["id"])


def _pending(carrier: DidwwBase) -> list[Record]:
    table = carrier.world.store.table(TABLE).values()
    return [record for record in table if record["status"] == "pending"]


def _decide(carrier: DidwwBase, record: Record) -> None:
    if not record["gone"]:
        carrier.world.count_purchase(record["number"])
        dids.deliver(carrier, record)
    decided = {**record, "status": "canceled" if record["gone"] else "completed"}
    carrier.world.store.put(TABLE, record["id"], decided)
    events.send(carrier, "orders", decided)


def listing(carrier: DidwwBase, call: Call) -> Answer:
    """List the account's orders."""
    given = filters(call, FILTERS)
    table = carrier.world.store.table(TABLE).values()
    mine = [
        record
        for record in table
        if record["account"] == call.account.id
        and all(record[name] == text for name, text in given.items())
    ]
    return many(carrier, call, mine, row)


def retrieve(carrier: DidwwBase, call: Call) -> Answer:
    """Show one order."""
    record = carrier.world.store.get(TABLE, call.parts["id"])
    if record is None or record["account"] != call.account.id:
        raise not_found(call.parts["id"])
    return shown(carrier, call, row(record))


def row(record: Record) -> Row:
    """Show an order; its items name units and prices, but no number."""
    item = {"qty": 1, "nrc": "0.00", "mrc": record["amount"]}
    names = (
        *("amount", "status", "created_at", "reference", "external_reference_id"),
        *("callback_url", "callback_method"),
    )
    return Row(
        "orders",
        record["id"],
        {
            **{name: record[name] for name in names},
            "description": "DID",
            "items": [{"type": "did_order_items", "attributes": item}],
        },
    )


def _chosen(carrier: DidwwBase, call: Call, item: Mapping[str, Any]) -> tuple[Article, int]:
    """Find the number that an item names, and how many channels its unit has."""
    pointer = "/data/attributes/items/0/{}".format
    if set(item) == {"sku_id", "did_reservation_id"}:
        reserved = reservations.owned(carrier, call, str(item["did_reservation_id"]))
        number = reserved["number"]
    elif set(item) == {"sku_id", "available_did_id"}:
        others = reservations.held(carrier)
        numbers = (
            article.number
            for article in carrier.for_sale()
            if coverage.did_id(article) == item["available_did_id"]
        )
        number = next(numbers, "")
        if not number or number in others:
            raise invalid("available_did is invalid", pointer("available_did_id"))
    else:
        raise invalid("an item has a sku_id and names one number", pointer("attributes"))
    article = carrier.shelf.articles[number]
    for channels in stock.UNITS:
        if coverage.unit_id(article, channels) == item["sku_id"]:
            return article, channels
    raise invalid("sku is invalid", pointer("sku_id"))
