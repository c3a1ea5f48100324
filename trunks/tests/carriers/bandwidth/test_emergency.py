"""What is particular to Bandwidth's emergency addresses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from lib.e164 import E164
from trunks.addresses import EmergencyState
from trunks.carriers.bandwidth import e911
from trunks.carriers.bandwidth.adapter import Bandwidth
from trunks.errors import Rejected, Unavailable
from trunks.tests.carriers.answering import answering
from trunks.tests.carriers.conformance import ELSEWHERE, OFFICE, soon
from trunks.xml import xml_from

NUMBER = E164("+17045550210")
REFERENCE = "11111111-2222-4333-8444-555555555555"
CREDENTIALS = {"account_id": "5500012", "site_id": "743", "username": "api", "password": "pw-1234"}
PEERS = "<TNSipPeersResponse><SipPeers/></TNSipPeersResponse>"
HERE = (
    "<TnE911AddressResponse><Address><HouseNumber>7</HouseNumber><PreDirectional>N</PreDirectional>"
    "<StreetName>LAKE AVE</StreetName><City>CHICAGO</City><StateCode>IL</StateCode>"
    "<Zip>60601</Zip></Address></TnE911AddressResponse>"
)
ADDRESS = "<Address><HouseNumber>100</HouseNumber><StreetName>Main</StreetName></Address>"


def details(status: str = "Inservice") -> str:
    return (
        f"<TelephoneNumberResponse><TelephoneNumberDetails><FullNumber>{NUMBER}</FullNumber>"
        f"<Status>{status}</Status></TelephoneNumberDetails></TelephoneNumberResponse>"
    )


NONE = ("<TnE911AddressResponse/>", details())


def listed(*ids: str) -> str:
    """Write a list of orders, the oldest first."""
    rows = "".join(
        f"<E911OrderSummary><OrderDate>2026-03-0{day}T09:00:00.000Z</OrderDate>"
        f"<OrderId>{id_}</OrderId></E911OrderSummary>"
        for day, id_ in enumerate(ids, 1)
    )
    return f"<E911Orders><TotalCount>{len(ids)}</TotalCount>{rows}</E911Orders>"


def order(word: str, *, what: str = ADDRESS, reference: str = REFERENCE) -> str:
    return (
        f"<E911Order><OrderId>o-1</OrderId><CustomerOrderId>{reference}</CustomerOrderId>"
        f"<ProcessingStatus>{word}</ProcessingStatus>{what}</E911Order>"
    )


def read(text: str) -> Any:
    return xml_from(text.encode())


def said(*answers: str | httpx2.Response) -> tuple[Any, list[httpx2.Request]]:
    """Give an adapter to which the carrier says this, one after the other."""
    told = [
        one if isinstance(one, httpx2.Response) else httpx2.Response(200, text=one)
        for one in answers
    ]
    return answering(Bandwidth, CREDENTIALS, tuple(told))


def registered(*answers: str | httpx2.Response) -> Any:
    return said(*answers)[0].registered(NUMBER, carrier_reference="", deadline=soon())


def register(carrier: Any) -> Any:
    return carrier.register(
        NUMBER, carrier_reference="", address=OFFICE, reference=REFERENCE, deadline=soon()
    )


class TestRegistered:
    @pytest.mark.parametrize(
        ("word", "state"),
        [
            ("RECEIVED", EmergencyState.PENDING),
            ("PROCESSING", EmergencyState.PENDING),
            ("SHINY", EmergencyState.PENDING),
            ("COMPLETE", EmergencyState.ACTIVE),
            ("ADJUSTED_COMPLETE", EmergencyState.ACTIVE),
            ("FAILED", EmergencyState.FAILED),
            ("PARTIAL", EmergencyState.FAILED),
        ],
    )
    def test_tells_how_far_the_order_is(self, word: str, state: EmergencyState) -> None:
        found = registered(HERE, listed("a"), order(word))

        assert found.state is state
        assert found.is_of(REFERENCE, OFFICE)

    def test_an_order_in_part_is_done_for_a_number_that_no_error_names(self) -> None:
        error = (
            f"{ADDRESS}<ErrorList><Error><Code>8003</Code><Description>No.</Description>"
            "<TelephoneNumbers><TelephoneNumber>+17045550299</TelephoneNumber></TelephoneNumbers>"
            "</Error></ErrorList>"
        )

        assert registered(HERE, listed("a"), order("PARTIAL", what=error)).state == "ACTIVE"

    def test_an_order_that_is_done_is_nothing_where_the_number_has_no_address(self) -> None:
        # It was given back and bought again: its orders outlive that.
        assert registered(*NONE, listed("a"), order("COMPLETE")) is None

    @pytest.mark.parametrize("nothing", [httpx2.Response(404), httpx2.Response(204), listed()])
    def test_nothing_is_said_in_several_ways(self, nothing: str | httpx2.Response) -> None:
        assert registered(httpx2.Response(404), httpx2.Response(404), nothing) is None

    def test_an_address_without_an_order_is_told_as_it_is(self) -> None:
        found = registered(HERE, listed())

        assert found.state is EmergencyState.ACTIVE
        assert found.is_of(REFERENCE, replace(ELSEWHERE, name="Somebody"))
        assert not found.is_of(REFERENCE, OFFICE)

    def test_the_details_of_a_number_tell_its_address_too(self) -> None:
        inner = HERE.removeprefix("<TnE911AddressResponse>").removesuffix(
            "</TnE911AddressResponse>"
        )
        more = details().replace(
            "<Status>",
            f"<Features><E911>{inner}</E911><Dlda>{ADDRESS}</Dlda></Features><Status>",
        )

        found = registered("", more, listed("a"), order("COMPLETE"))

        assert found.state is EmergencyState.ACTIVE

    def test_the_address_of_its_location_is_none_of_the_numbers_own(self) -> None:
        inner = f"<SipPeerAddress>true</SipPeerAddress>{ADDRESS}"
        more = details().replace("<Status>", f"<Features><E911>{inner}</E911></Features><Status>")

        assert registered("", more, listed()) is None

    def test_the_address_of_a_directory_is_none(self) -> None:
        more = details().replace("<Status>", f"<Features><Dlda>{ADDRESS}</Dlda></Features><Status>")

        assert registered("", more, listed("a"), order("COMPLETE")) is None

    def test_one_that_keeps_no_reference_is_known_by_what_it_says(self) -> None:
        parts = e911.order_body(NUMBER, OFFICE, "").decode()
        what = parts[parts.index("<Address>") : parts.index("</E911Order>")]

        found = registered(HERE, listed("a"), order("COMPLETE", what=what, reference=""))

        assert found.is_of(REFERENCE, OFFICE)

    def test_the_last_order_counts(self) -> None:
        carrier, seen = said(HERE, listed("old", "new"), order("COMPLETE"))

        carrier.registered(NUMBER, carrier_reference="", deadline=soon())

        assert seen[-1].url.path.endswith("/e911s/new")

    @pytest.mark.parametrize(
        ("word", "has", "state"),
        [
            ("RECEIVED", (HERE,), EmergencyState.REMOVING),
            ("COMPLETE", (HERE,), None),
            ("COMPLETE", NONE, None),
            ("FAILED", NONE, None),
        ],
    )
    def test_one_that_removes_names_no_address(
        self, word: str, has: tuple[str, ...], state: EmergencyState | None
    ) -> None:
        found = registered(*has, listed("a"), order(word, what=""))

        assert (found.state if found else None) == state

    def test_a_removal_that_failed_leaves_what_was_before(self) -> None:
        found = registered(
            HERE, listed("a", "b"), order("FAILED", what=""), order("COMPLETE", reference="before")
        )

        assert (found.state, found.our_reference) == (EmergencyState.ACTIVE, "before")

    def test_a_list_that_is_not_whole_is_not_believed(self) -> None:
        short = listed("a").replace("<TotalCount>1<", "<TotalCount>2<")
        with pytest.raises(Unavailable):
            registered(HERE, *[short] * 3)

    def test_an_order_that_is_listed_and_not_shown_says_nothing_about_the_number(self) -> None:
        with pytest.raises(Unavailable, match="lists"):
            registered(HERE, listed("a"), httpx2.Response(404))


class TestRegister:
    def test_waits_until_the_number_is_in_service(self) -> None:
        carrier, _ = said(PEERS, details("InAccount"))
        with pytest.raises(Unavailable, match="in service"):
            register(carrier)

    @pytest.mark.parametrize("what", [ADDRESS, ""])
    def test_waits_for_an_order_that_is_under_way(self, what: str) -> None:
        pending = order("PROCESSING", what=what, reference="another")
        carrier, seen = said(PEERS, details(), HERE, listed("a"), pending)
        with pytest.raises(Unavailable, match="under way"):
            register(carrier)
        assert {request.method for request in seen} == {"GET"}

    def test_orders_again_what_failed(self) -> None:
        answer = f"<E911OrderResponse>{order('RECEIVED')}</E911OrderResponse>"
        carrier, seen = said(PEERS, details(), *NONE, listed("a"), order("FAILED"), answer)

        assert register(carrier).state is EmergencyState.PENDING
        assert seen[-1].method == "POST"

    def test_an_order_that_fails_at_once_is_a_refusal(self) -> None:
        error = (
            "<ErrorList><Error><Code>8003</Code><Description>No.</Description></Error></ErrorList>"
        )
        carrier, _ = said(PEERS, details(), *NONE, listed(), order("FAILED", what=error))
        with pytest.raises(Rejected, match="8003"):
            register(carrier)

    def test_says_the_parts_and_leaves_out_what_is_empty(self) -> None:
        body = read(
            e911.order_body(
                NUMBER, replace(ELSEWHERE, name="x" * 60, postal_code="60601-1234"), REFERENCE
            ).decode()
        )

        parts = {part.tag: part.text for part in body.find("Address")}
        assert (parts["Zip"], parts["PlusFour"]) == ("60601", "1234")
        assert "AddressLine2" not in parts
        assert len(body.findtext("CallerName")) == 50


class TestCheck:
    def checked(self, status: int, inner: str) -> Any:
        text = f"<GeocodeRequestResponse>{inner}</GeocodeRequestResponse>"
        carrier, _ = said(httpx2.Response(status, text=text))
        return carrier.check_address(OFFICE, deadline=soon())

    def test_what_is_only_written_otherwise_is_good(self) -> None:
        inner = (
            "<ErrorMessage>Some adjustments are required</ErrorMessage><GeocodedAddress>"
            "<AddressLine1>100 N MAIN ST</AddressLine1><City>CHICAGO</City>"
            "<StateCode>IL</StateCode><Zip>60601</Zip><PlusFour>1234</PlusFour></GeocodedAddress>"
        )

        assert self.checked(409, inner).is_good

    @pytest.mark.parametrize("name", ["GeocodedAddress", "GeocodeAddress"])
    def test_reads_the_correction_under_either_name(self, name: str) -> None:
        inner = (
            f"<ErrorMessage>Some\nadjustments</ErrorMessage><{name}><AddressLine1>100 N MAINE ST"
            f"</AddressLine1><Zip>60602</Zip></{name}>"
        )

        checked = self.checked(409, inner)

        (problem,) = checked.problems
        assert (problem.field, problem.words) == ("street", "Some adjustments")
        assert (checked.suggestion.street, checked.suggestion.postal_code) == ("MAINE ST", "60602")
        assert checked.suggestion.unit == OFFICE.unit

    def test_says_what_nobody_finds_in_the_carriers_words(self) -> None:
        inner = (
            "<ResponseStatus><ErrorCode>12110</ErrorCode><Description>Not validated</Description>"
            "</ResponseStatus>"
        )

        checked = self.checked(400, inner)

        assert [problem.words for problem in checked.problems] == ["Not validated (12110)"]
        assert checked.suggestion is None

    def test_an_answer_that_says_nothing_is_not_believed(self) -> None:
        carrier, _ = said(*[httpx2.Response(400, text="<html/>")] * 3)
        with pytest.raises(Unavailable):
            carrier.check_address(OFFICE, deadline=soon())
