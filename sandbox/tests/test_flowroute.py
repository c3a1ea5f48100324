"""Flowroute: what its customers rely on, and what surprises them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from sandbox.tests.conftest import Clock
from sandbox.tests.talk import Control, Flowroute


class TestSearch:
    def test_tells_prices_as_numbers_and_no_town(self, flowroute: Flowroute) -> None:
        page = flowroute.get("numbers/available", starts_with="1206", limit=3).json()
        assert len(page["data"]) == 3
        assert "offset=3" in page["links"]["next"]
        for offer in page["data"]:
            assert offer["id"].startswith("1206")
            facts = offer["attributes"]
            assert (facts["state"], facts["rate_center"]) == ("WA", "SEATTLE")
            assert facts["setup_cost"] == 1.0
            assert facts["monthly_cost"] in {1.25, 2.5}

    @pytest.mark.parametrize(
        "query", [{"ends_with": "0719"}, {"contains": "20655507"}, {"state": "wa"}]
    )
    def test_understands_its_filters(self, flowroute: Flowroute, query: dict[str, str]) -> None:
        assert flowroute.offered(3, **query)

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ({"city": "Seattle"}, 400),
            ({"limit": 201}, 422),
            ({"contains": "x"}, 422),
            ({"number_type": "standard"}, 422),
        ],
    )
    def test_refuses_what_the_descriptions_lack(
        self, flowroute: Flowroute, query: dict[str, object], status: int
    ) -> None:
        answer = flowroute.get("numbers/available", **query)
        assert answer.status_code == status
        (error,) = answer.json()["errors"]
        assert error["status"] == status
        assert error["id"]


class TestPurchase:
    def test_is_final_and_rings_nowhere_at_first(
        self, flowroute: Flowroute, control: Control
    ) -> None:
        (id_,) = flowroute.offered()
        answer = flowroute.buy(id_)
        assert answer.status_code == 201
        assert answer.headers["content-type"] == "application/vnd.api+json"
        route = answer.json()["data"]["relationships"]["primary_route"]["data"]
        assert route == {"type": "route", "id": "0"}
        assert not control.delivery(f"+{id_}")["delivered"]
        assert flowroute.get(f"numbers/{id_}").json()["data"] == answer.json()["data"]

    def test_of_a_number_that_takes_no_messages_is_207_and_bought(
        self, flowroute: Flowroute, control: Control
    ) -> None:
        (id_,) = flowroute.offered(ends_with="0705")
        assert flowroute.buy(id_, {"messaging_enabled": True}).status_code == 207
        assert control.get("seen")["purchases"] == {f"+{id_}": 1}
        facts = flowroute.get(f"numbers/{id_}").json()["data"]["attributes"]
        assert facts["messaging_enabled"] is False

    def test_has_one_winner_among_eight_buyers(
        self, flowroute: Flowroute, control: Control
    ) -> None:
        (id_,) = flowroute.offered()
        with ThreadPoolExecutor(8) as buyers:
            answers = list(buyers.map(flowroute.buy, [id_] * 8))
        assert sorted(answer.status_code for answer in answers) == [201, *[404] * 7]
        assert control.get("seen")["purchases"] == {f"+{id_}": 1}

    def test_ends_with_a_release(self, flowroute: Flowroute) -> None:
        (id_,) = flowroute.offered()
        flowroute.buy(id_)
        statuses = [flowroute.delete(f"numbers/{id_}").status_code for _ in range(2)]
        assert statuses == [204, 404]
        assert flowroute.offered() == [id_]

    def test_can_be_given_a_name_later(self, flowroute: Flowroute) -> None:
        (id_,) = flowroute.offered()
        flowroute.buy(id_)
        flowroute.patch(f"numbers/{id_}", {"type": "number", "alias": "desk"})
        found = flowroute.get("numbers", alias="desk").json()["data"]
        assert [row["id"] for row in found] == [id_]
        assert flowroute.patch(f"numbers/{id_}", {"alias": "x"}).status_code == 422


class TestRoutes:
    def test_are_tried_one_after_the_other(self, flowroute: Flowroute, control: Control) -> None:
        (id_,) = flowroute.offered()
        flowroute.buy(id_)
        first, second = flowroute.route("192.0.2.1:5070"), flowroute.route("192.0.2.2")
        flowroute.link(id_, "primary_route", first)
        flowroute.link(id_, "failover_route", second)
        told = control.delivery(f"+{id_}")
        assert told["request_user"] == id_
        assert [(one["host"], one["port"]) for one in told["gateways"]] == [
            ("192.0.2.1", 5070),
            ("192.0.2.2", 5060),
        ]
        flowroute.delete(f"numbers/{id_}/relationships/failover_route")
        shown = flowroute.get(f"numbers/{id_}").json()
        assert [route["id"] for route in shown["included"]] == [first]
        assert shown["data"]["relationships"]["failover_route"] == {"data": None}

    def test_have_an_alias_of_their_own(self, flowroute: Flowroute) -> None:
        flowroute.route("192.0.2.1", alias="x")
        answer = flowroute.make_route("192.0.2.2", alias="x")
        assert answer.status_code == 422

    @pytest.mark.parametrize(
        ("kind", "value"), [("host", "a b"), ("uri", "pbx"), ("number", "1"), ("fax", "x")]
    )
    def test_fit_their_type(self, flowroute: Flowroute, kind: str, value: str) -> None:
        assert flowroute.make_route(value, kind=kind).status_code == 422

    def test_of_others_are_not_there(self, flowroute: Flowroute, control: Control) -> None:
        (id_,) = flowroute.offered()
        flowroute.buy(id_)
        assert flowroute.link(id_, "primary_route", "1").status_code == 404
        assert flowroute.link(id_, "third_route", "0").status_code == 404

    def test_need_the_media_type(self, flowroute: Flowroute) -> None:
        assert flowroute.client.post("/flowroute/v2/routes", data={"x": "y"}).status_code == 415


class TestEmergency:
    ADDRESS = {
        "label": "e-1",
        "first_name": "Oak",
        "last_name": "Dental",
        "street_number": "100",
        "street_name": "Main St",
        "city": "Seattle",
        "state": "WA",
        "country": "US",
        "zip": "98101",
    }

    def post(self, flowroute: Flowroute, path: str, **changed: str) -> httpx2.Response:
        """Send an address."""
        body = {"data": {"type": "e911", "attributes": {**self.ADDRESS, **changed}}}
        return flowroute.client.post(f"/flowroute/v2/{path}", json=body)

    @pytest.mark.parametrize(
        ("changed", "words"),
        [
            ({"street_name": "Nowhere Rd"}, "could not be validated"),
            ({"street_name": "Mian St"}, "100 Main St"),
            ({"address_type": "Suite"}, "do not fit"),
            ({"address_type": "Bay", "address_type_number": "5"}, "do not fit"),
            ({"city": ""}, "city"),
        ],
    )
    def test_says_what_is_wrong(
        self, flowroute: Flowroute, changed: dict[str, str], words: str
    ) -> None:
        for path in ("e911s", "e911s/validate"):
            answer = self.post(flowroute, path, **changed)
            assert answer.status_code == 422
            assert words in answer.json()["errors"][0]["detail"]

    def test_is_kept_once_and_linked_with_numbers(self, flowroute: Flowroute) -> None:
        (id_,) = flowroute.offered()
        flowroute.buy(id_)
        assert self.post(flowroute, "e911s/validate").status_code == 204
        made = self.post(flowroute, "e911s").json()["data"]
        assert self.post(flowroute, "e911s").status_code == 422
        assert flowroute.get("e911s").json()["data"] == [made]
        links = f"/flowroute/v2/numbers/{id_}/relationships/e911s"
        linked = [flowroute.client.patch(f"{links}/{made['id']}").status_code for _ in range(2)]
        assert linked == [204, 409]
        shown = flowroute.get(f"numbers/{id_}").json()["data"]["relationships"]
        assert shown["e911_address"]["data"] == {"type": "e911", "id": made["id"]}
        assert [flowroute.client.delete(links).status_code for _ in range(2)] == [204, 404]


class TestDoor:
    def test_refuses_wrong_keys(self, flowroute: Flowroute) -> None:
        answer = flowroute.client.get("/flowroute/v2/numbers", auth=("a", "b"))
        assert (answer.status_code, answer.json()["errors"][0]["status"]) == (401, 401)


class TestFaults:
    def test_pages_of_the_list_fail_by_their_offset(
        self, flowroute: Flowroute, control: Control
    ) -> None:
        for id_ in flowroute.offered(3):
            flowroute.buy(id_)
        control.fault("flowroute", "list", "list_fails", page=2)
        pages = [flowroute.get("numbers", offset=n, limit=1).status_code for n in (0, 1, 2)]
        assert pages == [200, 500, 200]

    def test_words_that_nobody_knows_stand_for_the_type(
        self, flowroute: Flowroute, control: Control
    ) -> None:
        (id_,) = flowroute.offered()
        control.fault("flowroute", "order", "unknown_word")
        facts = flowroute.buy(id_).json()["data"]["attributes"]
        assert facts["number_type"] != "longcode"


class TestNames:
    def test_are_seen_by_staff_before_numbers_have_them(
        self, flowroute: Flowroute, clock: Clock
    ) -> None:
        (id_,) = flowroute.offered()
        flowroute.buy(id_)
        made = flowroute.post("cnams", {"value": "ACME INC"}).json()["data"]
        assert made["attributes"]["is_approved"] is False
        links = f"/flowroute/v2/numbers/{id_}/relationships/cnams"
        assert flowroute.client.patch(f"{links}/{made['id']}").status_code == 422
        clock.pass_by(1)
        assert flowroute.client.patch(f"{links}/{made['id']}").status_code == 202
        shown = flowroute.get(f"numbers/{id_}").json()["data"]["relationships"]
        assert shown["cnam_preset"]["data"] == {"type": "cnam", "id": made["id"]}
        statuses = [flowroute.client.delete(links).status_code for _ in range(2)]
        assert statuses == [202, 404]

    def test_that_mislead_are_refused_with_a_reason(
        self, flowroute: Flowroute, clock: Clock
    ) -> None:
        flowroute.post("cnams", {"value": "Seattle Police"})
        clock.pass_by(1)
        (row,) = flowroute.get("cnams", value="police").json()["data"]
        assert row["attributes"]["rejection_reason"] == "The name is misleading."
        assert flowroute.get("cnams", is_approved="true").json()["data"] == []

    @pytest.mark.parametrize("body", [{"value": "1" * 5}, {"value": "A" * 16}, {"name": "A"}, []])
    def test_have_a_letter_and_fifteen_characters(self, flowroute: Flowroute, body: object) -> None:
        assert flowroute.post("cnams", body).status_code == 422
