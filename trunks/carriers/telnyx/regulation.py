"""
Documents at Telnyx: a requirement group that carries our reference, and what it names.

Facts: `telnyx-provisioning.openapi.yaml`, `/requirements`, `/requirement_groups`, `/documents` and
`/addresses`. Groups answer unwrapped. A document that nothing names is deleted after half an hour.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.carriers.telnyx import payloads
from trunks.carriers.telnyx.wire import TelnyxWire, page
from trunks.deadlines import Deadline
from trunks.features import NOTHING, Problem, Stage, Standing
from trunks.numbering import NumberType
from trunks.offers import PlacedOrder
from trunks.regulation import (
    Answer,
    Asks,
    Dossier,
    File,
    PostalAddress,
    Requirement,
    accepted_for,
)
from trunks.roles import AsksForDocuments

KINDS = {
    "document": Asks.DOCUMENT,
    "textual": Asks.TEXT,
    "address": Asks.ADDRESS,
    "datetime": Asks.DATE,
}
STAGES = {
    "unapproved": Stage.ABSENT,
    "pending-approval": Stage.PENDING,
    "approved": Stage.ACTIVE,
    "declined": Stage.REJECTED,
    "expired": Stage.REJECTED,
}
BY_REFERENCE = "filter[customer_reference]"


class TelnyxRegulation(TelnyxWire, AsksForDocuments):
    """The part of the adapter that hands documents in."""

    asks_nobody_in: ClassVar[frozenset[str]] = frozenset({"US", "CA", "PR"})

    def requirements(
        self,
        country: str,
        of_type: NumberType,
        *,
        deadline: Deadline,
    ) -> tuple[Requirement, ...]:
        """Read the requirements of the whole country and those of its type."""
        filters = [
            ("filter[country_code]", country),
            ("filter[action]", "ordering"),
        ]
        found = self._pages("requirements", filters, lambda row: _asked_by(row, of_type), deadline)
        return tuple({asked.key: asked for each in found for asked in each}.values())

    def file(self, dossier: Dossier, *, reference: str, deadline: Deadline) -> Standing:
        """Upload, name everything in the group of our reference, and submit it."""
        values = [
            {"requirement_id": key, "field_value": self._value(answer, reference, deadline)}
            for key, answer in sorted(dossier.answers.items())
        ]
        there = self._group(reference, deadline)
        if there is None:
            body = {
                "country_code": dossier.country,
                "phone_number_type": dossier.type.lower(),
                "action": "ordering",
                "customer_reference": reference,
                "regulatory_requirements": values,
            }
            there = self._call(
                "POST", "requirement_groups", json=body, parse=_group, deadline=deadline
            )
        elif there["status"] in {"pending-approval", "approved"}:
            return standing_from(there)
        else:
            there = self._call(
                "PATCH",
                f"requirement_groups/{there['id']}",
                json={"regulatory_requirements": values},
                parse=_group,
                deadline=deadline,
            )
        submitted = self._call(
            "POST",
            f"requirement_groups/{there['id']}/submit_for_approval",
            parse=_group,
            deadline=deadline,
        )
        return standing_from(submitted)

    def filing_standing(
        self, *, reference: str, deadline: Deadline, numbers: Collection[E164] = ()
    ) -> Standing:
        """Read the group of our reference."""
        there = self._group(reference, deadline)
        return NOTHING if there is None else standing_from(there)

    def withdraw_filing(self, *, reference: str, deadline: Deadline) -> None:
        """Delete the group; its documents go with nobody naming them."""
        there = self._group(reference, deadline)
        if there is not None:
            path = f"requirement_groups/{there['id']}"
            self._call("DELETE", path, parse=lambda body: None, deadline=deadline)

    def order_with_papers(
        self,
        numbers: Sequence[E164],
        *,
        reference: str,
        binding: str,
        papers: str,
        deadline: Deadline,
    ) -> PlacedOrder:
        """Place an order each line of which names the group."""
        body = payloads.order_body(numbers, reference=reference, binding=binding)
        lines = [line | {"requirement_group_id": papers} for line in body["phone_numbers"]]
        return self._call(
            "POST",
            "number_orders",
            json=body | {"phone_numbers": lines},
            parse=payloads.placed_order_from,
            deadline=deadline,
        )

    def _group(self, reference: str, deadline: Deadline) -> Mapping[str, Any] | None:
        filters = [(BY_REFERENCE, reference)]
        found = self._call(
            "GET", "requirement_groups", params=filters, parse=_groups, deadline=deadline
        )
        return next((row for row in found if row.get("customer_reference") == reference), None)

    def _value(self, answer: Answer, reference: str, deadline: Deadline) -> str:
        if isinstance(answer, File):
            return self._document(answer, f"{reference}:{answer.sha256[:16]}", deadline)
        if isinstance(answer, PostalAddress):
            return self._address(answer, reference, deadline)
        return answer

    def _document(self, file: File, name: str, deadline: Deadline) -> str:
        known = self._made("documents", f"{BY_REFERENCE}[eq]", name, deadline)
        content = base64.b64encode(file.content).decode()
        body = {"file": content, "filename": file.name, "customer_reference": name}
        return known or self._call("POST", "documents", json=body, parse=_id, deadline=deadline)

    def _address(self, address: PostalAddress, reference: str, deadline: Deadline) -> str:
        told = "\n".join(astuple(address))
        name = f"{reference}:{hashlib.sha256(told.encode()).hexdigest()[:16]}"
        body = {
            "business_name": address.name,
            "first_name": "",
            "last_name": "",
            "street_address": address.street,
            "locality": address.locality,
            "administrative_area": address.region,
            "postal_code": address.postal_code,
            "country_code": address.country,
            "customer_reference": name,
            # What proves it is handed in with it; the emergency services' own list is another one.
            "validate_address": False,
        }
        return self._made("addresses", BY_REFERENCE, name, deadline) or self._call(
            "POST", "addresses", json=body, parse=_id, deadline=deadline
        )

    def _made(self, path: str, by: str, name: str, deadline: Deadline) -> str:
        """Look for something by the name that we gave it."""
        found = self._call(
            "GET",
            path,
            params=[(by, name), *page(1)],
            parse=lambda body: [(row["id"], row.get("customer_reference")) for row in body["data"]],
            deadline=deadline,
        )
        return next((str(id_) for id_, given in found if given == name), "")


def _asked_by(row: Mapping[str, Any], of_type: NumberType) -> list[Requirement]:
    # Some places ask for more; who may have a number there is said for the whole country.
    is_meant = row.get("phone_number_type") in (None, "", of_type.lower())
    if row.get("locality") or not is_meant:
        return []
    return [requirement_from(part) for part in row["requirement_types"]]


def requirement_from(part: Mapping[str, Any]) -> Requirement:
    """Read one requirement; a form that no description knows is written by hand."""
    name = str(part["name"])
    said = (part.get("description"), part.get("example"))
    asks = KINDS.get(str(part["type"]), Asks.TEXT)
    return Requirement(
        key=str(part["id"]),
        asks=asks,
        name=name,
        words=" ".join(str(words).strip().rstrip(".") + "." for words in said if words),
        accepts=accepted_for(name) if asks is Asks.DOCUMENT else (),
    )


def standing_from(group: Mapping[str, Any]) -> Standing:
    """Read how a group stands, and which of its parts were declined."""
    parts = group.get("regulatory_requirements") or []
    problems = tuple(
        Problem(field=str(part["requirement_id"]), words=f"Telnyx says: {part['status']}.")
        for part in parts
        if part.get("status") in {"declined", "expired"}
    )
    # A word of no description ends nothing.
    stage = STAGES.get(str(group["status"]), Stage.PENDING)
    return Standing(
        stage=stage,
        carrier_reference=str(group["id"]),
        problems=problems if stage is Stage.REJECTED else (),
    )


def _group(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"id": body["id"], "status": body["status"], **body}


def _groups(body: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [_group(row) for row in body]


def _id(body: Mapping[str, Any]) -> str:
    return str(body["data"]["id"])
