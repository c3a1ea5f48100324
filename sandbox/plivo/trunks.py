"""Trunks that take calls, and the addresses to which these go."""

from __future__ import annotations

import re
import uuid

from sandbox.plivo import errors
from sandbox.plivo.base import TRUNKS, URIS, PlivoBase, asked, paged, told
from sandbox.store import Record
from sandbox.wire import Answer, Call

URI = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(?P<port>\d{1,5}))?"
    r"(?:;transport=(?P<transport>udp|tcp|tls))?"
)
FIRST = 21784177241578
DIRECTIONS = ("inbound", "outbound")
LINKS = ("ipacl_uuid", "credential_uuid", "primary_uri_uuid", "fallback_uri_uuid")
FILTERS = ("trunk_status", "trunk_direction", "secure", *LINKS)
TRUNK: dict[str, type] = {
    "name": str,
    "trunk_direction": str,
    "trunk_status": str,
    "secure": bool,
    **dict.fromkeys(LINKS, str),
}
PLACE: dict[str, type] = {
    "name": str,
    "uri": str,
    "authentication_needed": bool,
    "username": str,
    "password": str,
}


def make_uri(carrier: PlivoBase, call: Call) -> Answer:
    """Keep an address; several may have the same name."""
    wish = told(call, PLACE)
    if not URI.fullmatch(str(wish.get("uri", ""))):
        raise errors.refused(422, "uri is missing or invalid")
    id_ = str(uuid.uuid4())
    shown = {
        "uri_uuid": id_,
        "name": wish.get("name"),
        "uri": wish["uri"],
        "authentication_needed": wish.get("authentication_needed", False),
        "username": wish.get("username"),
    }
    _keep(carrier, URIS, id_, call, shown)
    return errors.said(201, message="Origination URI created successfully.", uri_uuid=id_)


def list_uris(carrier: PlivoBase, call: Call) -> Answer:
    """List the account's addresses."""
    asked(call, ())
    return paged(call, _of(carrier, URIS, call))


def make_trunk(carrier: PlivoBase, call: Call) -> Answer:
    """Make a trunk that takes calls; others are not made here. Several may have the same name."""
    wish = told(call, TRUNK)
    if wish.get("trunk_direction") not in DIRECTIONS:
        raise errors.refused(400, "trunk_direction must be inbound or outbound")
    if wish["trunk_direction"] == "outbound":
        raise errors.refused(403, "outbound trunks are not made here")
    if "primary_uri_uuid" not in wish:
        raise errors.refused(422, "primary_uri_uuid is missing")
    known = {row["uri_uuid"] for row in _of(carrier, URIS, call)}
    for name in ("primary_uri_uuid", "fallback_uri_uuid"):
        if wish.get(name) not in {None, *known}:
            raise errors.refused(404, f"{name} is not there")
    id_ = str(FIRST + len(carrier.world.store.table(TRUNKS)))
    shown = {
        "name": wish.get("name"),
        "trunk_id": id_,
        "trunk_domain": f"{id_}.zt.plivo.com",
        "trunk_status": wish.get("trunk_status", "enabled"),
        "secure": wish.get("secure", False),
        "trunk_direction": wish["trunk_direction"],
        **{name: wish.get(name) for name in LINKS},
    }
    _keep(carrier, TRUNKS, id_, call, shown)
    return errors.said(201, message="Trunk created successfully.", trunk_id=id_)


def list_trunks(carrier: PlivoBase, call: Call) -> Answer:
    """List the account's trunks."""
    given = asked(call, FILTERS)
    rows = [
        row
        for row in _of(carrier, TRUNKS, call)
        if all(str(row[name]).lower() == given[name] for name in FILTERS if name in given)
    ]
    return paged(call, rows)


def owned(carrier: PlivoBase, call: Call, id_: str) -> Record:
    """
    Find a trunk of the account.

    :raises Refusal: if it has none of that id
    """
    for row in _of(carrier, TRUNKS, call):
        if row["trunk_id"] == id_:
            return row
    raise errors.not_found()


def uris_of(carrier: PlivoBase, trunk: Record) -> list[str]:
    """Give the addresses to which a trunk leads, the first one first."""
    table = carrier.world.store.table(URIS)
    ids = [trunk[name] for name in ("primary_uri_uuid", "fallback_uri_uuid")]
    return [str(table[id_]["shown"]["uri"]) for id_ in ids if id_ in table]


def _keep(carrier: PlivoBase, table: str, id_: str, call: Call, shown: Record) -> None:
    carrier.world.store.put(table, id_, {"account": call.account.id, "shown": shown})


def _of(carrier: PlivoBase, table: str, call: Call) -> list[Record]:
    rows = carrier.world.store.table(table).values()
    return [row["shown"] for row in rows if row["account"] == call.account.id]
