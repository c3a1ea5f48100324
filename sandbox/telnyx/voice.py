"""`/phone_numbers/{id}/voice`: of the voice settings of a number, those that name callers."""

from __future__ import annotations

import re
from typing import Any

from sandbox.store import Record
from sandbox.telnyx import errors, numbers, parameters
from sandbox.telnyx.base import TelnyxBase, moment
from sandbox.wire import Answer, Call, as_json

UPDATE: dict[str, Any] = {
    "cnam_listing": {"cnam_listing_enabled": bool, "cnam_listing_details": str},
    "caller_id_name_enabled": bool,
}
"""What of the body is understood here."""
DETAILS = "_cnam_listing_details"


def retrieve(carrier: TelnyxBase, call: Call) -> Answer:
    """Show the settings of a number."""
    return as_json({"data": _shown(numbers.owned(carrier, call))})


def update(carrier: TelnyxBase, call: Call) -> Answer:
    """Change the settings of a number."""
    number = numbers.owned(carrier, call)
    asked = parameters.body(call.request, UPDATE)
    if number["status"] != "active":
        raise errors.unprocessable("The phone number is not active.", pointer="/")
    number |= _listing(asked.get("cnam_listing"), number)
    if "caller_id_name_enabled" in asked:
        number["caller_id_name_enabled"] = asked["caller_id_name_enabled"]
    number["updated_at"] = moment(carrier.world.now())
    carrier.world.store.put(numbers.TABLE, number["id"], number)
    return as_json({"data": _shown(number)})


def _listing(asked: dict[str, Any] | None, number: Record) -> Record:
    if asked is None:
        return {}
    is_on = asked.get("cnam_listing_enabled", number["cnam_listing_enabled"])
    details = asked.get("cnam_listing_details", number.get(DETAILS, "") if is_on else "")
    pointer = "/cnam_listing/cnam_listing_details"
    if bool(details) != is_on:
        raise errors.unprocessable(
            "cnam_listing_details needs cnam_listing_enabled", pointer=pointer
        )
    if details and not re.fullmatch(r"[A-Za-z0-9 ]{1,15}", details):
        detail = "cnam_listing_details must be up to 15 alphanumeric characters or spaces"
        raise errors.unprocessable(detail, pointer=pointer)
    return {"cnam_listing_enabled": is_on, DETAILS: details}


def _shown(number: Record) -> Record:
    return {
        "id": number["id"],
        "record_type": "voice_settings",
        "phone_number": number["phone_number"],
        "connection_id": number["connection_id"] or "",
        "customer_reference": number["customer_reference"] or "",
        "tech_prefix_enabled": False,
        "translated_number": "",
        "inbound_call_screening": number["inbound_call_screening"],
        "usage_payment_method": "pay-per-minute",
        "cnam_listing": {
            "cnam_listing_enabled": number["cnam_listing_enabled"],
            "cnam_listing_details": number.get(DETAILS, ""),
        },
    }
