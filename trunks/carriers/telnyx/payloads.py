"""
Telnyx's words and ours, without any network.

Field names and values: `telnyx-provisioning.openapi.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from lib.e164 import E164
from lib.money import Money
from trunks.errors import Reason
from trunks.numbering import Capability, NumberType
from trunks.offers import (
    FoundNumber,
    Hold,
    LineStatus,
    OrderedNumber,
    OwnedNumber,
    PlacedOrder,
    Wanted,
)
from trunks.reading import money_from, number_from

LARGEST_PAGE = 250
LINE_STATUSES = {
    "pending": LineStatus.PENDING,
    "success": LineStatus.BOUGHT,
    "failure": LineStatus.FAILED,
}
NOT_OURS = frozenset(
    {"purchase-pending", "purchase-failed", "port-pending", "port-failed", "deleted", "ported-out"}
)
"""Statuses of numbers that are in the list without being ours (yet or any more)."""

Params = list[tuple[str, str]]


def search_params(wanted: Wanted) -> Params:
    """Say what is looked for; with an area code, patterns are about what follows it."""
    told = [
        ("filter[country_code]", wanted.country),
        ("filter[phone_number_type]", wanted.type.lower()),
        ("filter[national_destination_code]", wanted.area_code),
        ("filter[phone_number][starts_with]", wanted.prefix),
        ("filter[phone_number][contains]", wanted.contains),
        ("filter[locality]", wanted.locality),
        ("filter[administrative_area]", wanted.region),
        ("filter[limit]", str(wanted.limit)),
    ]
    features = [("filter[features][]", wish.lower()) for wish in sorted(wanted.capabilities)]
    return [(name, value) for name, value in told if value] + features


def found_numbers_from(body: Mapping[str, Any], wanted: Wanted) -> list[FoundNumber]:
    """Read the answer of the number search; it does not say of which type a number is."""
    return [_found_number(entry, wanted) for entry in body["data"] if not entry.get("best_effort")]


def _found_number(entry: Mapping[str, Any], wanted: Wanted) -> FoundNumber:
    # No field of an offer is required; without a currency there is no price.
    told = entry.get("region_information") or ()
    regions = {part["region_type"]: part["region_name"] or "" for part in told}
    cost = entry.get("cost_information") or {}
    return FoundNumber(
        number=number_from(entry["phone_number"]),
        country=regions.get("country_code") or wanted.country,
        type=NumberType(wanted.type),
        region=regions.get("state", ""),
        locality=regions.get("location", ""),
        rate_center=regions.get("rate_center", ""),
        capabilities=_capabilities(feature["name"] for feature in entry.get("features") or ()),
        setup=_price(cost, "upfront_cost"),
        monthly=_price(cost, "monthly_cost"),
    )


def _price(cost: Mapping[str, Any], name: str) -> Money | None:
    amount, currency = cost.get(name), cost.get("currency")
    return None if amount is None or not currency else money_from(str(amount), str(currency))


def _capabilities(names: Iterable[str]) -> frozenset[Capability]:
    known = {capability.lower(): capability for capability in Capability}
    return frozenset(known[name] for name in names if name in known)


def order_body(numbers: Sequence[E164], *, reference: str, binding: str) -> dict[str, Any]:
    """Say what is bought, under which reference of ours, and where it is delivered."""
    body: dict[str, Any] = {
        "customer_reference": reference,
        "phone_numbers": [{"phone_number": number} for number in numbers],
    }
    if binding:
        body["connection_id"] = binding
    return body


def placed_order_from(body: Mapping[str, Any]) -> PlacedOrder:
    """Read one order with the status of each number."""
    order = body["data"]
    return PlacedOrder(
        carrier_reference=str(order["id"]),
        numbers=tuple(_ordered_number(line) for line in order["phone_numbers"]),
    )


def _ordered_number(line: Mapping[str, Any]) -> OrderedNumber:
    word = str(line["status"])
    # A word of no description ends nothing: the line is under way until we know better.
    status = LINE_STATUSES.get(word, LineStatus.PENDING)
    reason = ""
    if word not in LINE_STATUSES:
        reason = f"The carrier says {word[:40]!r}, which we do not know."
    elif status is LineStatus.FAILED:
        reason = "The carrier could not supply the number."
    elif status is LineStatus.PENDING and line.get("requirements_met") is False:
        reason = f"The carrier waits for documents ({line.get('requirements_status', 'unknown')})."
    return OrderedNumber(
        number=number_from(line["phone_number"]),
        status=status,
        reason=reason,
        word="" if word in LINE_STATUSES else word[:40] or "(empty)",
    )


def with_ids(order: PlacedOrder, ids: Mapping[E164, str]) -> PlacedOrder:
    """Add the identifiers of the numbers: an order tells only those of its own lines."""
    return replace(
        order,
        numbers=tuple(
            replace(line, carrier_reference=ids.get(line.number, "")) for line in order.numbers
        ),
    )


def hold_body(numbers: Sequence[E164], reference: str) -> dict[str, Any]:
    """Say what is to be held, under which reference of ours."""
    return {
        "customer_reference": reference,
        "phone_numbers": [{"phone_number": number} for number in numbers],
    }


def hold_from(reservation: Mapping[str, Any]) -> Hold:
    """Read a reservation; only its numbers' own statuses say which of them are held."""
    held = {
        number_from(line["phone_number"]): datetime.fromisoformat(line["expired_at"])
        for line in reservation["phone_numbers"]
        if line["status"] == "success"
    }
    return Hold(
        carrier_reference=str(reservation["id"]),
        numbers=tuple(held),
        until=min(held.values(), default=None),
        pending=tuple(
            number_from(line["phone_number"])
            for line in reservation["phone_numbers"]
            # A word that we don't know decides nothing either.
            if line["status"] not in {"success", "failure"}
        ),
    )


def order_ids_from(body: Mapping[str, Any], reference: str) -> list[str]:
    """Read which orders carry exactly our reference."""
    return [
        str(order["id"]) for order in body["data"] if order.get("customer_reference") == reference
    ]


def owned_number_from(entry: Mapping[str, Any]) -> OwnedNumber | None:
    """Read one of our numbers; None where it is not ours."""
    if entry["status"] in NOT_OURS:
        return None
    return OwnedNumber(
        number=number_from(entry["phone_number"]),
        carrier_reference=str(entry["id"]),
        trunk_reference=entry.get("connection_id") or "",
        our_reference=entry.get("customer_reference") or "",
        active=entry["status"] == "active",
    )


def balance_from(body: Mapping[str, Any]) -> Money:
    """Read what may be spent: the balance and the credit line."""
    data = body["data"]
    return money_from(data["available_credit"], data["currency"])


def is_busy_with_jobs(words: str) -> bool:
    """Tell whether a job was refused because too many others are under way."""
    return "pending or in progress jobs" in words.lower()


def refusal_from(status: int, body: Any) -> tuple[Reason, str]:
    """Read why the carrier said no; the status decides before the codes, which contradict."""
    # Below /10dlc some refusals are a single error, without the list around it.
    errors = body.get("errors") or [{"title": body["title"], **body}]
    words = "; ".join(
        str(error.get("detail") or error.get("description") or error.get("title") or "")
        for error in errors
    )
    if status == 402 or any(word in words.lower() for word in ("insufficient", "funds")):
        return Reason.NO_FUNDS, words
    if status == 404:
        return Reason.NOT_FOUND, words
    if "not available" in words.lower() or "no longer available" in words.lower():
        return Reason.NUMBER_GONE, words
    if "requirement" in words.lower():
        return Reason.DOCUMENTS_MISSING, words
    return {409: Reason.NOT_ALLOWED, 400: Reason.INVALID, 422: Reason.INVALID}.get(
        status, Reason.OTHER
    ), words
