"""`/ips` and `/fqdns`: the addresses and host names of connections."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from sandbox.store import Record
from sandbox.telnyx import errors, parameters
from sandbox.telnyx.base import TelnyxBase, moment
from sandbox.telnyx.connections import IPS, owned, shown
from sandbox.wire import Answer, Call, as_json

FIELDS: dict[str, dict[str, Any]] = {
    "ip": {"connection_id": str, "ip_address": str, "port": int},
    "fqdn": {"connection_id": str, "fqdn": str, "port": int, "dns_record_type": ("a", "srv")},
}
NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)


def create(carrier: TelnyxBase, call: Call) -> Answer:
    """Add an address or a host name to a connection of its kind."""
    word = _word(call)
    asked = parameters.body(call.request, FIELDS[word])
    _check(word, asked)
    connection_id = asked.get("connection_id", "")
    connection = owned(carrier, call.account, connection_id) if connection_id else None
    is_other = connection is not None and connection["record_type"] != f"{word}_connection"
    if is_other or (connection_id and connection is None):
        detail = "The requested connection does not exist."
        raise errors.unprocessable(detail, pointer="/connection_id", code="10017")
    port = asked.get("port", 5060)
    if not 1 <= port <= 65535:
        raise errors.unprocessable(f"Invalid port: {port}", pointer="/port")
    stamp = moment(carrier.world.now())
    ip: Record = {
        "id": carrier.new_id(),
        "record_type": word,
        **asked,
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
    word = _word(call)
    fields = FIELDS[word]
    known = {f"filter[{name}]": kind for name, kind in fields.items()}
    asked = parameters.query(call.request, {**parameters.PAGE, **known})
    rows = [
        shown(ip)
        for ip in carrier.world.store.table(IPS).values()
        if (ip["_account"], ip["record_type"]) == (call.account.id, word)
        and all(asked.get(f"filter[{name}]", ip[name]) == ip[name] for name in fields)
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


def _word(call: Call) -> str:
    return "fqdn" if "/fqdns" in call.request.path else "ip"


def _check(word: str, asked: Mapping[str, Any]) -> None:
    if word == "ip":
        try:
            ipaddress.ip_address(asked.get("ip_address", ""))
        except ValueError as trouble:
            detail = f"Invalid ip_address: {trouble}"
            raise errors.unprocessable(detail, pointer="/ip_address") from trouble
        return
    if not NAME.fullmatch(asked.get("fqdn", "")):
        raise errors.unprocessable("Invalid fqdn", pointer="/fqdn")
    if asked.get("dns_record_type") != "a" or not asked.get("connection_id"):
        # Names of services (srv), which have no port, are not understood here.
        raise errors.unprocessable("Invalid dns_record_type", pointer="/dns_record_type")


def _mine(carrier: TelnyxBase, call: Call) -> Record:
    ip = carrier.world.store.get(IPS, call.parts["id"])
    there = (ip["_account"], ip["record_type"]) if ip else ("", "")
    if ip is None or there != (call.account.id, _word(call)):
        raise errors.not_found()
    return ip
