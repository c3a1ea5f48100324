"""`tns`: what the account has and where it is; numbers are in service a while after their order."""

from __future__ import annotations

from sandbox.bandwidth import errors, peers
from sandbox.bandwidth.base import (
    NUMBER,
    BandwidthBase,
    account_id,
    answer,
    default_peer,
    links,
    site_id,
)
from sandbox.store import Record
from sandbox.wire import Answer, Call
from trunks.xml import Content

TABLE = "bandwidth.numbers"
LARGEST_PAGE = 500


def add(carrier: BandwidthBase, order: Record, number: str) -> None:
    """Put an ordered number among the account's."""
    row: Record = {
        "number": number,
        "account": order["account"],
        "peer": order["peer"],
        "active_at": carrier.world.clock() + carrier.order_seconds,
        "order": order["id"],
    }
    carrier.world.store.put(TABLE, number, row)


def listing(carrier: BandwidthBase, call: Call) -> Answer:
    """List an account's numbers; a page is named by the number that it begins with."""
    if call.query.get("accountId") != account_id(call.account):
        raise errors.missing("There is no such account.", root="TelephoneNumbersResponse")
    rows = _of(carrier, call)
    start, size = _start(rows, call), _size(call)
    following = rows[start + size]["number"] if start + size < len(rows) else ""
    path = f"/tns?account={account_id(call.account)}&size={size}"
    shown = [("TelephoneNumber", _entry(carrier, call, row)) for row in rows[start : start + size]]
    facts: list[tuple[str, Content]] = [
        ("TelephoneNumberCount", str(len(rows))),
        ("Links", links(path, following)),
    ]
    return answer("TelephoneNumbersResponse", [*facts, ("TelephoneNumbers", shown)])


def page_of(carrier: BandwidthBase, call: Call) -> int:
    """Count which page of a list is asked for."""
    if "accountId" not in call.query:
        return 0
    return _start(_of(carrier, call), call) // _size(call) + 1


def details(carrier: BandwidthBase, call: Call) -> Answer:
    """Show a number."""
    number = call.parts["tn"]
    if not NUMBER.fullmatch(number) or len(number) < 12:
        words = f"Telephone number '{number}' is not valid"
        raise errors.invalid(12512, words, root="TelephoneNumberResponse")
    row = mine(carrier, call, number)
    if row is None:
        raise errors.missing("The number is not in the system.", root="TelephoneNumberResponse")
    shown = [("TelephoneNumberDetails", _entry(carrier, call, row, is_whole=True))]
    return answer("TelephoneNumberResponse", shown)


def mine(carrier: BandwidthBase, call: Call, number: str) -> Record | None:
    """Find a number of the account."""
    row = carrier.world.store.get(TABLE, number)
    return row if row is not None and row["account"] == call.account.id else None


def status_of(carrier: BandwidthBase, row: Record) -> str:
    """Give the status: a new number cannot be called for a while."""
    return "Inservice" if row["active_at"] <= carrier.world.clock() else "InAccount"


def _of(carrier: BandwidthBase, call: Call) -> list[Record]:
    rows = carrier.world.store.table(TABLE).values()
    mine = [row for row in rows if row["account"] == call.account.id]
    return sorted(mine, key=lambda row: str(row["number"]))


def _start(rows: list[Record], call: Call) -> int:
    page = call.query.get("page", "1")
    return 0 if page == "1" else sum(row["number"] < page for row in rows)


def _size(call: Call) -> int:
    size = call.query.get("size", "")
    return max(1, min(int(size), LARGEST_PAGE)) if size.isdigit() else LARGEST_PAGE


def _entry(carrier: BandwidthBase, call: Call, row: Record, *, is_whole: bool = False) -> Content:
    article = carrier.shelf.articles[row["number"]]
    # Whether it is the default location is told only where it is (description, `tndetails`).
    is_default = [("IsDefaultPeer", "true")] if row["peer"] == default_peer(call.account) else []
    peer: Content = [
        ("PeerId", row["peer"]),
        ("PeerName", peers.name_of(carrier, row["peer"])),
        *is_default,
    ]
    return [
        ("City", article.locality.upper()),
        ("State", article.region),
        ("FullNumber", row["number"]),
        ("Tier", "0"),
        ("RateCenter", article.rate_center),
        ("Status", status_of(carrier, row)),
        ("AccountId", account_id(call.account)),
        ("Site", [("Id", site_id(call.account)), ("Name", "Portal")]),
        ("SipPeer", peer),
        *_services(row),
        *(_settings(row) if is_whole else ()),
        *(_features(row) if is_whole else ()),
    ]


def _services(row: Record) -> list[tuple[str, Content]]:
    named = ["Voice", *(["Messaging"] if row.get("sms") else [])]
    return [("ServiceTypes", [("ServiceType", name) for name in named])]


def _settings(row: Record) -> list[tuple[str, Content]]:
    sends = row.get("campaign")
    return [("MessagingSettings", [("CampaignId", sends)])] if sends else []


def _features(row: Record) -> list[tuple[str, Content]]:
    there = row.get("lidb")
    if not there:
        return []
    shown: Content = [
        ("Status", "Success"),
        ("SubscriberInformation", there["text"]),
        ("UseType", there["use"]),
        ("Visibility", there["visibility"]),
    ]
    return [("Features", [("Lidb", shown)])]
