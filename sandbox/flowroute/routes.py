"""Routes: where numbers' calls go. A number has a primary one and perhaps a failover one."""

from __future__ import annotations

import re

from sandbox.flowroute import errors
from sandbox.flowroute.base import ROUTES, FlowrouteBase, asked, body_of, paged
from sandbox.store import Record
from sandbox.wire import Answer, Call

TYPES = {
    "host": re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(?P<port>\d{1,5}))?"),
    "uri": re.compile(r"sip:[^@]+@.+"),
    "number": re.compile(r"1\d{10}"),
    "sip-reg": re.compile(r".*"),
}
FIRST = 45986


def create(carrier: FlowrouteBase, call: Call) -> Answer:
    """Make a route; its alias must be unique."""
    told = body_of(call)
    try:
        kind, attributes = told["data"]["type"], dict(told["data"]["attributes"])
    except (KeyError, TypeError, ValueError) as trouble:
        raise errors.refused(422, "data must have type and attributes") from trouble
    attributes.setdefault("edge_strategy_id", None)
    wanted = {"alias", "route_type", "value", "edge_strategy_id"}
    if kind != "route" or set(attributes) != wanted:
        raise errors.refused(422, "A route has an alias, a route_type and a value")
    pattern = TYPES.get(str(attributes["route_type"]))
    if pattern is None or not pattern.fullmatch(str(attributes["value"])):
        raise errors.refused(422, "value does not fit route_type")
    mine = _of(carrier, call)
    if attributes["alias"] in {row["attributes"]["alias"] for row in mine}:
        raise errors.refused(422, "alias must be unique")
    table = carrier.world.store.table(ROUTES)
    id_ = str(FIRST + len(table))
    record: Record = {"id": id_, "_account": call.account.id, "attributes": attributes}
    carrier.world.store.put(ROUTES, id_, record)
    return errors.said({"data": shown(call, record)}, 201)


def listing(carrier: FlowrouteBase, call: Call) -> Answer:
    """List the account's routes."""
    given = asked(call, ("route_type", "limit", "offset"))
    kind = given.get("route_type")
    if kind not in (None, *TYPES):
        raise errors.refused(422, "route_type must be host, uri, number or sip-reg")
    rows = [
        shown(call, row)
        for row in _of(carrier, call)
        if kind in (None, row["attributes"]["route_type"])
    ]
    return paged(call, rows)


def update(carrier: FlowrouteBase, call: Call) -> Answer:
    """Change a route, and with it where all of its numbers go."""
    record = owned(carrier, call, call.parts["id"])
    told = body_of(call)
    try:
        record["attributes"].update(told["data"]["attributes"])
    except (KeyError, TypeError, ValueError) as trouble:
        raise errors.refused(422, "data must have attributes") from trouble
    carrier.world.store.put(ROUTES, record["id"], record)
    return errors.said({"data": shown(call, record)})


def owned(carrier: FlowrouteBase, call: Call, id_: str) -> Record:
    """
    Find a route of the account.

    :raises Refusal: if it has none of that id
    """
    record = carrier.world.store.get(ROUTES, id_)
    if record is None or record["_account"] != call.account.id:
        raise errors.not_found()
    return record


def shown(call: Call, record: Record) -> Record:
    """Give a route as the carrier shows it."""
    return {
        "type": "route",
        "id": record["id"],
        "links": {"self": f"{call.request.base}/v2/routes/{record['id']}"},
        "attributes": record["attributes"],
    }


def _of(carrier: FlowrouteBase, call: Call) -> list[Record]:
    table = carrier.world.store.table(ROUTES).values()
    return [row for row in table if row["_account"] == call.account.id]
