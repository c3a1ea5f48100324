"""What DIDWW asks for before help finds a number: in Great Britain, more than an address tells."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sandbox import places
from sandbox.didww import stock
from sandbox.didww.base import Row
from sandbox.store import Record

RULES = "emergency_requirements"
MORE = {"GB": {"Company ID": "company_reg_number"}}
"""What a country asks of a company besides its address."""


@cache
def rows() -> dict[str, Row]:
    """Give the rule of each country and type from whose numbers people call."""
    found = [_row(country, kind) for country, kind in stock.PRICES if kind in stock.CALLING]
    return {row.id: row for row in found}


def fits(row: Row, given: Mapping[str, str]) -> bool:
    """Tell whether a rule is one that some filters leave."""
    told = {"id": row.id} | {
        f"{name}.id": link[1] for name, link in row.links.items() if isinstance(link, tuple)
    }
    return all(told[name] == text for name, text in given.items())


def rule_id(country: str, kind: str) -> str:
    """Name the rule of a country and type."""
    return stock.id_of("emergency rule", country, kind)


def problem(address: Record, identity: Record) -> str:
    """Say what is wrong with somebody at an address; empty for nothing."""
    told = address["attributes"]
    iso = next(
        iso
        for iso in stock.COUNTRIES
        if stock.id_of("country", iso) == address["country"].partition("/")[2]
    )
    if places.judge(str(told["address"]), str(told["postal_code"]), iso).trouble:
        return "Address cannot be found"
    missing = [
        label for label, name in MORE.get(iso, {}).items() if not identity["attributes"].get(name)
    ]
    return f"Identity {missing[0]} is missing" if missing else ""


def _row(country: str, kind: str) -> Row:
    return Row(
        RULES,
        rule_id(country, kind),
        {
            "identity_type": "any",
            "address_area_level": "country",
            "personal_area_level": "world_wide",
            "business_area_level": "world_wide",
            "address_mandatory_fields": [],
            "personal_mandatory_fields": [],
            "business_mandatory_fields": list(MORE.get(country, ())),
            "estimate_setup_time": "1 day",
            "requirement_restriction_message": None,
        },
        {
            "country": ("countries", stock.id_of("country", country)),
            "did_group_type": ("did_group_types", stock.id_of("type", kind)),
        },
    )
