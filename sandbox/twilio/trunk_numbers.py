"""What hangs on a trunk beside its addresses: numbers, and lists of addresses that may call out."""

from __future__ import annotations

from sandbox.store import Record
from sandbox.twilio import access_lists, errors, numbers, parameters
from sandbox.twilio.base import TwilioBase
from sandbox.twilio.trunks import TRUNK_ACLS, owned, trunk_path
from sandbox.wire import Answer, Call, as_json

SAME = (
    *("sid", "account_sid", "friendly_name", "phone_number", "api_version", "voice_url"),
    *("voice_method", "voice_fallback_url", "voice_fallback_method", "voice_caller_id_lookup"),
    *("voice_application_sid", "sms_url", "sms_method", "sms_fallback_url", "sms_fallback_method"),
    *("sms_application_sid", "status_callback", "status_callback_method", "trunk_sid"),
    *("address_requirements", "beta", "capabilities"),
)


def add_number(carrier: TwilioBase, call: Call) -> Answer:
    """Bind a number to the trunk."""
    trunk = owned(carrier, call)
    asked = parameters.form(call.request, {"PhoneNumberSid": "PN"}, required=("PhoneNumberSid",))
    number = numbers.owned(carrier, call, asked["PhoneNumberSid"])
    numbers.bind(carrier, number, trunk["sid"])
    return as_json(_shown(call, number), status=201)


def list_numbers(carrier: TwilioBase, call: Call) -> Answer:
    """List a trunk's numbers."""
    trunk = owned(carrier, call)
    rows = [
        _shown(call, number)
        for number in carrier.world.store.table(numbers.TABLE).values()
        if number["trunk_sid"] == trunk["sid"]
    ]
    return parameters.paged_by_meta(call.request, "phone_numbers", rows)


def retrieve_number(carrier: TwilioBase, call: Call) -> Answer:
    """Show one of a trunk's numbers."""
    return as_json(_shown(call, _bound(carrier, call)))


def remove_number(carrier: TwilioBase, call: Call) -> Answer:
    """Take a number off the trunk."""
    numbers.bind(carrier, _bound(carrier, call), None)
    return Answer(204)


def add_list(carrier: TwilioBase, call: Call) -> Answer:
    """Let the addresses of a list call out through the trunk."""
    trunk = owned(carrier, call)
    shape = {"IpAccessControlListSid": "AL"}
    asked = parameters.form(call.request, shape, required=("IpAccessControlListSid",))
    found = access_lists.owned(carrier, call, asked["IpAccessControlListSid"])
    row: Record = {
        "sid": found["sid"],
        "account_sid": call.account.id,
        "trunk_sid": trunk["sid"],
        "friendly_name": found["friendly_name"],
        "date_created": carrier.stamp_iso(),
        "date_updated": carrier.stamp_iso(),
    }
    carrier.world.store.put(TRUNK_ACLS, f"{trunk['sid']}/{found['sid']}", row)
    return as_json(_shown_list(call, row), status=201)


def list_lists(carrier: TwilioBase, call: Call) -> Answer:
    """List a trunk's lists."""
    trunk = owned(carrier, call)
    rows = [
        _shown_list(call, row)
        for row in carrier.world.store.table(TRUNK_ACLS).values()
        if row["trunk_sid"] == trunk["sid"]
    ]
    return parameters.paged_by_meta(call.request, "ip_access_control_lists", rows)


def retrieve_list(carrier: TwilioBase, call: Call) -> Answer:
    """Show one of a trunk's lists."""
    return as_json(_shown_list(call, _joined(carrier, call)))


def remove_list(carrier: TwilioBase, call: Call) -> Answer:
    """Take a list off the trunk."""
    row = _joined(carrier, call)
    carrier.world.store.remove(TRUNK_ACLS, f"{row['trunk_sid']}/{row['sid']}")
    return Answer(204)


def _bound(carrier: TwilioBase, call: Call) -> Record:
    trunk = owned(carrier, call)
    number = carrier.world.store.get(numbers.TABLE, call.parts["sid"])
    if number is None or number["trunk_sid"] != trunk["sid"]:
        raise errors.not_found(f"/Trunks/{trunk['sid']}/PhoneNumbers/{call.parts['sid']}")
    return number


def _joined(carrier: TwilioBase, call: Call) -> Record:
    trunk = owned(carrier, call)
    row = carrier.world.store.get(TRUNK_ACLS, f"{trunk['sid']}/{call.parts['sid']}")
    if row is None:
        raise errors.not_found(f"/Trunks/{trunk['sid']}/IpAccessControlLists/{call.parts['sid']}")
    return row


def _shown(call: Call, number: Record) -> Record:
    url = f"{trunk_path(call, number['trunk_sid'])}/PhoneNumbers/{number['sid']}"
    return {
        **{name: number[name] for name in SAME},
        "date_created": number["_created"],
        "date_updated": number["_updated"],
        "url": url,
        "links": {"phone_number": f"https://api.twilio.com{number['uri'].removesuffix('.json')}"},
    }


def _shown_list(call: Call, row: Record) -> Record:
    url = f"{trunk_path(call, row['trunk_sid'])}/IpAccessControlLists/{row['sid']}"
    return {**row, "url": url}
