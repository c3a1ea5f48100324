"""
Bandwidth's words and ours, without any network.

Field names and values: `numbers_v2.openapi.yaml`; its examples where its schemas differ from them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from lib.e164 import E164, digits
from trunks.carriers.bandwidth.refusals import errors_in, refusal_from
from trunks.errors import Rejected
from trunks.numbering import Capability, NumberType
from trunks.offers import (
    FoundNumber,
    Hold,
    OwnedNumber,
    Wanted,
)
from trunks.reading import number_from
from trunks.xml import text_of, xml_of

LARGEST_PAGE = 500
MOST_FOUND = 5000
"""What a search gives that names no quantity."""
HOLD = timedelta(hours=4)
NANP_DIGITS = 10
VANITY_DIGITS = range(4, 8)
COUNTRIES = {
    "US": "USA", "CA": "CAN", "PR": "PRI", "GB": "GBR", "IE": "IRL", "ES": "ESP",
    "PT": "PRT", "FR": "FRA", "DE": "DEU", "AT": "AUT", "CH": "CHE", "IT": "ITA",
    "NL": "NLD", "BE": "BEL", "LU": "LUX", "DK": "DNK", "SE": "SWE", "NO": "NOR",
    "FI": "FIN", "PL": "POL", "CZ": "CZE", "SK": "SVK", "HU": "HUN", "RO": "ROU",
    "BG": "BGR", "GR": "GRC", "HR": "HRV", "SI": "SVN", "EE": "EST", "LV": "LVA",
    "LT": "LTU", "CY": "CYP", "MT": "MLT", "AU": "AUS", "NZ": "NZL", "JP": "JPN",
    "SG": "SGP", "HK": "HKG", "IL": "ISR", "ZA": "ZAF", "MX": "MEX", "BR": "BRA",
    "AR": "ARG", "CL": "CHL", "CO": "COL", "PE": "PER",
}  # fmt: skip
"""ISO 3166 alpha-2 to alpha-3, for the countries of its coverage."""
NO_DOCUMENTS = frozenset({"US", "CA"})
TYPES = {
    NumberType.LOCAL: "GEOGRAPHIC",
    NumberType.NATIONAL: "NATIONAL",
    NumberType.MOBILE: "MOBILE",
    NumberType.TOLL_FREE: "TOLL_FREE",
    NumberType.SHARED_COST: "SHARED_COST",
}
FEATURES = {
    Capability.VOICE: "VOICE",
    Capability.SMS: "MESSAGING_SMS",
    Capability.EMERGENCY: "EMERGENCY",
}
ACTIVE = "inservice"
NOT_OURS = frozenset(
    {"available", "aging", "reserved", "portinpendingfoc", "disconnected", "disconnect"}
)
"""Statuses of numbers that may be listed without being ours (yet or any more)."""

Params = list[tuple[str, str]]


def number_in(text: str) -> E164:
    """
    Read a number: the API of today writes +E.164, its predecessor ten digits, and both are mixed.

    The description's own examples have E.164 without the plus as well.
    """
    written = text.strip()
    is_national = len(written) == NANP_DIGITS and not written.startswith("+")
    return number_from(f"+1{written}" if is_national else f"+{digits(written)}")


def number_out(number: E164) -> str:
    """Write a number for version 2 of the interface, which takes E.164."""
    return number


def search_params(wanted: Wanted) -> Params:
    """Say what is looked for; `LCA` is on unless told otherwise and adds what nobody asked for."""
    place = wanted.area_code + wanted.prefix
    is_nanp = wanted.country in NO_DOCUMENTS
    as_prefix = {6: "npaNxx", 7: "npaNxxx"}.get(len(place)) if is_nanp and wanted.prefix else None
    is_vanity = is_nanp and len(wanted.contains) in VANITY_DIGITS
    told = [
        ("countryCodeA3", COUNTRIES[wanted.country]),
        ("phoneNumberType", TYPES[wanted.type]),
        (as_prefix or "areaCode", place if as_prefix else wanted.area_code),
        ("localVanity", wanted.contains if is_vanity else ""),
        ("city", wanted.locality),
        ("state", wanted.region),
        ("enableTNDetail", "true"),
        ("LCA", "false"),
        ("quantity", str(_quantity(wanted, is_exact=bool(as_prefix), is_vanity=is_vanity))),
    ]
    wishes = [("features", FEATURES[wish]) for wish in sorted(wanted.capabilities)]
    return [(name, value) for name, value in told if value] + wishes


def _quantity(wanted: Wanted, *, is_exact: bool, is_vanity: bool) -> int:
    """Ask for more where the search cannot say all, so that we must choose from the answer."""
    told = (is_exact or not wanted.prefix) and (is_vanity or not wanted.contains)
    return wanted.limit if told else MOST_FOUND


def found_numbers_from(body: Element, wanted: Wanted) -> list[FoundNumber]:
    """Read the answer of the search, with or without details; it tells no prices."""
    if body.tag != "SearchResult":
        raise ValueError("not the answer of a search")
    raise_errors(body)
    details = list(body.iter("TelephoneNumberDetail"))
    bare = [part for part in body.iter("TelephoneNumber") if part.text and not details]
    return [_found(part, _number_of(part), wanted) for part in details] + [
        _found(part, part.text or "", wanted) for part in bare
    ]


def _number_of(part: Element) -> str:
    """Give the number of an offer with details; the SDKs are tested with another name for it."""
    return part.findtext("TelephoneNumber") or text_of(part, "FullNumber")


def _found(part: Element, number: str, wanted: Wanted) -> FoundNumber:
    return FoundNumber(
        number=number_in(number),
        country=wanted.country,
        type=NumberType(wanted.type),
        region=part.findtext("State") or "",
        locality=part.findtext("City") or "",
        rate_center=part.findtext("RateCenter") or "",
        # An offer does not name its features; those that were asked for it has.
        capabilities=wanted.capabilities | {Capability.VOICE},
        needs_documents=wanted.country not in NO_DOCUMENTS,
    )


def hold_body(number: E164) -> bytes:
    """Say what is to be reserved; of several numbers the last one alone would be."""
    return xml_of("Reservation", [("ReservedTn", number_out(number))])


def hold_from(body: Element, now: datetime) -> Hold:
    """Read a reservation; it tells the seconds that are left."""
    left = timedelta(seconds=int(text_of(body, ".//ReservationExpires")))
    # The schema has an element inside, the example a number.
    number = body.findtext(".//ReservedTn/TelephoneNumber") or text_of(body, ".//ReservedTn")
    return Hold(
        carrier_reference=text_of(body, ".//ReservationId"),
        numbers=(number_in(number),),
        until=now + min(left, HOLD),
    )


def owned_numbers_from(body: Element) -> list[Element]:
    """Read the entries of a page of numbers."""
    if body.tag != "TelephoneNumbersResponse":
        raise ValueError("not a list of numbers")
    raise_errors(body)
    return [part for part in body.iter("TelephoneNumber") if part.find("FullNumber") is not None]


def count_from(body: Element) -> int:
    """Read how many numbers are counted: those of the list, or only those of the page."""
    return int(body.findtext("TelephoneNumberCount") or 0)


def details_from(body: Element, number: E164) -> Element:
    """Read the details of one number."""
    raise_errors(body)
    entry = body.find("TelephoneNumberDetails")
    if entry is None or number_in(text_of(entry, "FullNumber")) != number:
        raise ValueError("not about this number")
    return entry


def owned_number_from(
    entry: Element, *, account: str, site: str, default_peer: str
) -> OwnedNumber | None:
    """Read one number; None where it is not ours, or at another site than the account's."""
    status = text_of(entry, "Status")
    elsewhere = entry.findtext("Site/Id") or site
    if status.lower() in NOT_OURS or (entry.findtext("AccountId") or account) != account:
        return None
    if elsewhere != site:
        return None
    number = number_in(text_of(entry, "FullNumber"))
    peer = entry.findtext("SipPeer/PeerId") or ""
    return OwnedNumber(
        number=number,
        carrier_reference=number_out(number),
        trunk_reference="" if peer == default_peer else peer,
        active=status.lower() == ACTIVE,
    )


def next_page_from(body: Element) -> str:
    """
    Read which page comes next, empty after the last.

    The link names the page by a number with its plus as it is, which no form decoder may see.
    """
    link = body.findtext("Links/next") or ""
    _, found, rest = link.replace("?", "&").partition("&page=")
    return unquote(rest.partition("&")[0].partition(">")[0]).strip() if found else ""


def raise_errors(body: Element) -> None:
    """Raise what an answer with a good status complains about."""
    if errors_in(body):
        raise why(body)


def why(body: Element) -> Rejected:
    """Give why something was not done, in the carrier's words."""
    if not errors_in(body):
        return Rejected("The carrier did not do it and does not say why.")
    reason, words = refusal_from(400, body)
    return Rejected(words, reason=reason)
