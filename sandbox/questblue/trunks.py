"""Static trunks, each with one address. Trunks that register are not made here."""

from __future__ import annotations

import ipaddress
import re

from sandbox.questblue.base import TRUNKS, QuestBlueBase, asked, done, paged, refused
from sandbox.store import Record
from sandbox.wire import Answer, Call


def create(carrier: QuestBlueBase, call: Call) -> Answer:
    """Make a trunk; its name is the account's own, and says nothing back."""
    told = asked(call, needs=("trunk", "ip_address"), takes=("region",))
    if not re.fullmatch(r"[A-Za-z0-9]{1,30}", told["trunk"]):
        raise refused("The trunk name must be alphanumeric, up to 30 characters.")
    if _key(call, told["trunk"]) in carrier.world.store.table(TRUNKS):
        raise refused("Trunk name is already taken.")
    record: Record = {
        "_account": call.account.id,
        "trunk": told["trunk"],
        "ip_address": _address(told["ip_address"]),
        "region": told.get("region", "us"),
        "status": "on",
    }
    carrier.world.store.put(TRUNKS, _key(call, told["trunk"]), record)
    return done()


def listing(carrier: QuestBlueBase, call: Call) -> Answer:
    """List the account's trunks, as a map of their settings by name."""
    told = asked(call, takes=("trunk", "per_page", "page"))
    rows = {
        record["trunk"]: {n: value for n, value in record.items() if not n.startswith("_")}
        for record in carrier.world.store.table(TRUNKS).values()
        if record["_account"] == call.account.id and told.get("trunk") in (None, record["trunk"])
    }
    return paged(call, rows)


def update(carrier: QuestBlueBase, call: Call) -> Answer:
    """Change a trunk's address, or switch it off, and with it all of its numbers."""
    told = asked(call, needs=("trunk",), takes=("ip_address", "status"))
    record = _owned(carrier, call, told["trunk"])
    if "ip_address" in told:
        record = {**record, "ip_address": _address(told["ip_address"])}
    status = told.get("status", record["status"])
    if status not in ("on", "off"):
        raise refused("The status field must be on or off.")
    carrier.world.store.put(TRUNKS, _key(call, told["trunk"]), {**record, "status": status})
    return done()


def active(carrier: QuestBlueBase, call: Call, name: str) -> None:
    """
    Check that numbers can be put on a trunk.

    :raises Refusal: if there is none of that name, or it is off
    """
    if _owned(carrier, call, name)["status"] != "on":
        raise refused("Trunk is not active.")


def _owned(carrier: QuestBlueBase, call: Call, name: str) -> Record:
    record = carrier.world.store.get(TRUNKS, _key(call, name))
    if record is None:
        raise refused("Trunk does not exist.")
    return record


def _key(call: Call, name: str) -> str:
    return f"{call.account.id}:{name}"


def _address(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError as trouble:
        raise refused("Invalid IP address.") from trouble
