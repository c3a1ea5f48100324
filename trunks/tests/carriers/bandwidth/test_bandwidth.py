"""What is particular to Bandwidth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from lib.e164 import E164, DidFormat
from trunks.carriers.bandwidth import locations, orders, payloads
from trunks.carriers.bandwidth.adapter import Bandwidth
from trunks.carriers.bandwidth.refusals import refusal_from
from trunks.deadlines import Deadline
from trunks.errors import Misconfigured, OutcomeUnknown, Reason, Rejected, Unavailable
from trunks.http import Caller
from trunks.numbering import Capability, NumberType
from trunks.offers import GatewaySpec, LineStatus, Transport, TrunkSpec, Wanted
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.transport import new_client
from trunks.xml import xml_from

NUMBER = E164("+17045550210")
OTHER = E164("+17045550211")
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
CREDENTIALS = {"account_id": "5500012", "site_id": "743", "username": "api", "password": "pw-1234"}
PEERS = (
    "<TNSipPeersResponse><SipPeers><SipPeer><PeerId>1</PeerId><IsDefaultPeer>true</IsDefaultPeer>"
    "</SipPeer></SipPeers></TNSipPeersResponse>"
)


@pytest.fixture
def sandbox() -> Iterator[CarrierSandbox]:
    """Give a sandbox in which things take a moment."""
    sandbox = CarrierSandbox(order_seconds=0.3)
    yield sandbox
    sandbox.close()


def soon() -> Deadline:
    """Give an operation five seconds."""
    return Deadline(5)


def read(text: str) -> Any:
    """Read a document."""
    return xml_from(text.encode())


def answering(*answers: str | httpx2.Response) -> tuple[Bandwidth, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this, one after the other."""
    left = list(answers)
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        said = left.pop(0)
        return said if isinstance(said, httpx2.Response) else httpx2.Response(200, text=said)

    caller = Caller(new_client(httpx2.MockTransport(answer)), clock=lambda: NOW)
    return Bandwidth(credentials=CREDENTIALS, caller=caller), seen


def details(number: str = NUMBER, *, peer: str = "2", **more: str) -> str:
    """Write the details of a number of ours."""
    facts = {"FullNumber": number, "Status": "Inservice", "AccountId": "5500012", **more}
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in facts.items())
    return (
        f"<TelephoneNumberResponse><TelephoneNumberDetails>{inner}<SipPeer><PeerId>{peer}</PeerId>"
        "</SipPeer></TelephoneNumberDetails></TelephoneNumberResponse>"
    )


class TestNumbers:
    @pytest.mark.parametrize(
        ("written", "number"),
        [
            ("+17045550210", NUMBER),
            ("7045550210", NUMBER),
            ("17045550210", NUMBER),
            (" +442079460200 ", E164("+442079460200")),
            ("442079460200", E164("+442079460200")),
        ],
    )
    def test_are_read_in_every_form_and_written_in_one(self, written: str, number: E164) -> None:
        assert payloads.number_in(written) == number
        assert payloads.number_in(payloads.number_out(number)) == number

    @pytest.mark.parametrize("written", ["", "+", "0", "n/a", "+0123456789"])
    def test_nonsense_is_none(self, written: str) -> None:
        with pytest.raises(ValueError, match=r"E\.164"):
            payloads.number_in(written)


class TestSearch:
    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            ({"area_code": "704"}, {"areaCode": "704", "quantity": "20"}),
            ({"area_code": "704", "prefix": "555"}, {"npaNxx": "704555", "quantity": "20"}),
            ({"area_code": "704", "prefix": "5550"}, {"npaNxxx": "7045550", "quantity": "20"}),
            ({"area_code": "704", "prefix": "5"}, {"areaCode": "704", "quantity": "5000"}),
            ({"contains": "2580"}, {"localVanity": "2580", "quantity": "20"}),
            ({"contains": "25"}, {"quantity": "5000"}),
            ({"locality": "Cary", "region": "NC"}, {"city": "Cary", "state": "NC",
                                                    "quantity": "20"}),
        ],
    )  # fmt: skip
    def test_says_what_is_wanted_and_nothing_near_it(
        self, wanted: dict[str, Any], expected: dict[str, str]
    ) -> None:
        told = dict(payloads.search_params(Wanted(**{"country": "US", **wanted})))

        always = {"countryCodeA3": "USA", "phoneNumberType": "GEOGRAPHIC"}
        always |= {"enableTNDetail": "true", "LCA": "false"}
        assert told == always | expected

    def test_wishes_are_one_parameter_each(self) -> None:
        wishes = frozenset({Capability.VOICE, Capability.SMS})
        wanted = Wanted(country="GB", type=NumberType.MOBILE, capabilities=wishes)

        params = payloads.search_params(wanted)
        assert [value for name, value in params if name == "features"] == ["MESSAGING_SMS", "VOICE"]
        assert ("countryCodeA3", "GBR") in params

    @pytest.mark.parametrize(
        "wanted",
        [Wanted(country="XX"), Wanted(country="US", capabilities=frozenset({Capability.FAX}))],
    )
    def test_what_it_cannot_find_is_not_asked_for(self, wanted: Wanted) -> None:
        carrier, seen = answering()

        assert carrier.search(wanted, deadline=soon()) == []
        assert seen == []

    def test_reads_an_answer_without_details(self) -> None:
        found = "<TelephoneNumberList><TelephoneNumber>+17045550210</TelephoneNumber>"
        carrier, seen = answering(f"<SearchResult>{found}</TelephoneNumberList></SearchResult>")

        (offer,) = carrier.search(Wanted(country="US"), deadline=soon())
        assert (offer.number, offer.monthly) == (NUMBER, None)
        url = str(seen[0].url)
        assert url.startswith("https://dashboard.bandwidth.com/api/v2/accounts/5500012/available")

    @pytest.mark.parametrize("name", ["FullNumber", "TelephoneNumber"])
    def test_reads_details_that_name_the_number_either_way(self, name: str) -> None:
        inside = f"<State>NC</State><{name}>7045550210</{name}>"
        listed = f"<TelephoneNumberDetail>{inside}</TelephoneNumberDetail>"
        text = f"<TelephoneNumberDetailList>{listed}</TelephoneNumberDetailList>"
        carrier, _ = answering(f"<SearchResult>{text}</SearchResult>")

        (offer,) = carrier.search(Wanted(country="US"), deadline=soon())
        assert (offer.number, offer.region) == (NUMBER, "NC")

    def test_no_supply_is_nothing_found(self) -> None:
        error = "<Error><Code>4023</Code><Description>None there</Description></Error>"
        text = f"<SearchResult>{error}</SearchResult>"
        for status in (200, 400):
            carrier, _ = answering(httpx2.Response(status, text=text))
            assert carrier.search(Wanted(country="US"), deadline=soon()) == []

    def test_another_error_with_a_good_status_is_a_refusal(self) -> None:
        text = "<SearchResult><Error><Code>4010</Code><Description>no</Description></Error>"
        carrier, _ = answering(f"{text}</SearchResult>")

        with pytest.raises(Rejected, match="4010"):
            carrier.search(Wanted(country="US"), deadline=soon())


class TestHold:
    def test_its_id_is_in_the_address_and_it_lasts_four_hours(self) -> None:
        place = "https://dashboard.bandwidth.com/api/accounts/1/tnreservation/r-1"
        carrier, _ = answering(httpx2.Response(201, headers={"Location": place}))

        hold = carrier.hold([NUMBER], reference="x", deadline=soon())
        assert (hold.carrier_reference, hold.until) == ("r-1", NOW + timedelta(hours=4))

    @pytest.mark.parametrize("written", ["{}", "<TelephoneNumber>{}</TelephoneNumber>"])
    def test_is_read_in_either_form(self, written: str) -> None:
        text = (
            "<ReservationResponse><Reservation><ReservationId>r-1</ReservationId>"
            f"<ReservationExpires>60</ReservationExpires><ReservedTn>{written.format(NUMBER)}"
            "</ReservedTn></Reservation></ReservationResponse>"
        )
        hold = payloads.hold_from(read(text), NOW)
        assert (hold.numbers, hold.until) == ((NUMBER,), NOW + timedelta(seconds=60))

    def test_an_answer_without_an_address_leaves_it_unknown(self) -> None:
        carrier, _ = answering(httpx2.Response(201))

        with pytest.raises(OutcomeUnknown):
            carrier.hold([NUMBER], reference="x", deadline=soon())


def order(status: str, rest: str = "") -> Any:
    """Write an order of two numbers."""
    listed = "".join(f"<TelephoneNumber>{each}</TelephoneNumber>" for each in (NUMBER, OTHER))
    return read(
        f"<OrderResponse><Order><CustomerOrderId>r-1</CustomerOrderId>"
        f"<ExistingTelephoneNumberOrderType><TelephoneNumberList>{listed}</TelephoneNumberList>"
        f"</ExistingTelephoneNumberOrderType></Order><OrderStatus>{status}</OrderStatus>{rest}"
        "</OrderResponse>"
    )


def statuses(body: Any) -> list[LineStatus]:
    """Read what became of both numbers."""
    placed = orders.placed_order_from(body, [NUMBER, OTHER], "r-1", "o-1")
    return [line.status for line in placed.numbers]


COMPLETED = (
    f"<CompletedNumbers><TelephoneNumber><FullNumber>{NUMBER}</FullNumber></TelephoneNumber>"
    "</CompletedNumbers>"
)


class TestOrder:
    def test_fails_in_part_and_says_why(self) -> None:
        errors = (
            f"<ErrorList><Error><Code>5005</Code><Description>taken</Description>"
            f"<TelephoneNumber>{OTHER}</TelephoneNumber></Error></ErrorList>"
        )
        body = order("PARTIAL", COMPLETED + errors)
        first, second = orders.placed_order_from(body, [], "r-1", "o-1").numbers

        assert (first.status, first.carrier_reference) == (LineStatus.BOUGHT, NUMBER)
        assert (second.status, second.reason) == (LineStatus.FAILED, "taken (5005)")

    @pytest.mark.parametrize("word", ["BACKORDERED", "COMPLETE", "", "PONDERED"])
    def test_what_tells_nothing_about_a_number_decides_nothing(self, word: str) -> None:
        body = order(word, COMPLETED)
        first, second = orders.placed_order_from(body, [], "r-1", "o-1").numbers

        assert first.status is LineStatus.BOUGHT
        assert second.status is LineStatus.PENDING
        assert second.word

    def test_is_under_way_at_first(self) -> None:
        assert statuses(order("RECEIVED")) == [LineStatus.PENDING] * 2

    def test_is_placed_though_the_answer_tells_no_status(self) -> None:
        text = "<OrderResponse><Order><id>o-7</id><Name>r-1</Name></Order></OrderResponse>"
        carrier, _ = answering(httpx2.Response(201, text=text))
        placed = carrier.order([NUMBER], reference="r-1", binding="", deadline=soon())

        assert placed.carrier_reference == "o-7"
        assert [(line.status, line.word) for line in placed.numbers] == [(LineStatus.PENDING, "")]

    def test_that_names_fewer_numbers_than_it_counts_is_not_believed(self) -> None:
        with pytest.raises(ValueError, match="not all named"):
            statuses(order("PARTIAL", COMPLETED + "<CompletedQuantity>2</CompletedQuantity>"))

    @pytest.mark.parametrize("word", ["RECEIVED", "PROCESSING", "COMPLETE"])
    def test_that_is_not_over_decides_nothing_about_what_it_only_counts(self, word: str) -> None:
        body = order(word, "<CompletedQuantity>1</CompletedQuantity>")
        assert statuses(body) == [LineStatus.PENDING] * 2

    def test_of_somebody_else_is_not_believed(self) -> None:
        with pytest.raises(ValueError, match="somebody else"):
            orders.placed_order_from(order("COMPLETE"), [NUMBER], "r-2", "o-1")

    def test_a_good_status_may_be_a_refusal(self) -> None:
        error = "<Error><Code>5007</Code><Description>too many</Description></Error>"
        text = f"<OrderResponse><ErrorList>{error}</ErrorList></OrderResponse>"
        carrier, _ = answering(httpx2.Response(201, text=text))

        with pytest.raises(Rejected) as caught:
            carrier.order([NUMBER], reference="r-1", binding="", deadline=soon())
        assert caught.value.reason is Reason.NOT_ALLOWED

    def test_is_found_by_either_spelling_and_no_other_reference(self) -> None:
        rows = (
            "<ListOrderIdUserIdDate><OrderIdUserIdDate><OrderId>1</OrderId><CustomerOrderId>r-10"
            "</CustomerOrderId></OrderIdUserIdDate><OrderIdUserIdDate><orderId>2</orderId>"
            "</OrderIdUserIdDate></ListOrderIdUserIdDate>"
        )
        body = read(f"<ResponseSelectWrapper>{rows}</ResponseSelectWrapper>")

        assert orders.order_ids_from(body, "r-1") == ["2"]

    @pytest.mark.parametrize("text", ["", "<Links><first/></Links>"])
    def test_an_empty_list_may_be_a_404(self, text: str) -> None:
        carrier, _ = answering(httpx2.Response(404, text=text))

        assert carrier.find_order(reference="r", numbers=[NUMBER], deadline=soon()) is None


class TestOwned:
    @pytest.mark.parametrize("status", ["Available", "Aging", "Reserved", "PortInPendingFoc"])
    def test_what_is_not_ours_is_left_out(self, status: str) -> None:
        carrier, _ = answering(PEERS, details(Status=status))

        assert carrier.owned_number(NUMBER, deadline=soon()) is None

    def test_another_account_and_another_site_are_not_ours(self) -> None:
        elsewhere = details().replace("</SipPeer>", "</SipPeer><Site><Id>9</Id></Site>")
        for text in (details(AccountId="9"), elsewhere):
            carrier, _ = answering(PEERS, text)
            assert carrier.owned_number(NUMBER, deadline=soon()) is None

    @pytest.mark.parametrize(("peer", "trunk"), [("1", ""), ("2", "2")])
    def test_the_default_location_is_no_trunk(self, peer: str, trunk: str) -> None:
        carrier, _ = answering(PEERS, details(peer=peer, Status="InAccount"))

        mine = carrier.owned_number(NUMBER, deadline=soon())
        assert mine is not None
        assert (mine.trunk_reference, mine.active) == (trunk, False)

    def test_the_next_page_is_named_by_a_number_with_its_plus(self) -> None:
        link = (
            "Link=&lt;https://dashboard.bandwidth.com:443/v1.0/tns?account=9500012&amp;"
            "page=+12012082912&amp;size=500&gt;;rel=&quot;next&quot;;"
        )
        body = read(f"<T><Links><next>{link}</next></Links></T>")

        assert payloads.next_page_from(body) == "+12012082912"
        assert payloads.next_page_from(read("<T><Links><next/></Links></T>")) == ""

    def test_a_list_that_runs_in_circles_is_an_error(self) -> None:
        link = "<Links><next>Link=&lt;/tns?a=1&amp;page=1&gt;</next></Links>"
        page = f"<TelephoneNumbersResponse>{link}</TelephoneNumbersResponse>"
        carrier, _ = answering(PEERS, page, page)

        with pytest.raises(Unavailable, match="twice"):
            carrier.owned(deadline=soon())

    def test_a_list_shorter_than_it_counts_is_an_error(self) -> None:
        facts = f"<FullNumber>{NUMBER}</FullNumber><Status>Inservice</Status>"
        entry = f"<TelephoneNumber>{facts}</TelephoneNumber>"
        counted = f"<TelephoneNumberCount>2</TelephoneNumberCount>{entry}"
        page = f"<TelephoneNumbersResponse>{counted}</TelephoneNumbersResponse>"
        carrier, _ = answering(PEERS, page)

        with pytest.raises(Unavailable, match="fewer"):
            carrier.owned(deadline=soon())

    @pytest.mark.parametrize(
        ("first", "unreadable"),
        [
            ((), PEERS.replace("<PeerId>1</PeerId>", "")),
            (
                (PEERS,),
                "<TelephoneNumbersResponse><TelephoneNumber><FullNumber/></TelephoneNumber>"
                "</TelephoneNumbersResponse>",
            ),
        ],
    )
    def test_a_list_that_cannot_be_read_is_no_error_of_ours(
        self, first: tuple[str, ...], unreadable: str
    ) -> None:
        carrier, _ = answering(*first, *[unreadable] * 3)
        with pytest.raises(Unavailable, match="cannot be read"):
            carrier.owned(deadline=soon())

    def test_an_unknown_site_needs_a_person_and_is_no_word_about_a_number(self) -> None:
        carrier, _ = answering(httpx2.Response(404))

        with pytest.raises(Misconfigured):
            carrier.release(NUMBER, carrier_reference="", deadline=soon())

    def test_an_empty_list_has_no_body(self) -> None:
        carrier, _ = answering(PEERS, httpx2.Response(204))

        assert carrier.owned(deadline=soon()) == []


class TestJobs:
    """Disconnects and moves are promised first."""

    def test_what_is_only_promised_is_not_known(self, sandbox: CarrierSandbox) -> None:
        carrier: Any = sandbox.adapter("bandwidth")
        number = carrier.search(Wanted(country="US", limit=1), deadline=soon())[0].number
        carrier.order([number], reference="r-1", binding="", deadline=soon())
        while carrier.owned_number(number, deadline=soon()) is None:
            pass

        with pytest.raises(OutcomeUnknown, match="RECEIVED"):
            carrier.release(number, carrier_reference="", deadline=soon())
        while carrier.owned_number(number, deadline=soon()) is not None:
            pass

    def test_one_that_failed_later_is_a_refusal(self) -> None:
        promised = read("<R><orderRequest><id>j-1</id></orderRequest><OrderStatus>RECEIVED"
                        "</OrderStatus></R>")  # fmt: skip
        error = "<Error><Code>5006</Code><Description>not associated</Description></Error>"
        failed = read(f"<R><ErrorList>{error}</ErrorList><OrderStatus>FAILED</OrderStatus></R>")

        assert orders.job_from(promised) == ("j-1", "RECEIVED")
        status, why = orders.job_status_from(failed)
        assert why is not None
        assert (status, why.reason) == ("FAILED", Reason.NOT_FOUND)

    def test_one_that_tells_no_status_yet_is_promised_and_read_again(self) -> None:
        promised = "<R><orderRequest><id>j-2</id></orderRequest></R>"
        carrier, seen = answering(
            *(PEERS, details()),
            httpx2.Response(201, text=promised),
            "<R><orderRequest><id>j-2</id></orderRequest><OrderStatus>COMPLETE</OrderStatus></R>",
        )
        carrier.release(NUMBER, carrier_reference="", deadline=soon())

        assert seen[-1].url.path.endswith("/disconnects/j-2")
        with pytest.raises(KeyError):
            orders.job_from(read("<R/>"))

    def test_one_that_cannot_be_read_leaves_it_unknown(self) -> None:
        promised = "<R><MoveTnsOrder><OrderId>j</OrderId><ProcessingStatus>RECEIVED"
        carrier, _ = answering(
            *(PEERS, details()),
            httpx2.Response(201, text=f"{promised}</ProcessingStatus></MoveTnsOrder></R>"),
            httpx2.Response(404),
        )
        with pytest.raises(OutcomeUnknown):
            carrier.bind(NUMBER, carrier_reference="", trunk_reference="3", deadline=soon())

    def test_a_number_that_is_there_is_not_moved(self) -> None:
        carrier, seen = answering(PEERS, details(peer="2"))
        carrier.bind(NUMBER, carrier_reference="", trunk_reference="2", deadline=soon())

        assert [request.method for request in seen] == ["GET", "GET"]


class TestTrunk:
    def test_routes_take_ports_and_ranks(self) -> None:
        gateways = (
            GatewaySpec(host="192.0.2.1", port=5070, priority=2),
            GatewaySpec(host="pbx.example.net", port=5061, transport=Transport.TLS),
        )
        body = read(locations.body(TrunkSpec(name="x", gateways=gateways), "a-b").decode())

        assert [part.text for part in body.iter("Endpoint")] == [
            "sip:192.0.2.1:5070",
            "sip:pbx.example.net:5061;transport=tls",
        ]
        assert [part.text for part in body.iter("Priority")] == ["2", "1"]
        assert [part.text for part in body.iter("HostName")] == ["192.0.2.1"]
        assert len(body.findtext("PeerName")) <= locations.LONGEST_NAME

    @pytest.mark.parametrize(
        "spec",
        [
            TrunkSpec(name="x", gateways=()),
            TrunkSpec(
                name="x",
                gateways=(GatewaySpec(host="192.0.2.1"),),
                did_format=DidFormat.NATIONAL,
            ),
        ],
    )
    def test_what_a_location_cannot_be_is_refused_before_anything_is_sent(
        self, spec: TrunkSpec
    ) -> None:
        carrier, seen = answering()

        with pytest.raises(Rejected):
            carrier.create_trunk(spec, reference="r", deadline=soon())
        assert seen == []


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "text", "reason"),
        [
            (400, "<A><ErrorList><Error><Code>5041</Code></Error></ErrorList></A>",
             Reason.NUMBER_GONE),
            (400, "<A><Errors><Code>7309</Code><Description>x</Description></Errors></A>",
             Reason.INVALID),
            (400, "<A><ResponseStatus><ErrorCode>6322</ErrorCode></ResponseStatus></A>",
             Reason.NO_FUNDS),
            (400, "<A><Status><Code>7003</Code></Status></A>", Reason.NOT_ALLOWED),
            (404, "<A><Status><Code>1</Code></Status></A>", Reason.NOT_FOUND),
            (409, "<A><Status><Code>1</Code></Status></A>", Reason.NOT_ALLOWED),
            (418, "<A><Status><Code>1</Code></Status></A>", Reason.OTHER),
            (404, "", Reason.NOT_FOUND),
        ],
    )  # fmt: skip
    def test_are_told_apart_in_every_shape(self, status: int, text: str, reason: Reason) -> None:
        assert refusal_from(status, read(text))[0] is reason

    @pytest.mark.parametrize("text", ["", "<A/>"])
    def test_without_a_code_are_not_believed(self, text: str) -> None:
        with pytest.raises(ValueError, match="refusal"):
            refusal_from(400, read(text))
