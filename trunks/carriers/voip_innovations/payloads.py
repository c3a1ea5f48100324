"""
VoIP Innovations' words and ours, without any network.

Names: the carrier's service description of 2014. Codes and recorded answers: the client
`skywiretech/voip_api`. Of each number its own code counts; its status is a sentence for people.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

from lib.e164 import E164, digits
from lib.money import Money
from trunks.errors import Reason, Rejected
from trunks.numbering import Capability, NumberType
from trunks.offers import (
    FoundNumber,
    LineStatus,
    OrderedNumber,
    OwnedNumber,
    PlacedOrder,
    Wanted,
)
from trunks.reading import money_from, number_from
from trunks.xml import Content, text_of

HOLD = timedelta(minutes=30)
"""Told by a recorded answer (“Reserved for 30 minutes”)."""
COUNTRIES = frozenset({"US", "CA"})
PROVINCES = frozenset(
    ["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"]
)
TOLL_FREE = "TF"
"""The state in which toll-free numbers are searched for."""
SHORTEST_REFERENCE = 16
"""A reference of ours that the carrier has cut off is recognised by so much of it."""
HOURS_BEHIND = (0, 4, 5)
"""Its times name no zone: they are those of UTC or of its home, in summer or in winter."""

OK = "100"
NOBODYS = frozenset({"101200", "102420"})
"""Codes of the record that stands for none."""
ELSEWHERE = frozenset({"102230", "102235"})
HELD = frozenset({OK, "103220"})
NOT_HELD = frozenset({"103225", "103230", "103235", "103250", "103259", "103420"})
NOT_BOUGHT = frozenset(
    {"104225", "104230", "104235", "104250", "104251", "104258", "104259", "104420"}
)
"""104225 is among them: what is ours already is not bought by this order."""
RELEASED = frozenset({OK, "106231", "106241"})
RELEASE_CODES = {
    "106220": Reason.OTHER,
    "106225": Reason.OTHER,
    "106230": Reason.NOT_FOUND,
    "106235": Reason.NOT_FOUND,
    "106420": Reason.NOT_FOUND,
}
BIND_CODES = {
    "105221": Reason.NOT_FOUND,
    "105225": Reason.NOT_FOUND,
    "105230": Reason.NOT_FOUND,
    "105235": Reason.NOT_FOUND,
    "105250": Reason.NOT_ALLOWED,
    "105251": Reason.NOT_ALLOWED,
    "105258": Reason.INVALID,
    "105420": Reason.NOT_FOUND,
}
ASSIGNED, RESERVED = "assigned", "reserved"
NOT_OURS = frozenset({"available", "unavailable", RESERVED})


def number_out(number: E164) -> str:
    """Write a number with its ten digits; ValueError where it has not so many."""
    if not re.fullmatch(r"\+1\d{10}", number):
        raise ValueError("not a number of North America")
    return digits(number)[1:]


def number_in(text: str) -> E164:
    """Read a number of ten digits, or of eleven with the country code."""
    figures = digits(text.strip())
    return number_from(f"+{figures}" if len(figures) == 11 else f"+1{figures}")


def is_number(number: E164) -> bool:
    """Tell whether it is one that the carrier can have."""
    return bool(re.fullmatch(r"\+1\d{10}", number))


def search_content(wanted: Wanted) -> list[tuple[str, Content]]:
    """
    Say what is looked for; the rest is chosen from the answer.

    Whether `nxx` takes three digits or six differs from client to client, and how `sms` says yes
    is nowhere written, so neither is sent.

    :raises Rejected: if nothing is left to search by
    """
    state = TOLL_FREE if wanted.type is NumberType.TOLL_FREE else wanted.region
    told = [
        ("state", state),
        ("rateCenter", wanted.locality.upper()),
        ("npa", wanted.area_code),
    ]
    content: list[tuple[str, Content]] = [(name, text) for name, text in told if text]
    if not content:
        raise Rejected(
            "VoIP Innovations searches by area code, state or rate center: name one of them.",
            reason=Reason.INVALID,
        )
    return content


def found_numbers_from(result: Element, wanted: Wanted) -> list[FoundNumber]:
    """Read the answer of the search; it tells no prices, and no city but the rate center."""
    found = [_found(part, wanted) for part in result.iter("DIDLocator") if len(part)]
    return [offer for offer in found if _is_wanted(offer, wanted)]


def _found(part: Element, wanted: Wanted) -> FoundNumber:
    able = {Capability.SMS: part.findtext("sms"), Capability.FAX: part.findtext("t38")}
    state = part.findtext("state") or ""
    is_toll_free = wanted.type is NumberType.TOLL_FREE
    country = "CA" if state in PROVINCES else "US"
    return FoundNumber(
        number=number_in(text_of(part, "tn")),
        country=wanted.country if is_toll_free else country,
        type=NumberType(wanted.type),
        region="" if is_toll_free else state,
        rate_center=part.findtext("rateCenter") or "",
        capabilities=frozenset(
            {Capability.VOICE, *(each for each, told in able.items() if told == "true")}
        ),
    )


def _is_wanted(offer: FoundNumber, wanted: Wanted) -> bool:
    return offer.country == wanted.country and wanted.capabilities <= offer.capabilities


def params_content(
    numbers: Sequence[E164], *, group: str, reference: str = "", flag: str = ""
) -> list[tuple[str, Content]]:
    """Name numbers, with our reference, whether callers are looked up, and where they go."""
    kept = [(name, text) for name, text in (("cnam", flag), ("refId", reference)) if text]
    params: Content = [
        ("DIDParam", [("tn", number_out(number)), *kept, ("epg", group)]) for number in numbers
    ]
    return [("didParams", params)]


def dids_from(result: Element) -> list[Element]:
    """Read the numbers of an answer."""
    return [part for part in result.iter("DID") if part.find("statusCode") is not None]


def did_from(result: Element, number: E164) -> Element:
    """Read what an answer says about the one number that was asked for."""
    for did in dids_from(result):
        if did.findtext("tn") and number_in(text_of(did, "tn")) == number:
            return did
    raise ValueError("the answer is about another number")


def code_of(did: Element) -> str:
    """Give a number's own code."""
    return text_of(did, "statusCode")


def words_of(did: Element) -> str:
    """Give a number's status, for people."""
    return f"{(did.findtext('status') or '').strip()} ({code_of(did)})"


def refused(did: Element, codes: dict[str, Reason]) -> Rejected:
    """
    Give why something was not done with a number.

    :raises ValueError: for a code that does not say so
    """
    code = code_of(did)
    if code not in codes:
        raise ValueError(f"the carrier says {code}")
    return Rejected(words_of(did), reason=codes[code])


def placed_order_from(result: Element, numbers: Sequence[E164]) -> PlacedOrder:
    """Read what became of each number; there is no order to ask for later."""
    said = {number_in(text_of(did, "tn")): did for did in dids_from(result) if did.findtext("tn")}
    if set(said) != set(numbers):
        raise ValueError("the answer is about other numbers")
    return PlacedOrder(
        carrier_reference="", numbers=tuple(_ordered(number, said[number]) for number in numbers)
    )


def _ordered(number: E164, did: Element) -> OrderedNumber:
    code = code_of(did)
    if code == OK:
        return bought(number)
    if code in NOT_BOUGHT:
        return OrderedNumber(number=number, status=LineStatus.FAILED, reason=words_of(did))
    # Also 104220, “already reserved for you”, and 104221, an unknown error: the look-up decides.
    return OrderedNumber(
        number=number,
        status=LineStatus.PENDING,
        reason=words_of(did),
        word=code[:40] or "(empty)",
    )


def bought(number: E164) -> OrderedNumber:
    """Say that a number is ours; its ten digits are its name."""
    return OrderedNumber(
        number=number, status=LineStatus.BOUGHT, carrier_reference=number_out(number)
    )


def is_reference(kept: str, reference: str) -> bool:
    """Tell whether what the carrier kept is our reference, perhaps cut off."""
    return kept == reference or (len(kept) >= SHORTEST_REFERENCE and reference.startswith(kept))


def availability_of(did: Element, number: E164) -> str:
    """
    Give how a number stands to us, empty where it does not.

    :raises ValueError: for a code that nobody knows
    """
    code = code_of(did)
    if code in NOBODYS | ELSEWHERE:
        return ""
    if code != OK or number_in(text_of(did, "tn")) != number:
        raise ValueError(f"the carrier says {code}")
    return (did.findtext("availability") or "").strip().lower()


def found_line_from(did: Element, number: E164, reference: str) -> OrderedNumber | None:
    """Read what became of a number that was ordered; None where it is not ours by that order."""
    availability = availability_of(did, number)
    if not availability or availability in NOT_OURS:
        return None
    if not is_reference(did.findtext("refId") or "", reference):
        return None
    if availability == ASSIGNED:
        return bought(number)
    return OrderedNumber(
        number=number, status=LineStatus.PENDING, reason=words_of(did), word=availability[:40]
    )


def owned_number_from(did: Element, *, parked: str) -> OwnedNumber | None:
    """
    Read an entry of the list of what is ours; one with a word that nobody knows is ours too.

    :param parked: the endpoint group of numbers that are delivered nowhere
    """
    tn = (did.findtext("tn") or "").strip()
    if not tn or code_of(did) in NOBODYS | ELSEWHERE:
        return None
    availability = (did.findtext("availability") or "").strip().lower()
    if availability in NOT_OURS:
        return None
    group = text_of(did, "endpointId")
    number = number_in(tn)
    return OwnedNumber(
        number=number,
        carrier_reference=number_out(number),
        trunk_reference="" if group in {"0", parked} else group,
        our_reference=did.findtext("refId") or "",
        active=code_of(did) == OK,
    )


def until_from(did: Element, now: datetime) -> datetime | None:
    """Read when a hold lapses: in either zone, as no hold lasts longer than half an hour."""
    told = (did.findtext("expireDate") or "").strip()
    if not told:
        return None
    slack = timedelta(minutes=1)
    for hours in HOURS_BEHIND:
        at = datetime.fromisoformat(told).replace(tzinfo=UTC) + timedelta(hours=hours)
        if now - slack < at < now + HOLD + slack:
            return at
    # 1900-01-01 stands for none.
    return None


def balance_from(result: Element) -> Money:
    """Read the balance."""
    return money_from(text_of(result, "Amount"), "USD")
