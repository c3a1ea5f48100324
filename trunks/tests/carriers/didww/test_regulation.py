"""What the conformance suite does not say about documents at DIDWW."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from lib.e164 import E164
from trunks.carriers.didww import regulations
from trunks.errors import OutcomeUnknown, Rejected, Unavailable
from trunks.features import Stage, Standing
from trunks.numbering import NumberType
from trunks.offers import Wanted
from trunks.regulation import Asks, Dossier, File, PostalAddress
from trunks.tests.carriers.conformance import Cut, soon
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.transport import new_client

ADDRESS = PostalAddress(
    name="Acme Ltd",
    street="1 High Street",
    locality="Leeds",
    region="",
    postal_code="LS1 1AA",
    country="GB",
)
REFERENCE = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def sandbox() -> Iterator[CarrierSandbox]:
    sandbox = CarrierSandbox()
    yield sandbox
    sandbox.close()


@pytest.fixture
def account(sandbox: CarrierSandbox) -> Any:
    return sandbox.account("didww")


@pytest.fixture
def carrier(sandbox: CarrierSandbox, account: Any) -> Any:
    return sandbox.adapter_for("didww", account["credentials"])


def paper(content: str) -> File:
    raw = content.encode()
    return File(name="p.pdf", media_type="application/pdf", sha256=raw.hex(), content=raw)


def dossier(*numbers: E164, **answers: Any) -> Dossier:
    return Dossier(
        country="GB",
        type=NumberType.MOBILE,
        answers={
            "company_name": "Acme Ltd",
            "first_name": "Ann",
            "last_name": "Oak",
            "phone_number": "+44 113 496 0000",
            "birth_date": "1980-02-29",
            "company_reg_number": "01234567",
            "address": ADDRESS,
            "identity_proof_1": paper("a register"),
            "address_proof_1": paper("a bill"),
            "permanent_document": paper("a form"),
            "onetime_document": paper("a letter"),
            "service_description": "Calls of patients.",
            **answers,
        },
        numbers=frozenset(numbers),
    )


def bought(carrier: Any) -> E164:
    wanted = Wanted(country="GB", type=NumberType.MOBILE)
    (offer, *_) = carrier.search(wanted, deadline=soon())
    reference = str(uuid4())
    carrier.order_with_papers(
        [offer.number], reference=reference, binding="", papers=REFERENCE, deadline=soon()
    )
    carrier.find_order(reference=reference, numbers=[offer.number], deadline=soon())
    number: E164 = offer.number
    return number


def filed(carrier: Any, *numbers: E164, **answers: Any) -> Standing:
    told: Standing = carrier.file(
        dossier(*numbers, **answers), reference=REFERENCE, deadline=soon()
    )
    return told


def standing(carrier: Any, *numbers: E164) -> Standing:
    told: Standing = carrier.filing_standing(reference=REFERENCE, numbers=numbers, deadline=soon())
    return told


def rule(**told: Any) -> regulations.Rule:
    """Read a rule that asks for little unless told otherwise."""
    links: dict[str, Any] = {
        **{f"{of}_proof_types": {"data": []} for of in ("personal", "business", "address")},
        **{
            f"{of}_{kind}_document": {"data": None}
            for of in ("personal", "business")
            for kind in ("permanent", "onetime")
        },
    }
    attributes = {
        "identity_type": "any",
        "address_area_level": "city",
        "personal_proof_qty": 0,
        "business_proof_qty": 0,
        "address_proof_qty": 0,
        "personal_mandatory_fields": None,
        "business_mandatory_fields": None,
        "service_description_required": False,
        "restriction_message": "",
        **told,
    }
    row = {"id": "r", "type": "address_requirements", "attributes": attributes}
    return regulations.one_rule_from({"data": {**row, "relationships": links}})


class TestRequirements:
    def test_are_those_of_a_company_unless_only_people_are_taken(self) -> None:
        keys = [one.key for one in regulations.requirements_from(rule())]
        assert keys == ["company_name", "first_name", "last_name", "phone_number", "address"]
        person = rule(identity_type="Personal", personal_mandatory_fields=["Birth Date"])
        asked = {one.key: one.asks for one in regulations.requirements_from(person)}
        assert "company_name" not in asked
        assert asked["birth_date"] is Asks.DATE

    @pytest.mark.parametrize("name", ["VAT Number / TAX Code", "tax_id", "vat_id"])
    def test_know_a_field_by_all_its_names(self, name: str) -> None:
        asked = regulations.requirements_from(rule(business_mandatory_fields=[name, "Country"]))
        assert [one.name for one in asked if one.key == "vat_id"] == [name]
        assert "country" not in {one.key for one in asked}

    def test_are_none_where_there_is_no_rule(self, carrier: Any) -> None:
        assert carrier.requirements("GB", NumberType.LOCAL, deadline=soon()) == ()
        assert carrier.requirements("FR", NumberType.LOCAL, deadline=soon()) == ()
        with pytest.raises(Rejected):
            carrier.file(
                replace(dossier(), type=NumberType.LOCAL), reference=REFERENCE, deadline=soon()
            )

    def test_are_known_in_what_is_minded(self) -> None:
        told = rule(business_mandatory_fields=["Company ID"])
        words = ["Company ID is wrong", "Address in Belgium required", "Something else"]
        found = regulations.minded(told, words)
        assert [one.field for one in found] == ["company_reg_number", "address", ""]


class TestSealing:
    @pytest.mark.parametrize("keys", [[], ["no key", "no key"]])
    def test_sends_nothing_where_the_keys_cannot_be_used(
        self, carrier: Any, monkeypatch: pytest.MonkeyPatch, keys: list[str]
    ) -> None:
        rows = [{"id": "k", "type": "public_keys", "attributes": {"key": key}} for key in keys]
        read = carrier.wire.read

        def other_keys(path: str, **more: Any) -> Any:
            return more["parse"]({"data": rows}) if path == "public_keys" else read(path, **more)

        monkeypatch.setattr(carrier.wire, "read", other_keys)
        with pytest.raises(Unavailable):
            filed(carrier)
        assert carrier.wire.pages("proofs", None, lambda body: body["data"], soon()) == []


class TestReviews:
    def test_a_number_is_shown_once_it_is_bought_and_let_go(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        assert filed(carrier).stage is Stage.ACTIVE
        number = bought(carrier)
        assert standing(carrier, number).stage is Stage.READY
        assert filed(carrier, number).stage is Stage.PENDING
        assert standing(carrier, number).stage is Stage.ACTIVE
        assert "registration" not in sandbox.delivery(number)["reason"]
        assert filed(carrier, number).stage is Stage.ACTIVE

    def test_what_is_refused_is_named_and_shown_again_once_it_is_better(self, carrier: Any) -> None:
        number = bought(carrier)
        bad = {"address_proof_1": paper("REFUSE")}
        assert filed(carrier, number, **bad).stage is Stage.PENDING
        refused = standing(carrier, number)
        assert refused.stage is Stage.REJECTED
        assert [one.field for one in refused.problems] == ["address_proof_1"]
        # The same is not shown twice.
        assert filed(carrier, number, **bad).stage is Stage.REJECTED
        assert filed(carrier, number).stage is Stage.PENDING
        assert standing(carrier, number).stage is Stage.ACTIVE

    def test_something_better_that_nobody_has_seen_is_shown(
        self, sandbox: CarrierSandbox, account: Any, carrier: Any
    ) -> None:
        number = bought(carrier)
        filed(carrier, number, address_proof_1=paper("REFUSE"))
        assert standing(carrier, number).stage is Stage.REJECTED
        # The file and the proof arrive; the answer of the latter does not.
        client = new_client(Cut(sandbox.transport, 2, lambda request: request.method != "GET"))
        cut: Any = sandbox.adapter_for("didww", account["credentials"], client=client)
        with pytest.raises(OutcomeUnknown):
            filed(cut, number)
        assert standing(carrier, number).stage is Stage.READY

    @pytest.mark.parametrize("nth", range(1, 13))
    def test_a_number_is_shown_once_whichever_answer_is_lost(
        self, sandbox: CarrierSandbox, account: Any, carrier: Any, nth: int
    ) -> None:
        number = bought(carrier)
        client = new_client(Cut(sandbox.transport, nth, lambda request: request.method != "GET"))
        cut: Any = sandbox.adapter_for("didww", account["credentials"], client=client)
        try:
            filed(cut, number)
        except OutcomeUnknown:
            assert standing(carrier, number).stage in {Stage.ABSENT, Stage.READY, Stage.ACTIVE}
            filed(carrier, number)
        assert standing(carrier, number).stage is Stage.ACTIVE
        shown = carrier.wire.pages("address_verifications", None, lambda body: body["data"], soon())
        assert len(shown) == 1

    def test_other_answers_replace_whoever_was_made_before(self, carrier: Any) -> None:
        filed(carrier)
        filed(carrier, company_name="Oak Ltd")
        (row,) = carrier.wire.pages("identities", None, lambda body: body["data"], soon())
        assert row["attributes"]["company_name"] == "Oak Ltd"

    def test_what_a_registered_number_needs_is_not_taken_back(self, carrier: Any) -> None:
        number = bought(carrier)
        filed(carrier, number)
        assert standing(carrier, number).stage is Stage.ACTIVE
        with pytest.raises(Rejected):
            carrier.withdraw_filing(reference=REFERENCE, deadline=soon())
