"""
What is kept at DIDWW about somebody: an identity with an address, and proofs of both.

An identity is found by its description, which tells what is in it; everything else is found from
there, and told apart by references that tell the same. What has changed is made anew beside what
was there: of an identity that a review has seen, not everything can be changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any

from trunks.carriers.didww import coverage
from trunks.carriers.didww.documents import (
    Row,
    body_of,
    link,
    linked_rows,
    links,
    row_from,
    rows_from,
)
from trunks.carriers.didww.regulations import ADDRESS, BIRTH_COUNTRY, PERMANENT, Rule
from trunks.carriers.didww.wire import Wire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.regulation import Answer, Dossier, File, PostalAddress

IDENTITIES, ADDRESSES = "identities", "addresses"
PROOFS, DOCUMENTS = "proofs", "permanent_supporting_documents"
FILES = "encrypted_files"


@dataclass(frozen=True, kw_only=True)
class Person:
    """
    Whoever is shown.

    :ivar name: what is in it; it begins with our reference and the rule that it was made for
    :ivar address: empty where there is none yet
    """

    id: str
    name: str
    made_at: str
    address: str = ""

    @property
    def rule(self) -> str:
        """Name the rule that it was made for."""
        return self.name.split(":")[1]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A proof or a signed form, as it is to be there: the name says all that is in it."""

    kind: str
    name: str
    links: Mapping[str, Any]
    file: File


def persons(wire: Wire, reference: str, deadline: Deadline) -> list[Person]:
    """Find whoever was made for a filing, the newest first, without their addresses."""
    found = wire.pages(
        IDENTITIES,
        None,
        lambda body: [_person_from(row) for row in rows_from(body)],
        deadline,
        filters=[("filter[description_contains]", reference)],
    )
    mine = [one for one in found if one.name.startswith(f"{reference}:")]
    return sorted(mine, key=lambda one: one.made_at, reverse=True)


def with_address(wire: Wire, person: Person, deadline: Deadline) -> Person:
    """Look up the address of somebody."""
    rows = wire.pages(
        ADDRESSES, None, rows_from, deadline, filters=[("filter[identity.id]", person.id)]
    )
    return replace(person, address=rows[0]["id"] if rows else "")


def made_person(
    wire: Wire, rule: Rule, answers: Mapping[str, Answer], reference: str, deadline: Deadline
) -> Person:
    """Make whoever is shown, and the address, unless they are there."""
    address = answers.get(ADDRESS)
    if not isinstance(address, PostalAddress):
        raise Rejected("DIDWW asks for something else by now.", reason=Reason.INVALID)
    told = {key: str(answers.get(key, "")) for key in rule.fields}
    name = f"{reference}:{rule.id}:{digest(rule.person, sorted(told.items()), astuple(address))}"
    there = next((one for one in persons(wire, reference, deadline) if one.name == name), None)
    land = _country(wire, address.country, deadline)
    person = there or _make_identity(wire, rule.person, told, name, land, deadline)
    return at_address(wire, person, address, reference, deadline)


def at_address(
    wire: Wire, person: Person, address: PostalAddress, reference: str, deadline: Deadline
) -> Person:
    """Make somebody's address, unless it is there under our reference."""
    there = wire.pages(
        ADDRESSES,
        None,
        rows_from,
        deadline,
        filters=[
            ("filter[identity.id]", person.id),
            ("filter[external_reference_id]", reference),
        ],
    )
    if there:
        return replace(person, address=there[0]["id"])
    land = _country(wire, address.country, deadline)
    attributes = {
        "external_reference_id": reference,
        "city_name": " ".join(filter(None, (address.locality, address.region))),
        "postal_code": address.postal_code,
        "address": address.street,
        "description": address.name,
    }
    relationships = {"identity": link(IDENTITIES, person.id), "country": link("countries", land)}
    made = make(wire, ADDRESSES, attributes, relationships, deadline)
    return replace(person, address=made["id"])


def _make_identity(
    wire: Wire,
    kind: str,
    told: Mapping[str, str],
    name: str,
    land: str,
    deadline: Deadline,
) -> Person:
    attributes = {key: text for key, text in told.items() if text and key != BIRTH_COUNTRY}
    attributes["phone_number"] = re.sub(r"\D", "", told.get("phone_number", ""))
    relationships = {"country": link("countries", land)}
    if born := told.get(BIRTH_COUNTRY):
        place = _country(wire, born.strip().upper(), deadline)
        relationships["birth_country"] = link("countries", place)
    attributes |= {"identity_type": kind, "description": name}
    return _person_from(make(wire, IDENTITIES, attributes, relationships, deadline))


def parts_of(rule: Rule, dossier: Dossier, person: Person, reference: str) -> list[Part]:
    """Say which proofs and signed forms belong to somebody."""
    parts = []
    for proof in rule.proofs:
        file = dossier.answers.get(proof.key)
        if isinstance(file, File):
            entity = (
                link(ADDRESSES, person.address) if proof.of_address else link(IDENTITIES, person.id)
            )
            told = {"proof_type": link("proof_types", proof.kind_of(file)), "entity": entity}
            parts.append(_part(PROOFS, reference, proof.key, told, file))
    for form in rule.forms:
        file = dossier.answers.get(form.key)
        if form.key == PERMANENT and isinstance(file, File):
            told = {
                "template": link("supporting_document_templates", form.id),
                "identity": link(IDENTITIES, person.id),
            }
            parts.append(_part(DOCUMENTS, reference, form.key, told, file))
    return parts


def parts_there(wire: Wire, person: Person, reference: str, deadline: Deadline) -> dict[str, str]:
    """Give the paths of what is there of ours, by name."""
    found: dict[str, str] = {}
    for path, names in (
        (f"{IDENTITIES}/{person.id}", {"proofs": PROOFS, "permanent_documents": DOCUMENTS}),
        (f"{ADDRESSES}/{person.address}", {"proofs": PROOFS}),
    ):
        found |= wire.read(
            path,
            params=[("include", ",".join(names))],
            parse=lambda body, names=names: {  # type: ignore[misc]
                str(row["attributes"]["external_reference_id"]): f"{kind}/{row['id']}"
                for name, kind in names.items()
                for row in linked_rows(body, row_from(body), name)
            },
            deadline=deadline,
        )
    return {name: path for name, path in found.items() if name.startswith(f"{reference}:")}


def prove(
    wire: Wire, parts: Iterable[Part], person: Person, reference: str, deadline: Deadline
) -> None:
    """Hand over the proofs that are missing, and take back what is none any more."""
    wanted = {part.name: part for part in parts}
    there = parts_there(wire, person, reference, deadline)
    for name in sorted(wanted.keys() - there.keys()):
        part = wanted[name]
        file = stored(wire, part.file, name, deadline)
        told = {**part.links, "files": links(FILES, [file])}
        make(wire, part.kind, {"external_reference_id": name}, told, deadline)
    for name in sorted(there.keys() - wanted.keys()):
        wire.delete(there[name], deadline=deadline)


def stored(wire: Wire, file: File, name: str, deadline: Deadline) -> str:
    """Hand a file over, unless it is there; one that nothing names goes by itself within a day."""
    kept = wire.pages(
        FILES,
        None,
        lambda body: [(row["attributes"].get("description"), row["id"]) for row in rows_from(body)],
        deadline,
    )
    return dict(kept).get(name) or _uploaded(wire, file, name, deadline)


def _uploaded(wire: Wire, file: File, name: str, deadline: Deadline) -> str:
    # It takes longer to import than all that a search needs.
    from trunks.carriers.didww.sealing import sealed

    keys = wire.read(
        "public_keys",
        params=[],
        parse=lambda body: [str(row["attributes"]["key"]) for row in rows_from(body)],
        deadline=deadline,
    )
    try:
        content, fingerprint = sealed(file.content, keys)
    except (TypeError, ValueError) as trouble:
        raise Unavailable("The carrier's keys for files cannot be used.") from trouble
    form = [
        ("encrypted_files[encryption_fingerprint]", fingerprint),
        ("encrypted_files[description]", name),
    ]
    hidden = replace(file, name=f"{file.name}.enc", content=content)
    return wire.upload(
        FILES,
        form=form,
        attached=("encrypted_files[file]", hidden),
        parse=lambda body: str(row_from(body)["id"]),
        deadline=deadline,
    )


def _part(kind: str, reference: str, key: str, told: Mapping[str, Any], file: File) -> Part:
    name = f"{reference}:{digest(key, told, file.sha256)}"
    return Part(kind=kind, name=name, links=told, file=file)


def make(
    wire: Wire,
    path: str,
    attributes: Mapping[str, Any],
    relationships: Mapping[str, Any],
    deadline: Deadline,
) -> Row:
    """Make something."""
    body = body_of(path, attributes=attributes, relationships=relationships)
    return wire.write("POST", path, content=body, parse=row_from, deadline=deadline)


def _country(wire: Wire, iso: str, deadline: Deadline) -> str:
    found = coverage.country(wire, iso, deadline)
    if found is None:
        raise Rejected(f"DIDWW knows of no country {iso[:20]}.", reason=Reason.INVALID)
    return found


def _person_from(row: Row) -> Person:
    told = row["attributes"]
    return Person(
        id=row["id"],
        name=str(told.get("description") or ""),
        made_at=str(told.get("created_at") or ""),
    )


def digest(*told: object) -> str:
    """Tell in short what something consists of."""
    written = json.dumps(told, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:12]
