"""What is kept at Twilio about somebody: a bundle, what is assigned to it, and addresses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from trunks.carriers.twilio import regulations
from trunks.carriers.twilio.regulations import Kind, Proof, Regulation
from trunks.carriers.twilio.wire import TwilioWire
from trunks.deadlines import Deadline
from trunks.regulation import Dossier, File, PostalAddress

T = TypeVar("T")
ROOT = "/v2/RegulatoryCompliance"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A person or a document, as it is to be there: the name says all that is in it."""

    path: str
    name: str
    form: tuple[tuple[str, str], ...]
    file: File | None = None


class TwilioBundles(TwilioWire):
    """Reads and makes what a filing consists of; each thing is found again by its name."""

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

    def _address_named(self, name: str, deadline: Deadline) -> str:
        """Look for an address by its name; empty where there is none."""
        kept = self.pages(
            "api",
            f"{self.account_path}/Addresses.json",
            "addresses",
            read=lambda row: (str(row["friendly_name"]), str(row["sid"])),
            deadline=deadline,
            filters=[("FriendlyName", name)],
        )
        return dict(kept).get(name, "")

    def _address(self, address: PostalAddress, name: str, deadline: Deadline) -> str:
        """Make an address, unless it is there; its name has at most 32 characters."""
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
        return self._address_named(name, deadline) or self._account(
            "POST", "/Addresses.json", form=form, parse=_sid, deadline=deadline
        )

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


def parts_of(
    regulation: Regulation, dossier: Dossier, told: Mapping[str, Any], reference: str
) -> list[Part]:
    """Say whom and what a filing consists of, as it is to be there."""
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
                f"{reference}:{tag_of(proof)}",
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


def tag_of(proof: Proof) -> str:
    """Mark in the name of a document what it proves."""
    return hashlib.sha256(proof.key.encode()).hexdigest()[:8]


def _sid(body: Mapping[str, Any]) -> str:
    return str(body["sid"])
