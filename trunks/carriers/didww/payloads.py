"""
DIDWW's words and ours, without any network.

Field names and values: the field map of version 2026-04-16; enumerations: its SDK (didww 3.2.0).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from phonenumbers import country_code_for_region

from lib.e164 import E164, digits
from lib.money import Money
from trunks.carriers.didww.documents import (
    Params,
    Row,
    body_of,
    linked,
    linked_id,
    linked_rows,
    links,
    rows_from,
)
from trunks.errors import Reason
from trunks.matching import fits
from trunks.numbering import Capability, NumberType
from trunks.offers import (
    FoundNumber,
    GatewaySpec,
    OwnedNumber,
    Transport,
    TrunkSpec,
    Wanted,
)
from trunks.reading import money_from, number_from

LARGEST_PAGE = 100
CURRENCY = "USD"
"""Amounts have no currency of their own; accounts are kept in US dollars."""
TYPES = {
    "local": NumberType.LOCAL,
    "national": NumberType.NATIONAL,
    "mobile": NumberType.MOBILE,
    "tollfree": NumberType.TOLL_FREE,
    "sharedcost": NumberType.SHARED_COST,
}
FEATURES = {
    "voice": Capability.VOICE,
    "voice_in": Capability.VOICE,
    "sms": Capability.SMS,
    "sms_in": Capability.SMS,
    "p2p": Capability.SMS,
    "a2p": Capability.SMS,
    "t38": Capability.FAX,
    "emergency": Capability.EMERGENCY,
}
NARROWING = {
    Capability.EMERGENCY: "emergency",
    Capability.FAX: "t38",
    Capability.SMS: "sms_in,p2p,a2p",
}
"""How a search asks for what few numbers can do; a number that has any of the names is found."""
OFFER = ("include", "did_group.stock_keeping_units,did_group.region")
OWNED = ("include", "voice_in_trunk,voice_in_trunk_group,order")
TRANSPORTS = {Transport.UDP: 1, Transport.TCP: 2, Transport.TLS: 3}
CODECS = (9, 10, 8, 6)
"""PCMU, PCMA, G.729 and telephone events."""
RFC_2833 = 1
CALLED_NUMBER = "{DID}"
"""What the carrier replaces by the called number, digits only."""


def written(number: E164) -> str:
    """Write a number as the carrier does: digits only."""
    return digits(number)


def number_of(text: object) -> E164:
    """Read a number as the carrier writes it."""
    return number_from(f"+{text}")


def type_of(name: str) -> NumberType | None:
    """Read the name of a type, such as Toll-free; some are none of ours."""
    return TYPES.get("".join(letter for letter in name.lower() if letter.isalpha()))


def search_params(wanted: Wanted, places: Params) -> Params:
    """
    Say what is looked for; the list has no pages and ends where the carrier ends it.

    :param places: the carrier's identifiers of country, type and place
    """
    start = wanted.area_code + wanted.prefix
    code = country_code_for_region(wanted.country)
    # It searches for digits anywhere, so that we choose what begins with them.
    contained = f"{code}{start}" if start else wanted.contains
    told = [
        *places,
        ("filter[number_contains]", contained),
        ("filter[did_group.features]", next(_narrowed(wanted), "")),
        OFFER,
    ]
    return [(name, value) for name, value in told if value]


def _narrowed(wanted: Wanted) -> Iterator[str]:
    # Several names find what has one of them, so the rarest wish is asked for.
    return (names for wish, names in NARROWING.items() if wish in wanted.capabilities)


def found_numbers_from(body: Mapping[str, Any], wanted: Wanted) -> list[FoundNumber]:
    """Read the search, without what was not asked for and what is sold to nobody."""
    rows = [row for row in rows_from(body) if units_of(body, group_of(body, row))]
    found = [_found_number(body, row, wanted) for row in rows]
    return [
        offer
        for offer in found
        if wanted.capabilities <= offer.capabilities and fits(offer.number, wanted)
    ]


def _found_number(body: Mapping[str, Any], row: Row, wanted: Wanted) -> FoundNumber:
    group = group_of(body, row)
    region = linked(body, group, "region")
    sku = cheapest(body, group)
    features = group["attributes"]["features"]
    return FoundNumber(
        number=number_of(row["attributes"]["number"]),
        country=wanted.country,
        type=NumberType(wanted.type),
        region="" if region is None else str(region["attributes"]["name"]),
        locality=str(group["attributes"].get("area_name") or ""),
        capabilities=frozenset(FEATURES[name] for name in features if name in FEATURES),
        setup=_price(sku, "setup_price"),
        monthly=_price(sku, "monthly_price"),
        # The documentation has it among the attributes of old and in `meta` of today.
        needs_documents=bool(
            (group.get("meta") or {}).get("needs_registration")
            or group["attributes"].get("needs_registration")
        ),
    )


def group_of(body: Mapping[str, Any], row: Row) -> Row:
    """Give the group of a number that is for sale, which has to be included."""
    group = linked(body, row, "did_group")
    if group is None:
        raise ValueError("a number without its group")
    return group


def units_of(body: Mapping[str, Any], group: Row) -> list[Row]:
    """Give what the numbers of a group are sold as; an account may have a price for none."""
    return linked_rows(body, group, "stock_keeping_units")


def cheapest(body: Mapping[str, Any], group: Row) -> Row:
    """Choose the unit to buy: the cheapest on which a call can come in without extras."""
    units = units_of(body, group)
    with_channels = [unit for unit in units if unit["attributes"]["channels_included_count"]]
    return min(with_channels or units, key=lambda one: _price(one, "monthly_price").amount)


def _price(unit: Row, name: str) -> Money:
    return money_from(unit["attributes"][name], CURRENCY)


def row_with(body: Mapping[str, Any], reference: str) -> Row | None:
    """Find the row that carries our reference."""
    rows = rows_from(body)
    return next(
        (row for row in rows if row["attributes"].get("external_reference_id") == reference), None
    )


def owned_numbers_from(body: Mapping[str, Any]) -> list[OwnedNumber | None]:
    """Read a page of our numbers, None for those that we have given back."""
    return [owned_number(body, row) for row in rows_from(body)]


def owned_number(body: Mapping[str, Any], row: Row) -> OwnedNumber | None:
    """Read one of our numbers; None where it only waits for the end of what is paid."""
    told = row["attributes"]
    # No cycles left means that it is removed next; none at all, that there is no end.
    if told["terminated"] or told.get("pending_removal") or told.get("billing_cycles_count") == 0:
        return None
    order = linked(body, row, "order") or {"attributes": {}}
    return OwnedNumber(
        number=number_of(told["number"]),
        carrier_reference=row["id"],
        trunk_reference=binding_from(row),
        our_reference=str(order["attributes"].get("external_reference_id") or ""),
        active=not (told["blocked"] or told["awaiting_registration"]),
    )


def binding_from(row: Row) -> str:
    """Read where a number's calls go; a single trunk is none that we made."""
    group, trunk = (linked_id(row, name) for name in ("voice_in_trunk_group", "voice_in_trunk"))
    return group or (f"voice_in_trunk:{trunk}" if trunk else "")


def trunk_body(gateway: GatewaySpec, *, name: str, reference: str) -> bytes:
    """Say where calls go; enumerations are numbers here."""
    configuration = {
        "username": CALLED_NUMBER,
        "host": gateway.host,
        "port": gateway.port,
        "transport_protocol_id": TRANSPORTS[gateway.transport],
        "codec_ids": list(CODECS),
        "rx_dtmf_format_id": RFC_2833,
    }
    return body_of(
        "voice_in_trunks",
        attributes={
            "name": name,
            "external_reference_id": reference,
            "priority": gateway.priority,
            "weight": gateway.weight,
            "cli_format": "e164",
            "configuration": {"type": "sip_configurations", "attributes": configuration},
        },
    )


def group_body(spec: TrunkSpec, reference: str, trunks: Iterable[str]) -> bytes:
    """Say which trunks belong together; a name must be unique."""
    return body_of(
        "voice_in_trunk_groups",
        attributes={"name": f"{spec.name} {reference}", "external_reference_id": reference},
        relationships={"voice_in_trunks": links("voice_in_trunks", list(trunks))},
    )


def balance_from(body: Mapping[str, Any]) -> Money:
    """Read what may be spent, credit included."""
    rows = body["data"]
    told = (rows[0] if isinstance(rows, list) else rows)["attributes"]
    return money_from(told["total_balance"], CURRENCY)


def refusal_from(status: int, body: Any) -> tuple[Reason, str]:
    """Read why the carrier said no; its codes are of JSON:API and tell less than its words."""
    errors = body["errors"]
    words = "; ".join(str(error.get("detail") or error.get("title") or "") for error in errors)
    said = " ".join(str(error.get("title", "")) for error in errors).lower() + words.lower()
    # The documentation and the SDK word it differently.
    if "insufficient balance" in said or "insufficient funds" in said:
        return Reason.NO_FUNDS, words
    if status == 404:
        return Reason.NOT_FOUND, words
    if any(_is_gone(error) for error in errors):
        return Reason.NUMBER_GONE, words
    return (Reason.INVALID if status in (400, 422) else Reason.OTHER), words


def _is_gone(error: Mapping[str, Any]) -> bool:
    """Tell whether an error is about the number; how it is worded is in no document."""
    pointer = str((error.get("source") or {}).get("pointer", ""))
    return any(name in pointer for name in ("available_did", "did_reservation"))
