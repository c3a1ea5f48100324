"""
What DIDWW's own identifiers of countries, types and places are.

They are asked for by name before a search and, for countries and types, kept: they change about as
often as countries do.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from trunks.carriers.didww import payloads
from trunks.carriers.didww.documents import Params, rows_from
from trunks.carriers.didww.wire import Wire
from trunks.deadlines import Deadline
from trunks.numbering import NumberType
from trunks.offers import Wanted

T = TypeVar("T")
_KEPT = 3600.0
"""Seconds."""
_IDS: dict[tuple[str, str], tuple[float, Any]] = {}
"""By address and question, the same for all accounts: when it was asked, and what was said."""


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
    params = [("filter[iso]", iso)]
    return _kept(
        wire,
        f"country {iso}",
        lambda: wire.read(
            "countries",
            params=params,
            parse=lambda body: next(
                (row["id"] for row in rows_from(body) if row["attributes"]["iso"] == iso), None
            ),
            deadline=deadline,
        ),
    )


def types(wire: Wire, deadline: Deadline) -> dict[NumberType, str]:
    """Give the identifiers of the types of numbers."""

    def parse(body: Any) -> dict[NumberType, str]:
        named = {payloads.type_of(row["attributes"]["name"]): row["id"] for row in rows_from(body)}
        return {type_: id_ for type_, id_ in named.items() if type_ is not None}

    return _kept(
        wire,
        "types",
        lambda: wire.read("did_group_types", params=[], parse=parse, deadline=deadline),
    )


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


def _kept(wire: Wire, question: str, ask: Callable[[], T]) -> T:
    at, answer = _IDS.get((wire.base_url, question), (0.0, None))
    if not at or time.monotonic() - at > _KEPT:
        answer = ask()
        _IDS[wire.base_url, question] = (time.monotonic(), answer)
    kept: T = answer
    return kept
