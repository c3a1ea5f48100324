"""Messaging profiles, and which one each number has: where its text messages go."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.store import Record
from sandbox.telnyx import errors, numbers, parameters
from sandbox.telnyx.base import TelnyxBase, moment
from sandbox.wire import Answer, Call, as_json

PROFILES = "telnyx.messaging_profiles"
CREATE: dict[str, Any] = {
    "name": str,
    "webhook_url": str,
    "webhook_api_version": ("1", "2", "2010-04-01"),
    "whitelisted_destinations": [str],
    "enabled": bool,
}
"""What of the body is understood here."""
LIST: dict[str, Any] = {
    **parameters.PAGE,
    "filter[name][eq]": str,
    "filter[name][contains]": str,
}
UPDATE: dict[str, Any] = {"messaging_profile_id": str, "messaging_product": str, "tags": [str]}


def create(carrier: TelnyxBase, call: Call) -> Answer:
    """Make a profile."""
    asked = parameters.body(call.request, CREATE)
    for name in ("name", "whitelisted_destinations"):
        if not asked.get(name):
            raise errors.unprocessable(f"{name} is required", pointer=f"/{name}")
    stamp = moment(carrier.world.now())
    profile: Record = {
        "id": str(uuid.uuid4()),
        "record_type": "messaging_profile",
        "enabled": True,
        "webhook_url": None,
        "webhook_api_version": "2",
        "created_at": stamp,
        "updated_at": stamp,
        "_account": call.account.id,
        **asked,
    }
    carrier.world.store.put(PROFILES, profile["id"], profile)
    return as_json({"data": parameters.shown(profile)})


def listing(carrier: TelnyxBase, call: Call) -> Answer:
    """List the profiles."""
    asked = parameters.query(call.request, LIST)
    rows = [
        parameters.shown(profile)
        for profile in carrier.world.store.table(PROFILES).values()
        if profile["_account"] == call.account.id
        and asked.get("filter[name][eq]", profile["name"]) == profile["name"]
        and asked.get("filter[name][contains]", "") in profile["name"]
    ]
    return parameters.paged(rows, asked, size=20)


def retrieve(carrier: TelnyxBase, call: Call) -> Answer:
    """Show the settings of a number."""
    return as_json({"data": _shown(numbers.owned(carrier, call))})


def update(carrier: TelnyxBase, call: Call) -> Answer:
    """Put a number into a profile, or take it out with empty text."""
    number = numbers.owned(carrier, call)
    asked = parameters.body(call.request, UPDATE)
    profile_id = asked.get("messaging_profile_id")
    if profile_id is not None:
        profile = carrier.world.store.get(PROFILES, profile_id) if profile_id else None
        if profile_id and (profile is None or profile["_account"] != call.account.id):
            detail = "The messaging profile does not exist."
            raise errors.unprocessable(detail, pointer="/messaging_profile_id", code="10017")
        number["messaging_profile_id"] = profile_id or None
        number["messaging_profile_name"] = profile["name"] if profile else None
        carrier.world.store.put(numbers.TABLE, number["id"], number)
    return as_json({"data": _shown(number)})


def _shown(number: Record) -> Record:
    is_free = number["phone_number_type"] == "toll_free"
    return {
        "id": number["id"],
        "record_type": "messaging_settings",
        "phone_number": number["phone_number"],
        "country_code": number["country_iso_alpha2"],
        "messaging_profile_id": number["messaging_profile_id"],
        "messaging_product": "A2P",
        "traffic_type": "A2P",
        "type": "toll-free" if is_free else "long-code",
        "eligible_messaging_products": ["A2P"],
        "created_at": number["created_at"],
        "updated_at": number["updated_at"],
    }
