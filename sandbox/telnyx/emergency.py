"""`/addresses` and the emergency settings of numbers."""

from __future__ import annotations

from typing import Any

from sandbox import places
from sandbox.store import Record
from sandbox.telnyx import errors, numbers, parameters
from sandbox.telnyx.base import TelnyxBase, moment
from sandbox.telnyx.parameters import shown
from sandbox.wire import Answer, Call, as_json

TABLE = "telnyx.addresses"
DUE = "_emergency_due"
CHECK: dict[str, Any] = {
    "administrative_area": str,
    "country_code": str,
    "extended_address": str,
    "locality": str,
    "postal_code": str,
    "street_address": str,
}
CREATE: dict[str, Any] = {
    **CHECK,
    "address_book": bool,
    "business_name": str,
    "customer_reference": str,
    "first_name": str,
    "last_name": str,
    "phone_number": str,
    "validate_address": bool,
}
LIST: dict[str, Any] = {**parameters.PAGE, "filter[customer_reference]": str}
ENABLE: dict[str, Any] = {"emergency_enabled": bool, "emergency_address_id": str}
_TROUBLE = {
    "house_number": ("20206", "/street_address", "The house number is missing."),
    "street": ("20207", "/street_address", "The street address provided is invalid."),
    "postal_code": ("20209", "/postal_code", "The postal code provided is invalid."),
}


def check(carrier: TelnyxBase, call: Call) -> Answer:
    """Say whether help would find an address, and how it should be written."""
    asked = parameters.body(call.request, CHECK)
    _require(asked, "country_code", "street_address", "postal_code")
    found = _judge(asked)
    result: Record = {
        "record_type": "address_validation",
        "result": "invalid" if found.trouble else "valid",
        "suggested": {**asked, "street_address": found.street},
        "errors": [],
    }
    if found.trouble:
        code, pointer, words = _TROUBLE[found.trouble]
        error = {"code": code, "title": words, "description": words}
        result["errors"] = [{**error, "source": {"pointer": pointer}}]
    return as_json({"data": result})


def create(carrier: TelnyxBase, call: Call) -> Answer:
    """Keep an address; one that help would not find is refused."""
    asked = parameters.body(call.request, CREATE)
    _require(asked, "first_name", "last_name", "business_name")
    _require(asked, "street_address", "locality", "country_code")
    if asked.get("validate_address", True) and (trouble := _judge(asked).trouble):
        _, pointer, words = _TROUBLE[trouble]
        raise errors.unprocessable(words, pointer=pointer)
    stamp = moment(carrier.world.now())
    address: Record = {
        **dict.fromkeys(set(CREATE) - {"address_book", "validate_address"}, ""),
        **asked,
        "id": carrier.new_id(),
        "record_type": "address",
        "created_at": stamp,
        "updated_at": stamp,
        "_account": call.account.id,
    }
    carrier.world.store.put(TABLE, address["id"], address)
    return as_json({"data": shown(address)})


def listing(carrier: TelnyxBase, call: Call) -> Answer:
    """List the account's addresses."""
    asked = parameters.query(call.request, LIST)
    part = asked.get("filter[customer_reference]", "").lower()
    rows = [
        shown(address)
        for address in carrier.world.store.table(TABLE).values()
        if address["_account"] == call.account.id and part in address["customer_reference"].lower()
    ]
    return parameters.paged(rows, asked, size=20)


def retrieve(carrier: TelnyxBase, call: Call) -> Answer:
    """Show one address."""
    address = _owned(carrier, call, call.parts["id"])
    if address is None:
        raise errors.not_found()
    return as_json({"data": shown(address)})


def enable(carrier: TelnyxBase, call: Call) -> Answer:
    """Give a number an address, or take it away; it is under way for a while."""
    number = numbers.owned(carrier, call)
    asked = parameters.body(call.request, ENABLE)
    _require(asked, "emergency_enabled", "emergency_address_id")
    address = _owned(carrier, call, asked["emergency_address_id"])
    if address is None:
        detail = "The requested address does not exist."
        raise errors.unprocessable(detail, pointer="/emergency_address_id", code="10017")
    if number["phone_number_type"] == "toll_free":
        detail = "The phone number does not have the emergency feature."
        raise errors.unprocessable(detail, pointer="/")
    on = asked["emergency_enabled"]
    number |= {
        "emergency_enabled": on,
        "emergency_address_id": address["id"],
        "emergency_status": "provisioning" if on else "deprovisioning",
        DUE: carrier.world.clock() + carrier.order_seconds,
        "updated_at": moment(carrier.world.now()),
    }
    settle_number(carrier, number)
    carrier.world.store.put(numbers.TABLE, number["id"], number)
    return as_json({"data": _settings(number)}, status=202)


def settle(carrier: TelnyxBase) -> None:
    """Decide what is due."""
    for number in carrier.world.store.table(numbers.TABLE).values():
        if number.get(DUE) is not None and settle_number(carrier, number):
            carrier.world.store.put(numbers.TABLE, number["id"], number)


def settle_number(carrier: TelnyxBase, number: Record) -> bool:
    """Decide about one number; tells whether it was due."""
    if number[DUE] > carrier.world.clock():
        return False
    number[DUE] = None
    if not number["emergency_enabled"]:
        number |= {"emergency_status": "disabled", "emergency_address_id": None}
        return True
    address = carrier.world.store.get(TABLE, number["emergency_address_id"]) or {}
    fails = places.fails_later(address.get("street_address", ""))
    number["emergency_status"] = "provisioning-failed" if fails else "active"
    return True


def _settings(number: Record) -> Record:
    names = ("emergency_enabled", "emergency_address_id", "emergency_status")
    return {
        "id": number["id"],
        "record_type": "voice_settings",
        "phone_number": number["phone_number"],
        "emergency": {name: number[name] for name in names if number[name] is not None},
    }


def _judge(asked: Record) -> places.Judgement:
    return places.judge(
        asked["street_address"], asked.get("postal_code", ""), asked["country_code"]
    )


def _owned(carrier: TelnyxBase, call: Call, id_: str) -> Record | None:
    address = carrier.world.store.get(TABLE, id_)
    return address if address and address["_account"] == call.account.id else None


def _require(asked: Record, *names: str) -> None:
    for name in names:
        if name not in asked:
            raise errors.unprocessable(f"{name} is required", pointer=f"/{name}", code="10004")
