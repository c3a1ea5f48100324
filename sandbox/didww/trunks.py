"""Trunks, each of which is one gateway, and groups of them."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from sandbox.didww.base import DidwwBase, Row, body_of, filters, invalid, many, not_found
from sandbox.didww.base import one as shown
from sandbox.store import Record
from sandbox.wire import Answer, Call

TRUNKS, GROUPS = "voice_in_trunks", "voice_in_trunk_groups"
DEFAULTS: dict[str, dict[str, Any]] = {
    TRUNKS: {
        "external_reference_id": None,
        "priority": 1,
        "capacity_limit": None,
        "weight": 65535,
        "name": "",
        "cli_format": "e164",
        "cli_prefix": "",
        "description": None,
        "ringing_timeout": None,
        "configuration": None,
    },
    GROUPS: {"external_reference_id": None, "name": "", "capacity_limit": None},
}


def create(carrier: DidwwBase, call: Call) -> Answer:
    """Make a trunk or a group; its name must be unique."""
    kind = _kind(call)
    data = body_of(call, kind)
    told = _settings(kind, data)
    if not told.get("name"):
        raise invalid("name - can't be blank", "/data/attributes/name")
    if told["name"] in {record["attributes"]["name"] for record in _of(carrier, call, kind)}:
        raise invalid("name - has already been taken", "/data/attributes/name")
    if kind == TRUNKS:
        _check(told.get("configuration"))
    record: Record = {
        "id": str(uuid.uuid4()),
        "account": call.account.id,
        "attributes": {
            **DEFAULTS[kind],
            **told,
            "created_at": carrier.world.now().isoformat(),
        },
        "trunks": _members(carrier, call, data) or [],
    }
    carrier.world.store.put(f"didww.{kind}", record["id"], record)
    return shown(carrier, call, row(kind, record), 201)


def listing(carrier: DidwwBase, call: Call) -> Answer:
    """List the account's trunks or groups."""
    kind = _kind(call)
    given = filters(call, ("id", "name", "external_reference_id"))
    mine = [
        record
        for record in _of(carrier, call, kind)
        if all({"id": record["id"], **record["attributes"]}[name] == given[name] for name in given)
    ]
    return many(carrier, call, mine, partial(row, kind))


def retrieve(carrier: DidwwBase, call: Call) -> Answer:
    """Show a trunk or a group."""
    kind = _kind(call)
    return shown(carrier, call, row(kind, _owned(carrier, call, kind)))


def update(carrier: DidwwBase, call: Call) -> Answer:
    """Change a trunk or a group."""
    kind = _kind(call)
    record = _owned(carrier, call, kind)
    data = body_of(call, kind)
    members = _members(carrier, call, data)
    changed = {
        **record,
        "attributes": {**record["attributes"], **_settings(kind, data)},
        "trunks": record["trunks"] if members is None else members,
    }
    carrier.world.store.put(f"didww.{kind}", record["id"], changed)
    return shown(carrier, call, row(kind, changed))


def found(carrier: DidwwBase, call: Call, kind: str, id_: str) -> Record | None:
    """Find a trunk or a group of the account."""
    record = carrier.world.store.get(f"didww.{kind}", id_)
    return record if record is not None and record["account"] == call.account.id else None


def row(kind: str, record: Record) -> Row:
    """Show a trunk or a group."""
    if kind == TRUNKS:
        links: dict[str, Any] = {"voice_in_trunk_group": None, "pop": None}
    else:
        links = {TRUNKS: [(TRUNKS, id_) for id_ in record["trunks"]]}
    return Row(kind, record["id"], record["attributes"], links)


def _owned(carrier: DidwwBase, call: Call, kind: str) -> Record:
    record = found(carrier, call, kind, call.parts["id"])
    if record is None:
        raise not_found(call.parts["id"])
    return record


def _settings(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    told = data.get("attributes") or {}
    for name in told:
        if name not in DEFAULTS[kind]:
            raise invalid(f"{name} is not allowed", f"/data/attributes/{name}")
    return dict(told)


def _members(carrier: DidwwBase, call: Call, data: dict[str, Any]) -> list[str] | None:
    links = (data.get("relationships") or {}).get(TRUNKS)
    if links is None:
        return None
    ids = [str(one["id"]) for one in links["data"]]
    if not all(found(carrier, call, TRUNKS, id_) for id_ in ids):
        raise invalid("voice_in_trunks is invalid", f"/data/relationships/{TRUNKS}")
    return ids


def _check(configuration: Any) -> None:
    pointer = "/data/attributes/configuration"
    if not isinstance(configuration, dict) or configuration.get("type") != "sip_configurations":
        raise invalid("configuration must be of SIP here", pointer)
    told = configuration.get("attributes") or {}
    if not told.get("host") or not told.get("username"):
        raise invalid("host and username can't be blank", pointer)
    if told.get("transport_protocol_id") not in (1, 2, 3):
        raise invalid("transport_protocol_id is a number", pointer)


def _kind(call: Call) -> str:
    # The path has the kind as its first segment below the version.
    return call.request.path.split("/")[3]


def _of(carrier: DidwwBase, call: Call, kind: str) -> list[Record]:
    table = carrier.world.store.table(f"didww.{kind}").values()
    return [record for record in table if record["account"] == call.account.id]
