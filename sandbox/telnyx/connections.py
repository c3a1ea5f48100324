"""`/ip_connections` and `/ips`: trunks to an address of the customer."""

from __future__ import annotations

import ipaddress
from typing import Any

from sandbox.store import Record
from sandbox.telnyx import errors, parameters
from sandbox.telnyx.base import TelnyxBase, moment
from sandbox.telnyx.connection_shapes import CREATE, DEFAULTS, INBOUND, OUTBOUND, UPDATE
from sandbox.wire import Answer, Call, as_json
from sandbox.world import Account

TABLE = "telnyx.connections"
IPS = "telnyx.ips"
RANKS = ("default_primary_ip_id", "default_secondary_ip_id", "default_tertiary_ip_id")
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
IP_LIST: dict[str, Any] = {
    **parameters.PAGE,
    "filter[connection_id]": str,
    "filter[ip_address]": str,
    "filter[port]": int,
}
IP_BODY: dict[str, Any] = {"connection_id": str, "ip_address": str, "port": int}


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
    asked = parameters.body(call.request, CREATE)
    stamp = moment(carrier.world.now())
    connection: Record = {
        "id": carrier.new_id(),
        "record_type": "ip_connection",
        **DEFAULTS,
        **asked,
        "inbound": {**INBOUND, **asked.get("inbound", {})},
        "outbound": {**OUTBOUND, **asked.get("outbound", {})},
        "created_at": stamp,
        "updated_at": stamp,
        "_account": call.account.id,
    }
    carrier.world.store.put(TABLE, connection["id"], connection)
    return as_json({"data": _shown(connection)}, status=201)


def listing(carrier: TelnyxBase, call: Call) -> Answer:
    """List the account's connections, oldest first."""
    asked = parameters.query(call.request, LIST)
    part = asked.get("filter[connection_name][contains]", "")
    rows = [
        _shown(connection)
        for connection in carrier.world.store.table(TABLE).values()
        if connection["_account"] == call.account.id and part in connection["connection_name"]
    ]
    order = asked.get("sort", "created_at")
    rows.sort(key=lambda row: str(row[order.removeprefix("-")]), reverse=order.startswith("-"))
    return parameters.paged(rows, asked, size=250)


def retrieve(carrier: TelnyxBase, call: Call) -> Answer:
    """Show one connection."""
    return as_json({"data": _shown(_mine(carrier, call))})


def update(carrier: TelnyxBase, call: Call) -> Answer:
    """Change a connection, above all which of its addresses get its calls, in which order."""
    connection = _mine(carrier, call)
    asked = parameters.body(call.request, UPDATE)
    for rank in RANKS:
        ip_id = asked.get("inbound", {}).get(rank)
        ip = carrier.world.store.get(IPS, ip_id) if ip_id else None
        if ip_id and (ip is None or ip["connection_id"] != connection["id"]):
            detail = "The IP does not exist or belongs to another connection."
            raise errors.unprocessable(detail, pointer=f"/inbound/{rank}", code="10017")
    changed: Record = {**connection, **asked}
    for part in ("inbound", "outbound"):
        changed[part] = {**connection[part], **asked.get(part, {})}
    changed["updated_at"] = moment(carrier.world.now())
    carrier.world.store.put(TABLE, connection["id"], changed)
    return as_json({"data": _shown(changed)})


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
    return as_json({"data": _shown(connection)})


def create_ip(carrier: TelnyxBase, call: Call) -> Answer:
    """Add an address to a connection."""
    asked = parameters.body(call.request, IP_BODY)
    try:
        ipaddress.ip_address(asked.get("ip_address", ""))
    except ValueError as trouble:
        detail = f"Invalid ip_address: {trouble}"
        raise errors.unprocessable(detail, pointer="/ip_address") from trouble
    connection_id = asked.get("connection_id", "")
    if connection_id and owned(carrier, call.account, connection_id) is None:
        detail = "The requested connection does not exist."
        raise errors.unprocessable(detail, pointer="/connection_id", code="10017")
    port = asked.get("port", 5060)
    if not 1 <= port <= 65535:
        raise errors.unprocessable(f"Invalid port: {port}", pointer="/port")
    stamp = moment(carrier.world.now())
    ip: Record = {
        "id": carrier.new_id(),
        "record_type": "ip",
        "ip_address": asked["ip_address"],
        "port": port,
        "connection_id": connection_id,
        "created_at": stamp,
        "updated_at": stamp,
        "_account": call.account.id,
    }
    carrier.world.store.put(IPS, ip["id"], ip)
    return as_json({"data": _shown(ip)}, status=201)


def list_ips(carrier: TelnyxBase, call: Call) -> Answer:
    """List the account's addresses."""
    asked = parameters.query(call.request, IP_LIST)
    rows = [
        _shown(ip)
        for ip in carrier.world.store.table(IPS).values()
        if ip["_account"] == call.account.id
        and all(
            asked.get(f"filter[{name}]", ip[name]) == ip[name]
            for name in ("connection_id", "ip_address", "port")
        )
    ]
    return parameters.paged(rows, asked, size=250)


def retrieve_ip(carrier: TelnyxBase, call: Call) -> Answer:
    """Show one address."""
    return as_json({"data": _shown(_my_ip(carrier, call))})


def delete_ip(carrier: TelnyxBase, call: Call) -> Answer:
    """Delete an address."""
    ip = _my_ip(carrier, call)
    carrier.world.store.remove(IPS, ip["id"])
    return as_json({"data": _shown(ip)})


def _mine(carrier: TelnyxBase, call: Call) -> Record:
    connection = owned(carrier, call.account, call.parts["id"])
    if connection is None:
        raise errors.not_found()
    return connection


def _my_ip(carrier: TelnyxBase, call: Call) -> Record:
    ip = carrier.world.store.get(IPS, call.parts["id"])
    if ip is None or ip["_account"] != call.account.id:
        raise errors.not_found()
    return ip


def _shown(record: Record) -> Record:
    return {name: value for name, value in record.items() if not name.startswith("_")}
