"""SIP trunks: logins for devices of the account. A change takes away what it leaves out."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.store import Record
from sandbox.wavix.base import (
    NUMBERS,
    TRUNKS,
    WavixBase,
    asked,
    body_of,
    done,
    invalid,
    not_found,
    paged,
)
from sandbox.wire import Answer, Call, as_json

FIRST = 293
REQUIRED = {
    "label": str,
    "password": str,
    "callerid": str,
    "ip_restrict": bool,
    "didinfo_enabled": bool,
    "call_restrict": bool,
    "cost_limit": bool,
    "channels_restrict": bool,
    "rewrite_enabled": bool,
    "transcription_enabled": bool,
    "transcription_threshold": int,
}
DEFAULTS: dict[str, Any] = {
    "multiple_numbers": False,
    "allowed_ips": [],
    "call_limit": None,
    "max_call_cost": None,
    "max_channels": None,
    "rewrite_prefix": "",
    "rewrite_cond": "",
    "call_recording_enabled": False,
    "machine_detection_enabled": False,
    "encrypted_media": False,
}
"""What a change falls back to."""
TYPES: dict[str, Any] = {
    **REQUIRED,
    "host_request": dict,
    "multiple_numbers": bool,
    "allowed_ips": (list, type(None)),
    "call_limit": int,
    "max_call_cost": (int, float),
    "max_channels": int,
    "rewrite_prefix": str,
    "rewrite_cond": str,
    "call_recording_enabled": bool,
    "machine_detection_enabled": bool,
    "encrypted_media": bool,
}


def create(carrier: WavixBase, call: Call) -> Answer:
    """Make a trunk; one with an address of its own waits for a person."""
    told = _told(carrier, call)
    id_ = max((row["id"] for row in carrier.world.store.table(TRUNKS).values()), default=FIRST) + 1
    record: Record = {
        "id": id_,
        "_account": call.account.id,
        "name": str(67_000 + id_),
        "created_at": carrier.world.now().strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "access_token": uuid.uuid4().hex,
        **_settings(told),
    }
    carrier.world.store.put(TRUNKS, str(id_), record)
    return as_json(_shown(record), status=201)


def replace(carrier: WavixBase, call: Call) -> Answer:
    """Replace a trunk's settings: what is left out is as if it had never been set."""
    record = _owned(carrier, call)
    kept = ("id", "_account", "name", "created_at", "access_token")
    told = _told(carrier, call)
    record = {**{name: record[name] for name in kept}, **_settings(told)}
    carrier.world.store.put(TRUNKS, str(record["id"]), record)
    return as_json(_shown(record))


def listing(carrier: WavixBase, call: Call) -> Answer:
    """List the trunks, without the addresses from which they may register."""
    asked(call, ("page", "per_page"))
    table = carrier.world.store.table(TRUNKS).values()
    rows = [_summary(record) for record in table if record["_account"] == call.account.id]
    return paged(call, "sip_trunks", rows)


def retrieve(carrier: WavixBase, call: Call) -> Answer:
    """Show one trunk."""
    return as_json(_shown(_owned(carrier, call)))


def delete(carrier: WavixBase, call: Call) -> Answer:
    """Delete a trunk."""
    carrier.world.store.remove(TRUNKS, str(_owned(carrier, call)["id"]))
    return done()


def trunk_of(carrier: WavixBase, account: str, id_: str) -> Record | None:
    """Find a trunk of an account."""
    record = carrier.world.store.get(TRUNKS, id_)
    return record if record is not None and record["_account"] == account else None


def _owned(carrier: WavixBase, call: Call) -> Record:
    record = trunk_of(carrier, call.account.id, call.parts["id"])
    if record is None:
        raise not_found()
    return record


def _told(carrier: WavixBase, call: Call) -> dict[str, Any]:
    """Read a trunk: its calls show an active number of the account."""
    told = body_of(call, TYPES, REQUIRED)
    mine = (
        one["number"]
        for one in carrier.world.store.table(NUMBERS).values()
        if one["_account"] == call.account.id and one["status"] == "active"
    )
    if told["callerid"] not in mine:
        raise invalid("callerid")
    return told


def _settings(told: dict[str, Any]) -> Record:
    settings = {**DEFAULTS, **told}
    addresses = settings["allowed_ips"] or []
    if not all(isinstance(one, dict) and set(one) == {"ip"} for one in addresses):
        raise invalid("allowed_ips")
    if settings["ip_restrict"] and not addresses:
        raise invalid("allowed_ips")
    settings["allowed_ips"] = [{"id": 6700 + n, **one} for n, one in enumerate(addresses)]
    cost = settings["max_call_cost"]
    settings["max_call_cost"] = None if cost is None else str(cost)
    return settings


def _shown(record: Record) -> Record:
    hidden = ("password", "host_request")
    shown = {
        name: value
        for name, value in record.items()
        if not name.startswith("_") and name not in hidden
    }
    request = record.get("host_request")
    return {
        **shown,
        "callerid": _caller(record),
        "host": request["host"] if request else "dynamic",
        "passthrough": False,
    }


def _caller(record: Record) -> str:
    """Show the number of a trunk's calls: none where any may be shown."""
    return "" if record["multiple_numbers"] else str(record["callerid"])


def _summary(record: Record) -> Record:
    request = record.get("host_request")
    names = (
        *("id", "name", "label", "multiple_numbers", "encrypted_media"),
        *("machine_detection_enabled", "call_recording_enabled", "access_token"),
        *("transcription_enabled", "transcription_threshold"),
    )
    return {
        **{name: record[name] for name in names},
        "callerid": _caller(record),
        "auth_method": "IP auth" if request else "Digest",
        "host_request": {**request, "status": "pending"} if request else None,
        "status": "pending" if request else "active",
        "charge": "0.0",
        "talk_time": 0,
        "passthrough": False,
    }
