"""
`tollFreeVerification`: verification of toll-free numbers, in JSON.

A submission is promised first and decided after `order_seconds`. It is refused where its summary
has fewer than forty characters, and may be submitted again then.
"""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.bandwidth import numbers
from sandbox.bandwidth.base import BandwidthBase, moment
from sandbox.store import Record
from sandbox.wire import Answer, Call, Refusal, as_json

TABLE = "bandwidth.toll_free"
NEEDED = (
    *("businessAddress", "businessContact", "messageVolume", "useCase", "useCaseSummary"),
    *("productionMessageContent", "optInWorkflow"),
)
REGISTERED = (
    *("businessRegistrationNumber", "businessRegistrationType"),
    "businessRegistrationIssuingCountry",
)
ENTITY = "businessEntityType"
SHORTEST = 40


def submit(carrier: BandwidthBase, call: Call) -> Answer:
    """Take a submission about numbers."""
    told = _told(call)
    listed = told.pop("phoneNumbers", None) or []
    _check(told, also=() if listed else ("phoneNumbers",))
    for number in listed:
        _hand_in(carrier, _owned(carrier, call, number), told, ticket=str(uuid.uuid4()))
    return Answer(202)


def resubmit(carrier: BandwidthBase, call: Call) -> Answer:
    """Take a corrected submission of a number that was refused."""
    number = _owned(carrier, call, call.parts["tn"])
    row = _submitted(carrier, number)
    if not row["resubmitAllowed"]:
        raise refused(400, "The submission may not be submitted again.")
    told = _told(call).get("submission") or {}
    _check(told)
    _hand_in(carrier, number, told, ticket=row["internalTicketNumber"])
    return Answer(202)


def retrieve(carrier: BandwidthBase, call: Call) -> Answer:
    """Show how a number stands; one that nobody submitted is unverified."""
    number = _owned(carrier, call, call.parts["tn"])
    row = carrier.world.store.get(TABLE, number["number"])
    if row is None or row["account"] != call.account.id:
        return as_json({"phoneNumber": number["number"], "status": "UNVERIFIED"})
    inner = ("account", "due")
    return as_json({name: value for name, value in row.items() if name not in inner})


def delete(carrier: BandwidthBase, call: Call) -> Answer:
    """Delete a submission."""
    row = _submitted(carrier, _owned(carrier, call, call.parts["tn"]))
    carrier.world.store.remove(TABLE, row["phoneNumber"])
    return Answer(204)


def settle(carrier: BandwidthBase) -> None:
    """Decide what is due."""
    for row in list(carrier.world.store.table(TABLE).values()):
        if row["status"] == "PENDING" and row["due"] <= carrier.world.clock():
            carrier.world.store.put(TABLE, row["phoneNumber"], row | _decided(row))


def refused(status: int, words: str, **fields: str) -> Refusal:
    """Refuse, naming the fields that are minded."""
    more = {"errors": fields} if fields else {}
    return Refusal(as_json({"type": "bad request", "description": words, **more}, status=status))


def _decided(row: Record) -> Record:
    if len(row["submission"]["useCaseSummary"]) >= SHORTEST:
        return {"status": "VERIFIED"}
    words = "The use case is not clear."
    return {
        "status": "UNVERIFIED",
        "declineReasonDescription": words,
        "denialStatusCode": 511,
        "resubmitAllowed": True,
    }


def _hand_in(carrier: BandwidthBase, number: Record, told: dict[str, Any], *, ticket: str) -> None:
    now = moment(carrier.world.now())
    row: Record = {
        "phoneNumber": number["number"],
        "account": number["account"],
        "status": "PENDING",
        "internalTicketNumber": ticket,
        "resubmitAllowed": False,
        "createdDateTime": now,
        "modifiedDateTime": now,
        "submission": told,
        "due": carrier.world.clock() + carrier.order_seconds,
    }
    carrier.world.store.put(TABLE, row["phoneNumber"], row)


def _told(call: Call) -> dict[str, Any]:
    try:
        told = call.request.json()
    except ValueError as trouble:
        raise refused(400, "Cannot process request.") from trouble
    if not isinstance(told, dict):
        raise refused(400, "Cannot process request.")
    return told


def _check(told: dict[str, Any], *, also: tuple[str, ...] = ()) -> None:
    is_sole = told.get(ENTITY) == "SOLE_PROPRIETOR"
    needed = (*NEEDED, ENTITY) if is_sole else (*NEEDED, ENTITY, *REGISTERED)
    missing = [*also, *(name for name in needed if not told.get(name))]
    too_much = [name for name in REGISTERED if is_sole and name in told]
    if missing or too_much:
        minded = dict.fromkeys(missing, "It is required.")
        minded |= dict.fromkeys(too_much, "It must be left out.")
        raise refused(400, "Cannot process request.", **minded)


def _owned(carrier: BandwidthBase, call: Call, number: str) -> Record:
    row = carrier.world.store.get(numbers.TABLE, number)
    if row is None or row["account"] != call.account.id:
        raise refused(404, "Cannot find the requested resource.")
    return row


def _submitted(carrier: BandwidthBase, number: Record) -> Record:
    row = carrier.world.store.get(TABLE, number["number"])
    if row is None or row["account"] != number["account"]:
        raise refused(404, "Cannot find the requested resource.")
    return row
