"""`disconnects` and `moveTns`: promised at once, done or refused later."""

from __future__ import annotations

import uuid

from sandbox.bandwidth import errors, numbers, peers
from sandbox.bandwidth.base import (
    BandwidthBase,
    account_id,
    answer,
    document,
    moment,
    numbers_in,
    site_id,
)
from sandbox.store import Record
from sandbox.wire import Answer, Call
from trunks.xml import Content

DISCONNECTS = "bandwidth.disconnects"
MOVES = "bandwidth.moves"
DISCONNECT_ROOT = "DisconnectTelephoneNumberOrderResponse"
DISCONNECT_TYPE = "DisconnectTelephoneNumberOrderType"
NOT_OURS = "could not be disconnected since it is not associated with your account"


def disconnect(carrier: BandwidthBase, call: Call) -> Answer:
    """Promise to give numbers back."""
    body = document(call.request, "DisconnectTelephoneNumberOrder")
    wanted = numbers_in(body.find(f"{DISCONNECT_TYPE}/TelephoneNumberList"))
    job = _new(carrier, call, DISCONNECTS, wanted)
    return _disconnect_shown(job, status=201)


def disconnected(carrier: BandwidthBase, call: Call) -> Answer:
    """Show how far a disconnect is."""
    return _disconnect_shown(_mine(carrier, call, DISCONNECTS))


def move(carrier: BandwidthBase, call: Call) -> Answer:
    """Promise to move numbers to another location."""
    body = document(call.request, "MoveTnsOrder")
    if body.findtext("SiteId") != site_id(call.account):
        raise errors.of_move(7309, "The site id was not supplied or is invalid.")
    peer = peers.chosen(carrier, call.account, body.findtext("SipPeerId"))
    if peer is None:
        raise errors.of_move(7312, "The sippeer id is invalid.")
    job = _new(carrier, call, MOVES, numbers_in(body.find("TelephoneNumbers")), peer=peer)
    shown = [("MoveTnsOrder", _move_shown(call, job))]
    return answer("MoveTnsOrderResponse", shown, status=201)


def moved(carrier: BandwidthBase, call: Call) -> Answer:
    """Show how far a move is."""
    return answer("MoveTnsOrder", _move_shown(call, _mine(carrier, call, MOVES)))


def settle(carrier: BandwidthBase) -> None:
    """Do every job whose time has come."""
    for table, do in ((DISCONNECTS, _give_back), (MOVES, _move)):
        for job in list(carrier.world.store.table(table).values()):
            if job["status"] == "RECEIVED" and job["due"] <= carrier.world.clock():
                failed = [number for number in job["numbers"] if not do(carrier, job, number)]
                some = "PARTIAL" if len(failed) < len(job["numbers"]) else "FAILED"
                row = job | {"failed": failed, "status": some if failed else "COMPLETE"}
                carrier.world.store.put(table, job["id"], row)


def _give_back(carrier: BandwidthBase, job: Record, number: str) -> bool:
    row = _theirs(carrier, job, number)
    if row is None:
        return False
    carrier.world.store.remove(numbers.TABLE, number)
    carrier.world.give_back(carrier.slug, number)
    return True


def _move(carrier: BandwidthBase, job: Record, number: str) -> bool:
    row = _theirs(carrier, job, number)
    if row is None:
        return False
    carrier.world.store.put(numbers.TABLE, number, row | {"peer": job["peer"]})
    return True


def _theirs(carrier: BandwidthBase, job: Record, number: str) -> Record | None:
    row = carrier.world.store.get(numbers.TABLE, number)
    return row if row is not None and row["account"] == job["account"] else None


def _new(
    carrier: BandwidthBase, call: Call, table: str, wanted: list[str], *, peer: str = ""
) -> Record:
    job: Record = {
        "id": str(uuid.uuid4()),
        "account": call.account.id,
        "numbers": wanted,
        "failed": [],
        "peer": peer,
        "status": "RECEIVED",
        "created": moment(carrier.world.now()),
        "due": carrier.world.clock() + carrier.order_seconds,
    }
    carrier.world.store.put(table, job["id"], job)
    return job


def _mine(carrier: BandwidthBase, call: Call, table: str) -> Record:
    job = carrier.world.store.get(table, call.parts["id"])
    if job is None or job["account"] != call.account.id:
        raise errors.missing("There is no such order.")
    return job


def _disconnect_shown(job: Record, *, status: int = 200) -> Answer:
    request: Content = [
        ("id", job["id"]),
        ("OrderCreateDate", job["created"]),
        (
            DISCONNECT_TYPE,
            [
                ("DisconnectMode", "normal"),
                ("Protected", "UNCHANGED"),
                ("TelephoneNumberList", _listed(job["numbers"])),
            ],
        ),
    ]
    facts: list[tuple[str, Content]] = [("orderRequest", request), ("OrderStatus", job["status"])]
    if job["failed"]:
        complaints = [
            errors.listed(errors.NOT_OURS, f"Telephone Number {number} {NOT_OURS}", number)
            for number in job["failed"]
        ]
        facts.insert(0, ("ErrorList", complaints))
    return answer(DISCONNECT_ROOT, facts, status=status)


def _move_shown(call: Call, job: Record) -> Content:
    facts: list[tuple[str, Content]] = [
        ("OrderCreateDate", job["created"]),
        ("AccountId", account_id(call.account)),
        ("OrderId", job["id"]),
        ("LastModifiedDate", job["created"]),
        ("SiteId", site_id(call.account)),
        ("TelephoneNumbers", _listed(job["numbers"])),
        ("ProcessingStatus", job["status"]),
        ("SipPeerId", job["peer"]),
    ]
    if job["failed"]:
        error: Content = [
            ("Code", str(errors.NOT_ACTIVE)),
            ("Description", "Telephone Number Not Active."),
            ("TelephoneNumbers", _listed(job["failed"])),
        ]
        facts.append(("Errors", [("Error", error)]))
    return facts


def _listed(listed: list[str]) -> Content:
    return [("TelephoneNumber", number) for number in listed]
