"""SIP addresses: where numbers can be sent, each by its number."""

from __future__ import annotations

import re

from sandbox.carrier import Gateway
from sandbox.store import Record
from sandbox.voipms.base import URIS, VoipMsBase, asked, refused, said
from sandbox.wire import Answer, Call

URI = re.compile(r"(?P<user>[^@\s]+)@(?P<host>\[[0-9a-f:]+\]|[\w.-]+)(?::(?P<port>\d{1,5}))?")
DID = "{DID}"
"""In a user's place: becomes the called number as the account lists it."""
FIRST = 6199


def store(carrier: VoipMsBase, call: Call) -> Answer:
    """Make an address, or change one; which one it has become is not said."""
    told = asked(
        call,
        needs=("uri",),
        takes=("sipuri", "description", "callerid_override", "callerid_e164"),
    )
    if not URI.fullmatch(told["uri"]):
        raise refused("invalid_sipuri")
    if "sipuri" in told:
        id_ = owned(carrier, call, told["sipuri"])["sipuri"]
    else:
        id_ = FIRST + len(carrier.world.store.table(URIS))
    record: Record = {
        "_account": call.account.id,
        "sipuri": id_,
        "uri": told["uri"],
        "description": told.get("description", ""),
        "callerid_override": told.get("callerid_override", ""),
        "callerid_e164": told.get("callerid_e164", "0"),
    }
    carrier.world.store.put(URIS, str(id_), record)
    return said()


def listing(carrier: VoipMsBase, call: Call) -> Answer:
    """List the account's addresses, all at once; to have none is a word of its own."""
    told = asked(call, takes=("sipuri",))
    rows = [
        {name: value for name, value in record.items() if not name.startswith("_")}
        for record in carrier.world.store.table(URIS).values()
        if record["_account"] == call.account.id
        and told.get("sipuri") in (None, str(record["sipuri"]))
    ]
    return said(sipuris=rows) if rows else said("no_sipuri")


def owned(carrier: VoipMsBase, call: Call, id_: str) -> Record:
    """
    Find an address of the account.

    :raises Refusal: if it has none of that number
    """
    record = carrier.world.store.get(URIS, id_)
    if record is None or record["_account"] != call.account.id:
        raise refused("invalid_sipuri")
    return record


def gateway(record: Record, did: str, rank: int) -> tuple[str, Gateway]:
    """Say whom a call to a number asks for at an address, and where that is."""
    match = URI.fullmatch(record["uri"])
    if match is None:
        raise ValueError(f"no address: {record['uri']}")
    place = Gateway(
        host=match["host"].strip("[]"),
        port=int(match["port"] or 5060),
        transport="udp",
        priority=rank,
        weight=1,
    )
    return match["user"].replace(DID, did), place
