"""
`/messaging_tollfree`: verification of toll-free numbers. Unwrapped, and in camelCase.

A request is decided after `order_seconds`. It is refused where what shows how people agree is on a
host that ends in `.invalid`, and waits for the customer where its summary has fewer than forty
characters; both may be corrected.
"""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.store import Record
from sandbox.telnyx import errors, numbers, parameters
from sandbox.telnyx.base import TelnyxBase, moment
from sandbox.wire import Answer, Call, as_json

TABLE = "telnyx.toll_free"
TEXTS = (
    *("businessName", "corporateWebsite", "businessAddr1", "businessCity", "businessState"),
    *("businessZip", "businessContactFirstName", "businessContactLastName"),
    *("businessContactEmail", "businessContactPhone", "messageVolume", "useCase"),
    *("useCaseSummary", "productionMessageContent", "optInWorkflow", "additionalInformation"),
)
BODY: dict[str, Any] = {
    **dict.fromkeys(TEXTS, str),
    "entityType": str,
    "businessRegistrationNumber": str,
    "businessRegistrationType": str,
    "businessRegistrationCountry": str,
    "phoneNumbers": [dict],
    "optInWorkflowImageURLs": [dict],
}
LIST: dict[str, Any] = {"page": int, "page_size": int, "phone_number": str}
SHORTEST = 40
NOWHERE = ".invalid/"
DUE = "_due"


def create(carrier: TelnyxBase, call: Call) -> Answer:
    """Hand in a request; a number that has one gets no second one."""
    asked = _asked(call)
    for number in _numbers(asked):
        if any(number in _numbers(row) for row in _mine(carrier, call)):
            words = "A verification request for the number exists already."
            raise errors.unprocessable(words, pointer="/phoneNumbers")
        owned = numbers.by_number(carrier, number)
        if owned is None or owned["_account"] != call.account.id:
            raise errors.unprocessable("The number is not yours.", pointer="/phoneNumbers")
    request: Record = {
        "id": str(uuid.uuid4()),
        "createdAt": moment(carrier.world.now()),
        "_account": call.account.id,
    }
    return _handed_in(carrier, request | asked)


def update(carrier: TelnyxBase, call: Call) -> Answer:
    """Correct a request, which is decided anew."""
    return _handed_in(carrier, _owned(carrier, call) | _asked(call))


def retrieve(carrier: TelnyxBase, call: Call) -> Answer:
    """Show a request."""
    return as_json(parameters.shown(_owned(carrier, call)))


def listing(carrier: TelnyxBase, call: Call) -> Answer:
    """List the requests."""
    asked = parameters.query(call.request, LIST)
    if "page" not in asked or "page_size" not in asked:
        raise errors.malformed("page and page_size are required", parameter="page")
    rows = [
        parameters.shown(row)
        for row in _mine(carrier, call)
        if "phone_number" not in asked or asked["phone_number"] in _numbers(row)
    ]
    start = (asked["page"] - 1) * asked["page_size"]
    part = rows[start : start + asked["page_size"]]
    return as_json({"records": part, "total_records": len(rows)})


def delete(carrier: TelnyxBase, call: Call) -> Answer:
    """Delete a request that was refused."""
    if _owned(carrier, call)["verificationStatus"] != "Rejected":
        raise errors.malformed("Only a rejected request can be deleted", parameter="id")
    carrier.world.store.remove(TABLE, _owned(carrier, call)["id"])
    return Answer(200)


def settle(carrier: TelnyxBase) -> None:
    """Decide what is due."""
    now = carrier.world.clock()
    for row in list(carrier.world.store.table(TABLE).values()):
        if DUE in row and row[DUE] <= now:
            fresh = {name: value for name, value in row.items() if name != DUE}
            carrier.world.store.put(TABLE, row["id"], fresh | _decided(row))


def _decided(row: Record) -> Record:
    if any(NOWHERE in one["url"] for one in row["optInWorkflowImageURLs"]):
        return {"verificationStatus": "Rejected", "reason": "Nothing shows the opt-in."}
    if len(row["useCaseSummary"]) < SHORTEST:
        words = "The use case is not clear."
        return {"verificationStatus": "Waiting For Customer", "reason": words}
    return {"verificationStatus": "Verified"}


def _handed_in(carrier: TelnyxBase, request: Record) -> Answer:
    due = carrier.world.clock() + carrier.order_seconds
    request = request | {"updatedAt": moment(carrier.world.now()), DUE: due}
    request |= {"verificationStatus": "In Progress", "reason": ""}
    carrier.world.store.put(TABLE, request["id"], request)
    told = {
        name: value
        for name, value in parameters.shown(request).items()
        if name not in ("createdAt", "updatedAt", "reason")
    }
    # Its own answer names the request twice, and says no more about it than was handed in.
    return as_json(told | {"verificationRequestId": request["id"]})


def _asked(call: Call) -> dict[str, Any]:
    asked = parameters.body(call.request, BODY)
    for name in (*TEXTS, "phoneNumbers", "optInWorkflowImageURLs"):
        if name not in asked:
            raise errors.unprocessable(f"{name} is required", pointer=f"/{name}")
    if not asked["optInWorkflowImageURLs"]:
        raise errors.unprocessable("Show the opt-in.", pointer="/optInWorkflowImageURLs")
    return asked


def _numbers(row: Record) -> list[str]:
    return [one["phoneNumber"] for one in row["phoneNumbers"]]


def _mine(carrier: TelnyxBase, call: Call) -> list[Record]:
    rows = carrier.world.store.table(TABLE).values()
    return [row for row in rows if row["_account"] == call.account.id]


def _owned(carrier: TelnyxBase, call: Call) -> Record:
    row = carrier.world.store.get(TABLE, call.parts["id"])
    if row is None or row["_account"] != call.account.id:
        raise errors.not_found()
    return row
