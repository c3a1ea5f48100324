"""`SIP/IpAccessControlLists`: lists of addresses, kept by the 2010 API."""

from __future__ import annotations

import ipaddress
from typing import Any

from sandbox.store import Record
from sandbox.twilio import errors, parameters
from sandbox.twilio.base import TwilioBase, new_sid, shown
from sandbox.wire import Answer, Call, as_json

TABLE = "twilio.acls"
ADDRESSES = "twilio.acl_addresses"
BODY: dict[str, Any] = {"FriendlyName": str}
ADDRESS: dict[str, Any] = {"FriendlyName": str, "IpAddress": str, "CidrPrefixLength": int}


def create(carrier: TwilioBase, call: Call) -> Answer:
    """Create an empty list."""
    asked = parameters.form(call.request, BODY, required=("FriendlyName",))
    sid = new_sid("AL")
    uri = f"{_base(call)}/{sid}"
    row: Record = {
        "sid": sid,
        "account_sid": call.account.id,
        "friendly_name": asked["FriendlyName"],
        "date_created": carrier.stamp_mail(),
        "date_updated": carrier.stamp_mail(),
        "subresource_uris": {"ip_addresses": f"{uri}/IpAddresses.json"},
        "uri": f"{uri}.json",
    }
    carrier.world.store.put(TABLE, sid, row)
    return as_json(row, status=201)


def listing(carrier: TwilioBase, call: Call) -> Answer:
    """List the account's lists."""
    asked = parameters.query(call.request, parameters.PAGE)
    table = carrier.world.store.table(TABLE).values()
    rows = [row for row in table if row["account_sid"] == call.account.id]
    path = f"{_base(call)}.json"
    return parameters.paged_by_uri(call.request, "ip_access_control_lists", rows, asked, path)


def retrieve(carrier: TwilioBase, call: Call) -> Answer:
    """Show one list."""
    return as_json(owned(carrier, call, call.parts["sid"]))


def delete(carrier: TwilioBase, call: Call) -> Answer:
    """Delete a list with its addresses."""
    row = owned(carrier, call, call.parts["sid"])
    carrier.world.store.remove(TABLE, row["sid"])
    for address in _addresses(carrier, row["sid"]):
        carrier.world.store.remove(ADDRESSES, address["sid"])
    return Answer(204)


def add_address(carrier: TwilioBase, call: Call) -> Answer:
    """Put an address or a block on a list."""
    row = owned(carrier, call, call.parts["list"])
    asked = parameters.form(call.request, ADDRESS, required=("FriendlyName", "IpAddress"))
    prefix = asked.get("CidrPrefixLength", 32)
    try:
        ipaddress.IPv4Address(asked["IpAddress"])
    except ValueError as trouble:
        raise errors.invalid("Invalid parameter: IpAddress") from trouble
    if not 1 <= prefix <= 32:
        raise errors.invalid("Invalid parameter: CidrPrefixLength")
    sid = new_sid("IP")
    address: Record = {
        "sid": sid,
        "account_sid": call.account.id,
        "ip_access_control_list_sid": row["sid"],
        "friendly_name": asked["FriendlyName"],
        "ip_address": asked["IpAddress"],
        "cidr_prefix_length": prefix,
        "date_created": carrier.stamp_mail(),
        "date_updated": carrier.stamp_mail(),
        "uri": f"{_base(call)}/{row['sid']}/IpAddresses/{sid}.json",
    }
    carrier.world.store.put(ADDRESSES, sid, address)
    return as_json(address, status=201)


def list_addresses(carrier: TwilioBase, call: Call) -> Answer:
    """List the addresses of a list."""
    row = owned(carrier, call, call.parts["list"])
    asked = parameters.query(call.request, parameters.PAGE)
    path = f"{_base(call)}/{row['sid']}/IpAddresses.json"
    rows = [shown(address) for address in _addresses(carrier, row["sid"])]
    return parameters.paged_by_uri(call.request, "ip_addresses", rows, asked, path)


def remove_address(carrier: TwilioBase, call: Call) -> Answer:
    """Take an address off its list."""
    row = owned(carrier, call, call.parts["list"])
    sid = call.parts["sid"]
    if sid not in {address["sid"] for address in _addresses(carrier, row["sid"])}:
        raise errors.not_found(f"{_base(call)}/{row['sid']}/IpAddresses/{sid}.json")
    carrier.world.store.remove(ADDRESSES, sid)
    return Answer(204)


def owned(carrier: TwilioBase, call: Call, sid: str) -> Record:
    """
    Find a list of the account.

    :raises Refusal: if it has none of that SID
    """
    row = carrier.world.store.get(TABLE, sid)
    if row is None or row["account_sid"] != call.account.id:
        raise errors.not_found(f"{_base(call)}/{sid}.json")
    return row


def _addresses(carrier: TwilioBase, list_sid: str) -> list[Record]:
    rows = carrier.world.store.table(ADDRESSES).values()
    return [row for row in rows if row["ip_access_control_list_sid"] == list_sid]


def _base(call: Call) -> str:
    return f"/2010-04-01/Accounts/{call.account.id}/SIP/IpAccessControlLists"
