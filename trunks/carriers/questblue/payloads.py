"""
QuestBlue's words and ours, without any network.

Field names and values: `questblue-openapi-2.3.2.json`. It types the settings of a number or a trunk
as a list of texts, where the carrier's own SDK reads named fields; a list says what is ours, and no
more.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib.e164 import E164, digits
from lib.money import Money
from trunks.errors import Reason, Rejected
from trunks.matching import fits
from trunks.numbering import TOLL_FREE_CODES, Capability, NumberType
from trunks.offers import FoundNumber, OwnedNumber, Wanted
from trunks.reading import money_from, number_from

LARGEST_PAGE = 200
CURRENCY = "USD"
COUNTRY = "US"
TYPES = {NumberType.LOCAL: "local", NumberType.TOLL_FREE: "tf"}
CAN = frozenset({Capability.VOICE})
"""The search gives bare numbers: what else they can do would be a promise of ours."""
FEWEST_DIGITS = 3
FAILED = 206
"""A good status under which something went wrong."""
FUNDS = re.compile(r"\b(funds?|balance|credit)\b", re.IGNORECASE)
NOTHING = re.compile(r"\bno(t|ne)?\b.*\b(found|exists?|records?)\b", re.IGNORECASE)
"""There are no codes, only texts, and none of them is in a document."""
GONE = re.compile(r"\bno(t|ne)?\b.*\bavailable\b", re.IGNORECASE)
"""Of numbers for sale it says that there are none; of a list it may as well mean the service."""

Params = list[tuple[str, str]]


def did_of(number: E164) -> str:
    """Write a number as the carrier does: ten digits."""
    return digits(number).removeprefix("1")


def number_of(did: object) -> E164:
    """Read a number of ten or eleven digits, which may come as a number."""
    text = digits(str(did))
    return number_from(f"+1{text}" if len(text) == 10 else f"+{text}")


def exactly(number: E164) -> Wanted:
    """Look for one number, whose digits say of which type it is."""
    did = did_of(number)
    is_toll_free = did[:3] in TOLL_FREE_CODES
    type_ = NumberType.TOLL_FREE if is_toll_free else NumberType.LOCAL
    return Wanted(country=COUNTRY, type=type_, area_code=did)


def search_params(wanted: Wanted) -> Params | None:
    """Say what is looked for; None where the search cannot promise it: it tells no places."""
    mask = mask_of(wanted.area_code + wanted.prefix, wanted.contains)
    if (
        wanted.country != COUNTRY
        or wanted.type not in TYPES
        or wanted.region
        or wanted.locality
        or not wanted.capabilities <= CAN
        or not mask
    ):
        return None
    return [("type", TYPES[wanted.type]), ("mask", mask), ("total_list", str(wanted.limit))]


def mask_of(start: str, middle: str) -> str:
    """Write the digits of a search; empty where they are too few for it."""
    mask = f"{start}*{middle}*" if middle else f"{start}*"
    return mask if len(start + middle) >= FEWEST_DIGITS else ""


def found_numbers_from(body: Any, wanted: Wanted) -> list[FoundNumber]:
    """Read the answer of the number search, without what was not asked for."""
    numbers = [number_of(did) for did in _data(body)]
    return [
        # What a number costs is not told here; of local ones the list of rates says it.
        FoundNumber(number=number, country=COUNTRY, type=wanted.type, capabilities=CAN)
        for number in numbers
        if fits(number, wanted)
    ][: wanted.limit]


def local_price_from(body: Any) -> Money:
    """Read from the list of rates what a local number costs a month."""
    _check(body)
    return money_from(str(body["local_did_cost"]), CURRENCY)


def remarks_from(body: Any) -> tuple[str, ...]:
    """Read that something was done: the answer is empty, or has only remarks."""
    if body is None:
        return ()
    _check(body)
    if set(body) != {"warning"}:
        raise ValueError("neither done nor refused")
    told = body["warning"]
    return tuple(map(str, told)) if isinstance(told, list) else (str(told),)


def _check(body: Any) -> None:
    if isinstance(body, Mapping) and "error" in body:
        # Known to come also with 202, which elsewhere is a success with remarks.
        reason, words = refusal_from(FAILED, body)
        raise Rejected(words, reason=reason)


def refusal_from(_status: int, body: Any) -> tuple[Reason, str]:
    """Read why the carrier said no, as far as its words are of a kind."""
    words = body["error"]
    if not isinstance(words, str):
        raise TypeError("no words")
    if FUNDS.search(words):
        return Reason.NO_FUNDS, words
    if NOTHING.search(words):
        return Reason.NOT_FOUND, words
    return (Reason.NUMBER_GONE if GONE.search(words) else Reason.OTHER), words


def _data(body: Any) -> list[Any]:
    _check(body)
    data = body["data"]
    if not isinstance(data, list):
        raise TypeError("no list")
    return data


@dataclass(frozen=True)
class Page:
    """A page of a map, with how many entries all pages have."""

    rows: dict[str, Any]
    total: int


def page_from(body: Any) -> Page:
    """Read a page of our numbers or trunks, by their names."""
    _check(body)
    # An empty map is an empty list in PHP.
    data = body["data"] or {}
    rows = {_name(row): row for row in data} if isinstance(data, list) else dict(data.items())
    return Page(rows, int(body["total"]))


def numbers_page_from(body: Any) -> Page:
    """Read a page of our numbers, each of which has to be one."""
    page = page_from(body)
    for did in page.rows:
        number_of(did)
    return page


def _name(row: Mapping[str, Any]) -> str:
    # The description has a map by number; the SDK reads a list whose rows say their number.
    return str(row["did"] if "did" in row else row["trunk"])


def owned_number(did: str, settings: Any) -> OwnedNumber:
    """Read one of our numbers."""
    number = number_of(did)
    told = settings if isinstance(settings, Mapping) else {}
    return OwnedNumber(
        number=number,
        carrier_reference=did_of(number),
        trunk_reference=str(told.get("route2trunk") or ""),
        our_reference=str(told.get("note") or ""),
    )


def binding_from(settings: Any) -> str:
    """Read on which trunk a number is; ValueError where its settings have no names."""
    if not isinstance(settings, Mapping):
        raise ValueError("settings without names")  # noqa: TRY004 - what cannot be trusted
    return str(settings.get("route2trunk") or "")


def trunk_name(reference: str) -> str:
    """Make a name of our reference: letters and digits, thirty at most, and always the same."""
    return f"p{hashlib.sha256(reference.encode()).hexdigest()[:29]}"


def balance_from(body: Any) -> Money:
    """Read what may still be spent: what is there, and what is given on credit."""
    _check(body)
    told = body["data"]
    parts = [money_from(str(told[name]), CURRENCY) for name in ("balance", "allowed_credit")]
    return parts[0] + parts[1]
