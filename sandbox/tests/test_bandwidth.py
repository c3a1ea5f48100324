"""Bandwidth: what its customers rely on, and what surprises them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import httpx2
import pytest

from sandbox.app import Sandbox, create_app
from sandbox.bandwidth import orders
from sandbox.tests.conftest import Clock, Letterbox
from sandbox.tests.talk import Control
from sandbox.tests.test_telnyx import eventually
from trunks.xml import Content, text_of, xml_from, xml_of

DEMO = ("sandbox", "5a0d0000000000000000000000000003")


class Customer:
    """A customer of Bandwidth."""

    def __init__(self, app: Sandbox, credentials: dict[str, str]) -> None:
        user = httpx2.BasicAuth(credentials["username"], credentials["password"])
        transport = httpx2.WSGITransport(app=app)
        self.account, self.site = credentials["account_id"], credentials["site_id"]
        self.client = httpx2.Client(transport=transport, base_url="http://sandbox", auth=user)

    def path(self, path: str) -> str:
        """Give the whole path; of numbers it names no account."""
        whole = path if path.startswith("tns") else f"accounts/{self.account}/{path}"
        return f"/bandwidth/api/v2/{whole}"

    def get(self, path: str, **query: Any) -> httpx2.Response:
        """Read."""
        return self.client.get(self.path(path), params=query)

    def post(self, path: str, name: str, content: Content) -> httpx2.Response:
        """Create."""
        headers = {"Content-Type": "application/xml"}
        body = xml_of(name, content)
        return self.client.post(self.path(path), content=body, headers=headers)

    def offered(self, count: int = 1, **query: Any) -> list[str]:
        """Search, and give the numbers found."""
        found = document(self.get("availableNumbers", quantity=count, **query))
        return [part.text or "" for part in found.iter("TelephoneNumber")]

    def order(self, *numbers: str, **more: str) -> httpx2.Response:
        """Order numbers."""
        listed: Content = [("TelephoneNumberList", [("TelephoneNumber", n) for n in numbers])]
        facts = {"CustomerOrderId": "o-1", "SiteId": self.site, "PartialAllowed": "true", **more}
        return self.post("orders", "Order", [*facts.items(), (orders.WRAPPER, listed)])

    def status(self, place: str) -> str:
        """Read how far something is."""
        found = document(self.get(place))
        words = (part for part in found.iter() if part.tag in {"OrderStatus", "ProcessingStatus"})
        return next(words).text or ""

    def owned(self, **query: Any) -> list[str]:
        """List numbers."""
        found = document(self.get("tns", accountId=self.account, **query))
        return [part.text or "" for part in found.iter("FullNumber")]


def document(response: httpx2.Response) -> Element:
    """Read an answer."""
    found = xml_from(response.content)
    assert found is not None, response
    return found


@pytest.fixture
def customer(sandbox: Sandbox, control: Control) -> Iterator[Customer]:
    (account,) = (a for a in control.get("accounts") if a["carrier"] == "bandwidth")
    made = Customer(sandbox, account["credentials"])
    with made.client:
        yield made


@pytest.fixture
def stranger(sandbox: Sandbox, control: Control) -> Iterator[Customer]:
    made = Customer(sandbox, control.post("accounts", carrier="bandwidth")["credentials"])
    with made.client:
        yield made


class TestDoor:
    def test_the_account_is_the_users_own(self, customer: Customer, stranger: Customer) -> None:
        customer.account = stranger.account
        assert customer.get("availableNumbers", areaCode="704").status_code == 403
        customer.client.auth = httpx2.BasicAuth(DEMO[0], "wrong")
        assert customer.get("availableNumbers", areaCode="704").status_code == 401

    def test_credentials_that_do_not_belong_together_are_refused(self, control: Control) -> None:
        body = {"carrier": "bandwidth", "credentials": {"username": "x", "account_id": "1"}}
        assert control.client.post("/_control/accounts", json=body).status_code == 400


class TestSearch:
    def test_gives_details_only_when_asked(self, customer: Customer) -> None:
        assert len(customer.offered(3, areaCode="704")) == 3
        found = document(customer.get("availableNumbers", npaNxx="704555", enableTNDetail="true"))
        assert {part.text for part in found.iter("RateCenter")} == {"CHARLOTTE"}
        assert found.find("TelephoneNumberList") is None

    @pytest.mark.parametrize("query", [{"quantity": "0"}, {"localVanity": "1"}, {"town": "x"}])
    def test_refuses_in_its_own_shape(self, customer: Customer, query: dict[str, str]) -> None:
        answer = customer.get("availableNumbers", **query)
        assert answer.status_code == 400
        assert text_of(document(answer), "Error/Code").startswith("4")


class TestReservation:
    def test_holds_the_last_number_alone_for_four_hours(
        self, customer: Customer, stranger: Customer, clock: Clock
    ) -> None:
        first, last = customer.offered(2, areaCode="704")
        wanted: Content = [("ReservedTn", first), ("ReservedTn", last)]
        place = customer.post("tnreservation", "Reservation", wanted).headers["location"]
        id_ = place.rpartition("/")[2]

        clock.pass_by(100)
        shown = document(customer.get(f"tnreservation/{id_}"))
        assert text_of(shown, "Reservation/ReservationExpires") == "14300"
        assert text_of(shown, "Reservation/ReservedTn") == last
        assert first in stranger.offered(50, areaCode="704")
        assert last not in stranger.offered(50, areaCode="704")
        again = stranger.post("tnreservation", "Reservation", [("ReservedTn", last)])
        assert text_of(document(again), "ResponseStatus/ErrorCode") == "5041"

        clock.pass_by(4 * 60 * 60)
        assert customer.get(f"tnreservation/{id_}").status_code == 404
        assert last in stranger.offered(50, areaCode="704")

    def test_can_be_ended(self, customer: Customer) -> None:
        (number,) = customer.offered(1, areaCode="704")
        made = customer.post("tnreservation", "Reservation", [("ReservedTn", number)])
        place = customer.path(f"tnreservation/{made.headers['location'].rpartition('/')[2]}")
        assert customer.client.delete(place).status_code == 200
        assert number in customer.offered(50, areaCode="704")


class TestOrder:
    def test_is_decided_later_and_in_part(
        self, customer: Customer, clock: Clock, control: Control
    ) -> None:
        mine, gone = customer.offered(2, areaCode="704")
        customer.order(gone)
        placed = document(customer.order(mine, gone, CustomerOrderId="o-2"))
        place = f"orders/{text_of(placed, 'Order/id')}"
        assert customer.status(place) == "RECEIVED"

        clock.pass_by(1)
        found = document(customer.get(place))
        assert text_of(found, "OrderStatus") == "PARTIAL"
        assert text_of(found, "CompletedNumbers/TelephoneNumber/FullNumber") == mine
        assert text_of(found, "FailedNumbers/TelephoneNumber/FullNumber") == gone
        assert text_of(found, "ErrorList/Error/Code") == "5005"
        assert control.get("seen")["purchases"] == {mine: 1, gone: 1}

    def test_is_all_or_nothing_unless_parts_are_allowed(
        self, customer: Customer, clock: Clock, control: Control
    ) -> None:
        mine, gone = customer.offered(2, areaCode="704")
        customer.order(gone)
        placed = document(customer.order(mine, gone, PartialAllowed="false"))
        clock.pass_by(1)

        assert customer.status(f"orders/{text_of(placed, 'Order/id')}") == "FAILED"
        assert control.get("seen")["purchases"] == {gone: 1}

    def test_is_listed_by_reference(self, customer: Customer, stranger: Customer) -> None:
        customer.order(*customer.offered(1, areaCode="704"), CustomerOrderId="ours-1")
        for asker, count in ((customer, "1"), (stranger, "0")):
            found = document(asker.get("orders", customerOrderId="ours-1"))
            assert text_of(found, "ListOrderIdUserIdDate/TotalCount") == count
        assert customer.get("orders").status_code == 400

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"SiteId": "1"}, "5016"),
            ({"PeerId": "1"}, "5017"),
            ({"CustomerOrderId": "a_b"}, "5019"),
        ],
    )
    def test_refuses_what_it_does_not_know(
        self, customer: Customer, more: dict[str, str], code: str
    ) -> None:
        answer = customer.order(*customer.offered(1, areaCode="704"), **more)
        assert answer.status_code == 400
        assert text_of(document(answer), "ErrorList/Error/Code") == code

    def test_without_its_wrapper_breaks(self, customer: Customer) -> None:
        assert customer.post("orders", "Order", [("SiteId", customer.site)]).status_code == 500

    def test_over_the_limit_fails(self, customer: Customer, clock: Clock, control: Control) -> None:
        control.fault("bandwidth", "order", "no_funds")
        placed = document(customer.order(*customer.offered(1, areaCode="704")))
        clock.pass_by(1)
        found = document(customer.get(f"orders/{text_of(placed, 'Order/id')}"))
        assert text_of(found, "ErrorList/Error/Code") == "6322"

    def test_speaks_words_that_nobody_knows(self, customer: Customer, control: Control) -> None:
        placed = document(customer.order(*customer.offered(1, areaCode="704")))
        control.fault("bandwidth", "find", "unknown_word")
        assert customer.status(f"orders/{text_of(placed, 'Order/id')}") != "RECEIVED"


class TestNumbers:
    def test_are_in_service_a_while_after_their_order(
        self, customer: Customer, clock: Clock, control: Control
    ) -> None:
        (number,) = customer.offered(1, areaCode="704")
        customer.order(number)
        for seconds, status in ((0, None), (0.31, "InAccount"), (0.31, "Inservice")):
            clock.pass_by(seconds)
            answer = customer.get(f"tns/{number}/tndetails")
            found = xml_from(answer.content)
            assert found is not None
            assert found.findtext("TelephoneNumberDetails/Status") == status
        assert "no route" in control.delivery(number)["reason"]

    def test_pages_are_named_by_numbers(self, customer: Customer, clock: Clock) -> None:
        numbers = sorted(customer.offered(3, areaCode="704"))
        customer.order(*numbers)
        clock.pass_by(1)
        found = document(customer.get("tns", accountId=customer.account, size=2))

        assert f"&page={numbers[2]}>" in text_of(found, "Links/next")
        assert customer.owned(page=numbers[2], size=2) == numbers[2:]

    def test_a_list_fails_on_the_page_that_is_told(
        self, customer: Customer, clock: Clock, control: Control
    ) -> None:
        numbers = sorted(customer.offered(3, areaCode="704"))
        customer.order(*numbers)
        clock.pass_by(1)
        control.fault("bandwidth", "list", "list_fails", page=2)
        assert customer.owned(size=2) == numbers[:2]
        answer = customer.get("tns", accountId=customer.account, page=numbers[2], size=2)
        assert answer.status_code == 500


class TestJobs:
    def test_a_number_goes_back_later(
        self, customer: Customer, stranger: Customer, clock: Clock
    ) -> None:
        (number,) = customer.offered(1, areaCode="704")
        customer.order(number)
        clock.pass_by(1)
        listed: Content = [("TelephoneNumberList", [("TelephoneNumber", number)])]
        for asker, status in ((stranger, "FAILED"), (customer, "COMPLETE")):
            made = document(
                asker.post(
                    "disconnects",
                    "DisconnectTelephoneNumberOrder",
                    [("DisconnectTelephoneNumberOrderType", listed)],
                )
            )
            place = f"disconnects/{text_of(made, 'orderRequest/id')}"
            assert asker.status(place) == "RECEIVED"
            clock.pass_by(1)
            assert asker.status(place) == status
        assert customer.owned() == []
        assert number in stranger.offered(50, areaCode="704")

    def test_a_number_moves_later_and_then_rings_there(
        self, customer: Customer, clock: Clock, control: Control
    ) -> None:
        (number,) = customer.offered(1, areaCode="704")
        customer.order(number)
        clock.pass_by(1)
        route: Content = [("Endpoint", "sip:127.0.0.1:5070"), ("EndpointType", "SIP")]
        peer: Content = [("PeerName", "PBX"), ("OriginationRoutePlan", [("Route", route)])]
        peers = f"sites/{customer.site}/sippeers"
        made = customer.post(peers, "SipPeer", peer)
        assert (made.status_code, made.content) == (201, b"")
        assert customer.post(peers, "SipPeer", peer).status_code == 409
        wanted: Content = [
            ("SiteId", customer.site),
            ("SipPeerId", made.headers["location"].rpartition("/")[2]),
            ("TelephoneNumbers", [("TelephoneNumber", number)]),
        ]
        job = document(customer.post("moveTns", "MoveTnsOrder", wanted))
        place = f"moveTns/{text_of(job, 'MoveTnsOrder/OrderId')}"
        assert not control.delivery(number)["delivered"]

        clock.pass_by(1)
        assert customer.status(place) == "COMPLETE"
        (gateway,) = control.delivery(number)["gateways"]
        assert (gateway["host"], gateway["port"]) == ("127.0.0.1", 5070)


class TestSubscription:
    def subscribe(self, customer: Customer, seconds: str = "60") -> httpx2.Response:
        """Have an address told of orders."""
        told: Content = [("URL", "http://portal/w"), ("Expiry", seconds)]
        wanted: Content = [("OrderType", "orders"), ("CallbackSubscription", told)]
        return customer.post("subscriptions", "Subscription", wanted)

    def test_tells_once_and_unsigned(
        self, customer: Customer, clock: Clock, letterbox: Letterbox, control: Control
    ) -> None:
        letterbox.statuses = [500]
        assert self.subscribe(customer).status_code == 201
        assert self.subscribe(customer).status_code == 409
        (number,) = customer.offered(1, areaCode="704")
        customer.order(number)
        clock.pass_by(1)
        customer.owned()
        assert eventually(lambda: len(control.get("webhooks")) == 1)

        (letter,) = letterbox.letters
        told = xml_from(letter.body)
        assert told is not None
        assert (told.findtext("Status"), told.findtext("CustomerOrderId")) == ("COMPLETE", "o-1")
        assert told.findtext("CompletedTelephoneNumbers/TelephoneNumber") == number
        assert set(letter.headers) == {"Content-Type"}

    def test_ends(self, customer: Customer, clock: Clock, letterbox: Letterbox) -> None:
        self.subscribe(customer)
        found = document(customer.get("subscriptions"))
        assert text_of(found, "Subscriptions/Subscription/CallbackSubscription/Expiry") == "60"
        clock.pass_by(60)
        assert document(customer.get("subscriptions")).find("Subscriptions/Subscription") is None
        customer.order(*customer.offered(1, areaCode="704"))
        clock.pass_by(1)
        customer.owned()
        assert letterbox.letters == []

    def test_can_be_ended(self, customer: Customer) -> None:
        place = self.subscribe(customer).headers["location"].partition("/accounts/")[2]
        path = f"/bandwidth/api/v2/accounts/{place}"
        assert customer.client.delete(path).status_code == 200
        assert customer.client.delete(path).status_code == 404
        assert self.subscribe(customer, seconds="soon").status_code == 404


class TestEmergency:
    PARTS = (("HouseNumber", "100"), ("City", "Charlotte"), ("StateCode", "NC"), ("Zip", "28202"))

    def ordered(self, customer: Customer, number: str, street: str) -> str:
        """Order an address for a number; gives where the order is."""
        told: Content = [
            ("CustomerOrderId", "e-1"),
            ("TelephoneNumbers", [("TelephoneNumber", number)]),
            ("CallerName", "Oak Street Dental"),
            ("Address", [*self.PARTS, ("StreetName", street)]),
        ]
        placed = document(customer.post("e911s", "E911Order", told))
        return f"e911s/{text_of(placed, 'E911Order/orderId')}"

    def in_service(self, customer: Customer, clock: Clock) -> str:
        """Buy a number and wait for it."""
        (number,) = customer.offered(1, areaCode="704")
        customer.order(number)
        for _ in range(2):
            clock.pass_by(1)
            customer.owned()
        return number

    @pytest.mark.parametrize(
        ("street", "word", "shown"),
        [
            ("Main St", "COMPLETE", "Main St"),
            ("Mian St", "ADJUSTED_COMPLETE", "Main St"),
            ("Nowhere Rd", "FAILED", None),
            ("Failing Rd", "FAILED", None),
        ],
    )
    def test_is_decided_later(
        self, customer: Customer, clock: Clock, street: str, word: str, shown: str | None
    ) -> None:
        number = self.in_service(customer, clock)
        place = self.ordered(customer, number, street)
        assert customer.status(place) == "RECEIVED"
        clock.pass_by(1)
        assert customer.status(place) == word
        found = document(customer.get(f"tns/{number}/e911"))
        assert found.findtext("Address/StreetName") == shown

    def test_fails_before_the_number_is_in_service(self, customer: Customer, clock: Clock) -> None:
        (number,) = customer.offered(1, areaCode="704")
        place = self.ordered(customer, number, "Main St")
        clock.pass_by(1)
        assert "8003" in [part.text for part in document(customer.get(place)).iter("Code")]

    def test_is_taken_off_once(self, customer: Customer, clock: Clock) -> None:
        number = self.in_service(customer, clock)
        self.ordered(customer, number, "Main St")
        told: Content = [
            ("TelephoneNumbers", [("TelephoneNumber", number)]),
            ("DeleteTNSpecificE911Address", "true"),
        ]
        words = []
        for _ in range(2):
            clock.pass_by(1)
            placed = document(customer.post("e911s", "E911Order", told))
            clock.pass_by(1)
            words.append(customer.status(f"e911s/{text_of(placed, 'E911Order/orderId')}"))
        assert words == ["COMPLETE", "FAILED"]
        assert document(customer.get(f"tns/{number}/e911")).find("Address") is None
        assert text_of(document(customer.get("e911s", tn=number)), "TotalCount") == "3"

    def test_must_be_given_or_taken(self, customer: Customer) -> None:
        told: Content = [("TelephoneNumbers", [("TelephoneNumber", "+17045550210")])]
        assert customer.post("e911s", "E911Order", told).status_code == 400


class TestRestart:
    def test_keeps_orders_and_numbers(self, clock: Clock, tmp_path: Any) -> None:
        def start() -> tuple[Sandbox, Customer]:
            app = create_app(order_seconds=0.3, clock=clock, state=tmp_path / "state")
            carrier = app.carriers["bandwidth"]
            account = app.world.account("bandwidth", DEMO[0])
            assert account is not None
            return app, Customer(app, carrier.credentials(account))

        app, customer = start()
        (number,) = customer.offered(1, areaCode="704")
        placed = document(customer.order(number))
        app.close()
        app, customer = start()
        clock.pass_by(1)
        assert customer.status(f"orders/{text_of(placed, 'Order/id')}") == "COMPLETE"
        assert customer.owned() == [number]
        app.close()
