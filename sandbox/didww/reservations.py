"""Reservations: ten at a time, ten minutes each, and gone when the number is bought."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from sandbox.didww import stock
from sandbox.didww.base import DidwwBase, Row, body_of, filters, invalid, linked_to, many, not_found
from sandbox.didww.base import one as shown
from sandbox.store import Record
from sandbox.wire import Answer, Call

TABLE = "didww.reservations"
MOST = 10
SECONDS = 600.0


def create(carrier: DidwwBase, call: Call) -> Answer:
    """Hold a number."""
    data = body_of(call, "did_reservations")
    target = linked_to(data, "available_did")
    number = _number(carrier, target)
    if number is None:
        pointer = "/data/relationships/available_did"
        raise invalid("available_did - can't be blank or is already reserved", pointer)
    mine = [row for row in held(carrier).values() if row["account"] == call.account.id]
    if len(mine) >= MOST:
        raise invalid(f"You can have {MOST} reservations at a time")
    now = carrier.world.clock()
    record: Record = {
        "id": str(uuid.uuid4()),
        "account": call.account.id,
        "number": number,
        "description": str((data.get("attributes") or {}).get("description") or ""),
        "created_at": _stamp(now),
        "expires": now + SECONDS,
    }
    carrier.world.store.put(TABLE, record["id"], record)
    return shown(carrier, call, row(record), 201)


def listing(carrier: DidwwBase, call: Call) -> Answer:
    """List the account's holds."""
    given = filters(call, ("id",))
    mine = [
        record
        for record in held(carrier).values()
        if record["account"] == call.account.id and given.get("id") in (None, record["id"])
    ]
    return many(carrier, call, mine, row)


def retrieve(carrier: DidwwBase, call: Call) -> Answer:
    """Show one hold."""
    return shown(carrier, call, row(owned(carrier, call, call.parts["id"])))


def delete(carrier: DidwwBase, call: Call) -> Answer:
    """Let a number go."""
    record = owned(carrier, call, call.parts["id"])
    carrier.world.store.remove(TABLE, record["id"])
    return Answer(204)


def owned(carrier: DidwwBase, call: Call, id_: str) -> Record:
    """
    Find a hold of the account.

    :raises Refusal: if it has none of that id
    """
    for record in held(carrier).values():
        if (record["id"], record["account"]) == (id_, call.account.id):
            return record
    raise not_found(id_)


def held(carrier: DidwwBase) -> Mapping[str, Record]:
    """Give the holds of everybody that have not lapsed, by number."""
    now = carrier.world.clock()
    table = carrier.world.store.table(TABLE).values()
    return {record["number"]: record for record in table if record["expires"] > now}


def use(carrier: DidwwBase, number: str) -> None:
    """End the hold of a number that is bought."""
    record = held(carrier).get(number)
    if record is not None:
        carrier.world.store.remove(TABLE, record["id"])


def row(record: Record) -> Row:
    """Show a hold."""
    return Row(
        "did_reservations",
        record["id"],
        {
            "created_at": record["created_at"],
            "description": record["description"],
            "expires_at": _stamp(record["expires"]),
        },
        {"available_did": ("available_dids", stock.id_of("did", record["number"]))},
    )


def _number(carrier: DidwwBase, target: tuple[str, str] | None) -> str | None:
    taken = held(carrier)
    for article in carrier.for_sale():
        if target == ("available_dids", stock.id_of("did", article.number)):
            return None if article.number in taken else article.number
    return None


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
