"""`lidbs`: names that numbers show, listed by orders that are decided later and never taken off."""

from __future__ import annotations

import re
import uuid

from sandbox.bandwidth import errors, numbers
from sandbox.bandwidth.base import (
    BandwidthBase,
    account_id,
    answer,
    document,
    moment,
    numbers_in,
)
from sandbox.store import Record
from sandbox.wire import Answer, Call
from trunks.xml import Content

TABLE = "bandwidth.lidbs"
ROOT = "LidbOrderResponse"
LONGEST_NAME = 15
IN_PROCESS = 11020
NAME = re.compile(r"[A-Za-z0-9 .,&'-]+")


def create(carrier: BandwidthBase, call: Call) -> Answer:
    """Take an order; a number in process is named in an answer that is good all the same."""
    body = document(call.request, "LidbOrder")
    group = body.find("LidbTnGroups/LidbTnGroup")
    if group is None:
        raise errors.of_order(ROOT, 5001, "The telephone number list is invalid.")
    text = group.findtext("SubscriberInformation") or ""
    if not NAME.fullmatch(text) or len(text) > LONGEST_NAME:
        raise errors.of_order(ROOT, 11012, "SubscriberInformation is invalid.")
    if group.findtext("UseType") not in ("BUSINESS", "RESIDENTIAL"):
        raise errors.of_order(ROOT, 11013, "UseType is invalid.")
    wanted = numbers_in(group.find("TelephoneNumbers"))
    busy = {
        number
        for order in _orders(carrier, call)
        if order["status"] == "RECEIVED"
        for number in order["numbers"]
    }
    order: Record = {
        "id": str(uuid.uuid4()),
        "account": call.account.id,
        "numbers": wanted,
        "text": text,
        "use": group.findtext("UseType"),
        "visibility": group.findtext("Visibility") or "PUBLIC",
        "trouble": [number for number in wanted if number in busy],
        "status": "RECEIVED",
        "created": moment(carrier.world.now()),
        "due": carrier.world.clock() + carrier.order_seconds,
    }
    carrier.world.store.put(TABLE, order["id"], order)
    return answer(ROOT, [("LidbOrder", _shown(order))], status=201)


def listing(carrier: BandwidthBase, call: Call) -> Answer:
    """List the orders about a number; an account that has none is answered with a 404."""
    tn = call.query.get("tn")
    found = [order for order in _orders(carrier, call) if tn in (None, *order["numbers"])]
    if not found:
        return Answer(404)
    rows: list[tuple[str, Content]] = [
        (
            "OrderIdUserIdDate",
            [
                ("accountId", account_id(call.account)),
                ("CountOfTNs", str(len(order["numbers"]))),
                ("OrderType", "lidb"),
                ("OrderDate", order["created"]),
                ("orderId", order["id"]),
                ("OrderStatus", order["status"]),
            ],
        )
        for order in found
    ]
    listed: Content = [("TotalCount", str(len(found))), *rows]
    return answer("ResponseSelectWrapper", [("ListOrderIdUserIdDate", listed)])


def retrieve(carrier: BandwidthBase, call: Call) -> Answer:
    """Show an order."""
    order = carrier.world.store.get(TABLE, call.parts["id"])
    if order is None or order["account"] != call.account.id:
        raise errors.missing("The resource does not exist", root="LidbOrderReportResponse")
    return answer("LidbOrder", _shown(order))


def settle(carrier: BandwidthBase) -> None:
    """Decide every order whose time has come, the oldest first."""
    for order in list(carrier.world.store.table(TABLE).values()):
        if order["status"] == "RECEIVED" and order["due"] <= carrier.world.clock():
            carrier.world.store.put(TABLE, order["id"], _decided(carrier, order))


def _decided(carrier: BandwidthBase, order: Record) -> Record:
    done = 0
    for number in order["numbers"]:
        row = carrier.world.store.get(numbers.TABLE, number)
        is_theirs = row is not None and row["account"] == order["account"]
        if row is None or not is_theirs or number in order["trouble"]:
            continue
        named = {name: order[name] for name in ("text", "use", "visibility")}
        carrier.world.store.put(numbers.TABLE, number, row | {"lidb": named})
        done += 1
    some = "PARTIAL" if done else "FAILED"
    return order | {"status": "COMPLETE" if done == len(order["numbers"]) else some}


def _orders(carrier: BandwidthBase, call: Call) -> list[Record]:
    rows = carrier.world.store.table(TABLE).values()
    return [order for order in rows if order["account"] == call.account.id]


def _shown(order: Record) -> Content:
    words = "Cannot add LIDB to a telephone number that already has LIDB or is in process"
    complaints = [errors.listed(IN_PROCESS, words, number) for number in order["trouble"]]
    listed: Content = [("TelephoneNumber", number) for number in order["numbers"]]
    group: Content = [
        ("TelephoneNumbers", listed),
        ("SubscriberInformation", order["text"]),
        ("UseType", order["use"]),
        ("Visibility", order["visibility"]),
    ]
    return [
        ("orderId", order["id"]),
        ("ProcessingStatus", order["status"]),
        ("ErrorList", complaints),
        ("LidbTnGroups", [("LidbTnGroup", group)]),
    ]
