"""`/number_reservations`: numbers that are held for an account for a while."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from sandbox.carrier import Carrier
from sandbox.store import Record
from sandbox.telnyx import errors, parameters
from sandbox.telnyx.base import TelnyxBase, moment
from sandbox.wire import Answer, Call, as_json

BODY: dict[str, Any] = {"customer_reference": str, "phone_numbers": [dict]}
LINE: dict[str, Any] = {"phone_number": str}
LIST: dict[str, Any] = {
    **parameters.PAGE,
    "filter[status]": str,
    "filter[created_at][gt]": str,
    "filter[created_at][lt]": str,
    "filter[phone_numbers.phone_number]": str,
    "filter[customer_reference]": str,
}
TABLE = "telnyx.reservations"
SECONDS = 30 * 60
"""How long a hold lasts, and how long from now once it is extended."""
UNTIL = "_until"


def create(carrier: TelnyxBase, call: Call) -> Answer:
    """
    Hold numbers, each for itself.

    A number that cannot be held does not fail the call: its own status becomes `failure`.
    """
    asked = parameters.body(call.request, BODY)
    numbers = parameters.numbers(asked, LINE)
    held = holders(carrier)
    lines = [_new_line(carrier, number, _trouble(carrier, number, held)) for number in numbers]
    stamp = moment(carrier.world.now())
    any_held = any(line["status"] == "success" for line in lines)
    reservation: Record = {
        "id": str(uuid.uuid4()),
        "record_type": "number_reservation",
        "status": "success" if any_held else "failure",
        "phone_numbers": lines,
        "customer_reference": asked.get("customer_reference", ""),
        "created_at": stamp,
        "updated_at": stamp,
        "_account": call.account.id,
    }
    carrier.world.store.put(TABLE, reservation["id"], reservation)
    return as_json({"data": _shown(reservation)})


def retrieve(carrier: TelnyxBase, call: Call) -> Answer:
    """Show one reservation."""
    return as_json({"data": _shown(_owned(carrier, call))})


def listing(carrier: TelnyxBase, call: Call) -> Answer:
    """List reservations, newest first."""
    asked = parameters.query(call.request, LIST)
    rows = [
        _shown(reservation)
        for reservation in reversed(carrier.world.store.table(TABLE).values())
        if reservation["_account"] == call.account.id and _fits(reservation, asked)
    ]
    return parameters.paged(rows, asked, size=20)


def extend(carrier: TelnyxBase, call: Call) -> Answer:
    """Let the numbers that are still held be held for the whole time once more."""
    reservation = _owned(carrier, call)
    now = carrier.world.clock()
    held = [line for line in reservation["phone_numbers"] if line[UNTIL] > now]
    if not held:
        raise errors.unprocessable("The reservation has expired.", pointer="/")
    for line in held:
        line |= _ends(now + SECONDS) | {"updated_at": moment(carrier.world.now())}
    reservation["updated_at"] = moment(carrier.world.now())
    carrier.world.store.put(TABLE, reservation["id"], reservation)
    return as_json({"data": _shown(reservation)})


def holders(carrier: Carrier) -> dict[str, str]:
    """Tell for which account each number is held now."""
    now = carrier.world.clock()
    return {
        line["phone_number"]: reservation["_account"]
        for reservation in carrier.world.store.table(TABLE).values()
        for line in reservation["phone_numbers"]
        if line[UNTIL] > now
    }


def end(carrier: Carrier, number: str) -> None:
    """Hold a number no longer: it was bought."""
    now = carrier.world.clock()
    for id_, reservation in list(carrier.world.store.table(TABLE).items()):
        for line in reservation["phone_numbers"]:
            if line["phone_number"] == number and line[UNTIL] > now:
                line |= _ends(now)
                carrier.world.store.put(TABLE, id_, reservation)


def _trouble(carrier: TelnyxBase, number: str, held: dict[str, str]) -> str:
    if number in held:
        return "Number is already on hold"
    return "" if carrier.buyable(number) else "Number is not available"


def _new_line(carrier: TelnyxBase, number: str, trouble: str) -> Record:
    stamp = moment(carrier.world.now())
    line: Record = {
        "id": str(uuid.uuid4()),
        "record_type": "reserved_phone_number",
        "phone_number": number,
        "status": "failure" if trouble else "success",
        "created_at": stamp,
        "updated_at": stamp,
        UNTIL: 0.0,
    }
    if trouble:
        return line | {"errors": trouble}
    return line | _ends(carrier.world.clock() + SECONDS)


def _ends(at: float) -> Record:
    return {UNTIL: at, "expired_at": moment(datetime.fromtimestamp(at, UTC))}


def _owned(carrier: TelnyxBase, call: Call) -> Record:
    reservation = carrier.world.store.get(TABLE, call.parts["id"])
    if reservation is None or reservation["_account"] != call.account.id:
        raise errors.not_found()
    return reservation


def _fits(reservation: Record, asked: dict[str, Any]) -> bool:
    for name in ("status", "customer_reference"):
        if asked.get(f"filter[{name}]", reservation[name]) != reservation[name]:
            return False
    number = asked.get("filter[phone_numbers.phone_number]")
    if number and number not in {line["phone_number"] for line in reservation["phone_numbers"]}:
        return False
    created = str(reservation["created_at"])
    after = str(asked.get("filter[created_at][gt]", ""))
    before = str(asked.get("filter[created_at][lt]", "~"))
    return after < created < before


def _shown(reservation: Record) -> Record:
    lines = [parameters.shown(line) for line in reservation["phone_numbers"]]
    return parameters.shown(reservation) | {"phone_numbers": lines}
