"""
Wavix's words and ours, without any network.

Field names and values: `wavix-api.yaml` (June 2026). It has no codes for trouble, only statuses and
prose.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberType

from lib.e164 import E164, digits
from lib.money import Money
from trunks.carriers.wavix import forwarding
from trunks.errors import Reason
from trunks.matching import fits
from trunks.numbering import Capability, NumberType
from trunks.offers import FoundNumber, OwnedNumber, Wanted
from trunks.reading import money_from, number_from

LARGEST_PAGE = 50
"""The most that its examples ask for; how much is allowed is in no document."""
CURRENCY = "USD"
NANP = 1
CAN = frozenset({Capability.VOICE, Capability.SMS})
TYPES = {
    PhoneNumberType.MOBILE: NumberType.MOBILE,
    PhoneNumberType.TOLL_FREE: NumberType.TOLL_FREE,
    PhoneNumberType.SHARED_COST: NumberType.SHARED_COST,
    PhoneNumberType.UAN: NumberType.NATIONAL,
    PhoneNumberType.VOIP: NumberType.NATIONAL,
}
"""Of which type a number is, is told by its digits alone; any other is local to its city."""

Params = list[tuple[str, str]]


def written(number: E164) -> str:
    """Write a number as the carrier does: digits only."""
    return digits(number)


def number_of(text: object) -> E164:
    """Read a number as the carrier writes it: text, or an integer as the id of what is for sale."""
    return number_from(f"+{text}")


def type_of(number: E164) -> NumberType:
    """Say of which type a number is."""
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    return TYPES.get(kind, NumberType.LOCAL)


def can_be_searched(wanted: Wanted) -> bool:
    """Tell whether the search can promise what is wanted: in North America it is by city alone."""
    in_nanp = phonenumbers.country_code_for_region(wanted.country) == NANP
    return (wanted.type is NumberType.LOCAL or not in_nanp) and wanted.capabilities <= CAN


def page_params(page: int) -> Params:
    """Ask for a page."""
    return [("page", str(page)), ("per_page", str(LARGEST_PAGE))]


def search_params(wanted: Wanted, page: int) -> Params:
    """Say which numbers of a city are wanted."""
    texts = [("text_enabled_only", "true")] if Capability.SMS in wanted.capabilities else []
    return [*texts, *page_params(page)]


def found_numbers_from(body: Mapping[str, Any], wanted: Wanted, region: str) -> list[FoundNumber]:
    """Read what fits on a page of a city."""
    found = [_found_number(row, region) for row in body["dids"]]
    return [
        offer
        for offer in found
        if (offer.country, offer.type) == (wanted.country, wanted.type)
        and wanted.capabilities <= offer.capabilities
        and fits(offer.number, wanted)
    ]


def is_last(body: Mapping[str, Any]) -> bool:
    """Read whether there is no page after this one of a city."""
    return not body["dids"] or is_last_page(body)


def is_last_page(body: Mapping[str, Any]) -> bool:
    """Read whether there is no page after this one."""
    told = body["pagination"]
    return int(told["current_page"]) >= int(told["total_pages"])


def _found_number(row: Mapping[str, Any], region: str) -> FoundNumber:
    number = number_of(row["number"])
    texts = {Capability.SMS} if row["sms_enabled"] else set()
    return FoundNumber(
        number=number,
        country=str(row["country_short_name"]),
        type=type_of(number),
        region=region,
        locality=str(row["city"] or ""),
        capabilities=frozenset({Capability.VOICE} | texts),
        setup=_price(row["activation_fee"]),
        monthly=_price(row["monthly_fee"]),
        needs_documents=bool(row["require_docs"]),
    )


def _price(amount: object) -> Money | None:
    # Its own tool for agents lets any field of an answer be null.
    return None if amount is None else money_from(str(amount), CURRENCY)


def ids_body(numbers: Collection[E164]) -> dict[str, list[str]]:
    """Name numbers for the cart: their ids are their digits."""
    return {"ids": [written(number) for number in sorted(numbers)]}


def cart_from(body: Mapping[str, Any]) -> set[E164]:
    """Read what is in the cart."""
    return {number_of(row["number"]) for row in body["dids"]}


def done_from(body: Mapping[str, Any]) -> None:
    """Read that something was done."""
    if body["success"] is not True:
        raise ValueError("a good status without a success")


def total_from(body: Mapping[str, Any]) -> int:
    """Read how long a list is."""
    return int(body["pagination"]["total"])


def owned_numbers_from(body: Mapping[str, Any]) -> list[OwnedNumber]:
    """Read a page of our numbers."""
    return [owned_number_from(row) for row in body["items"]]


def owned_number_from(row: Mapping[str, Any]) -> OwnedNumber:
    """Read one of our numbers; without its documents it is ours and inactive."""
    number = number_of(row["number"])
    return OwnedNumber(
        number=number,
        carrier_reference=str(row["id"]),
        # What is sent as `destinations` comes back as `destination`.
        trunk_reference=forwarding.reference_from(row["destination"] or (), number),
        active=row["status"] == "active",
    )


def messages_from(row: Mapping[str, Any], number: E164) -> str:
    """Read to which address a number's messages go; empty where it takes none."""
    if number_of(row["number"]) != number:
        raise ValueError("the answer is about another number")
    return str(row["sms_relay_url"] or "") if row["sms_enabled"] is True else ""


@dataclass(frozen=True)
class Place:
    """A country, region or city by the carrier's id; only a city has an area code."""

    id: str
    name: str
    area_code: str = ""
    has_regions: bool = False


def places_from(body: Mapping[str, Any], kind: str) -> list[Place]:
    """Read countries, regions or cities."""
    return [
        Place(
            id=str(row["id"]),
            name=str(row["name"]),
            # A number for us and for North America with the exchange; documents write NPA-NXX.
            area_code=re.sub(r"\D", "", str(row.get("area_code") or "")),
            has_regions=bool(row.get("has_provinces_or_states")),
        )
        for row in body[kind]
    ]


def balance_from(body: Mapping[str, Any]) -> Money:
    """Read the balance."""
    return money_from(body["balance"], CURRENCY)


def refusal_from(status: int, body: Any) -> tuple[Reason, str]:
    """Read why the carrier said no: by status, and for money by its prose."""
    words = str(body["message"])
    said = words.lower()
    if status == 402 or any(word in said for word in ("funds", "balance")):
        # How a checkout without money is refused is in no document; another call says
        # "Insufficient funds" with 422.
        return Reason.NO_FUNDS, words
    return {
        400: Reason.INVALID,
        404: Reason.NOT_FOUND,
        405: Reason.NOT_ALLOWED,
        422: Reason.INVALID,
    }.get(status, Reason.OTHER), words
