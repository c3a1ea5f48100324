"""
Documents at Twilio: a bundle that carries our reference, and what is assigned to it.

Facts: `twilio_numbers_v2.json`, `RegulatoryCompliance`. A file goes to a host of its own, which is
in the documentation only. Nothing of it takes a filter by name but bundles and addresses, so that
people and documents are looked for in whole lists.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import astuple
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.carriers.twilio import payloads, regulations
from trunks.carriers.twilio.bundles import ROOT, TwilioBundles, parts_of, tag_of
from trunks.carriers.twilio.regulations import Regulation
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.features import NOTHING, Stage, Standing
from trunks.numbering import NumberType
from trunks.offers import PlacedOrder, bought
from trunks.regulation import Dossier, PostalAddress, Requirement
from trunks.roles import AsksForDocuments

IN_HAND = {Stage.PENDING, Stage.ACTIVE}


class TwilioRegulation(TwilioBundles, AsksForDocuments):
    """The part of the adapter that hands documents in."""

    asks_nobody_in: ClassVar[frozenset[str]] = frozenset({"US", "CA", "PR"})

    def requirements(
        self, country: str, of_type: NumberType, *, deadline: Deadline
    ) -> tuple[Requirement, ...]:
        """Read what the regulation of a type asks for; without one it may be an address alone."""
        regulation = self._regulation(country, of_type, deadline)
        if regulation is not None:
            return regulations.requirements_from(regulation)
        asks = self._asks_for_address(country, of_type, deadline)
        return (regulations.ADDRESS_ALONE,) if asks else ()

    def file(self, dossier: Dossier, *, reference: str, deadline: Deadline) -> Standing:
        """Make what is missing, assign it and nothing else, evaluate it and have it reviewed."""
        regulation = self._regulation(dossier.country, dossier.type, deadline)
        if regulation is None:
            return self._file_address(dossier, reference, deadline)
        bundle = self._bundle(reference, deadline)
        if bundle is not None and regulations.standing_from(bundle).stage in IN_HAND:
            return regulations.standing_from(bundle)
        if bundle is None:
            bundle = self._make_bundle(regulation, dossier, reference, deadline)
        path = f"{ROOT}/Bundles/{bundle['sid']}"
        made = self._made(regulation, dossier, reference, deadline)
        self.assign("numbers", f"{path}/ItemAssignments", made, deadline)
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

    def filing_standing(
        self, *, reference: str, deadline: Deadline, numbers: Collection[E164] = ()
    ) -> Standing:
        """Read the bundle of our reference, and what was minded about its documents."""
        bundle = self._bundle(reference, deadline)
        if bundle is None:
            address = self._address_named(_label(reference), deadline)
            return _address_standing(address) if address else NOTHING
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
        tags = {tag_of(proof): proof for proof in regulation.proofs}
        proofs = {
            str(row["sid"]): tags[tag]
            for row in documents
            for tag in str(row["friendly_name"]).split(":")[1:2]
            if tag in tags
        }
        return regulations.standing_from(bundle, regulations.rejected_from(documents, proofs))

    def withdraw_filing(self, *, reference: str, deadline: Deadline) -> None:
        """Delete the bundle, or the address where that was all."""
        bundle = self._bundle(reference, deadline)
        if bundle is not None:
            path = f"{ROOT}/Bundles/{bundle['sid']}"
            self.call("DELETE", "numbers", path, parse=lambda body: None, deadline=deadline)
        elif address := self._address_named(_label(reference), deadline):
            path = f"/Addresses/{address}.json"
            self._account("DELETE", path, parse=lambda body: None, deadline=deadline)

    def order_with_papers(
        self,
        numbers: Sequence[E164],
        *,
        reference: str,
        binding: str,
        papers: str,
        deadline: Deadline,
    ) -> PlacedOrder:
        """Buy one number with the bundle and the address that is in it, or the address alone."""
        (number,) = numbers
        form = payloads.order_form(number, reference=reference, binding=binding)
        address = papers
        if not papers.startswith("AD"):
            form.append(("BundleSid", papers))
            address = regulations.address_in(self._documents(papers, deadline))
        if address:
            form.append(("AddressSid", address))
        return self._buy(number, form, deadline)

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
            read=lambda row: regulations.regulation_from(row, of_type),
            deadline=deadline,
            filters=[("IsoCountry", country), ("IncludeConstraints", "true")],
        )
        return regulations.first_of(rows)

    def _asks_for_address(self, country: str, of_type: NumberType, deadline: Deadline) -> bool:
        """Look at a number that is for sale: each says whether it needs an address."""
        try:
            return self._account(
                "GET",
                f"/AvailablePhoneNumbers/{country}/{payloads.RESOURCES[of_type]}.json",
                params=[("PageSize", "1")],
                parse=regulations.asks_for_address,
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                # None of that type are sold there.
                return False
            raise

    def _file_address(self, dossier: Dossier, reference: str, deadline: Deadline) -> Standing:
        address = dossier.answers.get(regulations.ADDRESS)
        if not isinstance(address, PostalAddress):
            raise Rejected("Twilio asks for something else by now.", reason=Reason.INVALID)
        return _address_standing(self._address(address, _label(reference), deadline))

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
        parts = parts_of(regulation, dossier, told, reference)
        return {kept.get(part.name) or self._make(part, deadline) for part in parts}

    def _told(self, dossier: Dossier, reference: str, deadline: Deadline) -> dict[str, Any]:
        """Give what is written into fields: texts, and the address as what was made of it."""
        texts: dict[str, Any] = {
            key: answer for key, answer in dossier.answers.items() if isinstance(answer, str)
        }
        address = dossier.answers.get(regulations.ADDRESS)
        if isinstance(address, PostalAddress):
            name = hashlib.sha256(f"{reference}\n{astuple(address)}".encode()).hexdigest()[:32]
            texts[regulations.ADDRESS] = [self._address(address, name, deadline)]
        return texts


def _label(reference: str) -> str:
    return reference.replace("-", "")


def _address_standing(sid: str) -> Standing:
    # It is looked at when it is made, and by nobody later.
    return Standing(stage=Stage.ACTIVE, carrier_reference=sid)
