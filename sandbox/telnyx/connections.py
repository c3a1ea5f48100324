"""
Connections: trunks to addresses of the customer, to host names, or to whatever registers.

A login is taken once, by whomever; its password is shown to its account.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.store import Record
from sandbox.telnyx import errors, parameters
from sandbox.telnyx.base import TelnyxBase, moment
from sandbox.telnyx.connection_shapes import DEFAULTS, KINDS, Kind, known
from sandbox.wire import Answer, Call, as_json
from sandbox.world import Account

TABLE = "telnyx.connections"
IPS = "telnyx.ips"
LOGIN = re.compile(r"(?=.{0,4}[A-Za-z])[A-Za-z0-9]{4,32}")
PASSWORD_LENGTHS = range(8, 129)
LIST: dict[str, Any] = {
    **parameters.PAGE,
    "filter[connection_name][contains]": str,
    "filter[fqdn]": str,
    "filter[outbound_voice_profile_id]": str,
    "sort": (
        *("created_at", "connection_name", "active"),
        *("-created_at", "-connection_name", "-active"),
    ),
}


def owned(carrier: TelnyxBase, account: Account, connection_id: str) -> Record | None:
    """Find a connection of the account."""
    connection = carrier.world.store.get(TABLE, connection_id)
    return connection if connection and connection["_account"] == account.id else None


def name_of(carrier: TelnyxBase, connection_id: str | None) -> str | None:
    """Give a connection's name."""
    connection = carrier.world.store.get(TABLE, connection_id) if connection_id else None
    return connection["connection_name"] if connection else None


def create(carrier: TelnyxBase, call: Call) -> Answer:
    """Create a connection. Its addresses cannot be named yet: they don't exist before it."""
    kind = _kind(call)
    asked = parameters.body(call.request, kind.create)
    if not kind.ranks:
        _check_login(carrier, asked)
    stamp = moment(carrier.world.now())
    connection: Record = {
        "id": carrier.new_id(),
        "record_type": kind.record_type,
        **known(DEFAULTS, kind.create),
        **asked,
        "inbound": {**kind.inbound, **asked.get("inbound", {})},
        "outbound": {**kind.outbound, **asked.get("outbound", {})},
        "created_at": stamp,
        "updated_at": stamp,
        "_account": call.account.id,
    }
    carrier.world.store.put(TABLE, connection["id"], connection)
    return as_json({"data": shown(connection)}, status=201)


def listing(carrier: TelnyxBase, call: Call) -> Answer:
    """List the account's connections, oldest first."""
    asked = parameters.query(call.request, LIST)
    part, kind = asked.get("filter[connection_name][contains]", ""), _kind(call)
    rows = [
        shown(connection)
        for connection in carrier.world.store.table(TABLE).values()
        if connection["_account"] == call.account.id
        and connection["record_type"] == kind.record_type
        and part in connection["connection_name"]
    ]
    order = asked.get("sort", "created_at")
    rows.sort(key=lambda row: str(row[order.removeprefix("-")]), reverse=order.startswith("-"))
    return parameters.paged(rows, asked, size=250)


def retrieve(carrier: TelnyxBase, call: Call) -> Answer:
    """Show one connection."""
    return as_json({"data": shown(_mine(carrier, call))})


def update(carrier: TelnyxBase, call: Call) -> Answer:
    """Change a connection, above all which of its addresses get its calls, in which order."""
    connection = _mine(carrier, call)
    kind = _kind(call)
    asked = parameters.body(call.request, kind.update)
    for rank in kind.ranks:
        ip_id = asked.get("inbound", {}).get(rank)
        ip = carrier.world.store.get(IPS, ip_id) if ip_id else None
        if ip_id and (ip is None or ip["connection_id"] != connection["id"]):
            detail = "The gateway does not exist or belongs to another connection."
            raise errors.unprocessable(detail, pointer=f"/inbound/{rank}", code="10017")
    changed: Record = {**connection, **asked}
    for part in ("inbound", "outbound"):
        changed[part] = {**connection[part], **asked.get(part, {})}
    changed["updated_at"] = moment(carrier.world.now())
    carrier.world.store.put(TABLE, connection["id"], changed)
    return as_json({"data": shown(changed)})


def delete(carrier: TelnyxBase, call: Call) -> Answer:
    """Delete a connection with its addresses; its numbers ring nowhere then."""
    connection = _mine(carrier, call)
    store = carrier.world.store
    store.remove(TABLE, connection["id"])
    for ip in [ip for ip in store.table(IPS).values() if ip["connection_id"] == connection["id"]]:
        store.remove(IPS, ip["id"])
    for number in store.table("telnyx.numbers").values():
        if number["connection_id"] == connection["id"]:
            number |= {"connection_id": None, "connection_name": None}
            store.put("telnyx.numbers", number["id"], number)
    return as_json({"data": shown(connection)})


def _check_login(carrier: TelnyxBase, asked: dict[str, Any]) -> None:
    name, password = asked.get("user_name", ""), asked.get("password", "")
    if not LOGIN.fullmatch(name):
        raise errors.unprocessable("Invalid user_name", pointer="/user_name")
    if len(password) not in PASSWORD_LENGTHS:
        raise errors.unprocessable("Invalid password", pointer="/password")
    rows = carrier.world.store.table(TABLE).values()
    if any(row.get("user_name") == name for row in rows):
        raise errors.unprocessable("user_name has been taken", pointer="/user_name")


def _kind(call: Call) -> Kind:
    return KINDS[call.request.path.partition("/v2/")[2].partition("/")[0]]


def _mine(carrier: TelnyxBase, call: Call) -> Record:
    connection = owned(carrier, call.account, call.parts["id"])
    if connection is None or connection["record_type"] != _kind(call).record_type:
        raise errors.not_found()
    return connection


def shown(record: Record) -> Record:
    """Give a record as the carrier shows it."""
    return {name: value for name, value in record.items() if not name.startswith("_")}
