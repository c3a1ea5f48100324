"""E911 addresses: kept under a label of their own, and linked with numbers."""

from __future__ import annotations

from typing import Any

from sandbox import places
from sandbox.flowroute import errors
from sandbox.flowroute.base import NUMBERS, FlowrouteBase, asked, body_of, paged
from sandbox.flowroute.numbers import owned
from sandbox.store import Record
from sandbox.wire import Answer, Call

TABLE = "flowroute.e911s"
NEEDED = (
    "label",
    "first_name",
    "last_name",
    "street_number",
    "street_name",
    "city",
    "state",
    "country",
    "zip",
)
UNIT = ("address_type", "address_type_number")
TYPES = frozenset({
    "apartment", "basement", "building", "department", "floor", "front", "key", "lobby", "lot",
    "lower", "office", "penthouse", "pier", "rear", "room", "side", "slip", "space", "stop",
    "suite", "trailer", "unit", "upper",
})  # fmt: skip
FIRST = 20155


def check(carrier: FlowrouteBase, call: Call) -> Answer:
    """Say with nothing that an address is good."""
    _read(call)
    return Answer(204)


def create(carrier: FlowrouteBase, call: Call) -> Answer:
    """Keep an address; its label must be unique."""
    told = _read(call)
    if told["label"] in {row["attributes"]["label"] for row in _of(carrier, call)}:
        raise errors.refused(422, "label must be unique")
    id_ = str(FIRST + len(carrier.world.store.table(TABLE)))
    record: Record = {"id": id_, "_account": call.account.id, "attributes": told}
    carrier.world.store.put(TABLE, id_, record)
    return errors.said({"data": _shown(call, record)}, 201)


def listing(carrier: FlowrouteBase, call: Call) -> Answer:
    """List the account's addresses."""
    asked(call, ("limit", "offset"))
    return paged(call, [_shown(call, row) for row in _of(carrier, call)])


def retrieve(carrier: FlowrouteBase, call: Call) -> Answer:
    """Show one address."""
    return errors.said({"data": _shown(call, _owned(carrier, call))})


def link(carrier: FlowrouteBase, call: Call) -> Answer:
    """Give a number an address, in place of the one that it has."""
    record = owned(carrier, call)
    address = _owned(carrier, call)
    if record.get("e911_address") == address["id"]:
        raise errors.refused(409, "The records are already associated.")
    return _linked(carrier, call, record, address["id"])


def unlink(carrier: FlowrouteBase, call: Call) -> Answer:
    """Take a number's address off it."""
    record = owned(carrier, call)
    if record.get("e911_address") is None:
        raise errors.not_found()
    return _linked(carrier, call, record, None)


def _linked(carrier: FlowrouteBase, call: Call, record: Record, id_: str | None) -> Answer:
    carrier.world.store.put(NUMBERS, call.parts["number"], {**record, "e911_address": id_})
    return Answer(204)


def _read(call: Call) -> Record:
    """
    Read an address.

    :raises Refusal: for one that help would not find as it is written
    """
    told = body_of(call)
    try:
        kind, attributes = told["data"]["type"], dict(told["data"]["attributes"])
    except (KeyError, TypeError, ValueError) as trouble:
        raise errors.refused(422, "data must have type and attributes") from trouble
    missing = [name for name in NEEDED if not attributes.get(name)]
    if kind != "e911" or missing or set(attributes) - {*NEEDED, *UNIT}:
        raise errors.refused(422, f"An e911 has {', '.join(NEEDED)}")
    _check_unit(attributes)
    street = f"{attributes['street_number']} {attributes['street_name']}"
    found = places.judge(street, str(attributes["zip"]), attributes["country"])
    if found.street != street:
        raise errors.refused(422, f"The address requires a change: {found.street}")
    if found.trouble or attributes["country"] not in ("US", "CA"):
        raise errors.refused(422, "The address could not be validated.")
    return attributes


def _check_unit(attributes: dict[str, Any]) -> None:
    kind, number = (attributes.get(name) for name in UNIT)
    if (kind is None) != (number is None) or (kind and str(kind).lower() not in TYPES):
        raise errors.refused(422, "address_type and address_type_number do not fit")


def _of(carrier: FlowrouteBase, call: Call) -> list[Record]:
    table = carrier.world.store.table(TABLE).values()
    return [row for row in table if row["_account"] == call.account.id]


def _owned(carrier: FlowrouteBase, call: Call) -> Record:
    record = carrier.world.store.get(TABLE, call.parts["id"])
    if record is None or record["_account"] != call.account.id:
        raise errors.not_found()
    return record


def _shown(call: Call, record: Record) -> Record:
    return {
        "type": "e911",
        "id": record["id"],
        "links": {"self": f"{call.request.base}/v2/e911s/{record['id']}"},
        "attributes": record["attributes"],
    }
