"""`/number_orders`: asynchronous purchases, decided when their time has come."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from sandbox.faults import Kind, Place
from sandbox.store import Record
from sandbox.telnyx import connections, errors, events, parameters, regulation, reservations
from sandbox.telnyx.base import TelnyxBase, moment
from sandbox.telnyx.numbers import new_number
from sandbox.wire import Answer, Call, as_json

BODY: dict[str, Any] = {
    "billing_group_id": str,
    "connection_id": str,
    "customer_reference": str,
    "messaging_profile_id": str,
    "phone_numbers": [dict],
}
LINE: dict[str, Any] = {"phone_number": str, "requirement_group_id": str, "bundle_id": str}
LIST: dict[str, Any] = {
    **parameters.PAGE,
    "filter[status]": str,
    "filter[created_at][gt]": str,
    "filter[created_at][lt]": str,
    "filter[customer_reference]": str,
    "filter[phone_numbers_count]": int,
    "filter[requirements_met]": bool,
}
TABLE = "telnyx.orders"
DUE = "_due"
ANNOUNCED = "_announced"
"""Fields that begin with an underscore are the sandbox's own and never leave it."""


def create(carrier: TelnyxBase, call: Call) -> Answer:
    """
    Take an order: `pending` at once, decided later.

    A number that cannot be bought does not fail the call: its own status becomes `failure`.
    """
    asked = parameters.body(call.request, BODY)
    wanted = parameters.numbers(asked, LINE)
    connection_id = asked.get("connection_id", "")
    if connection_id and connections.owned(carrier, call.account, connection_id) is None:
        detail = "The requested connection does not exist."
        raise errors.unprocessable(detail, pointer="/connection_id", code="10017")
    fault = carrier.world.faults.take(carrier.slug, "order", Place.ORDER)
    if fault and fault.kind is Kind.NO_FUNDS:
        raise errors.insufficient_funds()
    if fault:
        for number in wanted:
            if carrier.buyable(number):
                carrier.world.take(carrier.slug, number, by="")
    regulation.require(carrier, call.account, asked["phone_numbers"])
    held = reservations.holders(carrier)
    bought = [
        article
        for number in wanted
        if held.get(number, call.account.id) == call.account.id
        and (article := carrier.buyable(number))
    ]
    total = sum((article.setup + article.monthly for article in bought), Decimal(0))
    if total > carrier.world.balance(call.account):
        raise errors.insufficient_funds()
    carrier.world.charge(call.account, total)
    order = _new_order(carrier, call, asked, wanted, {article.number for article in bought})
    for article in bought:
        carrier.world.take(carrier.slug, article.number, by=call.account.id)
        reservations.end(carrier, article.number)
        carrier.world.count_purchase(article.number)
        new_number(carrier, call.account, article, order)
    carrier.world.store.put(TABLE, order["id"], order)
    schedule(carrier, order["id"], carrier.order_seconds)
    return as_json({"data": whole(order)})


def retrieve(carrier: TelnyxBase, call: Call) -> Answer:
    """Show one order with the status of each number."""
    order = carrier.world.store.get(TABLE, call.parts["id"])
    if order is None or order["_account"] != call.account.id:
        raise errors.not_found()
    return as_json({"data": whole(order)})


def listing(carrier: TelnyxBase, call: Call) -> Answer:
    """List orders, newest first. Numbers have no status here, only their id."""
    asked = parameters.query(call.request, LIST)
    orders = [
        order
        for order in reversed(carrier.world.store.table(TABLE).values())
        if order["_account"] == call.account.id and _fits(order, asked)
    ]
    return parameters.paged([_brief(order) for order in orders], asked, size=20)


def settle(carrier: TelnyxBase) -> None:
    """Decide every order whose time has come."""
    now = carrier.world.clock()
    due = [
        order
        for order in carrier.world.store.table(TABLE).values()
        if order["status"] == "pending" and order[DUE] <= now
    ]
    for order in due:
        _decide(carrier, order)


def schedule(carrier: TelnyxBase, order_id: str, seconds: float) -> None:
    """Have the order decided and announced in a while, whether or not anybody asks."""

    def announce() -> None:
        with carrier.world.lock:
            if carrier.world.store.get(TABLE, order_id):
                settle(carrier)
                _announce(carrier, order_id)

    carrier.world.courier.after(seconds, announce)


def hurry(carrier: TelnyxBase) -> None:
    """Decide and announce every order at once."""
    for order_id, order in list(carrier.world.store.table(TABLE).items()):
        if not order.get(ANNOUNCED):
            if order["status"] == "pending":
                _decide(carrier, order)
            _announce(carrier, order_id)


def whole(order: Record) -> Record:
    """Give an order as the carrier shows it."""
    lines = [parameters.shown(line) for line in order["phone_numbers"]]
    return parameters.shown(order) | {"phone_numbers": lines}


def _decide(carrier: TelnyxBase, order: Record) -> None:
    stamp = moment(carrier.world.now())
    for line in order["phone_numbers"]:
        line["status"] = "success" if line["_bought"] else "failure"
        number = carrier.world.store.get("telnyx.numbers", line["_number_id"])
        if number is not None and number["status"] == "purchase-pending":
            number |= {"status": "active", "activated_at": stamp, "updated_at": stamp}
            carrier.world.store.put("telnyx.numbers", number["id"], number)
    bought = any(line["_bought"] for line in order["phone_numbers"])
    order |= {"status": "success" if bought else "failure", "updated_at": stamp}
    carrier.world.store.put(TABLE, order["id"], order)


def _announce(carrier: TelnyxBase, order_id: str) -> None:
    order = carrier.world.store.table(TABLE)[order_id]
    if order["status"] == "pending":
        # The world's clock may run behind the timer; look again.
        schedule(carrier, order_id, 0.05)
    elif not order.get(ANNOUNCED):
        carrier.world.store.put(TABLE, order_id, order | {ANNOUNCED: True})
        account = carrier.world.account(carrier.slug, order["_account"])
        if account is not None and account.webhook_url:
            events.send(carrier, account, whole(order))


def _new_order(
    carrier: TelnyxBase, call: Call, asked: dict[str, Any], numbers: list[str], bought: set[str]
) -> Record:
    stamp = moment(carrier.world.now())
    order: Record = {
        "id": str(uuid.uuid4()),
        "record_type": "number_order",
        "status": "pending",
        "phone_numbers_count": len(numbers),
        "phone_numbers": [_new_line(carrier, number, number in bought) for number in numbers],
        "sub_number_orders_ids": [str(uuid.uuid4())],
        "requirements_met": True,
        "customer_reference": asked.get("customer_reference", ""),
        "created_at": stamp,
        "updated_at": stamp,
        "_account": call.account.id,
        DUE: carrier.world.clock() + carrier.order_seconds,
    }
    for name in ("connection_id", "messaging_profile_id", "billing_group_id"):
        if asked.get(name):
            order[name] = asked[name]
    return order


def _new_line(carrier: TelnyxBase, number: str, bought: bool) -> Record:
    article = carrier.shelf.articles.get(number)
    line: Record = {
        "id": str(uuid.uuid4()),
        "record_type": "number_order_phone_number",
        "phone_number": number,
        "status": "pending",
        "requirements_met": True,
        "requirements_status": "approved",
        "regulatory_requirements": [],
        "_bought": bought,
        "_number_id": carrier.new_id() if bought else "",
    }
    if article is not None:
        line |= {
            "country_code": article.country,
            "country_iso_alpha2": article.country,
            "phone_number_type": article.kind,
        }
    return line


def _brief(order: Record) -> Record:
    shown = whole(order)
    shown["phone_numbers"] = [
        {"id": line["id"], "phone_number": line["phone_number"]} for line in order["phone_numbers"]
    ]
    return shown


def _fits(order: Record, asked: dict[str, Any]) -> bool:
    for name in ("status", "customer_reference", "phone_numbers_count", "requirements_met"):
        if asked.get(f"filter[{name}]", order[name]) != order[name]:
            return False
    created = str(order["created_at"])
    after = str(asked.get("filter[created_at][gt]", ""))
    before = str(asked.get("filter[created_at][lt]", "~"))
    return after < created < before
