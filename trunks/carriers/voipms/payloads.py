"""
VoIP.ms's words and ours, without any network.

Names and values: the carrier's WSDL and the table made of its documentation (`methods.json`). What
is text in one answer is a number in the next; both are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lib.e164 import E164, DidFormat, digits
from lib.money import Money
from trunks.carriers.voipms.statuses import good
from trunks.matching import fits
from trunks.numbering import TOLL_FREE_CODES, Capability, NumberType
from trunks.offers import FoundNumber, GatewaySpec, OwnedNumber, Wanted
from trunks.reading import money_from, number_from

CURRENCY = "USD"
COUNTRIES = {"US": "USA", "CA": "CAN"}
"""How the names of methods end."""
REGIONS = {"US": "state", "CA": "province"}
TOLL_FREE = {"US": "searchTollFreeUSA", "CA": "searchTollFreeCanUS"}
CAN = frozenset({Capability.VOICE, Capability.SMS})
"""Of pictures nothing is said, of messages only in the list of a whole state."""
ANYTHING = "2"
"""The search must be given digits: most numbers have this one."""
PER_MINUTE = "1"
"""The other way of billing a number is flat, for less and shorter calls at once."""
YES = frozenset({"yes", "1"})
NOWHERE = "sys:noservice"
NO_FAILOVER = "none:"
SUB_ACCOUNT = "account:"
RINGS_FOR = "60"
"""Seconds."""
USERS = {
    # What stands in braces becomes the number as the account lists it (wiki.voip.ms, "SIP URI"),
    # which has ten digits for every number that is sold here.
    DidFormat.NATIONAL: "{DID}",
    DidFormat.E164: "1{DID}",
    DidFormat.PLUS_E164: "+1{DID}",
}
KEPT = (
    *("failover_busy", "failover_noanswer", "voicemail", "pop", "dialtime", "cnam"),
    *("callerid_prefix", "note", "port_out_pin", "billing_type"),
    *("transcribe", "transcription_locale", "transcription_email"),
    *("transcription_redaction", "transcription_summary", "transcription_sentiment"),
    # Shown by no document, but by the list itself, as the clients that others wrote know.
    *("record_calls", "voicemail_threshold", "inbound_dialing_mode", "transcription_start_delay"),
)
"""What a number's list shows of its settings, and its change takes: it is not said to keep them."""
SPELLED = {"Y": "yes", "N": "no"}
"""How a list writes what a change wants as a word."""

Form = list[tuple[str, str]]
Row = Mapping[str, Any]


def did_of(number: E164) -> str:
    """Write a number as the carrier does: ten digits in North America."""
    return digits(number).removeprefix("1")


def number_of(did: object) -> E164:
    """Read a number, which may come as a number; others than North American ones are whole."""
    text = digits(str(did))
    return number_from(f"+1{text}" if len(text) == 10 else f"+{text}")


def search_call(wanted: Wanted) -> tuple[str, Form] | None:
    """Give method and parameters that find what is wanted; None where none can promise it."""
    ending = COUNTRIES.get(wanted.country)
    needs_sms = Capability.SMS in wanted.capabilities
    if ending is None or wanted.locality or not wanted.capabilities <= CAN:
        # It knows rate centers, which are no towns.
        return None
    start = wanted.area_code + wanted.prefix
    pattern = ("starts", start) if start else ("contains", wanted.contains or ANYTHING)
    by_digits = [("type", pattern[0]), ("query", pattern[1])]
    if wanted.type is NumberType.TOLL_FREE and not wanted.region and not needs_sms:
        return TOLL_FREE[wanted.country], by_digits
    if wanted.type is not NumberType.LOCAL:
        return None
    region = [(REGIONS[wanted.country], wanted.region)] if wanted.region else []
    if region and (needs_sms or not (start or wanted.contains)):
        return f"getDIDs{ending}", region
    return None if needs_sms else (f"searchDIDs{ending}", [*region, *by_digits])


def found_numbers_from(body: Any, wanted: Wanted) -> list[FoundNumber]:
    """Read the answer of any search, without what was not asked for."""
    found = [_found_number(row, wanted) for row in good(body)["dids"]]
    return [
        offer
        for offer in found
        if fits(offer.number, wanted) and wanted.capabilities <= offer.capabilities
    ][: wanted.limit]


def _found_number(row: Row, wanted: Wanted) -> FoundNumber:
    sms = {Capability.SMS} if str(row.get("sms", "")) == "1" else set()
    return FoundNumber(
        number=number_of(row["did"]),
        country=wanted.country,
        type=wanted.type,
        region=str(row.get(REGIONS[wanted.country]) or ""),
        rate_center=str(row.get("ratecenter") or ""),
        capabilities=frozenset({Capability.VOICE, *sms}),
        setup=_price(row, "perminute_setup", "setup"),
        monthly=_price(row, "perminute_monthly", "monthly"),
    )


def _price(row: Row, *names: str) -> Money | None:
    told = next((row[name] for name in names if row.get(name) not in (None, "")), None)
    return None if told is None else money_from(str(told), CURRENCY)


def order_call(number: E164, *, reference: str, binding: str, pop: str) -> tuple[str, Form]:
    """Say how a number is bought; the note is the only thing that is kept of our reference."""
    did = did_of(number)
    routing, failover = routes_of(binding)
    form = [
        ("did", did),
        ("routing", routing),
        ("failover_unreachable", failover),
        ("pop", pop),
        ("dialtime", RINGS_FOR),
        ("cnam", "0"),
        ("note", reference),
    ]
    if did[:3] in TOLL_FREE_CODES:
        return "orderTollFree", form
    return "orderDID", [*form, ("billing_type", PER_MINUTE)]


def pop_from(body: Any) -> str:
    """Choose the server that sends our calls: each number must name one."""
    servers = good(body)["servers"]
    # Its clients read this as a word or as a number.
    best = [one for one in servers if str(one.get("server_recommended", "")).lower() in YES]
    return str((best or servers)[0]["server_pop"])


def rows_from(body: Any) -> list[Row]:
    """Read numbers that are ours, as the carrier lists them."""
    rows = good(body)["dids"]
    for row in rows:
        owned_number(row)
    return list(rows)


def owned_number(row: Row) -> OwnedNumber:
    """Read one of our numbers."""
    number = number_of(row["did"])
    return OwnedNumber(
        number=number,
        carrier_reference=did_of(number),
        trunk_reference=_trunk_of(row),
        our_reference=str(row.get("note") or ""),
    )


def _trunk_of(row: Row) -> str:
    primary = _place_of(row["routing"])
    if not primary:
        return ""
    failover = _place_of(row.get("failover_unreachable") or "")
    return joined([primary, *([failover] if failover else [])])


def _place_of(route: object) -> str:
    header, _, id_ = str(route).partition(":")
    if not id_ or header not in ("sip", "account"):
        return ""
    return str(route) if header == "account" else id_


def _route_to(place: str) -> str:
    return place if place.startswith(SUB_ACCOUNT) else f"sip:{place}"


def joined(uris: Sequence[str]) -> str:
    """
    Write the places of a trunk, primary and failover, as its one reference.

    A SIP address is named by its id, a sub-account as `account:100001_pbx`.
    """
    return ",".join(uris)


def routes_of(trunk_reference: str) -> tuple[str, str]:
    """Say where calls go, and where when nothing answers there."""
    if not trunk_reference:
        return NOWHERE, NO_FAILOVER
    primary, _, failover = trunk_reference.partition(",")
    return _route_to(primary), _route_to(failover) if failover else NO_FAILOVER


def bind_call(row: Row, trunk_reference: str) -> tuple[str, Form]:
    """Say how a number is sent elsewhere; with all of its settings where the failover changes."""
    routing, failover = routes_of(trunk_reference)
    form = [("did", str(row["did"])), ("routing", routing)]
    if (row.get("failover_unreachable") or NO_FAILOVER) == failover:
        return "setDIDRouting", form
    return "setDIDInfo", [*form, ("failover_unreachable", failover), *_told(row, KEPT)]


def look_up_call(row: Row, *, shows_callers: bool) -> tuple[str, Form]:
    """Say whether the names of callers are looked up, with all other settings of the number."""
    kept = [name for name in ("routing", "failover_unreachable", *KEPT) if name != "cnam"]
    form = [("did", str(row["did"])), ("cnam", str(int(shows_callers)))]
    return "setDIDInfo", [*form, *_told(row, kept)]


def _told(row: Row, names: Iterable[str]) -> Form:
    values = [(name, str(row[name])) for name in names if row.get(name) not in (None, "")]
    return [(name, SPELLED.get(value, value)) for name, value in values]


@dataclass(frozen=True)
class SipUri:
    """An address to which numbers' calls go."""

    id: str
    description: str


def sip_uris_from(body: Any) -> list[SipUri]:
    """Read our addresses."""
    rows = good(body)["sipuris"]
    return [SipUri(str(row["sipuri"]), str(row.get("description") or "")) for row in rows]


def sip_uri_form(gateway: GatewaySpec, did_format: DidFormat, description: str) -> Form:
    """Say where calls go, and how the called number is written there."""
    host = f"[{gateway.host}]" if ":" in gateway.host else gateway.host
    uri = f"{USERS[did_format]}@{host}:{gateway.port}"
    return [("uri", uri), ("description", description)]


def balance_from(body: Any) -> Money:
    """Read what may still be spent."""
    return money_from(str(good(body)["balance"]["current_balance"]), CURRENCY)
