"""
CNAM records: names that staff approve before numbers may have them.

Each is decided after `order_seconds`. Names of authorities are refused, as the real staff does.
"""

from __future__ import annotations

from sandbox.flowroute import errors
from sandbox.flowroute.base import NUMBERS, FlowrouteBase, asked, body_of, paged
from sandbox.flowroute.numbers import owned
from sandbox.store import Record
from sandbox.wire import Answer, Call

TABLE = "flowroute.cnams"
FIRST = 17604
LONGEST = 15
DUE = "_due"
MISLEADING = ("POLICE", "SHERIFF", "WHITE HOUSE")


def create(carrier: FlowrouteBase, call: Call) -> Answer:
    """Keep a name until somebody has looked at it."""
    told = body_of(call)
    text = told.get("value") if isinstance(told, dict) and set(told) == {"value"} else None
    if not isinstance(text, str) or not text or len(text) > LONGEST:
        raise errors.refused(422, "value must have 1 to 15 characters")
    if not any(letter.isalpha() for letter in text):
        raise errors.refused(422, "value must have a letter")
    id_ = str(FIRST + len(carrier.world.store.table(TABLE)))
    record: Record = {
        "id": id_,
        "_account": call.account.id,
        DUE: carrier.world.clock() + carrier.order_seconds,
        "attributes": {
            "value": text,
            "is_approved": False,
            "rejection_reason": None,
            "creation_datetime": f"{carrier.world.now():%Y-%m-%d %H:%M:%S+00:00}",
            "approval_datetime": None,
        },
    }
    carrier.world.store.put(TABLE, id_, record)
    return errors.said({"data": _shown(call, record)}, 201)


def listing(carrier: FlowrouteBase, call: Call) -> Answer:
    """List the account's names."""
    given = asked(call, ("limit", "offset", "is_approved", "value"))
    rows = [
        _shown(call, row)
        for row in carrier.world.store.table(TABLE).values()
        if row["_account"] == call.account.id
        and given.get("value", "").lower() in row["attributes"]["value"].lower()
        and given.get("is_approved") in (None, str(row["attributes"]["is_approved"]).lower())
    ]
    return paged(call, rows)


def link(carrier: FlowrouteBase, call: Call) -> Answer:
    """Give a number a name that was approved; called networks show it days later."""
    number = owned(carrier, call)
    record = carrier.world.store.get(TABLE, call.parts["id"])
    if record is None or record["_account"] != call.account.id:
        raise errors.not_found("CNAM record not found.")
    if not record["attributes"]["is_approved"]:
        raise errors.refused(422, "The CNAM record has not been approved yet.")
    carrier.world.store.put(NUMBERS, call.parts["number"], {**number, "cnam_preset": record["id"]})
    return Answer(202)


def unlink(carrier: FlowrouteBase, call: Call) -> Answer:
    """Take a number's name off it; the record stays."""
    number = owned(carrier, call)
    if number.get("cnam_preset") is None:
        raise errors.not_found()
    carrier.world.store.put(NUMBERS, call.parts["number"], {**number, "cnam_preset": None})
    stamp = f"{carrier.world.now():%a, %d %b %Y %H:%M:%S GMT}"
    told = {"id": None, "type": "cnam", "attributes": {"date_created": stamp}}
    return errors.said({"data": told}, 202)


def settle(carrier: FlowrouteBase) -> None:
    """Decide what is due."""
    now = carrier.world.clock()
    for row in list(carrier.world.store.table(TABLE).values()):
        if DUE in row and row[DUE] <= now:
            fresh = {name: value for name, value in row.items() if name != DUE}
            decided = {**row["attributes"], **_decided(carrier, row["attributes"]["value"])}
            carrier.world.store.put(TABLE, row["id"], {**fresh, "attributes": decided})


def _decided(carrier: FlowrouteBase, text: str) -> Record:
    if any(word in text.upper() for word in MISLEADING):
        return {"rejection_reason": "The name is misleading."}
    stamp = f"{carrier.world.now():%Y-%m-%d %H:%M:%S+00:00}"
    return {"is_approved": True, "approval_datetime": stamp}


def _shown(call: Call, record: Record) -> Record:
    return {
        "type": "cnam",
        "id": record["id"],
        "links": {"self": f"{call.request.base}/v2/cnams/{record['id']}"},
        "attributes": record["attributes"],
    }
