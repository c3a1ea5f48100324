"""`tnreservation`: one number for four hours, kept from every other account."""

from __future__ import annotations

import uuid

from sandbox.bandwidth import errors
from sandbox.bandwidth.base import BandwidthBase, account_id, answer, document, numbers_in
from sandbox.carrier import Carrier
from sandbox.store import Record
from sandbox.wire import Answer, Call

TABLE = "bandwidth.reservations"
SECONDS = 4 * 60 * 60


def create(carrier: BandwidthBase, call: Call) -> Answer:
    """Reserve a number; of several the last one alone."""
    body = document(call.request, "Reservation")
    wanted = [part for part in body if part.tag == "ReservedTn"][-1:]
    (number,) = numbers_in(body if wanted else None)[-1:]
    if number in holders(carrier) or carrier.buyable(number) is None:
        words = f"Reservation failed: telephone number {number} is not available."
        raise errors.invalid(errors.NOT_RESERVED, words, root="ReservationResponse")
    row: Record = {
        "id": str(uuid.uuid4()),
        "number": number,
        "account": call.account.id,
        "until": carrier.world.clock() + SECONDS,
    }
    carrier.world.store.put(TABLE, row["id"], row)
    place = f"https://dashboard.bandwidth.com/api/v2{_path(call)}/{row['id']}"
    return Answer(201, b"", (("Location", place),))


def retrieve(carrier: BandwidthBase, call: Call) -> Answer:
    """Show a reservation with the seconds that are left."""
    return _shown(carrier, call, _mine(carrier, call))


def delete(carrier: BandwidthBase, call: Call) -> Answer:
    """Let a number go."""
    row = _mine(carrier, call)
    carrier.world.store.remove(TABLE, row["id"])
    return _shown(carrier, call, row)


def holders(carrier: Carrier) -> dict[str, str]:
    """Tell for which account each number is reserved now."""
    now = carrier.world.clock()
    rows = carrier.world.store.table(TABLE).values()
    return {row["number"]: row["account"] for row in rows if row["until"] > now}


def use(carrier: Carrier, number: str) -> None:
    """Drop what is reserved of a number: it was bought."""
    rows = list(carrier.world.store.table(TABLE).items())
    for key, row in rows:
        if row["number"] == number:
            carrier.world.store.remove(TABLE, key)


def _mine(carrier: BandwidthBase, call: Call) -> Record:
    row = carrier.world.store.get(TABLE, call.parts["id"])
    if row is None or row["account"] != call.account.id or row["until"] <= carrier.world.clock():
        raise errors.missing("There is no such reservation.", root="ReservationResponse")
    return row


def _shown(carrier: BandwidthBase, call: Call, row: Record) -> Answer:
    facts = [
        ("ReservationId", row["id"]),
        ("AccountId", account_id(call.account)),
        ("ReservationExpires", str(max(0, round(row["until"] - carrier.world.clock())))),
        ("ReservedTn", row["number"]),
    ]
    return answer("ReservationResponse", [("Reservation", facts)])


def _path(call: Call) -> str:
    return call.request.path.partition("/v2")[2]
