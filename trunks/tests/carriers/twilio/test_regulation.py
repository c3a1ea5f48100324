"""What the conformance suite does not say about documents at Twilio."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from trunks.carriers.twilio import regulations
from trunks.errors import Rejected
from trunks.features import Stage
from trunks.numbering import NumberType
from trunks.offers import Wanted
from trunks.regulation import Asks, Dossier, File, PostalAddress
from trunks.tests.carriers.conformance import soon
from trunks.tests.carriers.sandbox import CarrierSandbox

ADDRESS = PostalAddress(
    name="Acme Ltd",
    street="1 High Street",
    locality="Leeds",
    region="",
    postal_code="LS1 1AA",
    country="GB",
)


@pytest.fixture
def sandbox() -> Iterator[CarrierSandbox]:
    sandbox = CarrierSandbox()
    yield sandbox
    sandbox.close()


def dossier(content: bytes = b"%PDF a register") -> Dossier:
    file = File(name="r.pdf", media_type="application/pdf", sha256=content.hex(), content=content)
    return Dossier(
        country="GB",
        type=NumberType.MOBILE,
        answers={
            "business_name": "Acme Ltd",
            "email": "numbers@provider.example",
            "address": ADDRESS,
            "registration_info": file,
        },
    )


def field(name: str) -> dict[str, str]:
    return {"machine_name": name, "friendly_name": name.title(), "description": ""}


def kind(type_: str, *fields: str) -> dict[str, Any]:
    return {
        "type": type_,
        "name": type_.replace("_", " "),
        "fields": list(fields),
        "detailed_fields": [field(name) for name in fields],
    }


def rule(person: str = "business", number_type: str = "toll-free", **told: Any) -> dict[str, Any]:
    end_user = {"type": person, "requirement_name": "info", **kind(person, "business_name")}
    return {
        "sid": "RN1",
        "number_type": number_type,
        "end_user_type": person,
        "requirements": {"end_user": [end_user], "supporting_document": [], **told},
    }


def proof(*kinds: dict[str, Any]) -> dict[str, Any]:
    return {
        "requirement_name": "proof",
        "name": "Proof",
        "description": "",
        "accepted_documents": list(kinds),
    }


class TestRegulations:
    def test_finds_the_type_however_it_is_written_and_companies_first(self) -> None:
        rows = [rule("individual"), rule(number_type="local"), rule()]

        def chosen(of_type: NumberType) -> regulations.Regulation | None:
            read = [regulations.regulation_from(row, of_type) for row in rows]
            return regulations.first_of(read)

        found = chosen(NumberType.TOLL_FREE)
        assert found is not None
        assert found.person == "business"
        assert chosen(NumberType.MOBILE) is None

    def test_asks_for_each_thing_once(self) -> None:
        told = rule(
            supporting_document=[
                [proof(kind("utility_bill", "business_name", "address_sids", "issue_date"))],
                [proof(kind("address", "address_sids"))],
            ]
        )
        asked = regulations.requirements_from(regulations.one_regulation_from(told))
        assert {one.key: one.asks for one in asked} == {
            "business_name": Asks.TEXT,
            "address": Asks.ADDRESS,
            "proof": Asks.DOCUMENT,
            "proof.issue_date": Asks.DATE,
            "email": Asks.TEXT,
        }

    def test_needs_no_file_where_an_address_is_enough(self) -> None:
        told = rule(
            supporting_document=[
                [proof(kind("utility_bill", "address_sids"), kind("address", "address_sids"))]
            ]
        )
        asked = regulations.requirements_from(regulations.one_regulation_from(told))
        assert Asks.DOCUMENT not in {one.asks for one in asked}

    def test_asks_for_nothing_where_the_rule_does(self) -> None:
        empty = rule(end_user=[])
        assert regulations.requirements_from(regulations.one_regulation_from(empty)) == ()

    def test_takes_a_file_for_the_kind_that_it_is(self) -> None:
        told = rule(
            supporting_document=[
                [
                    proof(
                        kind("passport", "business_name"),
                        kind("utility_bill", "business_name"),
                        kind("business_registration", "business_name", "number"),
                    )
                ]
            ]
        )
        (found,) = regulations.one_regulation_from(told).proofs
        bill = File(name="b", media_type="", sha256="", content=b"", type="ADDRESS")
        assert found.kind_of(bill).type == "utility_bill"
        # It would ask for more than was asked.
        assert found.kind_of(replace(bill, type="REGISTER")).type == "passport"

    def test_names_the_answers_that_are_minded(self) -> None:
        regulation = regulations.one_regulation_from(
            rule(supporting_document=[[proof(kind("utility_bill", "business_name", "number"))]])
        )
        bad = [{"object_field": name, "failure_reason": name} for name in ("business_name", "x")]
        result = {"requirement_name": "info", "passed": False, "invalid": bad}
        missing = {"requirement_name": "proof", "passed": False, "failure_reason": "missing"}
        body = {"status": "noncompliant", "results": [result, missing]}
        problems = regulations.problems_from(body, regulation)
        assert [one.field for one in problems] == ["business_name", "", "proof"]


class TestFiling:
    def test_a_rejected_document_is_named_and_a_better_one_taken(
        self, sandbox: CarrierSandbox
    ) -> None:
        carrier: Any = sandbox.adapter("twilio")
        reference = str(uuid4())
        told = carrier.file(dossier(b"REFUSE"), reference=reference, deadline=soon())
        assert told.stage is Stage.PENDING
        refused = carrier.filing_standing(reference=reference, deadline=soon())
        assert refused.stage is Stage.REJECTED
        assert {one.field for one in refused.problems} == {"registration_info"}

        carrier.file(dossier(), reference=reference, deadline=soon())
        there = carrier.filing_standing(reference=reference, deadline=soon())
        assert there.stage is Stage.ACTIVE

    def test_what_was_handed_in_is_not_handed_in_again(self, sandbox: CarrierSandbox) -> None:
        carrier: Any = sandbox.adapter("twilio")
        reference = str(uuid4())
        carrier.file(dossier(), reference=reference, deadline=soon())
        calls = sandbox.seen("twilio")["filing"]
        carrier.file(dossier(), reference=reference, deadline=soon())
        assert sandbox.seen("twilio")["filing"] == calls + 1


class TestAnAddressAlone:
    def test_is_enough_where_there_is_no_regulation(self, sandbox: CarrierSandbox) -> None:
        carrier: Any = sandbox.adapter("twilio")
        (asked,) = carrier.requirements("GB", NumberType.TOLL_FREE, deadline=soon())
        assert asked.asks is Asks.ADDRESS
        assert carrier.requirements("GB", NumberType.LOCAL, deadline=soon()) == ()

        reference = str(uuid4())
        answers = {asked.key: ADDRESS}
        whole = Dossier(country="GB", type=NumberType.TOLL_FREE, answers=answers)
        told = carrier.file(whole, reference=reference, deadline=soon())
        assert told == carrier.file(whole, reference=reference, deadline=soon())
        assert told == carrier.filing_standing(reference=reference, deadline=soon())
        wanted = Wanted(country="GB", type=NumberType.TOLL_FREE, limit=1)
        (offer,) = carrier.search(wanted, deadline=soon())
        carrier.order_with_papers(
            [offer.number],
            reference=str(uuid4()),
            binding="",
            papers=told.carrier_reference,
            deadline=soon(),
        )
        assert sandbox.purchases() == {offer.number: 1}

        for _ in range(2):
            carrier.withdraw_filing(reference=reference, deadline=soon())
        there = carrier.filing_standing(reference=reference, deadline=soon())
        assert there.stage is Stage.ABSENT

    def test_that_nobody_finds_is_refused(self, sandbox: CarrierSandbox) -> None:
        carrier: Any = sandbox.adapter("twilio")
        answers = {"address": replace(ADDRESS, street="1 Nowhere")}
        whole = Dossier(country="GB", type=NumberType.TOLL_FREE, answers=answers)
        with pytest.raises(Rejected):
            carrier.file(whole, reference=str(uuid4()), deadline=soon())
