"""Messaging services: numbers that send together. A number is in one of them at most."""

from __future__ import annotations

from typing import Any

from sandbox.store import Record
from sandbox.twilio import errors, numbers, parameters
from sandbox.twilio.base import TwilioBase, new_sid, shown
from sandbox.wire import Answer, Call, as_json

TABLE, MEMBERS = "twilio.services", "twilio.service_numbers"
LONGEST_NAME = 64
CREATE: dict[str, Any] = {
    "FriendlyName": str,
    "InboundRequestUrl": parameters.URL,
    "UseInboundWebhookOnNumber": bool,
}
"""What of the body is understood here."""
MEMBER: dict[str, Any] = {"PhoneNumberSid": "PN"}


def create(carrier: TwilioBase, call: Call) -> Answer:
    """Make a service; two may have the same name."""
    asked = parameters.form(call.request, CREATE, required=("FriendlyName",))
    if len(asked["FriendlyName"]) > LONGEST_NAME:
        raise errors.invalid("FriendlyName must be at most 64 characters")
    service: Record = {
        "sid": new_sid("MG"),
        "account_sid": call.account.id,
        "friendly_name": asked["FriendlyName"],
        "inbound_request_url": asked.get("InboundRequestUrl") or None,
        "inbound_method": "POST",
        "fallback_url": None,
        "fallback_method": "POST",
        "status_callback": None,
        "sticky_sender": True,
        "mms_converter": True,
        "smart_encoding": True,
        "scan_message_content": "inherit",
        "fallback_to_long_code": False,
        "area_code_geomatch": True,
        "synchronous_validation": False,
        "validity_period": 36000,
        "usecase": "undeclared",
        "us_app_to_person_registered": False,
        "use_inbound_webhook_on_number": asked.get("UseInboundWebhookOnNumber", False),
        "date_created": carrier.stamp_iso(),
        "date_updated": carrier.stamp_iso(),
        "links": {},
    }
    carrier.world.store.put(TABLE, service["sid"], service)
    return as_json(_shown(call, service), status=201)


def listing(carrier: TwilioBase, call: Call) -> Answer:
    """List the services; the list takes no filter."""
    rows = [
        _shown(call, service)
        for service in carrier.world.store.table(TABLE).values()
        if service["account_sid"] == call.account.id
    ]
    return parameters.paged_by_meta(call.request, "services", rows)


def delete(carrier: TwilioBase, call: Call) -> Answer:
    """Delete a service; its numbers are in none then."""
    service = owned(carrier, call)
    for sid in [row["sid"] for row in members(carrier, service)]:
        carrier.world.store.remove(MEMBERS, sid)
    carrier.world.store.remove(TABLE, service["sid"])
    return Answer(204)


def add_number(carrier: TwilioBase, call: Call) -> Answer:
    """Put a number into a service; one that is in another one is refused."""
    service = owned(carrier, call)
    asked = parameters.form(call.request, MEMBER, required=("PhoneNumberSid",))
    number = numbers.owned(carrier, call, asked["PhoneNumberSid"])
    there = carrier.world.store.get(MEMBERS, number["sid"])
    if there is not None:
        own = there["service_sid"] == service["sid"]
        code = 21710 if own else 21712
        words = "this" if own else "another"
        raise errors.conflict(code, f"Phone Number is already in {words} Messaging Service")
    able = number["capabilities"]
    member: Record = {
        "sid": number["sid"],
        "account_sid": call.account.id,
        "service_sid": service["sid"],
        "phone_number": number["phone_number"],
        "country_code": "US",
        "capabilities": [word for word in ("Voice", "SMS", "MMS") if able.get(word.lower())],
        "date_created": carrier.stamp_iso(),
        "date_updated": carrier.stamp_iso(),
    }
    carrier.world.store.put(MEMBERS, number["sid"], member)
    return as_json(_shown_member(call, member), status=201)


def retrieve_number(carrier: TwilioBase, call: Call) -> Answer:
    """Show a number of a service."""
    return as_json(_shown_member(call, _member(carrier, call)))


def remove_number(carrier: TwilioBase, call: Call) -> Answer:
    """Take a number out of a service."""
    carrier.world.store.remove(MEMBERS, _member(carrier, call)["sid"])
    return Answer(204)


def owned(carrier: TwilioBase, call: Call) -> Record:
    """
    Find the service that a path names.

    :raises Refusal: if the account has none of that SID
    """
    service = carrier.world.store.get(TABLE, call.parts["service"])
    if service is None or service["account_sid"] != call.account.id:
        raise errors.not_found(f"/Services/{call.parts['service']}")
    return service


def members(carrier: TwilioBase, service: Record) -> list[Record]:
    """Give the numbers of a service that are still the account's."""
    store = carrier.world.store
    return [
        row
        for row in list(store.table(MEMBERS).values())
        if row["service_sid"] == service["sid"] and store.get(numbers.TABLE, row["sid"])
    ]


def _member(carrier: TwilioBase, call: Call) -> Record:
    service, sid = owned(carrier, call), call.parts["sid"]
    for row in members(carrier, service):
        if row["sid"] == sid:
            return row
    raise errors.not_found(f"/Services/{service['sid']}/PhoneNumbers/{sid}")


def at(call: Call, *parts: str) -> str:
    """Give an absolute address below the services."""
    root = call.request.path.partition("/v1/")[0]
    return "/".join((f"{call.request.base}{root}/v1/Services", *parts))


def _shown(call: Call, service: Record) -> Record:
    return {**shown(service), "url": at(call, service["sid"])}


def _shown_member(call: Call, member: Record) -> Record:
    return {**shown(member), "url": at(call, member["service_sid"], "PhoneNumbers", member["sid"])}
