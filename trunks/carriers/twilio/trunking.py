"""
Elastic SIP trunks: made in several writes, each of which is looked up before it is made.

A trunk alone delivers nothing: origination addresses say where calls go, a list of addresses linked
to it says from where it takes them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lib.e164 import DidFormat
from trunks.carriers.twilio import payloads
from trunks.carriers.twilio.wire import TwilioWire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.offers import MadeTrunk, TrunkSpec

LONGEST_NAME = 64
Rows = list[tuple[str, str]]


def find(account: TwilioWire, *, reference: str, deadline: Deadline) -> MadeTrunk | None:
    """Look through all trunks; the list takes no filter."""
    rows = account.pages(
        "trunking", "/v1/Trunks", "trunks", read=_named("friendly_name"), deadline=deadline
    )
    ours = [sid for sid, name in rows if name.endswith(reference)]
    return MadeTrunk(carrier_reference=ours[0]) if ours else None


def create(
    account: TwilioWire, spec: TrunkSpec, *, reference: str, deadline: Deadline
) -> MadeTrunk:
    """Make what is missing of a trunk."""
    if spec.did_format is not DidFormat.PLUS_E164:
        raise Rejected("Twilio writes numbers as +E.164 only.", reason=Reason.INVALID)
    made = find(account, reference=reference, deadline=deadline)
    if made is None:
        name = f"{spec.name[: LONGEST_NAME - len(reference) - 1]} {reference}"
        sid = _make(account, "trunking", "/v1/Trunks", [("FriendlyName", name)], deadline)
    else:
        sid = made.carrier_reference
    _add_gateways(account, spec, sid, deadline)
    addresses = [gateway.host for gateway in spec.gateways if _is_address(gateway.host)]
    if addresses:
        _admit(account, addresses, sid, reference, deadline)
    return MadeTrunk(carrier_reference=sid)


def _add_gateways(account: TwilioWire, spec: TrunkSpec, sid: str, deadline: Deadline) -> None:
    path = f"/v1/Trunks/{sid}/OriginationUrls"
    there = account.pages(
        "trunking", path, "origination_urls", read=_named("sip_url"), deadline=deadline
    )
    known = {url for _, url in there}
    for gateway in spec.gateways:
        if payloads.sip_url(gateway) not in known:
            _make(account, "trunking", path, payloads.gateway_form(gateway), deadline)


def _admit(
    account: TwilioWire, addresses: Sequence[str], sid: str, reference: str, deadline: Deadline
) -> None:
    lists = f"{account.account_path}/SIP/IpAccessControlLists"
    there = account.pages(
        "api",
        f"{lists}.json",
        "ip_access_control_lists",
        read=_named("friendly_name"),
        deadline=deadline,
    )
    list_sid = next((found for found, name in there if name == reference), "") or _make(
        account, "api", f"{lists}.json", [("FriendlyName", reference)], deadline
    )
    path = f"{lists}/{list_sid}/IpAddresses.json"
    known = {
        address
        for _, address in account.pages(
            "api", path, "ip_addresses", read=_named("ip_address"), deadline=deadline
        )
    }
    for address in dict.fromkeys(addresses):
        if address not in known:
            form = [("FriendlyName", address), ("IpAddress", address)]
            _make(account, "api", path, form, deadline)
    links = f"/v1/Trunks/{sid}/IpAccessControlLists"
    linked = account.pages(
        "trunking",
        links,
        "ip_access_control_lists",
        read=_named("friendly_name"),
        deadline=deadline,
    )
    if list_sid not in {found for found, _ in linked}:
        _make(account, "trunking", links, [("IpAccessControlListSid", list_sid)], deadline)


def _make(account: TwilioWire, product: str, path: str, form: Rows, deadline: Deadline) -> str:
    return account.call(
        "POST", product, path, form=form, parse=lambda body: str(body["sid"]), deadline=deadline
    )


def _named(field: str) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    return lambda row: (str(row["sid"]), str(row[field] or ""))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
