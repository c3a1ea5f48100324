"""`e911s` and `geocodeRequest`: addresses of numbers, given by orders that are decided later."""

from __future__ import annotations

import uuid
from xml.etree.ElementTree import Element

from sandbox import places
from sandbox.bandwidth import errors, numbers, orders
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

TABLE = "bandwidth.e911s"
CHECKED = "GeocodeRequestResponse"
PARTS = (
    "HouseNumber",
    "HouseSuffix",
    "PreDirectional",
    "StreetName",
    "StreetSuffix",
    "PostDirectional",
    "AddressLine2",
    "City",
    "StateCode",
    "Zip",
    "PlusFour",
)
STREET = ("HouseNumber", "HouseSuffix", "PreDirectional", "StreetName", "StreetSuffix")
LONGEST_NAME = 50


def check(carrier: BandwidthBase, call: Call) -> Answer:
    """Say whether an address is found, or close to one that is."""
    asked = document(call.request, "RequestAddress")
    if not all(asked.findtext(name) for name in ("AddressLine1", "City", "StateCode")):
        raise errors.invalid(12101, "AddressLine1, City and StateCode are required.", root=CHECKED)
    parts = _parts(asked)
    found = _judge(parts)
    corrected = {**parts, "StreetName": _corrected(parts["StreetName"])}
    if found.trouble and corrected == parts:
        words = "This address could not be validated / geocoded"
        raise errors.invalid(errors.NOWHERE, words, root=CHECKED)
    shown: list[tuple[str, Content]] = [
        ("GeocodedAddress", _geocoded(corrected)),
        ("RequestAddress", _told(parts)),
    ]
    if corrected == parts:
        return answer(CHECKED, shown)
    words = (
        "Some adjustments are required to allow the address to pass geocoding: Specified value - "
        f'Street Name : "{parts["StreetName"]}" Valid value - "{corrected["StreetName"]}"'
    )
    return answer(CHECKED, [("ErrorMessage", words), *shown], status=409)


def create(carrier: BandwidthBase, call: Call) -> Answer:
    """Take an order that gives numbers an address, or takes it off them."""
    body = document(call.request, "E911Order")
    reference = body.findtext("CustomerOrderId") or ""
    if reference and not orders.REFERENCE.fullmatch(reference):
        raise errors.invalid(5019, "The CustomerOrderId is invalid.", root="E911OrderResponse")
    removes = body.findtext("DeleteTNSpecificE911Address") == "true"
    where, name = body.find("Address"), body.findtext("CallerName") or ""
    if removes == (where is not None) or len(name) > LONGEST_NAME:
        words = "An address and a caller name, or their removal, must be given."
        raise errors.invalid(8001, words, root="E911OrderResponse")
    order: Record = {
        "id": str(uuid.uuid4()),
        "account": call.account.id,
        "reference": reference,
        "numbers": numbers_in(body.find("TelephoneNumbers")),
        "name": name,
        "address": None if where is None else _parts(where),
        "trouble": {},
        "status": "RECEIVED",
        "created": moment(carrier.world.now()),
        "due": carrier.world.clock() + carrier.order_seconds,
    }
    carrier.world.store.put(TABLE, order["id"], order)
    shown: Content = [
        ("CustomerOrderId", reference),
        # The other answers write OrderId.
        ("orderId", order["id"]),
        ("ProcessingStatus", order["status"]),
        *_what(order),
    ]
    return answer("E911OrderResponse", [("E911Order", shown)], status=201)


def listing(carrier: BandwidthBase, call: Call) -> Answer:
    """List the orders about a number, without what they say."""
    found = [
        order
        for order in carrier.world.store.table(TABLE).values()
        if order["account"] == call.account.id and call.query.get("tn") in order["numbers"]
    ]
    rows: list[tuple[str, Content]] = [("E911OrderSummary", _brief(call, one)) for one in found]
    return answer("E911Orders", [("TotalCount", str(len(found))), *rows])


def retrieve(carrier: BandwidthBase, call: Call) -> Answer:
    """Show an order and what became of it."""
    order = carrier.world.store.get(TABLE, call.parts["id"])
    if order is None or order["account"] != call.account.id:
        raise errors.missing("The resource does not exist", root="E911OrderReportResponse")
    complaints: list[tuple[str, Content]] = [
        (
            "Error",
            [
                ("Code", str(code)),
                ("Description", words),
                ("TelephoneNumbers", [("TelephoneNumber", number)]),
            ],
        )
        for number, (code, words) in order["trouble"].items()
    ]
    shown: list[tuple[str, Content]] = [
        ("OrderCreateDate", order["created"]),
        ("AccountId", account_id(call.account)),
        ("OrderId", order["id"]),
        ("CustomerOrderId", order["reference"]),
        ("ProcessingStatus", order["status"]),
        *_what(order),
        ("ErrorList", complaints),
        ("OrderType", "e911"),
    ]
    return answer("E911Order", shown)


def of_number(carrier: BandwidthBase, call: Call) -> Answer:
    """Show the address that a number has, if any."""
    row = numbers.mine(carrier, call, call.parts["tn"])
    if row is None:
        raise errors.missing("The number is not in the system.", root="TnE911AddressResponse")
    there = row.get("e911")
    if there is None:
        return answer("TnE911AddressResponse", [])
    shown: Content = [("Name", there["name"]), *_of_number(there["address"])]
    return answer("TnE911AddressResponse", [("Address", shown)])


def settle(carrier: BandwidthBase) -> None:
    """Decide every order whose time has come, the oldest first."""
    for order in list(carrier.world.store.table(TABLE).values()):
        if order["status"] == "RECEIVED" and order["due"] <= carrier.world.clock():
            carrier.world.store.put(TABLE, order["id"], _decided(carrier, order))


def _decided(carrier: BandwidthBase, order: Record) -> Record:
    parts = order["address"]
    adjusted = parts and {**parts, "StreetName": _corrected(parts["StreetName"])}
    trouble = {number: why for number in order["numbers"] if (why := _why(carrier, order, number))}
    done = [number for number in order["numbers"] if number not in trouble]
    for number in done:
        row = carrier.world.store.get(numbers.TABLE, number) or {}
        there = parts and {"name": order["name"], "address": adjusted}
        carrier.world.store.put(numbers.TABLE, number, row | {"e911": there})
    word = "PARTIAL" if done and trouble else "COMPLETE" if done else "FAILED"
    word = f"ADJUSTED_{word}" if done and adjusted != parts else word
    return order | {"status": word, "trouble": trouble}


def _why(carrier: BandwidthBase, order: Record, number: str) -> list[object] | None:
    """Give why a number gets no address, or keeps the one that it has."""
    row = carrier.world.store.get(numbers.TABLE, number)
    if row is None or row["account"] != order["account"]:
        return [8003, "Telephone numbers does not belong to this account."]
    if numbers.status_of(carrier, row) != "Inservice":
        return [8009, "Telephone numbers not in 'Inservice'"]
    parts = order["address"]
    if parts is None:
        return None if row.get("e911") else [8013, "The telephone number has no address."]
    is_lost = _judge({**parts, "StreetName": _corrected(parts["StreetName"])}).trouble
    if is_lost or places.fails_later(parts["StreetName"]):
        return [errors.NOWHERE, "This address could not be validated / geocoded"]
    return None


def _judge(parts: Record) -> places.Judgement:
    street = " ".join(filter(None, (parts[name] for name in STREET)))
    code = "-".join(filter(None, (parts["Zip"], parts["PlusFour"])))
    return places.judge(street, code, "US")


def _corrected(street: str) -> str:
    return places.judge(f"1 {street}", "-", "").street.removeprefix("1 ")


def _parts(where: Element) -> Record:
    return {name: where.findtext(name) or "" for name in PARTS}


def _told(parts: Record) -> list[tuple[str, Content]]:
    return [(name, parts[name]) for name in PARTS if parts[name]]


def _geocoded(parts: Record) -> Content:
    line = " ".join(filter(None, (parts[name] for name in STREET))).upper()
    # It writes capitals, and no unit.
    rest = {name: text.upper() for name, text in parts.items() if name != "AddressLine2"}
    return [("AddressLine1", line), *((name, text) for name, text in rest.items() if text)]


def _of_number(parts: Record) -> list[tuple[str, Content]]:
    # There is no suffix here: it is a part of the street's name.
    street = " ".join(filter(None, (parts["StreetName"], parts["StreetSuffix"])))
    return _told({**parts, "StreetName": street, "StreetSuffix": ""})


def _what(order: Record) -> list[tuple[str, Content]]:
    listed: list[tuple[str, Content]] = [
        ("TelephoneNumbers", [("TelephoneNumber", number) for number in order["numbers"]])
    ]
    if order["address"] is None:
        return listed
    return [*listed, ("CallerName", order["name"]), ("Address", _told(order["address"]))]


def _brief(call: Call, order: Record) -> Content:
    return [
        ("accountId", account_id(call.account)),
        ("CountOfTNs", str(len(order["numbers"]))),
        ("OrderDate", order["created"]),
        ("OrderType", "e911"),
        ("OrderStatus", order["status"]),
        ("OrderId", order["id"]),
    ]
