"""What is particular to VoIP Innovations' emergency addresses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from trunks.addresses import EmergencyState
from trunks.carriers.voip_innovations.payloads import number_out
from trunks.errors import OutcomeUnknown, Reason, Rejected
from trunks.tests.carriers.conformance import ELSEWHERE, OFFICE, soon
from trunks.tests.carriers.voip_innovations.test_voip_innovations import (
    NUMBER,
    REFERENCE,
    answering,
    did,
    said,
)

MINE = said(did(availability="Assigned"))
NONE = said(code="101", words="No records found")
DONE = said(
    "<Statuses><Status911><code>100</code><description>Ok</description></Status911></Statuses>"
)


def location(street: str = "100 N MAIN ST", *, kind: str = "DID911", **more: str) -> str:
    """Write a location of the answer, as recorded ones are written."""
    facts = {
        "locationId": "17696872",
        "callerName": "Oak Street Dental  ",
        "address1": street,
        "address2": "SUITE 5 FLOOR 2" if "MAIN" in street else "",
        "city": "CHICAGO",
        "state": "IL",
        "zipCode": "60601-3059",
        "statusCode": "PROVISIONED",
        "statusDescription": "A sentence",
        **more,
    }
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in facts.items())
    return f"<{kind}s><{kind}>{inner}</{kind}></{kind}s>"


HERE = said(location(tn=number_out(NUMBER)))
BEFORE = said(location("7 N LAKE AVE"))


def registered(*answers: httpx2.Response) -> Any:
    carrier, _ = answering(*answers)
    return carrier.registered(NUMBER, carrier_reference="", deadline=soon())


def register(*answers: httpx2.Response) -> tuple[Any, list[str]]:
    """Register with these answers; gives what is there and the methods that were called."""
    carrier, seen = answering(*answers)
    there = carrier.register(
        NUMBER, carrier_reference="", address=OFFICE, reference=REFERENCE, deadline=soon()
    )
    return there, [one.headers["soapaction"].strip('"').rpartition("/")[2] for one in seen]


class TestRegistered:
    @pytest.mark.parametrize(
        ("word", "state"),
        [
            ("PROVISIONED", EmergencyState.ACTIVE),
            ("GEOCODED", EmergencyState.PENDING),
            ("SHINY", EmergencyState.PENDING),
            ("INVALID", EmergencyState.FAILED),
        ],
    )
    def test_reads_how_the_location_stands(self, word: str, state: EmergencyState) -> None:
        found = registered(said(location(statusCode=word)))

        assert found.state is state
        assert found.reason == ("A sentence" if state is EmergencyState.FAILED else "")

    @pytest.mark.parametrize("kind", ["DID911", "VILocation"])
    def test_knows_its_own_in_the_geocoders_writing(self, kind: str) -> None:
        found = registered(said(location(kind=kind)))

        assert found.is_of(REFERENCE, OFFICE)
        assert not found.is_of(REFERENCE, ELSEWHERE)
        assert found.carrier_reference == "17696872"

    @pytest.mark.parametrize(
        "nothing",
        [
            NONE,
            said(code="910", words="Location does not exist"),
            said("<DID911s/><VILocations/>"),
            said("<DID911s><DID911><statusCode>x</statusCode></DID911></DID911s>"),
            said(location(tn="7045550999")),
        ],
    )
    def test_nothing_is_said_in_several_ways(self, nothing: httpx2.Response) -> None:
        assert registered(nothing) is None

    def test_a_number_of_somebody_else_is_refused(self) -> None:
        with pytest.raises(Rejected) as refusal:
            registered(said(code="909", words="You do not own the specified number"))
        assert refusal.value.reason is Reason.NOT_FOUND


class TestRegister:
    def test_writes_nothing_where_it_is_done(self) -> None:
        there, calls = register(MINE, HERE)

        assert there.our_reference == REFERENCE
        assert calls == ["queryDID", "query911"]

    @pytest.mark.parametrize(
        ("before", "method"),
        [
            (NONE, "insert911"),
            (BEFORE, "update911"),
            (said(location("7 N LAKE AVE", statusCode="GEOCODED")), "insert911"),
        ],
    )
    def test_updates_what_is_provisioned(self, before: httpx2.Response, method: str) -> None:
        there, calls = register(MINE, before, DONE, HERE)

        assert there.state is EmergencyState.ACTIVE
        assert calls[2:] == [method, "query911"]

    def test_what_is_there_already_is_done(self) -> None:
        there, _ = register(MINE, NONE, said(code="911", words="Location already exists"), HERE)

        assert there.state is EmergencyState.ACTIVE

    def test_believes_what_it_reads_and_not_the_code(self) -> None:
        with pytest.raises(Rejected, match="finds no such address") as refusal:
            register(MINE, NONE, DONE, NONE)
        assert refusal.value.reason is Reason.INVALID

    def test_an_address_of_before_that_stays_is_for_a_person(self) -> None:
        with pytest.raises(Rejected, match="a person"):
            register(MINE, BEFORE, DONE, BEFORE)

    def test_one_that_the_geocoder_writes_otherwise_is_ours(self) -> None:
        there, _ = register(MINE, BEFORE, DONE, said(location("100 NORTH MAIN STREET")))

        assert there.is_of(REFERENCE, OFFICE)

    def test_a_fault_at_the_supplier_leaves_it_open(self) -> None:
        with pytest.raises(OutcomeUnknown):
            register(MINE, NONE, said(code="904", words="Dash action resulted in ..."))

    def test_splits_the_zip_code(self) -> None:
        carrier, seen = answering(MINE, NONE, DONE, HERE)
        carrier.register(
            NUMBER,
            carrier_reference="",
            address=replace(OFFICE, postal_code="60601-3059"),
            reference=REFERENCE,
            deadline=soon(),
        )

        body = seen[2].content.decode()
        assert "<vi:zip>60601</vi:zip><vi:plusFour>3059</vi:plusFour>" in body


class TestCheck:
    def test_a_record_that_is_not_found_is_an_address_that_is_not_good(self) -> None:
        carrier, _ = answering(NONE)

        checked = carrier.check_address(OFFICE, deadline=soon())

        assert [problem.words for problem in checked.problems] == ["No records found"]
