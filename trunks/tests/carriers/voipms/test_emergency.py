"""Emergency addresses at VoIP.ms: what is sent, and what its words mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from trunks.addresses import EmergencyState
from trunks.carriers.voipms.adapter import VoipMs
from trunks.carriers.voipms.emergency import address_form
from trunks.deadlines import Deadline
from trunks.errors import OutcomeUnknown, Reason, Rejected, Unavailable
from trunks.tests.carriers.conformance import ELSEWHERE, OFFICE
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.tests.carriers.voipms.test_voipms import DID, NUMBER, answering, asked, row, said

NONE = said("e911_disabled")
INFO = {
    "did": DID,
    "status": "?",
    "full_name": OFFICE.name,
    "street_number": 100,
    "street_name": "N MAIN ST",
    "address_type": "Suite",
    "address_number": 5,
    "city": "CHICAGO",
    "state": "IL",
    "zip_code": 60601,
    "country": "US",
    "other_info": "Floor 2",
}


def register(carrier: VoipMs, address: Any = ELSEWHERE) -> Any:
    """Register the number."""
    return carrier.register(
        NUMBER, carrier_reference="", address=address, reference="r", deadline=Deadline(5)
    )


def registered(carrier: VoipMs) -> Any:
    """Read the number."""
    return carrier.registered(NUMBER, carrier_reference="", deadline=Deadline(5))


class TestRegister:
    def test_enters_the_address_of_a_number_that_has_none(self) -> None:
        carrier, seen = answering(NONE, said())

        there = register(carrier, OFFICE)
        assert there.state is EmergencyState.ACTIVE
        assert there.is_of("r", OFFICE)
        assert asked(seen[0]) == {"method": "e911Info", "did": DID}
        assert asked(seen[1]) == {
            "method": "e911Provision",
            "did": DID,
            "full_name": "Oak Street Dental",
            "street_number": "100",
            "street_name": "N Main St",
            "address_type": "Suite",
            "address_number": "5",
            "city": "Chicago",
            "state": "IL",
            "country": "US",
            "zip": "60601",
            "zip_code": "60601",
            "language": "EN",
            "other_info": "Floor 2",
            "email": "a@example.com",
        }

    def test_changes_the_address_that_is_there(self) -> None:
        carrier, seen = answering(said(info=INFO), said())

        register(carrier)
        told = asked(seen[1])
        assert told["method"] == "e911Update"
        # An update might keep what it is not told of.
        assert {told[name] for name in ("address_type", "address_number", "other_info")} == {""}

    @pytest.mark.parametrize(
        ("unit_type", "unit", "told"),
        [
            ("suite", "5", {"address_type": "Suite", "address_number": "5"}),
            ("", "5", {"address_number": "5"}),
            ("Bay", "5", {"other_info": "Bay 5, Floor 2"}),
        ],
    )
    def test_tells_in_words_which_unit_it_is_where_its_kind_is_unknown(
        self, unit_type: str, unit: str, told: dict[str, str]
    ) -> None:
        form = dict(address_form(replace(OFFICE, unit_type=unit_type, unit=unit)))

        names = ("address_type", "address_number", "other_info")
        expected = {"address_type": "", "address_number": "", "other_info": "Floor 2", **told}
        assert {name: form[name] for name in names} == expected

    @pytest.mark.parametrize("status", ["invalid_address", "invalid_zip", "missing_state"])
    def test_passes_on_what_is_wrong_and_how_it_should_be_written(self, status: str) -> None:
        maybe = {"street_name": ["LAKE AVE N"], "city": "EVANSTON"}
        carrier, seen = answering(NONE, said(status), said("invalid_address", alternatives=maybe))

        with pytest.raises(Rejected) as refusal:
            register(carrier)
        assert refusal.value.reason is Reason.INVALID
        assert str(refusal.value) == (
            f"VoIP.ms refuses: {status}. It suggests street_name: LAKE AVE N; city: EVANSTON."
        )
        assert asked(seen[1]) == {**asked(seen[2]), "method": "e911Provision"}

    def test_says_no_more_where_nothing_is_suggested(self) -> None:
        for answer in (said("invalid_address"), said(), said("ip_not_enabled")):
            carrier, _ = answering(NONE, said("invalid_address"), answer)
            with pytest.raises(Rejected) as refusal:
                register(carrier)
            assert str(refusal.value) == "VoIP.ms refuses: invalid_address."

    @pytest.mark.parametrize(
        ("answer", "reason", "words"),
        [
            (said("no_provision", description="Not EN"), Reason.INVALID, "Not EN"),
            (said("no_provision_update"), Reason.INVALID, "no_provision_update"),
            (said("e911_disabled"), Reason.NOT_ALLOWED, "no address"),
        ],
    )
    def test_that_fails_says_why(self, answer: Any, reason: Reason, words: str) -> None:
        carrier, _ = answering(NONE, answer, said())

        with pytest.raises(Rejected, match=words) as refusal:
            register(carrier)
        assert refusal.value.reason is reason

    def test_may_be_under_way_for_a_while(self) -> None:
        carrier, _ = answering(NONE, said("e911_pending", description="By hand"))

        assert register(carrier).state is EmergencyState.PENDING

    def test_is_unknown_after_a_word_that_decides_nothing(self) -> None:
        carrier, _ = answering(NONE, said("unavailable_info"))

        with pytest.raises(OutcomeUnknown):
            register(carrier)


class TestRegistered:
    def test_reads_an_address_however_it_is_written(self) -> None:
        carrier, _ = answering(said(info=INFO), said(dids=[row(e911="1")]))

        there = registered(carrier)
        assert there.state is EmergencyState.ACTIVE
        assert there.is_of("r", OFFICE)
        assert not there.is_of("r", ELSEWHERE)

    def test_is_in_force_only_where_the_list_of_numbers_says_so(self) -> None:
        carrier, _ = answering(said(info=INFO), said(dids=[row(e911=0)]))

        assert registered(carrier).state is EmergencyState.PENDING

    @pytest.mark.parametrize("status", ["e911_disabled", "e911_disable"])
    def test_is_nothing_in_either_spelling(self, status: str) -> None:
        carrier, seen = answering(said(status))

        assert registered(carrier) is None
        assert len(seen) == 1

    def test_does_not_take_what_is_under_way_for_none(self) -> None:
        carrier, _ = answering(said("e911_pending"))

        with pytest.raises(Unavailable, match="under way"):
            registered(carrier)

    def test_of_a_number_that_is_not_ours_is_refused(self) -> None:
        carrier, _ = answering(said("invalid_did"))

        with pytest.raises(Rejected) as refusal:
            registered(carrier)
        assert refusal.value.reason is Reason.NOT_FOUND


class TestUnregister:
    @pytest.mark.parametrize("status", ["success", "e911_disabled", "e911_disable"])
    def test_does_no_harm_where_there_is_none(self, status: str) -> None:
        carrier, seen = answering(said(status))

        carrier.unregister(NUMBER, carrier_reference="", deadline=Deadline(5))
        assert asked(seen[0]) == {"method": "e911Cancel", "did": DID}

    def test_waits_for_what_is_under_way(self) -> None:
        carrier, _ = answering(said("e911_pending"))

        with pytest.raises(Unavailable):
            carrier.unregister(NUMBER, carrier_reference="", deadline=Deadline(5))


class TestSandbox:
    @pytest.mark.parametrize(
        ("street", "words"),
        [("Mian St", "N MAIN ST"), ("Nowhere Rd", "invalid_address"), ("Failing Ave", "could not")],
    )
    def test_refuses_what_cannot_be_found_or_entered(self, street: str, words: str) -> None:
        sandbox = CarrierSandbox()
        try:
            carrier: Any = sandbox.adapter("voipms")
            carrier.order([NUMBER], reference="r", binding="", deadline=Deadline(5))
            with pytest.raises(Rejected, match=words):
                register(carrier, replace(OFFICE, street=street))
            assert registered(carrier) is None
        finally:
            sandbox.close()
