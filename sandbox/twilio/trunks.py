"""Elastic SIP trunking: the trunks themselves."""

from __future__ import annotations

import re
from typing import Any

from sandbox.store import Record
from sandbox.twilio import errors, numbers, parameters
from sandbox.twilio.base import TwilioBase, new_sid, shown
from sandbox.twilio.parameters import METHOD, URL
from sandbox.wire import Answer, Call, as_json

TABLE = numbers.TRUNKS
URLS = "twilio.origination_urls"
TRUNK_ACLS = "twilio.trunk_acls"
BODY: dict[str, Any] = {
    "FriendlyName": str,
    "DomainName": str,
    "DisasterRecoveryUrl": URL,
    "DisasterRecoveryMethod": METHOD,
    "TransferMode": ("disable-all", "enable-all", "sip-only"),
    "Secure": bool,
    "CnamLookupEnabled": bool,
    "TransferCallerId": ("from-transferee", "from-transferor"),
}
FIELDS = {
    "FriendlyName": "friendly_name",
    "DomainName": "domain_name",
    "DisasterRecoveryUrl": "disaster_recovery_url",
    "DisasterRecoveryMethod": "disaster_recovery_method",
    "TransferMode": "transfer_mode",
    "Secure": "secure",
    "CnamLookupEnabled": "cnam_lookup_enabled",
    "TransferCallerId": "transfer_caller_id",
}


def create(carrier: TwilioBase, call: Call) -> Answer:
    """Create a trunk."""
    asked = parameters.form(call.request, BODY)
    sid = new_sid("TK")
    trunk: Record = {
        "sid": sid,
        "account_sid": call.account.id,
        "domain_name": None,
        "friendly_name": "",
        "disaster_recovery_url": None,
        "disaster_recovery_method": "POST",
        "secure": False,
        "recording": {"mode": "do-not-record", "trim": "do-not-trim"},
        "transfer_mode": "disable-all",
        "transfer_caller_id": "from-transferee",
        "cnam_lookup_enabled": False,
        "symmetric_rtp_enabled": False,
        "date_created": carrier.stamp_iso(),
    }
    _write(carrier, trunk, asked)
    return as_json(_shown(carrier, call, trunk), status=201)


def listing(carrier: TwilioBase, call: Call) -> Answer:
    """List the account's trunks."""
    rows = [
        _shown(carrier, call, trunk)
        for trunk in carrier.world.store.table(TABLE).values()
        if trunk["account_sid"] == call.account.id
    ]
    return parameters.paged_by_meta(call.request, "trunks", rows)


def retrieve(carrier: TwilioBase, call: Call) -> Answer:
    """Show one trunk."""
    return as_json(_shown(carrier, call, owned(carrier, call)))


def update(carrier: TwilioBase, call: Call) -> Answer:
    """Change a trunk."""
    trunk = owned(carrier, call)
    _write(carrier, trunk, parameters.form(call.request, BODY))
    return as_json(_shown(carrier, call, trunk))


def delete(carrier: TwilioBase, call: Call) -> Answer:
    """Delete a trunk; its numbers ring nowhere then."""
    trunk = owned(carrier, call)
    store = carrier.world.store
    store.remove(TABLE, trunk["sid"])
    for table in (URLS, TRUNK_ACLS):
        below = [key for key, row in store.table(table).items() if row["trunk_sid"] == trunk["sid"]]
        for key in below:
            store.remove(table, key)
    for number in store.table(numbers.TABLE).values():
        if number["trunk_sid"] == trunk["sid"]:
            numbers.bind(carrier, number, None)
    return Answer(204)


def owned(carrier: TwilioBase, call: Call) -> Record:
    """
    Find the trunk a path names.

    :raises Refusal: if the account has none of that SID
    """
    trunk = carrier.world.store.get(TABLE, call.parts["trunk"])
    if trunk is None or trunk["account_sid"] != call.account.id:
        raise errors.not_found(f"/Trunks/{call.parts['trunk']}")
    return trunk


def trunk_path(call: Call, trunk_sid: str) -> str:
    """Give a trunk's absolute address."""
    root = call.request.path.partition("/v1/Trunks")[0]
    return f"{call.request.base}{root}/v1/Trunks/{trunk_sid}"


def _write(carrier: TwilioBase, trunk: Record, asked: dict[str, Any]) -> None:
    domain = asked.get("DomainName")
    if domain and not re.fullmatch(r"[a-zA-Z0-9-]+\.pstn\.twilio\.com", domain):
        raise errors.invalid("DomainName must end with pstn.twilio.com")
    others = carrier.world.store.table(TABLE).values()
    if domain and any(
        row["domain_name"] == domain and row["sid"] != trunk["sid"] for row in others
    ):
        raise errors.invalid("DomainName is already in use")
    trunk |= {FIELDS[name]: value for name, value in asked.items()}
    trunk["date_updated"] = carrier.stamp_iso()
    carrier.world.store.put(TABLE, trunk["sid"], trunk)


def _shown(carrier: TwilioBase, call: Call, trunk: Record) -> Record:
    url = trunk_path(call, trunk["sid"])
    lists = carrier.world.store.table(TRUNK_ACLS).values()
    kinds = ["IP_ACL"] if any(row["trunk_sid"] == trunk["sid"] for row in lists) else []
    return {
        **shown(trunk),
        # Empty means that the trunk takes no outbound calls (API description).
        "auth_type": ",".join(kinds),
        "auth_type_set": kinds,
        "url": url,
        "links": {
            "origination_urls": f"{url}/OriginationUrls",
            "credential_lists": f"{url}/CredentialLists",
            "ip_access_control_lists": f"{url}/IpAccessControlLists",
            "phone_numbers": f"{url}/PhoneNumbers",
            "recording": f"{url}/Recording",
        },
    }
