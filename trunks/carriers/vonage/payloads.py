"""
Vonage's words and ours, without any network.

Field names and values: `numbers.yml` and `account.yml`; what only the SDK (vonage 4.9.1) or the
documentation of SIP says is marked so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phonenumbers import country_code_for_region

from lib.e164 import E164, country_of, digits
from lib.money import Money, zero
from trunks.carriers.vonage import forwarding
from trunks.errors import CarrierError, Misconfigured, Reason, Rejected, SlowDown
from trunks.matching import fits
from trunks.numbering import Capability, NumberType
from trunks.offers import FoundNumber, OwnedNumber, Wanted
from trunks.reading import money_from, number_from

LARGEST_PAGE = 100
CURRENCY = "EUR"
NANP = 1
TYPES = {
    NumberType.LOCAL: "landline",
    NumberType.MOBILE: "mobile-lvn",
    NumberType.TOLL_FREE: "landline-toll-free",
}
SHORT_CODE = "mobile-shortcode"
_SMS, _VOICE, _MMS = Capability.SMS, Capability.VOICE, Capability.MMS
FEATURES = {
    frozenset({_SMS}): "SMS",
    frozenset({_VOICE}): "VOICE",
    frozenset({_SMS, _VOICE}): "SMS,VOICE",
    frozenset({_MMS}): "MMS",
    frozenset({_SMS, _MMS}): "SMS,MMS",
    frozenset({_VOICE, _MMS}): "VOICE,MMS",
    # The description and the SDK write all three in different orders, so two are asked for and the
    # third is looked for in the answer.
    frozenset({_SMS, _VOICE, _MMS}): "SMS,MMS",
}
MESSAGES = "moHttpUrl"
VOICE = ("voiceCallbackType", "voiceCallbackValue")
STARTS_WITH, CONTAINS = "0", "1"
ENDED = "voiceStatusCallback"
"""The address that is told when a call ends; we set none, somebody else may."""

Params = list[tuple[str, str]]


def msisdn_of(number: E164) -> str:
    """Write a number as the carrier does: digits only."""
    return digits(number)


def number_of(msisdn: object) -> E164:
    """Read a number as the carrier writes it; subaccounts have it as an integer."""
    return number_from(f"+{digits(str(msisdn))}")


def can_be_searched(wanted: Wanted) -> bool:
    """Tell whether the search can promise what is wanted: it knows no places."""
    in_nanp = country_code_for_region(wanted.country) == NANP
    has_type = wanted.type in TYPES and not (in_nanp and wanted.type is NumberType.MOBILE)
    can = {capability for one in FEATURES for capability in one}
    return has_type and not wanted.locality and not wanted.region and wanted.capabilities <= can


def search_params(wanted: Wanted, page: int) -> Params:
    """Say what is looked for, in the one pattern that the search takes."""
    pattern, place = _pattern(wanted)
    told = [
        ("country", wanted.country),
        ("type", "" if _mixes_types(wanted) else TYPES[wanted.type]),
        ("features", FEATURES.get(wanted.capabilities, "")),
        ("pattern", pattern),
        ("search_pattern", place if pattern else ""),
        ("size", str(page_size(wanted))),
        ("index", str(page)),
    ]
    return [(name, value) for name, value in told if value]


def page_size(wanted: Wanted) -> int:
    """Say how many are asked for at once: all, where we choose from the answer."""
    is_chosen = _mixes_types(wanted) or bool(
        wanted.contains and (wanted.area_code or wanted.prefix)
    )
    return LARGEST_PAGE if is_chosen else min(wanted.limit, LARGEST_PAGE)


def _mixes_types(wanted: Wanted) -> bool:
    # North America has no mobile ranges: what Vonage calls mobile-lvn there is a local number that
    # takes messages. The reference does not say so; without a type either reading is found.
    return wanted.type is NumberType.LOCAL and country_code_for_region(wanted.country) == NANP


def _pattern(wanted: Wanted) -> tuple[str, str]:
    start = wanted.area_code + wanted.prefix
    if start:
        return f"{country_code_for_region(wanted.country)}{start}", STARTS_WITH
    return wanted.contains, CONTAINS


def found_numbers_from(
    body: Mapping[str, Any], wanted: Wanted, page: int
) -> tuple[list[FoundNumber], bool]:
    """Read a page of the search: what fits, and whether it is the last one."""
    rows, total = _rows(body)
    size = page_size(wanted)
    found = [_found_number(row) for row in rows if row.get("type") in TYPES.values()]
    fitting = [offer for offer in found if _is_wanted(offer, wanted)]
    return fitting, len(rows) < size or page * size >= total


def prices_from(body: Mapping[str, Any]) -> dict[E164, Money]:
    """Read what numbers that are for sale cost a month."""
    return {
        number_of(row["msisdn"]): money_from(str(row["cost"]), CURRENCY) for row in _rows(body)[0]
    }


def _is_wanted(offer: FoundNumber, wanted: Wanted) -> bool:
    return (
        offer.type is wanted.type
        and wanted.capabilities <= offer.capabilities
        and fits(offer.number, wanted)
    )


def _found_number(row: Mapping[str, Any]) -> FoundNumber:
    cost = row.get("cost")
    return FoundNumber(
        number=number_of(row["msisdn"]),
        country=str(row["country"]),
        type=_type(row),
        capabilities=frozenset(one for one in Capability if one in (row.get("features") or ())),
        setup=zero(CURRENCY),
        monthly=None if cost is None else money_from(str(cost), CURRENCY),
    )


def _type(row: Mapping[str, Any]) -> NumberType:
    word = row["type"]
    if word == TYPES[NumberType.MOBILE] and country_code_for_region(row["country"]) == NANP:
        return NumberType.LOCAL
    return next(type_ for type_, name in TYPES.items() if name == word)


def order_form(number: E164) -> Params:
    """Say which number is bought; there is no place for our reference."""
    return number_form(number, country_of(number))


def number_form(number: E164, country: str) -> Params:
    """Name a number by its key."""
    return [("country", country), ("msisdn", msisdn_of(number))]


def exactly(number: E164) -> Params:
    """Look for one number; the SDK refuses either parameter without the other."""
    return [("pattern", msisdn_of(number)), ("search_pattern", STARTS_WITH)]


def reference_of(number: E164, country: str) -> str:
    """Write the key of a number as one word, such as GB-447700900000."""
    return f"{country}-{msisdn_of(number)}"


@dataclass(frozen=True)
class Entry:
    """
    One of our numbers.

    :ivar messages_to: the address to which its messages go
    :ivar kept: what an update has to repeat besides, or it may be lost
    :ivar voice: where its calls go, as an update has it
    """

    owned: OwnedNumber
    country: str
    messages_to: str
    kept: Params
    voice: Params


def owned_page_from(body: Mapping[str, Any]) -> tuple[list[Entry | None], int]:
    """Read a page of our numbers, None for what is no number, and how many there are in all."""
    rows, total = _rows(body)
    return [_entry(row) for row in rows], total


def _entry(row: Mapping[str, Any]) -> Entry | None:
    if row.get("type") == SHORT_CODE:
        return None
    number, country = number_of(row["msisdn"]), str(row["country"])
    # The list names the application twice: as the description has it and as the SDK reads it.
    linked = row.get("messagesCallbackType") == "app" and row.get("messagesCallbackValue")
    kept = [
        ("app_id", row.get("app_id") or linked),
        # Not in the description of the list, but in what its SDK is tested with.
        (ENDED, row.get(ENDED) or row.get(f"{ENDED}Url")),
    ]
    return Entry(
        owned=OwnedNumber(
            number=number,
            carrier_reference=reference_of(number, country),
            trunk_reference=forwarding.reference_from(
                str(row.get("voiceCallbackType") or ""),
                str(row.get("voiceCallbackValue") or ""),
                number,
            ),
        ),
        country=country,
        messages_to=str(row.get("moHttpUrl") or ""),
        kept=[(name, str(value)) for name, value in kept if value],
        voice=[(name, str(row[name])) for name in VOICE if row.get(name)],
    )


def update_form(entry: Entry, value: str, *, says_empty: bool = False) -> Params:
    """
    Say where a number's calls go; what is left out may be taken away.

    The address of a message hook is asked by the carrier before it is taken, so a number whose hook
    is away cannot be bound meanwhile.
    """
    voice = list(zip(VOICE, (forwarding.SIP, value), strict=True))
    told = voice if value or says_empty else []
    return [*_kept(entry, (MESSAGES, entry.messages_to)), *told]


def messages_form(entry: Entry, address: str, *, says_empty: bool = False) -> Params:
    """Say where a number's messages go, and everything else that is on it once more."""
    voice = entry.voice if len(entry.voice) == len(VOICE) else []
    empty = [(MESSAGES, "")] if says_empty else []
    return [*_kept(entry, (MESSAGES, address)), *voice, *empty]


def _kept(entry: Entry, hook: tuple[str, str]) -> Params:
    told = [hook] if hook[1] else []
    return [*number_form(entry.owned.number, entry.country), *told, *entry.kept]


def _rows(body: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], int]:
    if body == {}:
        # Where there is nothing, `numbers` is left out; whether `count` is too is not described.
        return [], 0
    if "error-code" in body:
        done_from(body)
    return list(body.get("numbers", ())), int(body["count"])


def balance_from(body: Mapping[str, Any]) -> Money:
    """Read the balance."""
    return money_from(str(body["value"]), CURRENCY)


def done_from(body: Mapping[str, Any]) -> None:
    """Read that something was done: a status of 200 may carry a refusal."""
    code = str(body["error-code"])
    if code != "200":
        raise _trouble(code, str(body.get("error-code-label") or ""))


def _trouble(code: str, words: str) -> CarrierError | ValueError:
    match code:
        case "401":
            return Misconfigured("The carrier refuses our credentials (401).")
        case "420":
            return Rejected(words, reason=_reason(words))
        case "429":
            return SlowDown("The carrier asks us to slow down (429).")
    return ValueError("a code of no description")


def refusal_from(status: int, body: Any) -> tuple[Reason, str]:
    """Read why the carrier said no, in its own error body or that of RFC 9457."""
    code = str(body.get("error-code") or "")
    if code in {"200", "401", "429"}:
        raise _trouble(code, "")
    words = str(body["error-code-label"] if code else body.get("detail") or body["title"])
    return (Reason.NOT_FOUND if status == 404 else _reason(words)), words


def _reason(words: str) -> Reason:
    """Read the prose of the one code for everything; what it does not tell is looked up."""
    said = words.lower()
    if "address" in said or "dashboard" in said:
        return Reason.DOCUMENTS_MISSING
    if any(word in said for word in ("credit", "balance", "funds")):
        return Reason.NO_FUNDS
    if any(word in said for word in ("not available", "no longer", "already")):
        return Reason.NUMBER_GONE
    return Reason.OTHER
