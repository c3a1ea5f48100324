"""`/phone_numbers`: what the account owns, and which connection each number rings on."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.stock.shelf import Article
from sandbox.store import Record
from sandbox.telnyx import connections, errors, parameters
from sandbox.telnyx.base import TelnyxBase, moment
from sandbox.wire import Answer, Call, as_json
from sandbox.world import Account

TABLE = "telnyx.numbers"
STATUSES = (
    "purchase-pending",
    "purchase-failed",
    "port-pending",
    "active",
    "deleted",
    "port-failed",
    "emergency-only",
    "ported-out",
    "port-out-pending",
)
NAME = "filter[voice.connection_name]"
LIST: dict[str, Any] = {
    **parameters.PAGE,
    "sort": ("purchased_at", "phone_number", "connection_name", "usage_payment_method"),
    "handle_messaging_profile_error": ("true", "false"),
    "filter[tag]": str,
    "filter[phone_number]": str,
    "filter[status]": STATUSES,
    "filter[country_iso_alpha2]": [str],
    "filter[connection_id]": str,
    "filter[customer_reference]": str,
    "filter[billing_group_id]": str,
    "filter[emergency_address_id]": str,
    "filter[number_type][eq]": ("local", "national", "toll_free", "mobile", "shared_cost"),
    "filter[source]": ("ported", "purchased"),
    f"{NAME}[eq]": str,
    f"{NAME}[contains]": str,
    f"{NAME}[starts_with]": str,
    f"{NAME}[ends_with]": str,
    "filter[voice.usage_payment_method]": ("pay-per-minute", "channel"),
    "filter[without_tags]": ("true", "false"),
}
UPDATE: dict[str, Any] = {
    "tags": [str],
    "external_pin": str,
    "hd_voice_enabled": bool,
    "customer_reference": str,
    "address_id": str,
    "connection_id": str,
    "billing_group_id": str,
}
UPDATE_MANY: dict[str, Any] = {"phone_numbers": [str], "deletion_lock_enabled": bool}
"""What of the job's body is understood here."""
EQUAL = {
    "filter[status]": "status",
    "filter[connection_id]": "connection_id",
    "filter[customer_reference]": "customer_reference",
    "filter[billing_group_id]": "billing_group_id",
    "filter[number_type][eq]": "phone_number_type",
}


def new_number(carrier: TelnyxBase, account: Account, article: Article, order: Record) -> None:
    """Put an ordered number among the account's numbers."""
    (line,) = (line for line in order["phone_numbers"] if line["phone_number"] == article.number)
    stamp = order["created_at"]
    number: Record = {
        "id": line["_number_id"],
        "record_type": "phone_number",
        "phone_number": article.number,
        "country_iso_alpha2": article.country,
        "phone_number_type": article.kind,
        "status": "purchase-pending",
        "source_type": "number_order",
        "tags": [],
        "external_pin": None,
        "connection_id": order.get("connection_id"),
        "connection_name": connections.name_of(carrier, order.get("connection_id")),
        "customer_reference": order["customer_reference"] or None,
        "messaging_profile_id": order.get("messaging_profile_id"),
        "messaging_profile_name": None,
        "billing_group_id": order.get("billing_group_id"),
        "emergency_enabled": False,
        "emergency_address_id": None,
        "emergency_status": "disabled",
        "call_forwarding_enabled": False,
        "cnam_listing_enabled": False,
        "caller_id_name_enabled": False,
        "call_recording_enabled": False,
        "t38_fax_gateway_enabled": False,
        "hd_voice_enabled": False,
        "inbound_call_screening": "disabled",
        "deletion_lock_enabled": False,
        "purchased_at": stamp,
        "created_at": stamp,
        "updated_at": stamp,
        "activated_at": None,
        "_account": account.id,
    }
    carrier.world.store.put(TABLE, number["id"], number)


def listing(carrier: TelnyxBase, call: Call) -> Answer:
    """List the account's numbers, newest first."""
    asked = parameters.query(call.request, LIST)
    rows = [
        number
        for number in reversed(carrier.world.store.table(TABLE).values())
        if number["_account"] == call.account.id and _fits(number, asked)
    ]
    if "sort" in asked and asked["sort"] != "usage_payment_method":
        rows.sort(key=lambda number: str(number[asked["sort"]] or ""))
    return parameters.paged([shown(number) for number in rows], asked, size=20)


def retrieve(carrier: TelnyxBase, call: Call) -> Answer:
    """Show one number."""
    return as_json({"data": shown(owned(carrier, call))})


def update(carrier: TelnyxBase, call: Call) -> Answer:
    """Change a number, above all the connection it rings on."""
    number = owned(carrier, call)
    asked = parameters.body(call.request, UPDATE)
    if number["status"] != "active":
        raise errors.unprocessable("The phone number is not active.", pointer="/")
    if "connection_id" in asked:
        connection_id = asked["connection_id"] or None
        if connection_id and connections.owned(carrier, call.account, connection_id) is None:
            detail = "The requested connection does not exist."
            raise errors.unprocessable(detail, pointer="/connection_id", code="10017")
        asked |= {
            "connection_id": connection_id,
            "connection_name": connections.name_of(carrier, connection_id),
        }
    asked.pop("address_id", None)
    number |= asked | {"updated_at": moment(carrier.world.now())}
    carrier.world.store.put(TABLE, number["id"], number)
    return as_json({"data": shown(number)})


def update_many(carrier: TelnyxBase, call: Call) -> Answer:
    """Take a job that locks numbers against deletion or unlocks them; it is done at once."""
    asked = parameters.body(call.request, UPDATE_MANY)
    ids = asked.get("phone_numbers")
    if not ids:
        raise errors.unprocessable("Phone numbers must be present.", pointer="/phone_numbers")
    if "deletion_lock_enabled" not in asked:
        detail = "You must provide at least 1 updateable field."
        raise errors.unprocessable(detail, pointer="/updateable_fields")
    numbers = [carrier.world.store.get(TABLE, id_) for id_ in ids]
    mine = [each for each in numbers if each and each["_account"] == call.account.id]
    if len(mine) < len(ids):
        raise errors.unprocessable("A phone number is not yours.", pointer="/phone_numbers")
    if any(number["status"] != "active" for number in mine):
        raise errors.unprocessable("A phone number is not active.", pointer="/phone_numbers")
    stamp = moment(carrier.world.now())
    for number in mine:
        number |= {"deletion_lock_enabled": asked["deletion_lock_enabled"], "updated_at": stamp}
        carrier.world.store.put(TABLE, number["id"], number)
    job = {
        "id": str(uuid.uuid4()),
        "record_type": "phone_numbers_job",
        "type": "update_phone_numbers",
        "status": "pending",
        "phone_numbers": [{"id": id_} for id_ in ids],
        "pending_operations": [
            {"id": number["id"], "phone_number": number["phone_number"]} for number in mine
        ],
        "successful_operations": [],
        "failed_operations": [],
        "etc": stamp,
        "created_at": stamp,
        "updated_at": stamp,
    }
    return as_json({"data": job}, status=202)


def delete(carrier: TelnyxBase, call: Call) -> Answer:
    """Release a number: it is on sale again at once."""
    number = owned(carrier, call)
    if number["status"] != "active":
        raise errors.unprocessable("The phone number is not active.", pointer="/")
    if number["deletion_lock_enabled"]:
        raise errors.unprocessable("The phone number is locked against deletion.", pointer="/")
    if number["emergency_enabled"]:
        raise errors.unprocessable("The phone number has emergency services.", pointer="/")
    carrier.world.store.remove(TABLE, number["id"])
    carrier.world.give_back(carrier.slug, number["phone_number"])
    gone = shown(number) | {"status": "deleted", "updated_at": moment(carrier.world.now())}
    for name in ("country_iso_alpha2", "source_type", "inbound_call_screening", "emergency_status"):
        del gone[name]
    # The deleted form allows no nulls where the live one does (API description).
    return as_json({"data": {name: value for name, value in gone.items() if value is not None}})


def by_number(carrier: TelnyxBase, phone_number: str) -> Record | None:
    """Find a number by itself."""
    for number in carrier.world.store.table(TABLE).values():
        if number["phone_number"] == phone_number:
            return number
    return None


def shown(number: Record) -> Record:
    """Give a number as the carrier shows it."""
    return {name: value for name, value in number.items() if not name.startswith("_")}


def owned(carrier: TelnyxBase, call: Call) -> Record:
    """
    Give the number that the path names.

    :raises Refusal: if the account has no such number
    """
    number = carrier.world.store.get(TABLE, call.parts["id"])
    if number is None or number["_account"] != call.account.id:
        raise errors.not_found()
    return number


def _fits(number: Record, asked: dict[str, Any]) -> bool:
    # Digits only: a plus, or fewer than three digits, finds nothing (API description).
    wanted = asked.get("filter[phone_number]")
    if wanted is not None and not (
        wanted.isdigit() and len(wanted) >= 3 and wanted in number["phone_number"]
    ):
        return False
    for name, field in EQUAL.items():
        if name in asked and asked[name] != ("null" if number[field] is None else number[field]):
            return False
    return _fits_name_and_tags(number, asked)


def _fits_name_and_tags(number: Record, asked: dict[str, Any]) -> bool:
    name = number["connection_name"] or ""
    return (
        asked.get("filter[source]", "purchased") == "purchased"
        and number["country_iso_alpha2"]
        in asked.get("filter[country_iso_alpha2]", [number["country_iso_alpha2"]])
        and asked.get(f"{NAME}[eq]", name) == name
        and asked.get(f"{NAME}[contains]", "") in name
        and name.startswith(asked.get(f"{NAME}[starts_with]", ""))
        and name.endswith(asked.get(f"{NAME}[ends_with]", ""))
        and ("filter[tag]" not in asked or asked["filter[tag]"] in number["tags"])
        and not (asked.get("filter[without_tags]") == "true" and number["tags"])
    )
