"""
What Twilio's regulations ask for, and what its reviews mind, without any network.

Field names: `twilio_numbers_v2.json`, the example of a regulation and that of an evaluation. What
`supporting_document` lists in its inner lists is in no document: all of it is asked for, which
serves also where one of a list would do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trunks.features import Problem, Stage, Standing
from trunks.numbering import NumberType
from trunks.regulation import Asks, File, Requirement, accepted_for, asks_for_date

EMAIL = Requirement(
    key="email",
    asks=Asks.TEXT,
    name="E-mail address for the review",
    words="Twilio writes to it when the documents are looked at.",
)
ADDRESS = "address"
"""The key of the one address that is asked for, whatever proves it."""
ADDRESS_ALONE = Requirement(
    key=ADDRESS, asks=Asks.ADDRESS, name="Address", words="Of whoever uses the number."
)
ADDRESS_FIELD = "address_sids"
PERSONS = ("business", "individual")
"""Of these, whoever is asked for first: numbers are bought for companies."""
STAGES = {
    "draft": Stage.ABSENT,
    "pending-review": Stage.PENDING,
    "in-review": Stage.PENDING,
    "twilio-rejected": Stage.REJECTED,
    "twilio-approved": Stage.ACTIVE,
    "provisionally-approved": Stage.ACTIVE,
}
LONGEST_WORDS = 200


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that is written about a person or a document."""

    key: str
    name: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of document that is accepted."""

    type: str
    name: str
    fields: tuple[Field, ...]

    @property
    def keys(self) -> set[str]:
        """Name its fields."""
        return {field.key for field in self.fields}

    @property
    def is_address(self) -> bool:
        """Tell whether an address is enough, without any file."""
        return self.keys == {ADDRESS_FIELD}


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Something that a document proves: one of several kinds."""

    key: str
    name: str
    words: str
    kinds: tuple[Kind, ...]

    @property
    def plain(self) -> Kind | None:
        """Give the kind that needs no file, where there is one."""
        return next((kind for kind in self.kinds if kind.is_address), None)

    def kind_of(self, file: File) -> Kind:
        """Choose the kind that a file is: by our type, and only of those asking for no more."""
        first = self.kinds[0]
        alike = (kind for kind in self.kinds if kind.keys <= first.keys)
        return next((kind for kind in alike if file.type in accepted_for(kind.name)), first)


@dataclass(frozen=True, kw_only=True)
class Regulation:
    """What numbers of one country and type ask for."""

    sid: str
    person: str
    fields: tuple[Field, ...]
    proofs: tuple[Proof, ...]

    def own_fields(self, proof: Proof) -> list[Field]:
        """Give what is asked of a document and is not asked of the person already."""
        known = {field.key for field in self.fields} | {ADDRESS_FIELD}
        return [field for field in proof.kinds[0].fields if field.key not in known]

    def key_of(self, proof: Proof, field: str) -> str:
        """Name the answer that fills a field of a document."""
        if field == ADDRESS_FIELD:
            return ADDRESS
        return field if any(one.key == field for one in self.fields) else f"{proof.key}.{field}"


def regulation_from(row: Mapping[str, Any], of_type: NumberType) -> Regulation | None:
    """Read a regulation of a country, if it is about a type of number."""
    # A path of the carrier writes "TollFree", its price list "toll free": only letters are held
    # against each other.
    is_meant = _letters(row["number_type"]) == _letters(of_type)
    return one_regulation_from(row) if is_meant else None


def first_of(there: Iterable[Regulation | None]) -> Regulation | None:
    """Choose among the regulations of a type: a business comes first."""
    persons = {regulation.person: regulation for regulation in there if regulation}
    return next((persons[person] for person in PERSONS if person in persons), None)


def one_regulation_from(row: Mapping[str, Any]) -> Regulation:
    """Read a regulation."""
    told = row["requirements"] or {}
    people = told.get("end_user") or []
    proofs = [part for parts in told.get("supporting_document") or [] for part in parts]
    return Regulation(
        sid=str(row["sid"]),
        person=str(row["end_user_type"]),
        fields=tuple(field for person in people for field in _fields(person)),
        proofs=tuple(_proof(part) for part in proofs if part.get("accepted_documents")),
    )


def requirements_from(regulation: Regulation) -> tuple[Requirement, ...]:
    """Say what is asked for, each thing once."""
    asked = [_requirement(field.key, field) for field in regulation.fields]
    for proof in regulation.proofs:
        fields = proof.plain.fields if proof.plain else proof.kinds[0].fields
        if any(field.key == ADDRESS_FIELD for field in fields):
            asked.append(_address(proof))
        if proof.plain is None:
            asked.append(_document(proof))
            asked += [
                _requirement(regulation.key_of(proof, field.key), field)
                for field in regulation.own_fields(proof)
            ]
    # Its address for messages is asked for by every review, and of some people anyway.
    return tuple({one.key: one for one in (*asked, EMAIL)}.values()) if asked else ()


def problems_from(body: Mapping[str, Any], regulation: Regulation) -> tuple[Problem, ...]:
    """Read what an evaluation minds; nothing where it minds nothing."""
    if body["status"] == "compliant":
        return ()
    proofs = {proof.key: proof for proof in regulation.proofs}
    found: dict[str, Problem] = {}
    for result in body["results"]:
        if result.get("passed"):
            continue
        proof = proofs.get(str(result.get("requirement_name")))
        for trouble in result.get("invalid") or [result]:
            field = str(trouble.get("object_field") or "")
            key = _key(regulation, proof, field)
            words = str(trouble.get("failure_reason") or result.get("failure_reason") or "")
            found.setdefault(key, _problem(key, words))
    return tuple(found.values()) or (_problem("", "Twilio finds it incomplete."),)


def rejected_from(
    documents: Iterable[Mapping[str, Any]], proofs: Mapping[str, Proof]
) -> tuple[Problem, ...]:
    """
    Read which documents a review rejected, and why.

    :param proofs: what each document proves, by its SID
    """
    return tuple(
        _problem(
            ADDRESS if proof.plain else proof.key,
            str(row.get("failure_reason") or "The document was rejected."),
        )
        for row in documents
        if row.get("status") in {"rejected", "expired"}
        for proof in (proofs.get(str(row["sid"])),)
        if proof is not None
    )


def address_in(documents: Iterable[Mapping[str, Any]]) -> str:
    """Give the address that documents name; empty where none does."""
    named = (row.get("attributes") or {} for row in documents)
    return next((str(sid) for told in named for sid in told.get(ADDRESS_FIELD, [])), "")


def asks_for_address(body: Mapping[str, Any]) -> bool:
    """Tell whether numbers that were found need an address."""
    return any(row["address_requirements"] != "none" for row in body["available_phone_numbers"])


def standing_from(bundle: Mapping[str, Any], problems: tuple[Problem, ...] = ()) -> Standing:
    """Read how a bundle stands; a word of no description ends nothing."""
    return Standing(
        stage=STAGES.get(str(bundle["status"]), Stage.PENDING),
        carrier_reference=str(bundle["sid"]),
        problems=problems,
    )


def _key(regulation: Regulation, proof: Proof | None, field: str) -> str:
    if proof is not None:
        return regulation.key_of(proof, field) if field else proof.key
    return field if any(one.key == field for one in regulation.fields) else ""


def _problem(key: str, words: str) -> Problem:
    return Problem(field=key, words=f"Twilio says: {words}"[:LONGEST_WORDS])


def _requirement(key: str, field: Field) -> Requirement:
    asks = Asks.DATE if asks_for_date(field.key) else Asks.TEXT
    return Requirement(key=key, asks=asks, name=field.name, words=field.words)


def _address(proof: Proof) -> Requirement:
    return Requirement(key=ADDRESS, asks=Asks.ADDRESS, name="Address", words=proof.words)


def _document(proof: Proof) -> Requirement:
    names = [kind.name for kind in proof.kinds]
    accepts = tuple(dict.fromkeys(type_ for name in names for type_ in accepted_for(name)))
    words = " ".join((proof.words, f"Accepted: {'; '.join(names)}.")).strip()
    return Requirement(
        key=proof.key, asks=Asks.DOCUMENT, name=proof.name, words=words, accepts=accepts
    )


def _proof(part: Mapping[str, Any]) -> Proof:
    return Proof(
        key=str(part["requirement_name"]),
        name=str(part["name"]),
        words=str(part.get("description") or ""),
        kinds=tuple(
            Kind(type=str(kind["type"]), name=str(kind["name"]), fields=_fields(kind))
            for kind in part["accepted_documents"]
        ),
    )


def _fields(told: Mapping[str, Any]) -> tuple[Field, ...]:
    details = {row["machine_name"]: row for row in told.get("detailed_fields") or []}
    return tuple(
        Field(
            key=str(name),
            name=str(details.get(name, {}).get("friendly_name") or name.replace("_", " ").title()),
            words=str(details.get(name, {}).get("description") or ""),
        )
        for name in told.get("fields") or details
    )


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", str(text).lower())
