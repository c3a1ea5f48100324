"""`/ips`: the addresses of connections."""

from __future__ import annotations

import ipaddress
from typing import Any

from sandbox.store import Record
from sandbox.telnyx import errors, parameters
from sandbox.telnyx.base import TelnyxBase, moment
from sandbox.telnyx.connections import IPS, owned, shown
from sandbox.wire import Answer, Call, as_json

LIST: dict[str, Any] = {
    **parameters.PAGE,
    "filter[connection_id]": str,
    "filter[ip_address]": str,
    "filter[port]": int,
}
BODY: dict[str, Any] = {"connection_id": str, "ip_address": str, "port": int}


def create(carrier: TelnyxBase, call: Call) -> Answer:
    """Add an address to a connection."""
    asked = parameters.body(call.request, BODY)
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
    return as_json({"data": shown(ip)}, status=201)


def listing(carrier: TelnyxBase, call: Call) -> Answer:
    """List the account's addresses."""
    asked = parameters.query(call.request, LIST)
    rows = [
        shown(ip)
        for ip in carrier.world.store.table(IPS).values()
        if ip["_account"] == call.account.id
        and all(
            asked.get(f"filter[{name}]", ip[name]) == ip[name]
            for name in ("connection_id", "ip_address", "port")
        )
    ]
    return parameters.paged(rows, asked, size=250)


def retrieve(carrier: TelnyxBase, call: Call) -> Answer:
    """Show one address."""
    return as_json({"data": shown(_mine(carrier, call))})


def delete(carrier: TelnyxBase, call: Call) -> Answer:
    """Delete an address."""
    ip = _mine(carrier, call)
    carrier.world.store.remove(IPS, ip["id"])
    return as_json({"data": shown(ip)})


def _mine(carrier: TelnyxBase, call: Call) -> Record:
    ip = carrier.world.store.get(IPS, call.parts["id"])
    if ip is None or ip["_account"] != call.account.id:
        raise errors.not_found()
    return ip
