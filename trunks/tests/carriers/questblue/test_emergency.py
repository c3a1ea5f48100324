"""Emergency addresses at QuestBlue: what is sent, and what its list may show."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from trunks.addresses import EmergencyState
from trunks.carriers.questblue.adapter import QuestBlue
from trunks.carriers.questblue.emergency import address_params, registered_from
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.tests.carriers.conformance import ELSEWHERE, OFFICE
from trunks.tests.carriers.questblue.test_questblue import (
    DID,
    NUMBER,
    answering,
    listed,
    mine,
    refused,
    said,
)
from trunks.tests.carriers.sandbox import CarrierSandbox

SENT = {
    "e911": "yes",
    "e911_name": "Oak Street Dental",
    "e911_address": "100 N Main St",
    "e911_city": "Chicago",
    "e911_state": "IL",
    "e911_zip": "60601",
    "e911_unittype": "suite",
    "e911_unitnumber": "5, Floor 2",
}
PARTS = {name: value for name, value in SENT.items() if name != "e911"}
SHORT = {name.removeprefix("e911_"): value for name, value in PARTS.items()}


def register(carrier: QuestBlue, address: Any = OFFICE) -> Any:
    """Register the number."""
    return carrier.register(
        NUMBER, carrier_reference="", address=address, reference="r", deadline=Deadline(5)
    )


class TestRegister:
    def test_sends_the_address_with_the_number(self) -> None:
        carrier, seen = answering(mine(e911=[]), said())

        there = register(carrier)
        assert there.state is EmergencyState.ACTIVE
        assert there.is_of("r", OFFICE)
        assert seen[1].method == "PUT"
        assert json.loads(seen[1].content) == {"did": int(DID), **SENT}

    @pytest.mark.parametrize(
        ("parts", "kind", "number"),
        [
            ({"unit_type": "Apartment", "detail": ""}, "apt", "5"),
            ({"unit_type": "Building"}, None, "Building 5, Floor 2"),
            ({"unit_type": "", "unit": ""}, None, "Floor 2"),
            ({"unit_type": "", "unit": "", "detail": ""}, None, None),
        ],
    )
    def test_tells_of_a_unit_what_it_takes_and_the_rest_in_words(
        self, parts: dict[str, str], kind: str | None, number: str | None
    ) -> None:
        told = dict(address_params(replace(OFFICE, **parts)))

        assert (told.get("e911_unittype"), told.get("e911_unitnumber")) == (kind, number)

    def test_takes_off_what_was_there_before(self) -> None:
        carrier, seen = answering(mine(e911=PARTS), said(), said())

        assert register(carrier, ELSEWHERE).is_of("r", ELSEWHERE)
        bodies = [json.loads(request.content) for request in seen[1:]]
        assert bodies[0] == {"did": int(DID), "e911": "no"}
        assert bodies[1]["e911_address"] == "7 N Lake Ave"

    def test_believes_a_success_with_remarks_only_where_the_list_confirms_it(self) -> None:
        remarks = said({"warning": ["Check the address."]}, 202)
        carrier, _ = answering(mine(e911=[]), remarks, mine(e911=PARTS))
        assert register(carrier).is_of("r", OFFICE)

        for e911 in ("yes", "no", {**PARTS, "e911_address": "1 Other St"}):
            carrier, _ = answering(mine(e911=[]), remarks, mine(e911=e911))
            with pytest.raises(Rejected, match=r"Check the address\.") as refusal:
                register(carrier)
            assert refusal.value.reason is Reason.INVALID

    @pytest.mark.parametrize("words", ["Address not found", "Invalid state"])
    def test_that_is_refused_is_about_the_address(self, words: str) -> None:
        carrier, _ = answering(mine(e911=[]), refused(words))

        with pytest.raises(Rejected, match=words) as refusal:
            register(carrier)
        assert refusal.value.reason is Reason.INVALID


class TestRegistered:
    @pytest.mark.parametrize(
        "e911",
        ["no", "off", "", None, 0, False, [], {}, [""], {"name": "", "address": None}],
    )
    def test_is_nothing_however_that_is_said(self, e911: Any) -> None:
        assert registered_from({"e911": e911}) is None

    @pytest.mark.parametrize(
        "settings", [{"e911": PARTS}, {"e911": SHORT}, SENT, {**SHORT, "e911": True}]
    )
    def test_is_an_address_where_one_can_be_read(self, settings: Any) -> None:
        there = registered_from(settings)

        assert there is not None
        assert there.state is EmergencyState.ACTIVE
        assert there.is_of("r", OFFICE)
        assert not there.is_of("r", ELSEWHERE)

    @pytest.mark.parametrize("e911", ["yes", "On", 1, ["Oak Street Dental", "Chicago"]])
    def test_may_be_one_that_nobody_can_read(self, e911: Any) -> None:
        there = registered_from({"e911": e911})

        assert there is not None
        assert (there.state, there.address) == (EmergencyState.ACTIVE, None)

    def test_is_not_in_force_by_a_word_of_no_description(self) -> None:
        there = registered_from({"e911": "processing"})

        assert there is not None
        assert there.state is EmergencyState.PENDING

    @pytest.mark.parametrize("settings", [["active", "suite"], {"status": "active"}])
    def test_is_left_to_a_person_where_the_list_does_not_say(self, settings: Any) -> None:
        carrier, _ = answering(listed({DID: settings}))

        with pytest.raises(Rejected, match="Look into its portal") as refusal:
            carrier.registered(NUMBER, carrier_reference="", deadline=Deadline(5))
        assert refusal.value.reason is Reason.OTHER


class TestUnregister:
    def test_writes_nothing_where_there_is_none(self) -> None:
        carrier, seen = answering(mine(e911="no"))

        carrier.unregister(NUMBER, carrier_reference="", deadline=Deadline(5))
        assert len(seen) == 1

    def test_says_where_the_carrier_keeps_it(self) -> None:
        carrier, _ = answering(mine(e911="yes"), said(), mine(e911="yes"))

        with pytest.raises(Rejected, match="Take it off in its portal"):
            carrier.unregister(NUMBER, carrier_reference="", deadline=Deadline(5))


class TestSandbox:
    @pytest.mark.parametrize(
        ("street", "words"),
        [("Mian St", "validated"), ("Nowhere Rd", "validated"), ("Failing Ave", "provisioned")],
    )
    def test_refuses_what_cannot_be_found_or_entered(self, street: str, words: str) -> None:
        sandbox = CarrierSandbox()
        try:
            carrier: Any = sandbox.adapter("questblue")
            carrier.order([NUMBER], reference="r", binding="", deadline=Deadline(5))
            with pytest.raises(Rejected, match=words):
                register(carrier, replace(OFFICE, street=street))
            there = carrier.registered(NUMBER, carrier_reference="", deadline=Deadline(5))
            assert there is None
        finally:
            sandbox.close()
