"""
What DIDWW's address requirements ask for, and what it minds, without any network.

Field names: the field map of version 2026-04-16. How the fields of an identity are named among
those that are mandatory differs between its documentation and the examples of its SDK: only their
letters count. What it minds is told in words alone, which name what they are about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trunks.carriers.didww.documents import Row, linked, linked_rows, row_from, rows_from
from trunks.features import Problem
from trunks.regulation import Asks, File, Requirement, accepted_for, asks_for_date

INCLUDE = (
    "include",
    "personal_proof_types,business_proof_types,address_proof_types,"
    "personal_permanent_document,business_permanent_document,"
    "personal_onetime_document,business_onetime_document",
)
ADDRESS = "address"
USE = "service_description"
PERMANENT, ONETIME = "permanent_document", "onetime_document"
BIRTH_COUNTRY = "birth_country"
ALWAYS = {
    "personal": ("First name", "Last name", "Phone number"),
    "business": ("Company name", "First name", "Last name", "Phone number"),
}
"""What an identity has to have in every country."""
ATTRIBUTES = {
    "companyname": "company_name",
    "firstname": "first_name",
    "lastname": "last_name",
    "phonenumber": "phone_number",
    "birthdate": "birth_date",
    "idnumber": "id_number",
    "proofofid": "id_number",
    "companyid": "company_reg_number",
    "companyregnumber": "company_reg_number",
    "vatid": "vat_id",
    "taxid": "vat_id",
    "vatnumbertaxcode": "vat_id",
    "personaltaxid": "personal_tax_id",
    "representativetaxid": "personal_tax_id",
    "birthcountry": BIRTH_COUNTRY,
    "placeofbirth": BIRTH_COUNTRY,
}
"""The attributes of an identity by the letters of their names; its country is its address's."""
WORDS = {
    "phone_number": "With the code of the country.",
    BIRTH_COUNTRY: "Two letters, such as GB.",
}
AREAS = {
    "country": "In the country of the number.",
    "area": "In the area of the number.",
    "city": "In the city of the number.",
}
LONGEST_WORDS = 200


@dataclass(frozen=True, kw_only=True)
class Proof:
    """
    A document that proves who or where somebody is.

    :ivar of_address: whether it proves the address, and not the identity
    :ivar kinds: names of what is accepted, by the carrier's identifiers
    """

    key: str
    name: str
    of_address: bool
    kinds: Mapping[str, str]

    def kind_of(self, file: File) -> str:
        """Choose the kind that a file is, by our type."""
        alike = (id_ for id_, name in self.kinds.items() if file.type in accepted_for(name))
        return next(alike, next(iter(self.kinds)))


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form of the carrier that is signed: once for somebody, or once for each verification."""

    key: str
    id: str
    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """
    What numbers of one country and type ask for.

    :ivar fields: attributes of the identity, each with its name
    """

    id: str
    person: str
    fields: Mapping[str, str]
    proofs: tuple[Proof, ...]
    forms: tuple[Form, ...]
    asks_use: bool
    area: str
    words: str


def rule_from(body: Mapping[str, Any]) -> Rule | None:
    """Read the rule of a country and type, where there is one."""
    rows = rows_from(body)
    return _rule(body, rows[0]) if rows else None


def one_rule_from(body: Mapping[str, Any]) -> Rule:
    """Read a rule."""
    return _rule(body, row_from(body))


def requirements_from(rule: Rule) -> tuple[Requirement, ...]:
    """Say what is asked for."""
    asked = [_text(key, name) for key, name in rule.fields.items()]
    where = " ".join(filter(None, (AREAS.get(rule.area, ""), rule.words)))
    asked.append(Requirement(key=ADDRESS, asks=Asks.ADDRESS, name="Address", words=where))
    asked += [_document(proof) for proof in rule.proofs]
    asked += [
        Requirement(
            key=form.key,
            asks=Asks.DOCUMENT,
            name=form.name,
            words=f"Filled in and signed: {form.url}",
            accepts=accepted_for(form.name),
        )
        for form in rule.forms
    ]
    if rule.asks_use:
        words = "What the numbers are used for."
        asked.append(Requirement(key=USE, asks=Asks.TEXT, name="Service description", words=words))
    return tuple(asked)


def problems_from(body: Mapping[str, Any] | None, rule: Rule) -> tuple[Problem, ...]:
    """Read what a validation minds; nothing where it minds nothing."""
    errors = (body or {}).get("errors") or ()
    return minded(rule, (str(one.get("detail") or one.get("title") or "") for one in errors))


def minded(rule: Rule, sentences: Iterable[str]) -> tuple[Problem, ...]:
    """Tell from the carrier's words which answers they are about, each once."""
    found: dict[str, Problem] = {}
    for words in sentences:
        key = _meant(rule, words)
        found.setdefault(key, Problem(field=key, words=f"DIDWW says: {words}"[:LONGEST_WORDS]))
    return tuple(found.values())


def _meant(rule: Rule, words: str) -> str:
    """Find the longest name of what was asked that stands in some words; empty where none does."""
    plain = words.lower()
    named = [one for one in requirements_from(rule) if one.name.lower() in plain]
    return max(named, key=lambda one: len(one.name)).key if named else ""


def _rule(body: Mapping[str, Any], row: Row) -> Rule:
    told = row["attributes"]
    # Numbers are bought for companies, wherever both are taken.
    person = "personal" if str(told["identity_type"]).lower() == "personal" else "business"
    named = [*ALWAYS[person], *(told.get(f"{person}_mandatory_fields") or ())]
    known = ((ATTRIBUTES.get(letters(name)), str(name)) for name in reversed(named))
    fields = {key: name for key, name in known if key is not None}
    identity = _proofs(body, row, person, "identity", told[f"{person}_proof_qty"])
    address = _proofs(body, row, "address", "address", told["address_proof_qty"])
    forms = (_form(key, linked(body, row, f"{person}_{key}")) for key in (PERMANENT, ONETIME))
    return Rule(
        id=row["id"],
        person=person,
        fields=dict(reversed(fields.items())),
        proofs=(*identity, *address),
        forms=tuple(form for form in forms if form is not None),
        asks_use=bool(told.get("service_description_required")),
        area=str(told.get("address_area_level") or "").lower(),
        words=str(told.get("restriction_message") or ""),
    )


def _proofs(
    body: Mapping[str, Any], row: Row, kind: str, what: str, quantity: int | None
) -> list[Proof]:
    rows = linked_rows(body, row, f"{kind}_proof_types")
    kinds = {one["id"]: str(one["attributes"]["name"]) for one in rows}
    return [
        Proof(
            key=f"{what}_proof_{nth}",
            name=f"Proof of {what}" if nth == 1 else f"Proof of {what}, no. {nth}",
            of_address=what == "address",
            kinds=kinds,
        )
        for nth in range(1, (quantity or 0) + 1)
        if kinds
    ]


def _form(key: str, row: Row | None) -> Form | None:
    if row is None:
        return None
    told = row["attributes"]
    return Form(key=key, id=row["id"], name=str(told["name"]), url=str(told.get("url") or ""))


def _text(key: str, name: str) -> Requirement:
    asks = Asks.DATE if asks_for_date(key) else Asks.TEXT
    return Requirement(key=key, asks=asks, name=name, words=WORDS.get(key, ""))


def _document(proof: Proof) -> Requirement:
    names = list(proof.kinds.values())
    accepts = tuple(dict.fromkeys(type_ for name in names for type_ in accepted_for(name)))
    words = f"Accepted: {'; '.join(names)}."
    return Requirement(
        key=proof.key, asks=Asks.DOCUMENT, name=proof.name, words=words, accepts=accepts
    )


def letters(name: object) -> str:
    """Give the letters of a name, however it is written."""
    return "".join(letter for letter in str(name).lower() if letter.isalpha())
