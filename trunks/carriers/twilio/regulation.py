"""
Documents at Twilio: a bundle that carries our reference, and what is assigned to it.

Facts: `twilio_numbers_v2.json`, `RegulatoryCompliance`. A file goes to a host of its own, which is
in the documentation only. Nothing of it takes a filter by name but bundles and addresses, so that
people and documents are looked for in whole lists.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, ClassVar, TypeVar

from lib.e164 import E164
from trunks.carriers.twilio import payloads, regulations
from trunks.carriers.twilio.regulations import Kind, Proof, Regulation
from trunks.carriers.twilio.wire import TwilioWire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.features import NOTHING, Stage, Standing
from trunks.numbering import NumberType
from trunks.offers import PlacedOrder, bought
from trunks.regulation import Dossier, File, PostalAddress, Requirement
from trunks.roles import AsksForDocuments

T = TypeVar("T")
ROOT = "/v2/RegulatoryCompliance"
IN_HAND = {Stage.PENDING, Stage.ACTIVE}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A person or a document, as it is to be there: the name says all that is in it."""

    path: str
    name: str
    form: tuple[tuple[str, str], ...]
    file: File | None = None


class TwilioRegulation(TwilioWire, AsksForDocuments):
    """The part of the adapter that hands documents in."""

    asks_nobody_in: ClassVar[frozenset[str]] = frozenset({"US", "CA", "PR"})

    def requirements(
        self, country: str, of_type: NumberType, *, deadline: Deadline
    ) -> tuple[Requirement, ...]:
        """Read what the regulation of a type asks for."""
        regulation = self._regulation(country, of_type, deadline)
        return () if regulation is None else regulations.requirements_from(regulation)

    def file(self, dossier: Dossier, *, reference: str, deadline: Deadline) -> Standing:
        """Make what is missing, assign it and nothing else, evaluate it and have it reviewed."""
        regulation = self._regulation(dossier.country, dossier.type, deadline)
        if regulation is None:
            raise Rejected("Twilio asks for nothing there any more.", reason=Reason.INVALID)
        bundle = self._bundle(reference, deadline)
        if bundle is not None and regulations.standing_from(bundle).stage in IN_HAND:
            return regulations.standing_from(bundle)
        if bundle is None:
            bundle = self._make_bundle(regulation, dossier, reference, deadline)
        path = f"{ROOT}/Bundles/{bundle['sid']}"
        self._assign(path, self._made(regulation, dossier, reference, deadline), deadline)
        problems = self._write(
            f"{path}/Evaluations",
            (),
            lambda body: regulations.problems_from(body, regulation),
            deadline,
        )
        if problems:
            return Standing(
                stage=Stage.REJECTED, carrier_reference=bundle["sid"], problems=problems
            )
        return self._write(
            path, (("Status", "pending-review"),), regulations.standing_from, deadline
        )

    def filing_standing(self, *, reference: str, deadline: Deadline) -> Standing:
        """Read the bundle of our reference, and what was minded about its documents."""
        bundle = self._bundle(reference, deadline)
        if bundle is None:
            return NOTHING
        told = regulations.standing_from(bundle)
        if told.stage is not Stage.REJECTED:
            return told
        regulation = self.call(
            "GET",
            "numbers",
            f"{ROOT}/Regulations/{bundle['regulation_sid']}",
            parse=regulations.one_regulation_from,
            deadline=deadline,
        )
        documents = self._documents(bundle["sid"], deadline)
        tags = {_tag(proof): proof for proof in regulation.proofs}
        proofs = {
            str(row["sid"]): tags[tag]
            for row in documents
            for tag in str(row["friendly_name"]).split(":")[1:2]
            if tag in tags
        }
        return regulations.standing_from(bundle, regulations.rejected_from(documents, proofs))

    def withdraw_filing(self, *, reference: str, deadline: Deadline) -> None:
        """Delete the bundle."""
        bundle = self._bundle(reference, deadline)
        if bundle is not None:
            path = f"{ROOT}/Bundles/{bundle['sid']}"
            self.call("DELETE", "numbers", path, parse=lambda body: None, deadline=deadline)

    def order_with_papers(
        self,
        numbers: Sequence[E164],
        *,
        reference: str,
        binding: str,
        papers: str,
        deadline: Deadline,
    ) -> PlacedOrder:
        """Buy one number with the bundle and the address that is in it."""
        (number,) = numbers
        addresses = (
            sid
            for row in self._documents(papers, deadline)
            for sid in (row.get("attributes") or {}).get(regulations.ADDRESS_FIELD, [])
        )
        form = payloads.order_form(number, reference=reference, binding=binding)
        address = next(addresses, "")
        named = [("BundleSid", papers), *([("AddressSid", address)] if address else [])]
        return self._buy(number, form + named, deadline)

    def _buy(self, number: E164, form: payloads.Params, deadline: Deadline) -> PlacedOrder:
        def parse(body: Any) -> PlacedOrder:
            mine = payloads.owned_number_from(body)
            if mine.number != number:
                raise ValueError("the answer is about another number")
            return bought({number: mine.carrier_reference})

        return self._account(
            "POST", "/IncomingPhoneNumbers.json", form=form, parse=parse, deadline=deadline
        )

    def _regulation(
        self, country: str, of_type: NumberType, deadline: Deadline
    ) -> Regulation | None:
        rows = self.pages(
            "numbers",
            f"{ROOT}/Regulations",
            "results",
            read=lambda row: row,
            deadline=deadline,
            filters=[("IsoCountry", country), ("IncludeConstraints", "true")],
        )
        return regulations.regulation_from({"results": rows}, of_type)

    def _bundle(self, reference: str, deadline: Deadline) -> Mapping[str, Any] | None:
        found = self.pages(
            "numbers",
            f"{ROOT}/Bundles",
            "results",
            read=lambda row: row if row["friendly_name"] == reference else None,
            deadline=deadline,
            filters=[("FriendlyName", reference)],
        )
        return next((row for row in found if row is not None), None)

    def _make_bundle(
        self, regulation: Regulation, dossier: Dossier, reference: str, deadline: Deadline
    ) -> Mapping[str, Any]:
        form = (
            ("FriendlyName", reference),
            ("Email", str(dossier.answers.get(regulations.EMAIL.key, ""))),
            ("RegulationSid", regulation.sid),
        )
        return self._write(
            f"{ROOT}/Bundles",
            form,
            lambda body: {"sid": body["sid"], "status": body["status"], **body},
            deadline,
        )

    def _made(
        self, regulation: Regulation, dossier: Dossier, reference: str, deadline: Deadline
    ) -> set[str]:
        """Make the person and each document, unless they are there, and give their SIDs."""
        kept = {
            name: sid
            for path in ("EndUsers", "SupportingDocuments")
            for name, sid in self.pages(
                "numbers",
                f"{ROOT}/{path}",
                "results",
                read=lambda row: (str(row["friendly_name"]), str(row["sid"])),
                deadline=deadline,
            )
        }
        told = self._told(dossier, reference, deadline)
        parts = _parts(regulation, dossier, told, reference)
        return {kept.get(part.name) or self._make(part, deadline) for part in parts}

    def _make(self, part: Part, deadline: Deadline) -> str:
        form = (("FriendlyName", part.name), *part.form)
        if part.file is None:
            return self._write(f"{ROOT}/{part.path}", form, _sid, deadline)
        return self.call(
            "POST",
            "numbers-upload",
            f"{ROOT}/{part.path}",
            form=form,
            attached=("File", part.file),
            parse=_sid,
            deadline=deadline,
        )

    def _told(self, dossier: Dossier, reference: str, deadline: Deadline) -> dict[str, Any]:
        """Give what is written into fields: texts, and the address as what was made of it."""
        texts: dict[str, Any] = {
            key: answer for key, answer in dossier.answers.items() if isinstance(answer, str)
        }
        address = dossier.answers.get(regulations.ADDRESS)
        if isinstance(address, PostalAddress):
            texts[regulations.ADDRESS] = [self._address(address, reference, deadline)]
        return texts

    def _address(self, address: PostalAddress, reference: str, deadline: Deadline) -> str:
        # At most 32 characters are taken.
        name = hashlib.sha256(f"{reference}\n{astuple(address)}".encode()).hexdigest()[:32]
        kept = self.pages(
            "api",
            f"{self.account_path}/Addresses.json",
            "addresses",
            read=lambda row: (str(row["friendly_name"]), str(row["sid"])),
            deadline=deadline,
            filters=[("FriendlyName", name)],
        )
        form = [
            ("CustomerName", address.name),
            ("Street", address.street),
            ("City", address.locality),
            # The carrier wants one; many countries have none.
            ("Region", address.region or address.locality),
            ("PostalCode", address.postal_code),
            ("IsoCountry", address.country),
            ("FriendlyName", name),
            ("AutoCorrectAddress", "false"),
        ]
        return dict(kept).get(name) or self._account(
            "POST", "/Addresses.json", form=form, parse=_sid, deadline=deadline
        )

    def _assign(self, path: str, wanted: set[str], deadline: Deadline) -> None:
        there = dict(
            self.pages(
                "numbers",
                f"{path}/ItemAssignments",
                "results",
                read=lambda row: (str(row["object_sid"]), str(row["sid"])),
                deadline=deadline,
            )
        )
        for sid in sorted(there.keys() - wanted):
            one = f"{path}/ItemAssignments/{there[sid]}"
            self.call("DELETE", "numbers", one, parse=lambda body: None, deadline=deadline)
        for sid in sorted(wanted - there.keys()):
            self._write(f"{path}/ItemAssignments", (("ObjectSid", sid),), _sid, deadline)

    def _documents(self, bundle: str, deadline: Deadline) -> list[Mapping[str, Any]]:
        objects = self.pages(
            "numbers",
            f"{ROOT}/Bundles/{bundle}/ItemAssignments",
            "results",
            read=lambda row: str(row["object_sid"]),
            deadline=deadline,
        )
        return [
            self.call(
                "GET",
                "numbers",
                f"{ROOT}/SupportingDocuments/{sid}",
                parse=lambda body: {"sid": body["sid"], **body},
                deadline=deadline,
            )
            for sid in objects
            if sid.startswith("RD")
        ]

    def _write(
        self,
        path: str,
        form: Iterable[tuple[str, str]],
        parse: Callable[[Any], T],
        deadline: Deadline,
    ) -> T:
        return self.call("POST", "numbers", path, form=list(form), parse=parse, deadline=deadline)


def _parts(
    regulation: Regulation, dossier: Dossier, told: Mapping[str, Any], reference: str
) -> list[Part]:
    about = {field.key: told[field.key] for field in regulation.fields if field.key in told}
    parts = [_part("EndUsers", regulation.person, about, f"{reference}:person")]
    for proof in regulation.proofs:
        file = dossier.answers.get(proof.key)
        kind: Kind | None = proof.plain
        if kind is None:
            if not isinstance(file, File):
                continue
            kind = proof.kind_of(file)
        keys = {field.key: regulation.key_of(proof, field.key) for field in kind.fields}
        about = {name: told[key] for name, key in keys.items() if key in told}
        parts.append(
            _part(
                "SupportingDocuments",
                kind.type,
                about,
                f"{reference}:{_tag(proof)}",
                file if isinstance(file, File) and not kind.is_address else None,
            )
        )
    return parts


def _part(
    path: str, type_: str, about: Mapping[str, Any], name: str, file: File | None = None
) -> Part:
    attributes = json.dumps(about, sort_keys=True)
    content = f"{type_}\n{attributes}\n{file.sha256 if file else ''}"
    digest = hashlib.sha256(content.encode()).hexdigest()[:12]
    form = (("Type", type_), ("Attributes", attributes))
    return Part(path=path, name=f"{name}:{digest}", form=form, file=file)


def _tag(proof: Proof) -> str:
    return hashlib.sha256(proof.key.encode()).hexdigest()[:8]


def _sid(body: Mapping[str, Any]) -> str:
    return str(body["sid"])
