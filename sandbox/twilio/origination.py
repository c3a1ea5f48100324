"""Origination URLs: the addresses that a trunk's calls are sent to."""

from __future__ import annotations

import re
from typing import Any

from sandbox.store import Record
from sandbox.twilio import errors, parameters
from sandbox.twilio.base import TwilioBase, new_sid, shown
from sandbox.twilio.trunks import URLS, owned, trunk_path
from sandbox.wire import Answer, Call, as_json

BODY: dict[str, Any] = {
    "Weight": int,
    "Priority": int,
    "Enabled": bool,
    "FriendlyName": str,
    "SipUrl": str,
}
FIELDS = {
    "Weight": "weight",
    "Priority": "priority",
    "Enabled": "enabled",
    "FriendlyName": "friendly_name",
    "SipUrl": "sip_url",
}
SIP_URL = re.compile(
    r"sips?:(?://)?(?:[^@;?]+@)?(?P<host>\[[0-9a-fA-F:]+\]|[\w.-]+)(?::(?P<port>\d{1,5}))?"
    r"(?P<parameters>(?:;[^?]*)?)(?:\?.*)?"
)


def create(carrier: TwilioBase, call: Call) -> Answer:
    """Add an address that the trunk's calls go to."""
    trunk = owned(carrier, call)
    asked = parameters.form(call.request, BODY, required=tuple(BODY))
    sid = new_sid("OU")
    url: Record = {
        "sid": sid,
        "account_sid": call.account.id,
        "trunk_sid": trunk["sid"],
        "date_created": carrier.stamp_iso(),
    }
    return as_json(_write(carrier, call, url, asked), status=201)


def listing(carrier: TwilioBase, call: Call) -> Answer:
    """List a trunk's addresses."""
    trunk = owned(carrier, call)
    rows = [_shown(call, row) for row in of_trunk(carrier, trunk["sid"])]
    return parameters.paged_by_meta(call.request, "origination_urls", rows)


def retrieve(carrier: TwilioBase, call: Call) -> Answer:
    """Show one address."""
    return as_json(_shown(call, _url(carrier, call)))


def update(carrier: TwilioBase, call: Call) -> Answer:
    """Change an address."""
    url = _url(carrier, call)
    return as_json(_write(carrier, call, url, parameters.form(call.request, BODY)))


def delete(carrier: TwilioBase, call: Call) -> Answer:
    """Take an address away."""
    carrier.world.store.remove(URLS, _url(carrier, call)["sid"])
    return Answer(204)


def of_trunk(carrier: TwilioBase, trunk_sid: str) -> list[Record]:
    """Give the addresses of a trunk."""
    rows = carrier.world.store.table(URLS).values()
    return [row for row in rows if row["trunk_sid"] == trunk_sid]


def _write(carrier: TwilioBase, call: Call, url: Record, asked: dict[str, Any]) -> Record:
    match = SIP_URL.fullmatch(asked.get("SipUrl", "sip:unchanged.example"))
    if not match:
        raise errors.invalid("SipUrl must be a SIP URI such as sip:pbx.example.net:5060")
    for name in ("Priority", "Weight"):
        if not (0 if name == "Priority" else 1) <= asked.get(name, 1) <= 65535:
            raise errors.invalid(f"Invalid parameter: {name}")
    url |= {FIELDS[name]: value for name, value in asked.items()}
    url["date_updated"] = carrier.stamp_iso()
    carrier.world.store.put(URLS, url["sid"], url)
    return _shown(call, url)


def _url(carrier: TwilioBase, call: Call) -> Record:
    trunk = owned(carrier, call)
    url = carrier.world.store.get(URLS, call.parts["sid"])
    if url is None or url["trunk_sid"] != trunk["sid"]:
        raise errors.not_found(f"/Trunks/{trunk['sid']}/OriginationUrls/{call.parts['sid']}")
    return url


def _shown(call: Call, row: Record) -> Record:
    path = f"{trunk_path(call, row['trunk_sid'])}/OriginationUrls/{row['sid']}"
    return {**shown(row), "url": path}
