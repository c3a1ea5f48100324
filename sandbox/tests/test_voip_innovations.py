"""VoIP Innovations: what its customers rely on, and what surprises them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import httpx2
import pytest

from sandbox.app import Sandbox, create_app
from sandbox.registry import DEMO_ACCOUNTS
from sandbox.tests.conftest import Clock
from sandbox.tests.talk import Control
from trunks.xml import Content, text_of, xml_from, xml_of

SPACES = {"xmlns:e": "http://schemas.xmlsoap.org/soap/envelope/", "xmlns": "http://tempuri.org/"}
URL = "/voip_innovations/Services/APIService.asmx"


class Customer:
    """A customer of VoIP Innovations."""

    def __init__(self, app: Sandbox, credentials: dict[str, str]) -> None:
        transport = httpx2.WSGITransport(app=app)
        self.credentials = credentials
        self.nowhere = credentials["endpoint_group"]
        self.pbx = str(int(self.nowhere) + 1)
        self.client = httpx2.Client(transport=transport, base_url="http://sandbox")

    def ask(self, method: str, *content: tuple[str, Content]) -> httpx2.Response:
        """Call a method."""
        asked: Content = [
            ("login", self.credentials["login"]),
            ("secret", self.credentials["secret"]),
            *content,
        ]
        body = xml_of("e:Envelope", [("e:Body", [(method, asked)])], attributes=SPACES)
        headers = {"Content-Type": "text/xml", "SOAPAction": f'"http://tempuri.org/{method}"'}
        return self.client.post(URL, content=body, headers=headers)

    def result(self, method: str, *content: tuple[str, Content]) -> Element:
        """Call a method, and give its result."""
        answer = self.ask(method, *content)
        assert answer.status_code == 200, answer.text
        root = xml_from(answer.content)
        assert root is not None
        found = root.find(f"Body/{method}Response/{method}Result")
        assert found is not None, answer.text
        return found

    def offered(self, count: int = 1, **query: str) -> list[str]:
        """Search, and give the first numbers found."""
        found = self.result("getDIDs", *(query or {"npa": "704"}).items())
        return [part.text or "" for part in found.iter("tn")][:count]

    def codes(self, method: str, *tns: str, epg: str = "", **more: str) -> list[str]:
        """Do something with numbers, and give the code of each."""
        params: Content = [
            ("DIDParam", [("tn", tn), *more.items(), ("epg", epg or self.nowhere)]) for tn in tns
        ]
        found = self.result(method, ("didParams", params))
        return [part.text or "" for part in found.iter("statusCode")]

    def did(self, tn: str) -> Element:
        """Look at one number."""
        found = self.result("queryDID", ("did", tn)).find("DIDs/DID")
        assert found is not None
        return found

    def owned(self) -> list[str]:
        """List the numbers."""
        found = self.result("auditDIDs").iterfind("DIDs/DID")
        return [text_of(part, "tn") for part in found if text_of(part, "statusCode") == "100"]


@pytest.fixture
def customer(sandbox: Sandbox, control: Control) -> Iterator[Customer]:
    (account,) = (a for a in control.get("accounts") if a["carrier"] == "voip_innovations")
    made = Customer(sandbox, account["credentials"])
    with made.client:
        yield made


@pytest.fixture
def stranger(sandbox: Sandbox, control: Control) -> Iterator[Customer]:
    made = Customer(sandbox, control.post("accounts", carrier="voip_innovations")["credentials"])
    with made.client:
        yield made


class TestEnvelope:
    def test_wrong_credentials_come_with_a_good_status(self, customer: Customer) -> None:
        customer.credentials = customer.credentials | {"secret": "wrong"}
        found = customer.result("GetPrepaidBalance")
        assert text_of(found, "responseCode") == "902"

    def test_what_is_no_method_is_a_fault(self, customer: Customer) -> None:
        answer = customer.ask("buyEverything")
        assert answer.status_code == 500
        assert "did not recognize" in answer.text

    @pytest.mark.parametrize("body", [b"", b"<a/>", b"{}"])
    def test_what_is_no_envelope_is_a_fault(self, customer: Customer, body: bytes) -> None:
        headers = {"SOAPAction": '"http://tempuri.org/getDIDs"'}
        assert customer.client.post(URL, content=body, headers=headers).status_code == 500

    def test_credentials_that_do_not_belong_together_are_refused(self, control: Control) -> None:
        body = {"carrier": "voip_innovations", "credentials": {"login": "x", "endpoint_group": "1"}}
        assert control.client.post("/_control/accounts", json=body).status_code == 400


class TestSearch:
    def test_needs_something_to_search_by(self, customer: Customer) -> None:
        assert text_of(customer.result("getDIDs"), "responseCode") == "302490"

    def test_finds_by_place_and_trait(self, customer: Customer) -> None:
        found = customer.result("getDIDs", ("state", "NC"), ("sms", "true"))
        assert {part.text for part in found.iter("rateCenter")} == {"CHARLOTTE"}
        assert {part.text for part in found.iter("sms")} == {"true"}
        assert customer.offered(state="TF") == []


class TestReservation:
    def test_lasts_half_an_hour(self, customer: Customer, stranger: Customer, clock: Clock) -> None:
        (tn,) = customer.offered()
        assert customer.codes("reserveDID", tn, refId="ours") == ["100"]
        assert customer.codes("reserveDID", tn) == ["103220"]
        assert stranger.codes("reserveDID", tn) == ["103230"]
        assert stranger.codes("assignDID", tn) == ["104230"]
        assert text_of(stranger.did(tn), "statusCode") == "102230"
        assert text_of(customer.did(tn), "availability") == "Reserved"
        assert tn not in stranger.offered(99)
        clock.pass_by(30 * 60)
        assert text_of(customer.did(tn), "availability") == "Available"
        assert stranger.codes("assignDID", tn) == ["100"]


class TestOrder:
    def test_each_number_has_its_own_code(
        self, customer: Customer, stranger: Customer, control: Control
    ) -> None:
        mine, theirs, free = customer.offered(3)
        customer.codes("assignDID", mine)
        stranger.codes("assignDID", theirs)
        codes = customer.codes("assignDID", mine, theirs, free, "7045559999")
        assert codes == ["104225", "104235", "100", "104420"]
        assert control.get("seen")["purchases"] == {f"+1{tn}": 1 for tn in (mine, theirs, free)}

    def test_keeps_the_reference_and_hides_the_group(self, customer: Customer) -> None:
        (tn,) = customer.offered()
        param: Content = [("tn", tn), ("refId", "ours"), ("epg", customer.pbx)]
        found = customer.result("assignDID", ("didParams", [("DIDParam", param)]))
        assert text_of(found, "DIDs/DID/endpointId") == "0"
        assert text_of(customer.did(tn), "endpointId") == customer.pbx
        assert text_of(customer.did(tn), "refId") == "ours"

    def test_the_group_must_be_ones_own(self, customer: Customer) -> None:
        (tn,) = customer.offered()
        param: Content = [("tn", tn), ("epg", "1")]
        found = customer.result("assignDID", ("didParams", [("DIDParam", param)]))
        assert text_of(found, "responseCode") == "948"

    def test_without_money_is_an_exception(self, customer: Customer, control: Control) -> None:
        control.fault("voip_innovations", "order", "no_funds")
        (tn,) = customer.offered()
        param: Content = [("tn", tn), ("epg", customer.pbx)]
        found = customer.result("assignDID", ("didParams", [("DIDParam", param)]))
        assert text_of(found, "responseCode") == "900"
        assert control.get("seen")["purchases"] == {}

    def test_speaks_words_that_nobody_knows(self, customer: Customer, control: Control) -> None:
        (tn,) = customer.offered()
        control.fault("voip_innovations", "order", "unknown_word")
        assert customer.codes("assignDID", tn) != ["100"]
        assert customer.owned() == [tn]


class TestNumbers:
    def test_an_empty_list_has_a_record_for_none(self, customer: Customer) -> None:
        found = customer.result("auditDIDs")
        assert text_of(found, "DIDs/DID/statusCode") == "101200"
        assert text_of(found, "DIDs/DID/tn") == ""
        assert text_of(customer.did("2015550000"), "statusCode") == "102420"

    def test_ring_where_their_group_is(self, customer: Customer, control: Control) -> None:
        (tn,) = customer.offered()
        customer.codes("assignDID", tn, refId="ours")
        assert not control.delivery(f"+1{tn}")["delivered"]
        assert customer.codes("configDID", tn, epg=customer.pbx) == ["100"]
        delivery = control.delivery(f"+1{tn}")
        assert (delivery["delivered"], delivery["request_user"]) == (True, f"1{tn}")
        # What was not said again is gone.
        assert text_of(customer.did(tn), "refId") == ""

    def test_are_released_with_a_code_of_its_own(
        self, customer: Customer, stranger: Customer
    ) -> None:
        (tn,) = customer.offered()
        customer.codes("assignDID", tn)
        assert stranger.codes("releaseDID", tn) == ["106235"]
        assert customer.codes("releaseDID", tn) == ["106231"]
        assert customer.codes("releaseDID", tn) == ["106231"]
        assert customer.codes("configDID", tn) == ["105221"]
        assert customer.owned() == []


class TestNames:
    def test_are_on_file_until_they_are_removed(self, customer: Customer) -> None:
        (tn,) = customer.offered()
        customer.codes("assignDID", tn)
        assert text_of(customer.result("GetCNAMDisplay", ("tn", tn)), "responseCode") == "101"
        customer.result("UpdateCNAMDisplay", ("tn", tn), ("name", "Acme Inc"))
        assert text_of(customer.result("GetCNAMDisplay", ("tn", tn)), "DisplayName") == "ACME INC"
        assert text_of(customer.did(tn), "cnamStorageActive") == "true"
        removed = [customer.result("RemoveCNAM", ("tn", tn)) for _ in range(2)]
        assert [text_of(one, "responseCode") for one in removed] == ["100", "101"]

    @pytest.mark.parametrize("name", ["", "Smith & Sons", "A Name Of Sixteen"])
    def test_have_letters_figures_and_spaces_only(self, customer: Customer, name: str) -> None:
        (tn,) = customer.offered()
        customer.codes("assignDID", tn)
        told = customer.result("UpdateCNAMDisplay", ("tn", tn), ("name", name))
        assert text_of(told, "responseCode") == "934"

    def test_are_for_the_united_states(self, customer: Customer) -> None:
        (tn,) = customer.offered(state="ON")
        customer.codes("assignDID", tn)
        told = customer.result("UpdateCNAMDisplay", ("tn", tn), ("name", "ACME"))
        assert text_of(told, "responseCode") == "933"

    def test_are_for_numbers_of_ones_own(self, customer: Customer, stranger: Customer) -> None:
        (tn,) = customer.offered()
        customer.codes("assignDID", tn)
        for method in ("GetCNAMDisplay", "UpdateCNAMDisplay", "RemoveCNAM"):
            assert text_of(stranger.result(method, ("tn", tn)), "responseCode") == "909"

    def test_of_callers_are_a_figure_that_is_answered_in_words(self, customer: Customer) -> None:
        (tn,) = customer.offered()
        customer.codes("assignDID", tn)
        for figure, word in (("1", "true"), ("true", "false"), ("0", "false")):
            customer.codes("configDID", tn, cnam=figure)
            assert text_of(customer.did(tn), "cnam") == word


class TestEmergency:
    PLACE = (
        ("address1", "100 N Main St"),
        ("city", "Charlotte"),
        ("state", "NC"),
        ("zip", "28202"),
        ("callerName", "Oak Street Dental"),
    )

    def number(self, customer: Customer) -> tuple[str, Content]:
        """Buy a number; gives it as the methods take it."""
        (tn,) = customer.offered()
        customer.codes("assignDID", tn)
        return "did", tn

    def test_is_provisioned_at_once_and_written_by_a_geocoder(self, customer: Customer) -> None:
        did = self.number(customer)
        assert text_of(customer.result("query911", did), "responseCode") == "101"
        put = customer.result("insert911", did, *self.PLACE)
        assert text_of(put, "Statuses/Status911/code") == "100"

        there = customer.result("query911", did)

        assert text_of(there, "DID911s/DID911/address1") == "100 N MAIN ST"
        assert text_of(there, "DID911s/DID911/zipCode") == "28202-0000"
        assert text_of(there, "VILocations/VILocation/statusCode") == "PROVISIONED"
        assert text_of(customer.did(str(did[1])), "has911") == "true"

    def test_an_update_to_nowhere_leaves_none(self, customer: Customer) -> None:
        did = self.number(customer)
        assert text_of(customer.result("update911", did, *self.PLACE), "responseCode") == "910"
        customer.result("insert911", did, *self.PLACE)
        lost = customer.result("update911", did, ("address1", "1 Nowhere Rd"), *self.PLACE[1:])
        assert text_of(lost, "Statuses/Status911/code") == "INVALID"
        assert text_of(customer.result("query911", did), "responseCode") == "101"

    def test_is_removed_once(self, customer: Customer) -> None:
        did = self.number(customer)
        customer.result("insert911", did, *self.PLACE)
        removed = [customer.result("remove911", did) for _ in range(2)]
        assert [text_of(one, "Statuses/Status911/code") for one in removed] == ["100", "205200"]

    def test_is_looked_at_without_a_number(self, customer: Customer) -> None:
        street, *rest = self.PLACE
        places = (street, ("address1", "1 Mian St"), ("address1", "Main St"))
        codes = [
            text_of(customer.result("validate911", place, *rest), "responseCode")
            for place in places
        ]
        assert codes == ["100", "101", "101"]

    def test_is_for_numbers_of_ones_own(self, customer: Customer, stranger: Customer) -> None:
        did = self.number(customer)
        for method in ("insert911", "update911", "query911", "remove911"):
            assert text_of(stranger.result(method, did), "responseCode") == "909"


class TestRestart:
    def test_keeps_numbers(self, clock: Clock, tmp_path: Path) -> None:
        def start() -> tuple[Sandbox, Customer]:
            app = create_app(clock=clock, state=tmp_path / "state")
            login = DEMO_ACCOUNTS["voip_innovations"]["login"]
            account = app.world.account("voip_innovations", login)
            assert account is not None
            return app, Customer(app, app.carriers["voip_innovations"].credentials(account))

        app, customer = start()
        (tn,) = customer.offered()
        customer.codes("assignDID", tn)
        app.close()
        app, customer = start()
        assert customer.owned() == [tn]
        app.close()
