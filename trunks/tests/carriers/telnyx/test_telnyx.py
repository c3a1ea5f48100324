"""What is particular to Telnyx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from lib.e164 import E164, DidFormat
from trunks.carriers.telnyx import payloads, trunking
from trunks.carriers.telnyx.adapter import Telnyx
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.http import READ_ATTEMPTS, Caller
from trunks.numbering import Capability, NumberType
from trunks.offers import GatewaySpec, LineStatus, Transport, TrunkSpec, Wanted
from trunks.tests.carriers.conformance import BRAND, soon
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.transport import new_client

NUMBER = E164("+13125550123")
CREDENTIALS = {"api_key": "KEY1", "public_key": ""}


@pytest.fixture
def sandbox() -> Iterator[CarrierSandbox]:
    """Give a sandbox whose orders take a moment."""
    sandbox = CarrierSandbox(order_seconds=0.2)
    yield sandbox
    sandbox.close()


def answering(*bodies: Any) -> tuple[Telnyx, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this, one after the other."""
    left = list(bodies)
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json=left.pop(0))

    client = new_client(httpx2.MockTransport(answer))
    return Telnyx(credentials=CREDENTIALS, caller=Caller(client)), seen


def page(number: int, pages: int, total: int, *numbers: str) -> dict[str, Any]:
    """Write a page of owned numbers."""
    rows = [{"id": n, "phone_number": n, "status": "active"} for n in numbers]
    meta = {"page_number": number, "total_pages": pages, "total_results": total}
    return {"data": rows, "meta": meta}


class TestSearch:
    def test_says_everything_that_is_wanted(self) -> None:
        wanted = Wanted(
            country="GB",
            type=NumberType.TOLL_FREE,
            area_code="20",
            prefix="79",
            contains="46",
            locality="London",
            region="LND",
            capabilities=frozenset({Capability.SMS, Capability.VOICE}),
            limit=7,
        )

        assert payloads.search_params(wanted) == [
            ("filter[country_code]", "GB"),
            ("filter[phone_number_type]", "toll_free"),
            ("filter[national_destination_code]", "20"),
            ("filter[phone_number][starts_with]", "79"),
            ("filter[phone_number][contains]", "46"),
            ("filter[locality]", "London"),
            ("filter[administrative_area]", "LND"),
            ("filter[limit]", "7"),
            ("filter[features][]", "sms"),
            ("filter[features][]", "voice"),
        ]

    def test_reads_an_offer_that_tells_its_number_alone(self) -> None:
        bare = {"phone_number": NUMBER}
        told = {**bare, "cost_information": {"monthly_cost": None, "currency": "USD"}}
        carrier, _ = answering({"data": [bare, {**told, "features": None}]})

        for offer in carrier.search(Wanted(country="US"), deadline=Deadline(5)):
            assert (offer.number, offer.country, offer.monthly) == (NUMBER, "US", None)

    def test_speaks_to_the_carriers_own_host_unless_told_otherwise(self) -> None:
        carrier, seen = answering({"data": []})
        carrier.search(Wanted(country="US"), deadline=Deadline(5))

        (request,) = seen
        assert str(request.url).startswith("https://api.telnyx.com/v2/available_phone_numbers?")
        assert request.headers["authorization"] == "Bearer KEY1"


class TestOrder:
    def test_is_asynchronous(self, sandbox: CarrierSandbox) -> None:
        carrier: Any = sandbox.adapter("telnyx")
        wanted = Wanted(country="US", limit=3)
        numbers = [offer.number for offer in carrier.search(wanted, deadline=Deadline(5))]

        placed = carrier.order(numbers, reference="r-1", binding="", deadline=Deadline(5))

        assert placed.carrier_reference
        assert {line.status for line in placed.numbers} == {LineStatus.PENDING}
        found = carrier.find_order(reference="r-1", numbers=numbers, deadline=Deadline(5))
        assert found.carrier_reference == placed.carrier_reference

    def test_waits_for_documents_as_a_pending_line(self) -> None:
        line = {
            "phone_number": NUMBER,
            "status": "pending",
            "requirements_met": False,
            "requirements_status": "requirement-info-pending",
        }
        (read,) = payloads.placed_order_from(
            {"data": {"id": "o-1", "phone_numbers": [line]}}
        ).numbers

        assert read.status is LineStatus.PENDING
        assert "requirement-info-pending" in read.reason

    def test_orders_with_a_similar_reference_are_others(self) -> None:
        rows = [{"id": "1", "customer_reference": "r-10"}, {"id": "2", "customer_reference": "r-1"}]

        assert payloads.order_ids_from({"data": rows}, "r-1") == ["2"]


class TestOwned:
    def test_the_filter_takes_digits_only(self) -> None:
        carrier, seen = answering(page(1, 1, 1, "+13125550123"))
        carrier.owned_number(NUMBER, deadline=Deadline(5))

        assert seen[0].url.params["filter[phone_number]"] == "13125550123"

    @pytest.mark.parametrize("status", sorted(payloads.NOT_OURS))
    def test_what_is_not_ours_is_left_out(self, status: str) -> None:
        row = {"id": "1", "phone_number": NUMBER, "status": status}

        assert payloads.owned_number_from(row) is None

    @pytest.mark.parametrize(
        "pages",
        [
            [page(1, 2, 2, "+13125550101"), page(2, 2, 3, "+13125550102")],
            [page(1, 2, 3, "+13125550101"), page(2, 2, 3, "+13125550102")],
        ],
    )
    def test_a_list_that_changes_while_it_is_read_is_an_error(self, pages: list[Any]) -> None:
        carrier, _ = answering(*pages)

        with pytest.raises(Unavailable, match="changed"):
            carrier.owned(deadline=Deadline(5))

    def test_one_that_is_found_is_there_whatever_the_other_pages_say(self) -> None:
        carrier, seen = answering(page(1, 3, 55, NUMBER))

        mine = carrier.owned_number(NUMBER, deadline=Deadline(5))
        assert mine is not None
        assert len(seen) == 1


class TestTrunk:
    @pytest.mark.parametrize(
        ("did_format", "written"),
        [
            (DidFormat.PLUS_E164, "+1{}"),
            (DidFormat.E164, "1{}"),
            (DidFormat.NATIONAL, "{}"),
        ],
    )
    def test_writes_numbers_as_the_trunk_says(
        self, sandbox: CarrierSandbox, did_format: DidFormat, written: str
    ) -> None:
        carrier: Any = sandbox.adapter("telnyx")
        spec = TrunkSpec(name="x", gateways=(GatewaySpec(host="192.0.2.1"),), did_format=did_format)
        made = carrier.create_trunk(spec, reference=str(uuid4()), deadline=Deadline(5))
        number = carrier.search(Wanted(country="US"), deadline=Deadline(5))[0].number
        binding = made.carrier_reference
        carrier.order([number], reference="r", binding=binding, deadline=Deadline(5))
        while not sandbox.delivery(number)["delivered"]:
            assert carrier.find_order(reference="r", numbers=[number], deadline=Deadline(5))

        delivery = sandbox.delivery(number)
        assert delivery["request_user"] == written.format(number.removeprefix("+1"))

    @pytest.mark.parametrize(
        "gateways",
        [
            (),
            tuple(GatewaySpec(host=f"192.0.2.{n}") for n in range(4)),
            (GatewaySpec(host="pbx.example.net"), GatewaySpec(host="192.0.2.1")),
            (
                GatewaySpec(host="192.0.2.1"),
                GatewaySpec(host="192.0.2.2", transport=Transport.TLS),
            ),
        ],
    )
    def test_what_a_connection_cannot_be_is_refused_before_anything_is_sent(
        self, gateways: tuple[GatewaySpec, ...]
    ) -> None:
        carrier, seen = answering()

        with pytest.raises(Rejected):
            carrier.create_trunk(
                TrunkSpec(name="x", gateways=gateways), reference="r", deadline=Deadline(5)
            )
        assert seen == []

    def test_equal_gateways_take_turns(self) -> None:
        pair = tuple(GatewaySpec(host=f"192.0.2.{n}", priority=1) for n in (1, 2))

        spec = TrunkSpec(name="x", gateways=pair)
        body = trunking.inbound_body(spec, trunking.BY_ADDRESS, ["a", "b"])
        assert body["default_routing_method"] == "round-robin"
        assert (body["default_primary_ip_id"], body["default_secondary_ip_id"]) == ("a", "b")


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "error", "reason"),
        [
            (402, {"code": "x", "title": "Payment required"}, Reason.NO_FUNDS),
            (422, {"code": "x", "detail": "Insufficient funds"}, Reason.NO_FUNDS),
            (404, {"code": "10005", "title": "Resource not found"}, Reason.NOT_FOUND),
            (422, {"code": "10015", "detail": "Number no longer available"}, Reason.NUMBER_GONE),
            (422, {"code": "1", "detail": "Requirement group missing"}, Reason.DOCUMENTS_MISSING),
            (409, {"code": "10021", "title": "In use"}, Reason.NOT_ALLOWED),
            (400, {"code": "10015", "title": "Bad Request"}, Reason.INVALID),
            (422, {"code": "20207", "description": "No such address"}, Reason.INVALID),
            (418, {"code": "1"}, Reason.OTHER),
        ],
    )
    def test_are_told_apart(self, status: int, error: dict[str, str], reason: Reason) -> None:
        assert payloads.refusal_from(status, {"errors": [error]})[0] is reason


class TestHold:
    def test_tells_what_is_undecided_from_what_is_held_and_what_is_not(self) -> None:
        lines = [
            {"phone_number": "+13125550120", "status": "success", "expired_at": _at("10:30")},
            {"phone_number": "+13125550121", "status": "success", "expired_at": _at("10:29")},
            {"phone_number": "+13125550122", "status": "pending"},
            {"phone_number": "+13125550123", "status": "a word of tomorrow"},
            {"phone_number": "+13125550124", "status": "failure"},
        ]

        hold = payloads.hold_from({"id": "R1", "phone_numbers": lines})

        assert hold.numbers == (E164("+13125550120"), E164("+13125550121"))
        assert hold.pending == (E164("+13125550122"), E164("+13125550123"))
        assert hold.until is not None
        assert hold.until.isoformat() == "2026-03-01T10:29:00+00:00"

    def test_that_cannot_be_read_is_no_error_of_ours(self) -> None:
        body = page(1, 1, 1)
        body["data"] = [{"id": "h", "customer_reference": "r", "phone_numbers": None}]
        carrier, _ = answering(body, body, body)

        with pytest.raises(Unavailable, match="cannot be read"):
            carrier.find_hold(reference="r", deadline=Deadline(5))


def _at(time: str) -> str:
    return f"2026-03-01T{time}:00.000000Z"


@pytest.mark.parametrize("row", ["B1", {"id": "B1"}])
class TestRowsThatCannotBeRead:
    """They are an error of the carrier's, whatever was looked for among them."""

    def test_among_requests(self, row: Any) -> None:
        carrier, _ = answering(*[{"records": [row], "total_records": 1}] * READ_ATTEMPTS)
        with pytest.raises(Unavailable):
            carrier.toll_free_standing(NUMBER, deadline=soon())

    def test_among_requirements(self, row: Any) -> None:
        meta = {"total_pages": 1, "total_results": 1}
        carrier, _ = answering(*[{"data": [row], "meta": meta}] * READ_ATTEMPTS)
        with pytest.raises(Unavailable):
            carrier.requirements("DE", NumberType.LOCAL, deadline=soon())


@pytest.mark.parametrize("row", ["B1", None])
def test_a_row_among_brands_that_cannot_be_read_is_an_error(row: Any) -> None:
    carrier, _ = answering(*[{"records": [row], "totalRecords": 1}] * READ_ATTEMPTS)
    with pytest.raises(Unavailable):
        carrier.brand_standing(BRAND, reference="r", carrier_reference="", deadline=soon())


class TestToLookForACampaign:
    def test_reads_on_until_it_is_found(self) -> None:
        others = {"records": [{"campaignId": "C1", "referenceId": "q"}], "totalRecords": 3}
        ours = {"records": [{"campaignId": "C2", "referenceId": "r"}], "totalRecords": 3}
        carrier, seen = answering(others, ours, {"campaignId": "C2", "campaignStatus": "X"})
        there = carrier.campaign_standing(
            brand_reference="B1", reference="r", carrier_reference="", deadline=soon()
        )
        assert there.carrier_reference == "C2"
        assert seen[1].url.params["page"] == "2"
