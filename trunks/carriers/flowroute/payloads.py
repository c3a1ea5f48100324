"""
Flowroute's words and ours, without any network.

Field names and values: `Flowroute_API_01172018.yaml`, and `openapi.yaml` for what is newer. The
older file prints an object of a list inside a `data` of its own, a linked object as text and
numbers as integers; its documentation does not. Both are read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lib.e164 import E164, country_of, digits
from lib.money import Money
from trunks.errors import Reason
from trunks.matching import fits
from trunks.numbering import Capability, NumberType
from trunks.offers import FoundNumber, GatewaySpec, OwnedNumber, Wanted
from trunks.reading import money_from, number_from

LARGEST_PAGE = 200
CURRENCY = "USD"
COUNTRIES = frozenset({"US", "CA"})
MEDIA_TYPE = "application/vnd.api+json"
TYPES = {NumberType.LOCAL: "longcode", NumberType.TOLL_FREE: "toll-free"}
WORDS = {
    "longcode": NumberType.LOCAL,
    "standard": NumberType.LOCAL,
    "toll-free": NumberType.TOLL_FREE,
    "tollfree": NumberType.TOLL_FREE,
}
"""The files of 2018 and of today have two vocabularies."""
CAN = frozenset({Capability.VOICE, Capability.SMS, Capability.MMS})
"""Messages are switched on number by number, and none is said to be unable to."""
PRIMARY, FAILOVER = "primary_route", "failover_route"
REGISTERED = "0"
"""The route that every number has at first: to whatever is registered, which we never are."""

Params = list[tuple[str, str]]


def path_of(number: E164) -> str:
    """Write a number as the addresses have it: eleven digits, without a plus."""
    return digits(number)


def number_of(id_: object) -> E164:
    """Read a number from its identifier; its `value` is text or an integer."""
    return number_from(f"+{digits(str(id_))}")


def can_be_searched(wanted: Wanted) -> bool:
    """Tell whether the search can promise what is wanted: it knows no towns."""
    return (
        wanted.country in COUNTRIES
        and wanted.type in TYPES
        and not wanted.locality
        and wanted.capabilities <= CAN
    )


def search_params(wanted: Wanted) -> Params:
    """Say what is looked for."""
    start = wanted.area_code + wanted.prefix
    told = [
        ("iso_country", wanted.country),
        ("number_type", TYPES[wanted.type]),
        ("starts_with", f"1{start}" if start else ""),
        ("contains", wanted.contains),
        ("state", wanted.region),
        ("limit", str(min(wanted.limit, LARGEST_PAGE))),
    ]
    return [(name, value) for name, value in told if value]


def found_numbers_from(body: Mapping[str, Any], wanted: Wanted) -> list[FoundNumber]:
    """Read the answer of the number search, without what was not asked for."""
    found = [_found_number(object_in(row)) for row in body["data"]]
    return [
        offer
        for offer in found
        if offer is not None
        # The file of 2018 knows no `iso_country`: it may have been ignored.
        and (offer.country, offer.type) == (wanted.country, wanted.type)
        and fits(offer.number, wanted)
    ][: wanted.limit]


def _found_number(row: Mapping[str, Any]) -> FoundNumber | None:
    number, told = number_of(row["id"]), row["attributes"]
    type_ = WORDS.get(told["number_type"])
    if type_ is None:
        return None
    return FoundNumber(
        number=number,
        country=country_of(number),
        type=type_,
        # Written small by the carrier.
        region=(told.get("state") or "").upper(),
        rate_center=told.get("rate_center") or "",
        capabilities=CAN,
        setup=_price(told.get("setup_cost")),
        monthly=_price(told.get("monthly_cost")),
    )


def _price(amount: object) -> Money | None:
    return None if amount is None else money_from(str(amount), CURRENCY)


def bought_from(body: Mapping[str, Any], number: E164) -> None:
    """Read that a number was bought."""
    if number_of(object_in(body["data"])["id"]) != number:
        raise ValueError("the answer is about another number")


def owned_page_from(body: Mapping[str, Any]) -> tuple[list[OwnedNumber], bool]:
    """Read a page of our numbers, and whether another one is named."""
    rows = [_owned_number(object_in(row)) for row in body["data"]]
    return rows, bool((body.get("links") or {}).get("next"))


def owned_number_from(body: Mapping[str, Any]) -> OwnedNumber:
    """Read one of our numbers."""
    return _owned_number(object_in(body["data"]))


def _owned_number(row: Mapping[str, Any]) -> OwnedNumber:
    number = number_of(row["id"])
    links = row.get("relationships") or {}
    return OwnedNumber(
        number=number,
        carrier_reference=path_of(number),
        trunk_reference=joined([linked_id(links.get(name)) for name in (PRIMARY, FAILOVER)]),
    )


def routes_from(body: Mapping[str, Any]) -> dict[str, str]:
    """Read which routes a number has, also a second one without a first."""
    links = object_in(body["data"]).get("relationships") or {}
    there = {name: linked_id(links.get(name)) for name in (PRIMARY, FAILOVER)}
    return {name: "" if route == REGISTERED else route for name, route in there.items()}


def e911_from(body: Mapping[str, Any]) -> str:
    """Read which emergency address a number has; empty where it has none."""
    return linked_id(object_in(body["data"])["relationships"]["e911_address"])


def labels_page_from(body: Mapping[str, Any]) -> tuple[list[tuple[str, str]], bool]:
    """Read label and id of a page of emergency addresses, and whether another one is named."""
    rows = [object_in(row) for row in body["data"]]
    labels = [(str(row["attributes"]["label"]), str(row["id"])) for row in rows]
    return labels, bool((body.get("links") or {}).get("next"))


def joined(routes: Sequence[str]) -> str:
    """Write primary and failover route as the one reference of a trunk."""
    primary, *others = routes
    if primary in ("", REGISTERED):
        return ""
    return ",".join([primary, *(route for route in others if route)])


def linked_id(link: Mapping[str, Any] | None) -> str:
    """Read what something is linked with; empty where with nothing."""
    told = (link or {}).get("data")
    return str(told["id"] if isinstance(told, Mapping) else told or "")


def object_in(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read an object, which may stand inside a `data` of its own."""
    inner = row.get("data")
    return inner if isinstance(inner, Mapping) else row


@dataclass(frozen=True)
class Route:
    """A place at the carrier to which numbers' calls go."""

    id: str
    alias: str


def routes_page_from(body: Mapping[str, Any]) -> tuple[list[Route], bool]:
    """Read a page of our routes, and whether another one is named."""
    rows = [object_in(row) for row in body["data"]]
    routes = [Route(str(row["id"]), str(row["attributes"].get("alias") or "")) for row in rows]
    return routes, bool((body.get("links") or {}).get("next"))


def route_id_from(body: Mapping[str, Any] | None) -> str:
    """Read which route was made; empty where the answer does not say it."""
    return "" if body is None else str(object_in(body["data"])["id"])


def route_body(gateway: GatewaySpec, alias: str) -> bytes:
    """Say where calls go; with a port, the carrier looks for no SRV records."""
    host = f"[{gateway.host}]" if ":" in gateway.host else gateway.host
    told = {"route_type": "host", "value": f"{host}:{gateway.port}", "alias": alias}
    return encoded({"data": {"type": "route", "attributes": told}})


def link_body(route: str) -> bytes:
    """Name a route."""
    return encoded({"data": {"type": "route", "id": route}})


def encoded(body: object) -> bytes:
    """Write a body in the carrier's format."""
    return json.dumps(body).encode()


def refusal_from(status: int, body: Any) -> tuple[Reason, str]:
    """Read why the carrier said no; it has no finer codes than the status."""
    errors = body["errors"]
    words = "; ".join(str(error.get("detail") or error.get("title") or "") for error in errors)
    said = words.lower()
    if status == 402 or any(word in said for word in ("funds", "balance", "credit")):
        # How an empty balance is refused is in no document.
        return Reason.NO_FUNDS, words
    return {
        404: Reason.NOT_FOUND,
        400: Reason.INVALID,
        405: Reason.NOT_ALLOWED,
        422: Reason.INVALID,
    }.get(status, Reason.OTHER), words
