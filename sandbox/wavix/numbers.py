"""Bought numbers: listed, pointed somewhere, given back."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.store import Record
from sandbox.wavix import sales
from sandbox.wavix.base import (
    NUMBERS,
    WavixBase,
    asked,
    body_of,
    done,
    invalid,
    not_found,
    paged,
)
from sandbox.wavix.trunks import trunk_of
from sandbox.wire import Answer, Call, Request, as_json

LIST = ("city_id", "search", "label", "label_present", "page", "per_page")
SIP_ADDRESS, TELEPHONE, OWN_TRUNK = 1, 4, 5
SETTINGS = {
    "sms_enabled": bool,
    "sms_relay_url": str,
    "call_recording_enabled": bool,
    "transcription_enabled": bool,
    "transcription_threshold": int,
    "call_status_url": str,
    "destinations": list,
}


def list_operation(request: Request) -> str:
    """Name a list call: with digits it is the only way to look for one number."""
    return "find" if any(name == "search" for name, _ in request.query) else "list"


def listing(carrier: WavixBase, call: Call) -> Answer:
    """List the account's numbers; digits may stand anywhere in one."""
    given = asked(call, LIST)
    rows = [
        _shown(record)
        for record in _mine(carrier, call)
        if given.get("search", "") in record["number"]
        and given.get("label") in (None, record["label"])
    ]
    return paged(call, "items", rows, doc_types=sales.DOC_TYPES)


def retrieve(carrier: WavixBase, call: Call) -> Answer:
    """Show one number."""
    return as_json(_shown(_owned(carrier, call)))


def update_operation(request: Request) -> str:
    """Name an update of a number by what it speaks of."""
    return "texts" if b'"sms_' in request.body else "bind"


def update(carrier: WavixBase, call: Call) -> Answer:
    """Change a number; `destinations` goes in, `destination` comes out."""
    record = _owned(carrier, call)
    told = body_of(call, SETTINGS, ())
    if "destinations" in told:
        rows = [_destination(carrier, call, row) for row in told.pop("destinations")]
        record = {**record, "destination": rows}
    record = {**record, **told}
    carrier.world.store.put(NUMBERS, call.parts["id"], record)
    return as_json(_shown(record))


def release(carrier: WavixBase, call: Call) -> Answer:
    """Give numbers back: by their ids, each in a parameter of its own, or by their digits."""
    given = asked(call, ("ids", "dids"))
    if len(given) != 1:
        raise invalid("ids")
    ids = {text for name, text in call.request.query if name == "ids"}
    digits = set(given.get("dids", "").split(",")) - {""}
    gone = [one for one in _mine(carrier, call) if str(one["id"]) in ids or one["number"] in digits]
    if len(gone) < len(ids | digits):
        raise not_found()
    for record in gone:
        carrier.world.store.remove(NUMBERS, str(record["id"]))
        carrier.world.give_back(carrier.slug, f"+{record['number']}")
    return done()


def _destination(carrier: WavixBase, call: Call, told: Any) -> Record:
    """Read one place to which calls go."""
    if not isinstance(told, dict) or set(told) - {"transport", "trunk_id"} != {
        "destination",
        "priority",
    }:
        raise invalid("destinations")
    transport, text = told.get("transport"), told["destination"]
    if transport not in (SIP_ADDRESS, TELEPHONE, OWN_TRUNK) or not isinstance(text, str):
        raise invalid("transport")
    if not isinstance(told["priority"], int):
        raise invalid("priority")
    if transport == SIP_ADDRESS and "@" not in text:
        raise invalid("destination")
    trunk = None
    if transport == OWN_TRUNK:
        trunk = trunk_of(carrier, call.account.id, str(told.get("trunk_id")))
        if trunk is None or trunk["name"] != text:
            raise invalid("trunk_id")
    return {
        "id": uuid.uuid4().int % 1_000_000,
        "destination": text,
        "priority": told["priority"],
        "transport": transport,
        "trunk_id": None if trunk is None else trunk["id"],
        "trunk_label": None if trunk is None else trunk["label"],
    }


def _mine(carrier: WavixBase, call: Call) -> list[Record]:
    table = carrier.world.store.table(NUMBERS).values()
    return [record for record in table if record["_account"] == call.account.id]


def _owned(carrier: WavixBase, call: Call) -> Record:
    record = carrier.world.store.get(NUMBERS, call.parts["id"])
    if record is None or record["_account"] != call.account.id:
        raise not_found()
    return record


def _shown(record: Record) -> Record:
    return {name: value for name, value in record.items() if not name.startswith("_")}
