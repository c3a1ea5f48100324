"""Numbers of the account: bound to a trunk or a group, given back at the end of what is paid."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.didww import coverage, stock, trunks
from sandbox.didww.base import DidwwBase, Row, body_of, filters, invalid, linked_to, many, not_found
from sandbox.didww.base import one as shown
from sandbox.store import Record
from sandbox.wire import Answer, Call, Request

TABLE = "didww.dids"
BINDINGS = ("voice_in_trunk", "voice_in_trunk_group")
SETTINGS: dict[str, type] = {
    "terminated": bool,
    "pending_removal": bool,
    "description": str,
    "capacity_limit": int,
}
UNSET = (
    *("capacity_pool", "shared_capacity_group", "address_verification"),
    "emergency_verification",
)
SERVICE = "emergency_calling_service"
FLAGS = ("terminated", "awaiting_registration")
FILTERS = ("number", "order.id", *FLAGS, "voice_in_trunk.id", "voice_in_trunk_group.id")


def deliver(carrier: DidwwBase, order: Record) -> None:
    """Give an account the number of its order."""
    article = carrier.shelf.articles[order["number"]]
    record: Record = {
        "id": str(uuid.uuid4()),
        "account": order["account"],
        "order": order["id"],
        "group": coverage.group_id(article),
        "voice_in_trunk": None,
        "voice_in_trunk_group": None,
        SERVICE: "",
        "identity": "",
        "attributes": {
            "blocked": False,
            "capacity_limit": 2,
            "description": "",
            "terminated": False,
            "awaiting_registration": stock.needs_registration(article),
            "number": stock.digits(article),
            "expires_at": None,
            "channels_included_count": 2,
            "created_at": order["created_at"],
            "pending_removal": False,
            "dedicated_channels_count": 0,
            "emergency_enabled": False,
        },
    }
    carrier.world.store.put(TABLE, record["id"], record)


def list_operation(request: Request) -> str:
    """Name a list call: with a number or an order it looks for a purchase."""
    named = {name for name, _ in request.query}
    return "find" if named & {"filter[number]", "filter[order.id]"} else "list"


def listing(carrier: DidwwBase, call: Call) -> Answer:
    """List the account's numbers, those included that only wait for their end."""
    given = filters(call, FILTERS)
    mine = [
        record
        for record in carrier.world.store.table(TABLE).values()
        if record["account"] == call.account.id and _fits(record, given)
    ]
    return many(carrier, call, mine, row)


def _fits(record: Record, given: dict[str, str]) -> bool:
    told = {
        "number": record["attributes"]["number"],
        "order.id": record["order"],
        **{flag: str(record["attributes"][flag]).lower() for flag in FLAGS},
        **{f"{name}.id": record[name] for name in BINDINGS},
    }
    return all(told[name] == text for name, text in given.items())


def retrieve(carrier: DidwwBase, call: Call) -> Answer:
    """Show one number."""
    return shown(carrier, call, row(owned(carrier, call)))


def update(carrier: DidwwBase, call: Call) -> Answer:
    """Change a number: where its calls go, or that it is given back."""
    record = owned(carrier, call)
    data = body_of(call, "dids")
    changed = {**record, "attributes": {**record["attributes"], **_settings(data)}}
    for name in data.get("relationships") or {}:
        if name == SERVICE and linked_to(data, name) is None:
            # A service takes up no number here: that is in a later version of the interface.
            changed |= {SERVICE: ""}
            changed["attributes"]["emergency_enabled"] = False
            continue
        if name not in BINDINGS:
            raise invalid(f"{name} cannot be set here")
        changed.update(_bound(carrier, call, name, data))
    if changed["attributes"]["terminated"]:
        changed["attributes"]["pending_removal"] = True
    carrier.world.store.put(TABLE, record["id"], changed)
    return shown(carrier, call, row(changed))


def _settings(data: dict[str, Any]) -> dict[str, Any]:
    told = data.get("attributes") or {}
    for name, value in told.items():
        if name not in SETTINGS or not isinstance(value, SETTINGS[name]):
            raise invalid(f"{name} is invalid", f"/data/attributes/{name}")
    return dict(told)


def _bound(carrier: DidwwBase, call: Call, name: str, data: dict[str, Any]) -> Record:
    target = linked_to(data, name)
    if target is None:
        return {name: None}
    kind = f"{name}s"
    if target[0] != kind or trunks.found(carrier, call, kind, target[1]) is None:
        raise invalid(f"{name} is invalid", f"/data/relationships/{name}")
    # Setting one takes the other away.
    return {**dict.fromkeys(BINDINGS), name: target[1]}


def owned(carrier: DidwwBase, call: Call) -> Record:
    """
    Find a number of the account.

    :raises Refusal: if it has none of that id
    """
    record = carrier.world.store.get(TABLE, call.parts["id"])
    if record is None or record["account"] != call.account.id:
        raise not_found(call.parts["id"])
    return record


def waiting(carrier: DidwwBase, call: Call, id_: str) -> None:
    """
    Refuse a number that waits for no registration.

    :raises Refusal: if it does not, or is not this account's
    """
    record = carrier.world.store.get(TABLE, id_)
    if record is None or record["account"] != call.account.id:
        raise not_found(id_)
    if not record["attributes"]["awaiting_registration"]:
        raise invalid("dids are registered already")


def register(carrier: DidwwBase, id_: str, *, identity: str) -> None:
    """Let calls to a number in, as it is known who has it."""
    record = carrier.world.store.get(TABLE, id_)
    if record is not None:
        told = {**record["attributes"], "awaiting_registration": False}
        carrier.world.store.put(TABLE, id_, {**record, "attributes": told, "identity": identity})


def serve(carrier: DidwwBase, id_: str, service: str, *, is_found: bool) -> None:
    """Give a number an emergency calling service, or none."""
    record = carrier.world.store.table(TABLE)[id_]
    told = {**record["attributes"], "emergency_enabled": is_found}
    carrier.world.store.put(TABLE, id_, {**record, "attributes": told, SERVICE: service})


def row(record: Record) -> Row:
    """Show a number."""
    bound = {name: (f"{name}s", record[name]) if record[name] else None for name in BINDINGS}
    links = {"did_group": ("did_groups", record["group"]), "order": ("orders", record["order"])}
    bound[SERVICE] = (f"{SERVICE}s", record[SERVICE]) if record[SERVICE] else None
    bound["identity"] = ("identities", record["identity"]) if record["identity"] else None
    return Row(
        "dids", record["id"], record["attributes"], {**links, **bound, **dict.fromkeys(UNSET)}
    )
