"""What is particular to Plivo."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from lib.e164 import E164, DidFormat
from trunks.carriers.plivo import payloads
from trunks.carriers.plivo.adapter import Plivo
from trunks.deadlines import Deadline
from trunks.errors import OutcomeUnknown, Reason, Rejected, Unavailable
from trunks.features import CallerNames
from trunks.numbering import Capability, NumberType
from trunks.offers import GatewaySpec, LineStatus, Transport, TrunkSpec, Wanted
from trunks.tests.carriers import answering as carriers

NUMBER = E164("+12065550500")
DIGITS = "12065550500"
ACCOUNT = "/v1/Account/MA1/"


def answering(*answers: httpx2.Response) -> tuple[Plivo, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this, one after the other."""
    return carriers.answering(Plivo, {"auth_id": "MA1", "auth_token": "s"}, answers)


def ok(body: Any, status: int = 200) -> httpx2.Response:
    """Write an answer."""
    return httpx2.Response(status, json=body)


def refused(status: int, words: str = "no") -> httpx2.Response:
    """Write a refusal."""
    return ok({"api_id": "1", "error": words}, status)


def listed(*rows: dict[str, Any], total: int | None = None) -> httpx2.Response:
    """Write a page of a list."""
    return ok({"meta": {"total_count": total or len(rows)}, "objects": list(rows)})


def offer(number: str = DIGITS, **more: Any) -> dict[str, Any]:
    """Write a number for sale, as older answers have it."""
    facts = {"number": number, "type": "fixed", "region": "United States", "restriction": None}
    rates = {"setup_rate": "0.00000", "monthly_rental_rate": "0.80000"}
    return {**facts, **rates, "voice_enabled": True, "sms_enabled": True, **more}


def mine(application: str | None = None, **more: Any) -> dict[str, Any]:
    """Write one of our numbers."""
    return {"number": DIGITS, "application": application, "cnam_lookup": "disabled", **more}


def bought(status: str, number: str = DIGITS) -> httpx2.Response:
    """Write the answer to an order."""
    line = {"number": number, "status": status}
    return ok({"message": "created", "numbers": [line], "status": "fulfilled"}, 201)


def order(carrier: Plivo) -> Any:
    """Buy the number."""
    return carrier.order([NUMBER], reference="r", binding="7", deadline=Deadline(5))


def paths(seen: list[httpx2.Request]) -> list[str]:
    """Tell what was asked for."""
    return [f"{one.method} {one.url.path.removeprefix(ACCOUNT)}" for one in seen]


class TestNumbers:
    @pytest.mark.parametrize("number", ["+12065550500", "+18005550500", "+442079460800"])
    def test_are_written_without_a_plus_and_read_back(self, number: str) -> None:
        written = payloads.path_of(E164(number))

        assert written == number[1:]
        assert {payloads.number_of(one) for one in (written, int(written), number)} == {number}

    def test_are_told_apart_from_anything_else(self) -> None:
        with pytest.raises(ValueError, match=r"E\.164"):
            payloads.number_of("206-555-0500")


class TestSearch:
    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            ({"area_code": "206", "prefix": "555"}, {"pattern": "206555"}),
            ({"type": NumberType.TOLL_FREE}, {"type": "tollfree"}),
            ({"locality": "Seattle", "region": "WA"}, {"city": "Seattle", "region": "WA"}),
            ({"capabilities": frozenset({Capability.SMS})}, {"services": "sms"}),
        ],
    )
    def test_says_what_is_wanted(self, wanted: dict[str, Any], expected: dict[str, str]) -> None:
        told = dict(payloads.search_params(Wanted(**{"country": "US", **wanted})))

        assert told == {"country_iso": "US", "type": "local", **expected}

    def test_asks_for_nothing_that_it_could_not_promise(self) -> None:
        carrier, seen = answering()

        for wanted in (
            Wanted(country="GB", type=NumberType.SHARED_COST),
            Wanted(country="US", capabilities=frozenset({Capability.FAX})),
        ):
            assert carrier.search(wanted, deadline=Deadline(5)) == []
        assert seen == []

    def test_reads_both_words_for_a_local_number_and_leaves_other_types_out(self) -> None:
        rows = [offer(), offer("12065550501", type="local"), offer("18005550500", type="tollfree")]
        carrier, _ = answering(listed(*rows))

        found = carrier.search(Wanted(country="US"), deadline=Deadline(5))

        assert [one.number[-4:] for one in found] == ["0500", "0501"]
        assert {(str(one.monthly), str(one.setup)) for one in found} == {("0.80 USD", "0.00 USD")}

    @pytest.mark.parametrize(
        ("told", "needs"),
        [
            ({}, False),
            ({"restriction": "VERIFICATION"}, True),
            ({"prerequisites": ["address"]}, True),
            ({"compliance_requirement": {"id": "1"}}, True),
        ],
    )
    def test_tells_what_asks_for_documents(self, told: dict[str, Any], *, needs: bool) -> None:
        carrier, _ = answering(listed(offer(**told)))

        (found,) = carrier.search(Wanted(country="US"), deadline=Deadline(5))

        assert found.needs_documents is needs

    def test_offers_no_place_that_was_not_asked_for(self) -> None:
        rows = [
            offer(region="Washington, UNITED STATES", city="Seattle"),
            offer("12065550501", city="Tacoma", region="Washington, UNITED STATES"),
            offer("12065550502"),
        ]
        carrier, _ = answering(listed(*rows))

        found = carrier.search(
            Wanted(country="US", locality="SEATTLE", region="Washington"), deadline=Deadline(5)
        )

        assert [one.number for one in found] == [NUMBER]


class TestOrders:
    def test_are_read_by_the_number_and_not_by_the_whole(self) -> None:
        carrier, seen = answering(bought("pending"), bought("Success"), bought("on-hold"))

        lines = [order(carrier).numbers[0] for _ in range(3)]

        assert [(line.status, line.word) for line in lines] == [
            (LineStatus.PENDING, ""),
            (LineStatus.BOUGHT, ""),
            (LineStatus.PENDING, "on-hold"),
        ]
        assert json.loads(seen[0].content) == {"app_id": "7"}
        assert seen[0].url.path == f"{ACCOUNT}PhoneNumber/{DIGITS}/"

    def test_of_another_number_than_ours_are_not_believed(self) -> None:
        carrier, _ = answering(bought("Success", "12065550501"))

        with pytest.raises(OutcomeUnknown):
            order(carrier)

    @pytest.mark.parametrize(
        ("answers", "reason"),
        [
            ([refused(404)], Reason.NUMBER_GONE),
            ([refused(402)], Reason.NO_FUNDS),
            ([refused(400, "insufficient credit")], Reason.NO_FUNDS),
            ([refused(400, "Compliance application required")], Reason.DOCUMENTS_MISSING),
            ([refused(400), listed()], Reason.NUMBER_GONE),
            ([refused(400), listed(offer()), ok({"cash_credits": "0.79999"})], Reason.NO_FUNDS),
            ([refused(400), listed(offer()), ok({"cash_credits": "0.8"})], Reason.INVALID),
            ([refused(409), refused(400)], Reason.OTHER),
        ],
    )
    def test_say_why_not(self, answers: list[httpx2.Response], reason: Reason) -> None:
        carrier, _ = answering(*answers)

        with pytest.raises(Rejected) as caught:
            order(carrier)
        assert caught.value.reason is reason

    def test_of_a_number_that_is_not_in_service_yet_stay_pending(self) -> None:
        carrier, _ = answering(ok(mine(active=False)), ok(mine()))

        lines = [
            carrier.find_order(reference="r", numbers=[NUMBER], deadline=Deadline(5))
            for _ in range(2)
        ]

        told = [order.numbers[0].status for order in lines if order]
        assert told == [LineStatus.PENDING, LineStatus.BOUGHT]


class TestBinding:
    @pytest.mark.parametrize(
        ("application", "trunk"),
        [
            (None, ""),
            ("/v1/Account/MA1/Application/7/", "7"),
            ("/v1/Account/MA1/Zentrunk/Trunk/7/", "7"),
        ],
    )
    def test_is_the_last_part_of_an_address(self, application: str | None, trunk: str) -> None:
        carrier, _ = answering(ok(mine(application)))

        assert carrier.binding_of(NUMBER, carrier_reference="", deadline=Deadline(5)) == trunk

    def test_is_taken_off_in_either_way(self) -> None:
        there = "/v1/Account/MA1/Application/7/"
        carrier, seen = answering(ok({}, 202), ok(mine(there)), ok({}, 202), ok(mine()))

        carrier.bind(NUMBER, carrier_reference="", trunk_reference="", deadline=Deadline(5))

        told = [json.loads(one.content) for one in seen if one.method == "POST"]
        assert told == [{"app_id": ""}, {"app_id": None}]

    def test_that_stays_is_for_a_person(self) -> None:
        there = ok(mine("/v1/Account/MA1/Application/7/"))
        carrier, _ = answering(ok({}, 202), there, ok({}, 202), there)

        with pytest.raises(Rejected, match="console") as caught:
            carrier.bind(NUMBER, carrier_reference="", trunk_reference="", deadline=Deadline(5))
        assert caught.value.reason is Reason.NOT_ALLOWED


class TestTrunks:
    @pytest.mark.parametrize(
        ("gateway", "uri"),
        [
            (GatewaySpec(host="192.0.2.1"), "192.0.2.1:5060"),
            (GatewaySpec(host="2001:db8::1", port=5070), "[2001:db8::1]:5070"),
            (
                GatewaySpec(host="a.example", transport=Transport.TCP),
                "a.example:5060;transport=tcp",
            ),
        ],
    )
    def test_write_addresses_as_the_carrier_does(self, gateway: GatewaySpec, uri: str) -> None:
        assert payloads.uri_body(gateway, "n") == {"name": "n", "uri": uri}

    def test_are_secure_where_their_gateways_are(self) -> None:
        gateway = GatewaySpec(host="a.example", port=5061, transport=Transport.TLS)
        spec = TrunkSpec(name="x", gateways=(gateway,), did_format=DidFormat.E164)

        assert payloads.trunk_body(spec, "x r", ["u"])["secure"] is True

    @pytest.mark.parametrize(
        "gateways",
        [
            (),
            tuple(GatewaySpec(host=f"192.0.2.{last}") for last in (1, 2, 3)),
            (
                GatewaySpec(host="192.0.2.1"),
                GatewaySpec(host="192.0.2.2", transport=Transport.TLS),
            ),
        ],
    )
    def test_that_it_cannot_make_are_refused_before_anything_is_sent(
        self, gateways: tuple[GatewaySpec, ...]
    ) -> None:
        carrier, seen = answering()

        with pytest.raises(Rejected):
            carrier.create_trunk(
                TrunkSpec(name="x", gateways=gateways), reference="r", deadline=Deadline(5)
            )
        assert seen == []


class TestCallerNames:
    def test_are_looked_up_where_the_carrier_can(self) -> None:
        carrier, seen = answering(ok(mine(cnam_lookup=None)))

        with pytest.raises(Rejected, match="United States"):
            carrier.set_caller_names(
                NUMBER, CallerNames(shows_callers=True), carrier_reference="", deadline=Deadline(5)
            )
        assert paths(seen) == [f"GET Number/{DIGITS}/"]

    def test_are_left_alone_where_they_stand_as_wanted(self) -> None:
        carrier, seen = answering(ok(mine(cnam_lookup="enabled")))

        carrier.set_caller_names(
            NUMBER, CallerNames(shows_callers=True), carrier_reference="", deadline=Deadline(5)
        )
        assert len(seen) == 1

    def test_are_not_listed(self) -> None:
        carrier, seen = answering()

        with pytest.raises(Rejected):
            carrier.set_caller_names(
                NUMBER, CallerNames(text="ACME"), carrier_reference="", deadline=Deadline(5)
            )
        assert seen == []


class TestLists:
    def test_that_change_while_they_are_read_are_errors(self) -> None:
        carrier, _ = answering(
            listed(mine(), total=2), listed(mine(number="12065550501"), total=3), listed(total=3)
        )

        with pytest.raises(Unavailable):
            carrier.owned(deadline=Deadline(5))

    def test_that_name_a_number_twice_are_errors(self) -> None:
        carrier, _ = answering(listed(mine(), mine()))

        with pytest.raises(Unavailable):
            carrier.owned(deadline=Deadline(5))
