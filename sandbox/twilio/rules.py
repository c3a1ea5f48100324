"""What Twilio asks for before it sells numbers, and how an evaluation looks at what there is."""

from __future__ import annotations

import uuid

from sandbox.store import Record

ASKING = {("GB", "mobile")}
"""Countries and types of numbers that are not sold to everybody."""
PERSON = {"business": ("business_name",), "individual": ("first_name", "last_name", "birth_date")}
REFUSED_WORD = "REFUSE"


def regulations() -> list[Record]:
    """Give all regulations."""
    return [
        _rule(country, kind, person)
        for country, kind in sorted(ASKING)
        for person in sorted(PERSON)
    ]


def regulation(sid: str) -> Record | None:
    """Give one regulation."""
    return next((row for row in regulations() if row["sid"] == sid), None)


def _rule(country: str, kind: str, person: str) -> Record:
    sid = f"RN{uuid.uuid5(uuid.NAMESPACE_URL, f'{country}/{kind}/{person}').hex}"
    return {
        "sid": sid,
        "friendly_name": f"{country}: {kind} - {person}",
        "iso_country": country,
        "number_type": kind,
        "end_user_type": person,
        "requirements": {
            "end_user": [
                {
                    "name": person.title(),
                    "type": person,
                    "requirement_name": f"{person}_info",
                    "url": f"https://numbers.twilio.com/v2/{person}",
                    **_field_list(PERSON[person]),
                }
            ],
            "supporting_document": [
                [
                    _proof("Address", "proof_of_address", "address", ("address_sids",)),
                    _proof(
                        *("Registration", "registration_info", "commercial_registrar_excerpt"),
                        PERSON[person][:1],
                    ),
                ]
            ],
        },
        "url": f"https://numbers.twilio.com/v2/RegulatoryCompliance/Regulations/{sid}",
    }


def _proof(name: str, key: str, type_: str, fields: tuple[str, ...]) -> Record:
    return {
        "name": name,
        "type": "document",
        "requirement_name": key,
        "description": f"What shows the {name.lower()}.",
        "accepted_documents": [
            {
                "name": "Excerpt of the register" if "registrar" in type_ else "Address validation",
                "type": type_,
                "url": f"https://numbers.twilio.com/v2/{type_}",
                **_field_list(fields),
            }
        ],
    }


def _field_list(fields: tuple[str, ...]) -> Record:
    return {
        "fields": list(fields),
        "detailed_fields": [
            {
                "machine_name": field,
                "friendly_name": field.replace("_", " ").title(),
                "description": "",
            }
            for field in fields
        ],
    }


def results(sid: str, there: list[Record]) -> list[Record]:
    """Hold people and documents against what a regulation asks for."""
    rule = regulation(sid) or {"requirements": {}}
    asked = [
        (part["requirement_name"], part["type"], part["fields"])
        for part in rule["requirements"].get("end_user", [])
    ] + [
        (part["requirement_name"], kind["type"], kind["fields"])
        for parts in rule["requirements"].get("supporting_document", [])
        for part in parts
        for kind in part["accepted_documents"]
    ]
    return [_result(there, *one) for one in asked]


def _result(there: list[Record], name: str, type_: str, fields: list[str]) -> Record:
    told: Record = next((row["attributes"] for row in there if row["type"] == type_), {})
    bad = [field for field in fields if not told.get(field) or REFUSED_WORD in str(told.get(field))]
    invalid = [
        {
            "friendly_name": field,
            "object_field": field,
            "failure_reason": f"{field} is missing or wrong.",
            "error_code": 22215,
        }
        for field in bad
    ]
    return {
        "friendly_name": name,
        "object_type": type_,
        "passed": not bad,
        "failure_reason": "Something is missing or wrong." if bad else None,
        "error_code": 22214 if bad else None,
        "valid": [],
        "invalid": invalid,
        "requirement_friendly_name": name,
        "requirement_name": name,
    }
