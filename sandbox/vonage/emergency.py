"""
Addresses and the numbers that name them, in JSON and with problem documents, as newer interfaces.

How an address is taken off and whether a status is told is in no document: `VonageBase` has a
reading of each.
"""

from __future__ import annotations

import uuid
from typing import Any

from sandbox import places
from sandbox.store import Record
from sandbox.vonage import errors
from sandbox.vonage.base import TABLE, VonageBase, count
from sandbox.wire import Answer, Call, as_json

ADDRESSES = "vonage.addresses"
NEEDED = ("address_name", "address_line1", "city", "region", "postal_code", "country")
OPTIONAL = ("address_line2", "type", "address_location_type")
NAME_LENGTHS = range(2, 33)
LARGEST_PAGE = 1000
NAMED = "_emergency"
"""What a number names, among what its list never shows."""


def create(carrier: VonageBase, call: Call) -> Answer:
    """Keep an address; one that help would not find is refused."""
    told = _body(call, (*NEEDED, *OPTIONAL))
    for name in NEEDED:
        if not told.get(name):
            raise errors.minded(name, "is required")
    if len(told["address_name"]) not in NAME_LENGTHS:
        raise errors.minded("address_name", "must have 2 to 32 characters")
    street = told["address_line1"]
    found = places.judge(street, told["postal_code"], told["country"])
    if found.trouble:
        field = "postal_code" if found.trouble == "postal_code" else "address_line1"
        raise errors.minded(field, "could not be validated")
    record: Record = {
        "id": str(uuid.uuid4()),
        "type": "emergency",
        "address_location_type": "business",
        **told,
        "_account": call.account.id,
    }
    carrier.world.store.put(ADDRESSES, record["id"], record)
    return as_json(_shown(record), status=201)


def listing(carrier: VonageBase, call: Call) -> Answer:
    """List the account's addresses, the first page unless another one is asked for."""
    given = call.query
    if unknown := sorted(set(given) - {"page", "page_size"}):
        raise errors.minded(unknown[0], "is unknown")
    page, size = count(given, "page", 1), count(given, "page_size", 100)
    if size > LARGEST_PAGE:
        raise errors.minded("page_size", "must be at most 1000")
    rows = [
        _shown(record)
        for record in carrier.world.store.table(ADDRESSES).values()
        if record["_account"] == call.account.id
    ]
    part = rows[(page - 1) * size : page * size]
    body = {
        "page_size": size,
        "page": page,
        "total_pages": -(-len(rows) // size),
        "total_items": len(rows),
        "_embedded": {"addresses": part},
    }
    return as_json(body)


def retrieve(carrier: VonageBase, call: Call) -> Answer:
    """Show an address."""
    return as_json(_shown(_address(carrier, call, call.parts["id"])))


def configuration(carrier: VonageBase, call: Call) -> Answer:
    """Show what a number has for calls for help; what is under way is decided by then."""
    number = _number(carrier, call)
    named = number.get(NAMED)
    if carrier.tells_status and named and named["status"] == "pending":
        street = carrier.world.store.table(ADDRESSES)[named["id"]]["address_line1"]
        decided = "failed" if places.fails_later(street) else "active"
        number = _kept(carrier, number, {**named, "status": decided})
    return as_json(_configured(carrier, number))


def assign(carrier: VonageBase, call: Call) -> Answer:
    """Have a number name an address, in place of the one that it names."""
    number = _number(carrier, call)
    told = _body(call, ("address", "contact_name"))
    if told.get("address") is None and carrier.clears_by == call.request.method:
        return as_json(_configured(carrier, _kept(carrier, number, None)))
    named = told.get("address")
    if not isinstance(named, dict) or not named.get("id"):
        raise errors.minded("address", "must name an address")
    address = _address(carrier, call, str(named["id"]))
    if places.fails_later(address["address_line1"]) and not carrier.tells_status:
        raise errors.minded("address", "could not be provisioned")
    fresh = {"id": address["id"], "contact": told.get("contact_name", ""), "status": "pending"}
    return as_json(_configured(carrier, _kept(carrier, number, fresh)))


def unassign(carrier: VonageBase, call: Call) -> Answer:
    """Take the address off a number, where this is how it is done."""
    number = _number(carrier, call)
    if carrier.clears_by != call.request.method:
        return errors.problem(405, "Method Not Allowed")
    _kept(carrier, number, None)
    return Answer(204)


def _body(call: Call, known: tuple[str, ...]) -> dict[str, Any]:
    try:
        told = call.request.json()
        unknown = sorted(set(told) - set(known))
    except (TypeError, ValueError) as trouble:
        raise errors.minded("body", "must be a JSON object") from trouble
    if unknown:
        raise errors.minded(unknown[0], "is unknown")
    return dict(told)


def _number(carrier: VonageBase, call: Call) -> Record:
    record = carrier.world.store.get(TABLE, call.parts["number"])
    if record is None or record["_account"] != call.account.id:
        raise errors.unknown()
    return record


def _address(carrier: VonageBase, call: Call, id_: str) -> Record:
    record = carrier.world.store.get(ADDRESSES, id_)
    if record is None or record["_account"] != call.account.id:
        raise errors.unknown()
    return record


def _kept(carrier: VonageBase, number: Record, named: Record | None) -> Record:
    fresh = {**number, NAMED: named}
    carrier.world.store.put(TABLE, number["msisdn"], fresh)
    return fresh


def _configured(carrier: VonageBase, number: Record) -> Record:
    shown: Record = {"number": number["msisdn"]}
    if named := number.get(NAMED):
        address = carrier.world.store.table(ADDRESSES)[named["id"]]
        shown |= {"contact_name": named["contact"], "address": _shown(address)}
        shown |= {"status": named["status"]} if carrier.tells_status else {}
    return shown


def _shown(record: Record) -> Record:
    return {name: value for name, value in record.items() if not name.startswith("_")}
