"""
Plivo's words and ours, without any network.

Field names and values: its documentation of numbers and of SIP trunking (2026), and what its SDK
for Python (4.59) is tested with; where the two differ, both are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib.e164 import E164, DidFormat, digits, in_format
from lib.money import Money
from trunks.errors import Reason
from trunks.matching import fits
from trunks.numbering import Capability, NumberType
from trunks.offers import (
    FoundNumber,
    GatewaySpec,
    LineStatus,
    OrderedNumber,
    OwnedNumber,
    PlacedOrder,
    Transport,
    TrunkSpec,
    Wanted,
)
from trunks.reading import money_from, number_from

LARGEST_PAGE = 20
CURRENCY = "USD"
TYPES = {
    NumberType.LOCAL: "local",
    NumberType.NATIONAL: "national",
    NumberType.MOBILE: "mobile",
    NumberType.TOLL_FREE: "tollfree",
}
FIXED = "fixed"
"""What older answers say of a local number, and the documents of a local or a national one."""
SERVICES = {Capability.VOICE: "voice", Capability.SMS: "sms", Capability.MMS: "mms"}
ENABLED, DISABLED = "enabled", "disabled"
SUCCESS, AWAITS_PAPERS = "Success", "pending"
ASKS_FOR_PAPERS = ("restriction", "prerequisites", "compliance_requirement")

Params = list[tuple[str, str]]


def path_of(number: E164) -> str:
    """Write a number as the carrier does: digits only."""
    return digits(number)


def number_of(text: object) -> E164:
    """Read a number as the carrier writes it."""
    return number_from(f"+{digits(str(text))}")


def can_be_searched(wanted: Wanted) -> bool:
    """Tell whether the search can promise what is wanted."""
    return wanted.type in TYPES and wanted.capabilities <= set(SERVICES)


def search_params(wanted: Wanted) -> Params:
    """Say what is looked for; the pattern is what a number begins with after its country code."""
    services = [word for one, word in SERVICES.items() if one in wanted.capabilities]
    told = [
        ("country_iso", wanted.country),
        ("type", TYPES[wanted.type]),
        ("pattern", wanted.area_code + wanted.prefix),
        ("services", ",".join(services)),
        ("city", wanted.locality),
        ("region", wanted.region),
    ]
    return [(name, value) for name, value in told if value]


def page_params(offset: int) -> Params:
    """Say which part of a list is asked for."""
    return [("limit", str(LARGEST_PAGE)), ("offset", str(offset))]


def found_page_from(body: Mapping[str, Any], wanted: Wanted) -> tuple[list[FoundNumber], int, int]:
    """Read a page of the search: what fits, how many rows it has, and how many there are in all."""
    rows, total = rows_from(body)
    found = [_found_number(row, wanted) for row in rows if _type(row, wanted) is wanted.type]
    fitting = [
        offer
        for offer in found
        if wanted.capabilities <= offer.capabilities
        and fits(offer.number, wanted)
        and _is_same(wanted.locality, offer.locality)
        and _is_same(wanted.region, offer.region)
    ]
    return fitting, len(rows), total


def _is_same(wanted: str, place: str) -> bool:
    return not wanted or wanted.casefold() == place.casefold()


def _type(row: Mapping[str, Any], wanted: Wanted) -> NumberType | None:
    word = str(row["type"])
    if word == FIXED and wanted.type in {NumberType.LOCAL, NumberType.NATIONAL}:
        return wanted.type
    return next((type_ for type_, name in TYPES.items() if name == word), None)


def _found_number(row: Mapping[str, Any], wanted: Wanted) -> FoundNumber:
    return FoundNumber(
        number=number_of(row["number"]),
        country=wanted.country,
        type=wanted.type,
        # Such as "California, UNITED STATES", or the country alone.
        region=str(row.get("region") or "").partition(",")[0],
        locality=str(row.get("city") or ""),
        rate_center=str(row.get("rate_center") or ""),
        capabilities=frozenset(one for one, word in SERVICES.items() if row.get(f"{word}_enabled")),
        setup=_price(row, "setup_rate"),
        monthly=_price(row, "monthly_rental_rate"),
        needs_documents=any(row.get(name) for name in ASKS_FOR_PAPERS),
    )


def _price(row: Mapping[str, Any], name: str) -> Money:
    return money_from(str(row[name]), CURRENCY)


def price_from(body: Mapping[str, Any], number: E164) -> Money | None:
    """Read what a number that is for sale costs at once; None where it is not for sale."""
    for row in rows_from(body)[0]:
        if number_of(row["number"]) == number:
            return _price(row, "setup_rate") + _price(row, "monthly_rental_rate")
    return None


def exactly(number: E164, country: str) -> Params:
    """Look for one number that is for sale, of whatever type."""
    return [("country_iso", country), ("pattern", in_format(number, DidFormat.NATIONAL))]


def order_body(trunk: str) -> dict[str, str]:
    """Say where a number that is bought goes; there is no place for our reference."""
    return {"app_id": trunk} if trunk else {}


def placed_order_from(body: Mapping[str, Any], number: E164) -> PlacedOrder:
    """
    Read what has become of the one number of an order.

    The order as a whole is `fulfilled` also where its number awaits documents.
    """
    (row,) = body["numbers"]
    if number_of(row["number"]) != number:
        raise ValueError("another number than the one that was ordered")
    word = str(row["status"])
    return PlacedOrder(
        carrier_reference="",
        numbers=(
            OrderedNumber(
                number=number,
                status=LineStatus.BOUGHT if word == SUCCESS else LineStatus.PENDING,
                carrier_reference=path_of(number),
                word="" if word in {SUCCESS, AWAITS_PAPERS} else word or "-",
            ),
        ),
    )


@dataclass(frozen=True)
class Entry:
    """One of our numbers; `looks_up` is None where the names of its callers cannot be looked up."""

    owned: OwnedNumber
    looks_up: bool | None


def entry_from(row: Mapping[str, Any]) -> Entry:
    """Read one of our numbers."""
    number, word = number_of(row["number"]), row.get("cnam_lookup")
    application = str(row["application"] or "").rstrip("/")
    return Entry(
        owned=OwnedNumber(
            number=number,
            carrier_reference=path_of(number),
            # An address whose last part is the id; whether that of a trunk looks otherwise than
            # that of an application is in no document.
            trunk_reference=application.rpartition("/")[2],
            # Only newer answers have it.
            active=bool(row.get("active", True)),
        ),
        looks_up=None if word is None else str(word) == ENABLED,
    )


def owned_page_from(body: Mapping[str, Any]) -> tuple[list[OwnedNumber], int]:
    """Read a page of our numbers, and how many there are in all."""
    rows, total = rows_from(body)
    return [entry_from(row).owned for row in rows], total


def rows_from(body: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], int]:
    """Read a page of any list, and how many entries there are in all."""
    return list(body["objects"]), int(body["meta"]["total_count"])


def uri_body(gateway: GatewaySpec, name: str) -> dict[str, object]:
    """Describe a place to which calls go."""
    host = f"[{gateway.host}]" if ":" in gateway.host else gateway.host
    transport = "" if gateway.transport is Transport.UDP else f";transport={gateway.transport}"
    return {"name": name, "uri": f"{host}:{gateway.port}{transport.lower()}"}


def trunk_body(spec: TrunkSpec, name: str, uris: list[str]) -> dict[str, object]:
    """Describe a trunk that takes calls: to its first address, else to its second."""
    named = zip(("primary_uri_uuid", "fallback_uri_uuid"), uris, strict=False)
    return {
        "name": name,
        "trunk_direction": "inbound",
        "trunk_status": ENABLED,
        "secure": spec.gateways[0].transport is Transport.TLS,
        **dict(named),
    }


def balance_from(body: Mapping[str, Any]) -> Money:
    """Read the balance."""
    return _price(body, "cash_credits")


def refusal_from(status: int, body: Any) -> tuple[Reason, str]:
    """Read why the carrier said no; its words are prose, and often the only thing that tells."""
    words = str(body["error"])
    said = words.casefold()
    if status == 402 or any(word in said for word in ("credit", "balance", "funds")):
        return Reason.NO_FUNDS, words
    if status == 404:
        return Reason.NOT_FOUND, words
    if any(word in said for word in ("compliance", "verification", "document")):
        return Reason.DOCUMENTS_MISSING, words
    return Reason.INVALID if status in {400, 422} else Reason.OTHER, words
