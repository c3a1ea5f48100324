"""
Twilio's words and ours, without any network.

Field names: `twilio_api_v2010.json`, `twilio_trunking_v1.json`. The prices of numbers are in none
of the published files: `pricing/v1/PhoneNumbers/Countries/{CC}` is known from the documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from phonenumbers import country_code_for_region

from lib.e164 import E164
from lib.money import Money, zero
from trunks.errors import Reason
from trunks.numbering import Capability, NumberType
from trunks.offers import FoundNumber, GatewaySpec, OwnedNumber, Wanted
from trunks.reading import money_from, number_from

LARGEST_PAGE = 1000
RESOURCES = {
    NumberType.LOCAL: "Local",
    NumberType.NATIONAL: "National",
    NumberType.MOBILE: "Mobile",
    NumberType.TOLL_FREE: "TollFree",
    NumberType.SHARED_COST: "SharedCost",
}
PRICED_AS = {
    NumberType.LOCAL: "local",
    NumberType.NATIONAL: "national",
    NumberType.MOBILE: "mobile",
    NumberType.TOLL_FREE: "toll free",
    NumberType.SHARED_COST: "shared cost",
}
AREA_CODE_COUNTRIES = frozenset({"US", "CA"})
SHORTEST_PATTERN = 2
FILTERS = {
    Capability.VOICE: "VoiceEnabled",
    Capability.SMS: "SmsEnabled",
    Capability.MMS: "MmsEnabled",
    Capability.FAX: "FaxEnabled",
}
CODES = {
    21422: Reason.NUMBER_GONE,
    21452: Reason.NUMBER_GONE,
    21421: Reason.INVALID,
    21613: Reason.DOCUMENTS_MISSING,
    21631: Reason.DOCUMENTS_MISSING,
    21649: Reason.DOCUMENTS_MISSING,
    18012: Reason.DOCUMENTS_MISSING,
    18039: Reason.DOCUMENTS_MISSING,
    20404: Reason.NOT_FOUND,
}

Params = list[tuple[str, str]]


def search_params(wanted: Wanted) -> Params:
    """Say what is looked for, in the one pattern that the search takes."""
    by_area = wanted.country in AREA_CODE_COUNTRIES
    told = [
        ("AreaCode", wanted.area_code if by_area else ""),
        ("Contains", _pattern(wanted, by_area=by_area)),
        ("InLocality", wanted.locality),
        ("InRegion", wanted.region),
        ("PageSize", str(LARGEST_PAGE if _is_sifted(wanted) else wanted.limit)),
    ]
    wishes = [(FILTERS[wish], "true") for wish in sorted(wanted.capabilities)]
    return [(name, value) for name, value in told if value] + wishes


def _pattern(wanted: Wanted, *, by_area: bool) -> str:
    if wanted.prefix or (wanted.area_code and not by_area):
        # A plus binds the pattern to the start (description of the parameter `Contains`).
        code = country_code_for_region(wanted.country)
        return f"+{code}{wanted.area_code}{wanted.prefix}"
    return wanted.contains if len(wanted.contains) >= SHORTEST_PATTERN else ""


def _is_sifted(wanted: Wanted) -> bool:
    """Whether the one pattern cannot say all, so that we must choose from a longer answer."""
    by_area = wanted.country in AREA_CODE_COUNTRIES
    return bool(wanted.contains) and _pattern(wanted, by_area=by_area) != wanted.contains


def found_numbers_from(
    body: Mapping[str, Any], wanted: Wanted, monthly: Money | None
) -> list[FoundNumber]:
    """Read the answer of the number search; there is no set-up fee."""
    setup = None if monthly is None else zero(monthly.currency)
    return [
        FoundNumber(
            number=number_from(entry["phone_number"]),
            country=entry.get("iso_country") or wanted.country,
            type=NumberType(wanted.type),
            region=entry.get("region") or "",
            locality=entry.get("locality") or "",
            rate_center=entry.get("rate_center") or "",
            capabilities=_capabilities(entry.get("capabilities") or {}),
            setup=setup,
            monthly=monthly,
            needs_documents=(entry.get("address_requirements") or "none") != "none",
        )
        for entry in body["available_phone_numbers"]
    ]


def _capabilities(told: Mapping[str, Any]) -> frozenset[Capability]:
    # The API writes "SMS" in some answers and "sms" in others.
    able = {name.lower() for name, can in told.items() if can}
    return frozenset(capability for capability in Capability if capability.lower() in able)


def monthly_prices_from(body: Mapping[str, Any]) -> dict[NumberType, Money]:
    """Read what numbers cost a month in a country, for each type that is sold there."""
    prices = {
        entry["number_type"]: money_from(entry["current_price"], body["price_unit"])
        for entry in body["phone_number_prices"]
    }
    return {type_: prices[words] for type_, words in PRICED_AS.items() if words in prices}


def order_form(number: E164, *, reference: str, binding: str) -> Params:
    """Say which number is bought; its friendly name is the only place for our reference."""
    form = [("PhoneNumber", str(number)), ("FriendlyName", reference)]
    return form + ([("TrunkSid", binding)] if binding else [])


def owned_number_from(entry: Mapping[str, Any]) -> OwnedNumber:
    """Read one of our numbers."""
    return OwnedNumber(
        number=number_from(entry["phone_number"]),
        carrier_reference=str(entry["sid"]),
        trunk_reference=entry.get("trunk_sid") or "",
        our_reference=entry.get("friendly_name") or "",
    )


def gateway_form(gateway: GatewaySpec) -> Params:
    """Say where a trunk delivers calls; all five fields are required."""
    return [
        ("FriendlyName", f"{gateway.host}:{gateway.port}"),
        ("SipUrl", sip_url(gateway)),
        ("Priority", str(gateway.priority)),
        ("Weight", str(gateway.weight)),
        ("Enabled", "true"),
    ]


def sip_url(gateway: GatewaySpec) -> str:
    """Write a gateway as a SIP address."""
    host = f"[{gateway.host}]" if ":" in gateway.host else gateway.host
    return f"sip:{host}:{gateway.port};transport={gateway.transport.lower()}"


def balance_from(body: Mapping[str, Any]) -> Money:
    """Read the balance, which may lag."""
    return money_from(body["balance"], body["currency"])


def next_page_from(address: str | None) -> Params:
    """Read which page comes next, empty after the last; only the query of the address is used."""
    if not address:
        return []
    query = address.partition("?")[2]
    wanted = {"Page", "PageToken", "PageSize"}
    pairs = [(name, value) for name, value in parse_qsl(query) if name in wanted]
    if not pairs:
        raise ValueError("the next page is not named")
    return pairs


def refusal_from(status: int, body: Any) -> tuple[Reason, str]:
    """Read why the carrier said no, in its own error body or that of RFC 9457."""
    # Not every refusal has a code: the SDK then takes the status for one.
    code = int(body.get("code") or status)
    words = str(body.get("message") or body.get("detail") or body.get("title") or "")
    if not words and code == status:
        raise ValueError("a refusal without words and code")
    if code in CODES:
        return CODES[code], words
    lowered = words.lower()
    if "balance" in lowered or "funds" in lowered:
        # The code of a refusal for lack of money is in no document: the words decide.
        return Reason.NO_FUNDS, words
    if "bundle required" in lowered:
        return Reason.DOCUMENTS_MISSING, words
    if status == 404:
        return Reason.NOT_FOUND, words
    return (Reason.INVALID if status == 400 else Reason.OTHER), words
