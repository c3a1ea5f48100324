"""What DIDWW asks for before a number is registered, and how a validation looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sandbox.didww import stock
from sandbox.didww.base import Link, Row

REFUSED_WORD = "REFUSE"
ASKING = {("GB", "mobile")}
"""Countries and types of numbers that have a rule."""
ALWAYS = ("company_name", "first_name", "last_name", "phone_number")
MANDATORY = {"Birth Date": "birth_date", "Company ID": "company_reg_number"}
PROOF_TYPES = {
    "Excerpt from the commercial register": "business",
    "Passport": "personal",
    "Copy of Phone Bill": "address",
}
TEMPLATES = {"Registration Form": True, "Letter of Intent": False}
"""Forms, and whether they count for good."""


@cache
def rows() -> dict[tuple[str, str], Row]:
    """Give all rules with what they are linked to, by type and identifier."""
    found = [_rule(country, kind) for country, kind in sorted(ASKING)]
    found += [
        Row("proof_types", _type(name), {"name": name, "entity_type": of})
        for name, of in PROOF_TYPES.items()
    ]
    found += [
        Row(
            "supporting_document_templates",
            _template(name),
            {
                "name": name,
                "permanent": permanent,
                "url": f"https://files.example/{_template(name)}",
            },
        )
        for name, permanent in TEMPLATES.items()
    ]
    return {(row.kind, row.id): row for row in found}


def problems(
    identity: Mapping[str, Any], address: Mapping[str, Any], proven: set[tuple[str, str]]
) -> Iterator[str]:
    """
    Say what is missing or wrong.

    :param proven: kinds and identifiers of what proves it, and of signed forms
    """
    for name in (*ALWAYS, *MANDATORY.values()):
        label = {field: label for label, field in MANDATORY.items()}.get(name, name)
        if not identity.get(name) or REFUSED_WORD in str(identity[name]):
            yield f"Identity {label.replace('_', ' ')} is missing or wrong"
    if "Nowhere" in str(address.get("address")):
        yield "Address in United Kingdom required"
    for name, kind, what in (
        ("Excerpt from the commercial register", "proof_types", "Proof of identity required"),
        ("Copy of Phone Bill", "proof_types", "Proof of address required"),
    ):
        if (kind, _type(name)) not in proven:
            yield what
    if ("supporting_document_templates", _template("Registration Form")) not in proven:
        yield "Following Supporting Document(s) required (Registration Form)"


def _rule(country: str, kind: str) -> Row:
    def types(of: str) -> Link:
        return [("proof_types", _type(name)) for name, one in PROOF_TYPES.items() if one == of]

    def template(name: str) -> Link:
        return "supporting_document_templates", _template(name)

    return Row(
        "address_requirements",
        stock.id_of("rule", country, kind),
        {
            "identity_type": "any",
            "personal_area_level": "world_wide",
            "business_area_level": "world_wide",
            "address_area_level": "country",
            "personal_proof_qty": 1,
            "business_proof_qty": 1,
            "address_proof_qty": 1,
            "personal_mandatory_fields": ["Birth Date", "Country"],
            "business_mandatory_fields": [*MANDATORY, "Country"],
            "service_description_required": True,
            "restriction_message": "End User Registration is Required",
        },
        {
            "country": ("countries", stock.id_of("country", country)),
            "did_group_type": ("did_group_types", stock.id_of("type", kind)),
            "personal_permanent_document": None,
            "business_permanent_document": template("Registration Form"),
            "personal_onetime_document": None,
            "business_onetime_document": template("Letter of Intent"),
            "personal_proof_types": types("personal"),
            "business_proof_types": types("business"),
            "address_proof_types": types("address"),
        },
    )


def _type(name: str) -> str:
    return stock.id_of("proof type", name)


def _template(name: str) -> str:
    return stock.id_of("template", name)
