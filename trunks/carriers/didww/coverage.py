"""
What DIDWW's own identifiers of countries, types and places are.

They are asked for by name before a search and, for countries and types, kept: they change about as
often as countries do.
"""

from __future__ import annotations

from typing import Any

from trunks.carriers.didww import payloads
from trunks.carriers.didww.documents import Params, rows_from
from trunks.carriers.didww.wire import Wire
from trunks.deadlines import Deadline
from trunks.numbering import NumberType
from trunks.offers import Wanted

KEPT = 6 * 3600.0
"""Seconds."""


def places(wire: Wire, wanted: Wanted, deadline: Deadline) -> Params | None:
    """Give the filters of a search that name places and types; None where there is none such."""
    land = country(wire, wanted.country, deadline)
    type_ = types(wire, deadline).get(wanted.type)
    if land is None or type_ is None:
        return None
    found = [("filter[country.id]", land), ("filter[did_group_type.id]", type_)]
    for path, name, text in (
        ("regions", "region", wanted.region),
        ("cities", "city", wanted.locality),
    ):
        if text:
            id_ = _named(wire, path, text, land, deadline)
            if id_ is None:
                return None
            found.append((f"filter[{name}.id]", id_))
    return found


def country(wire: Wire, iso: str, deadline: Deadline) -> str | None:
    """Give the identifier of a country; None where the carrier knows of none."""
    return wire.read(
        "countries",
        params=[("filter[iso]", iso)],
        parse=lambda body: next(
            (row["id"] for row in rows_from(body) if row["attributes"]["iso"] == iso), None
        ),
        deadline=deadline,
        kept_for=KEPT,
    )


def types(wire: Wire, deadline: Deadline) -> dict[NumberType, str]:
    """Give the identifiers of the types of numbers."""

    def parse(body: Any) -> dict[NumberType, str]:
        named = {payloads.type_of(row["attributes"]["name"]): row["id"] for row in rows_from(body)}
        return {type_: id_ for type_, id_ in named.items() if type_ is not None}

    return wire.read("did_group_types", params=[], parse=parse, deadline=deadline, kept_for=KEPT)


def _named(wire: Wire, path: str, name: str, country: str, deadline: Deadline) -> str | None:
    return wire.read(
        path,
        params=[("filter[name]", name), ("filter[country.id]", country)],
        parse=lambda body: next(
            (
                row["id"]
                for row in rows_from(body)
                if row["attributes"]["name"].lower() == name.lower()
            ),
            None,
        ),
        deadline=deadline,
    )
