"""`Addresses`, and what happens when a number names one for calls for help."""

from __future__ import annotations

from typing import Any

from sandbox import places
from sandbox.store import Record
from sandbox.twilio import errors, parameters
from sandbox.twilio.base import TwilioBase, new_sid, shown
from sandbox.wire import Answer, Call, Request, as_json
from sandbox.world import Account

TABLE = "twilio.addresses"
NUMBERS = "twilio.numbers"
CREATE: dict[str, Any] = {
    "CustomerName": str,
    "Street": str,
    "StreetSecondary": str,
    "City": str,
    "Region": str,
    "PostalCode": str,
    "IsoCountry": str,
    "FriendlyName": str,
    "EmergencyEnabled": bool,
    "AutoCorrectAddress": bool,
}
NEEDED = ("CustomerName", "Street", "City", "Region", "PostalCode", "IsoCountry")
LIST: dict[str, Any] = {
    **parameters.PAGE,
    "CustomerName": str,
    "FriendlyName": str,
    "EmergencyEnabled": bool,
    "IsoCountry": str,
}
UNDER_WAY = {
    "pending-registration": "registered",
    "pending-unregistration": "unregistered",
}
LONGEST_NAME = 32
NAMES = {
    "EmergencyAddressSid": "emergency",
    "SmsUrl": "texts",
    "VoiceCallerIdLookup": "caller_name",
}
"""What an update of a number that sets a field is called."""


def operation(request: Request) -> str:
    """Name an update of a number by what it sets."""
    form = request.form()
    return next((name for field, name in NAMES.items() if field in form), "bind")


def create(carrier: TwilioBase, call: Call) -> Answer:
    """Make an address; one that help would not find is refused."""
    asked = parameters.form(call.request, CREATE, required=NEEDED)
    found = places.judge(asked["Street"], asked["PostalCode"], asked["IsoCountry"])
    corrects = asked.get("AutoCorrectAddress", True) and found.street != asked["Street"]
    if found.trouble and not corrects:
        raise errors.refused(21628, "Address could not be validated")
    if len(asked.get("FriendlyName", "")) > LONGEST_NAME:
        raise errors.invalid(f"FriendlyName must be at most {LONGEST_NAME} characters")
    sid, account = new_sid("AD"), call.account.id
    address: Record = {
        "sid": sid,
        "account_sid": account,
        "customer_name": asked["CustomerName"],
        "street": found.street if corrects else asked["Street"],
        "street_secondary": asked.get("StreetSecondary") or None,
        "city": asked["City"],
        "region": asked["Region"],
        "postal_code": asked["PostalCode"],
        "iso_country": asked["IsoCountry"],
        "friendly_name": asked.get("FriendlyName", ""),
        "emergency_enabled": asked.get("EmergencyEnabled", False),
        "validated": True,
        "verified": False,
        "date_created": carrier.stamp_mail(),
        "date_updated": carrier.stamp_mail(),
        "uri": f"/2010-04-01/Accounts/{account}/Addresses/{sid}.json",
    }
    carrier.world.store.put(TABLE, sid, address)
    return as_json(shown(address), status=201)


def listing(carrier: TwilioBase, call: Call) -> Answer:
    """List the account's addresses."""
    asked = parameters.query(call.request, LIST)
    rows = [
        shown(address)
        for address in carrier.world.store.table(TABLE).values()
        if address["account_sid"] == call.account.id
        and asked.get("FriendlyName", address["friendly_name"]) == address["friendly_name"]
        and asked.get("CustomerName", address["customer_name"]) == address["customer_name"]
        and asked.get("IsoCountry", address["iso_country"]) == address["iso_country"]
        and asked.get("EmergencyEnabled", address["emergency_enabled"])
        == address["emergency_enabled"]
    ]
    path = f"/2010-04-01/Accounts/{call.account.id}/Addresses.json"
    return parameters.paged_by_uri(call.request, "addresses", rows, asked, path)


def retrieve(carrier: TwilioBase, call: Call) -> Answer:
    """Show one address."""
    address = _owned(carrier, call.account, call.parts["sid"])
    if address is None:
        base = f"/2010-04-01/Accounts/{call.account.id}/Addresses"
        raise errors.not_found(f"{base}/{call.parts['sid']}.json")
    return as_json(shown(address))


def delete(carrier: TwilioBase, call: Call) -> Answer:
    """Delete an address."""
    if not is_owned(carrier, call.account, call.parts["sid"]):
        raise errors.not_found(f"/Addresses/{call.parts['sid']}.json")
    carrier.world.store.remove(TABLE, call.parts["sid"])
    return Answer(204)


def name(carrier: TwilioBase, account: Account, number: Record, sid: str) -> None:
    """Have a number name an address, or none; that takes until the next request."""
    if not sid:
        if number["emergency_address_status"] != "unregistered":
            number["emergency_address_status"] = "pending-unregistration"
        return
    address = _owned(carrier, account, sid)
    if address is None or not address["emergency_enabled"]:
        raise errors.refused(21628, f"Address {sid} is not enabled for emergency calls")
    if number["emergency_address_status"] not in ("unregistered", "registration-failure"):
        raise errors.invalid("The number must be unregistered before its address is changed")
    number |= {
        "emergency_address_sid": sid,
        "emergency_address_status": "pending-registration",
        "emergency_status": "Active",
    }


def settle(carrier: TwilioBase) -> None:
    """Decide what is under way."""
    for number in carrier.world.store.table(NUMBERS).values():
        status = UNDER_WAY.get(number["emergency_address_status"])
        if status is None:
            continue
        address = carrier.world.store.get(TABLE, number["emergency_address_sid"] or "") or {}
        if status == "registered" and places.fails_later(address.get("street", "")):
            status = "registration-failure"
        number["emergency_address_status"] = status
        if status == "unregistered":
            number |= {"emergency_address_sid": None, "emergency_status": "Inactive"}
        carrier.world.store.put(NUMBERS, number["sid"], number)


def is_owned(carrier: TwilioBase, account: Account, sid: str) -> bool:
    """Tell whether an account has such an address."""
    return _owned(carrier, account, sid) is not None


def _owned(carrier: TwilioBase, account: Account, sid: str) -> Record | None:
    address = carrier.world.store.get(TABLE, sid)
    return address if address and address["account_sid"] == account.id else None
