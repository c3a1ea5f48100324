"""DIDWW: what its customers rely on, and what surprises them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import pytest

from sandbox.didww import base
from sandbox.tests.conftest import Clock, Letterbox
from sandbox.tests.talk import Control, Didww
from sandbox.tests.test_telnyx import eventually


class TestSearch:
    def test_finds_digits_anywhere_and_prices_by_unit(self, didww: Didww) -> None:
        include = "did_group.stock_keeping_units,did_group.region"
        query = {"filter[number_contains]": "312555", "include": include}
        page = didww.get("available_dids", **query).json()
        assert page["data"]
        assert page["meta"]["total_count"] >= len(page["data"])
        units = [row for row in page["included"] if row["type"] == "stock_keeping_units"]
        assert {unit["attributes"]["channels_included_count"] for unit in units} == {0, 2}
        assert all(isinstance(unit["attributes"]["monthly_price"], str) for unit in units)

    def test_names_only_links_that_are_included(self, didww: Didww) -> None:
        bare = didww.get("available_dids").json()
        assert "data" not in bare["data"][0]["relationships"]["did_group"]
        assert "included" not in bare

    def test_ends_its_list_where_it_likes(
        self, didww: Didww, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(base, "MOST_SHOWN", 2)
        page = didww.get("available_dids").json()
        assert len(page["data"]) == 2
        assert page["meta"]["total_count"] > 2

    def test_narrows_by_identifiers(self, didww: Didww) -> None:
        (country,) = didww.get("countries", **{"filter[iso]": "GB"}).json()["data"]
        kinds = didww.get("did_group_types").json()["data"]
        mobile = next(row["id"] for row in kinds if row["attributes"]["name"] == "Mobile")
        query = {"filter[country.id]": country["id"], "filter[did_group_type.id]": mobile}
        found = didww.get("available_dids", **query).json()["data"]
        assert {row["attributes"]["number"][:7] for row in found} == {"4477009"}

    @pytest.mark.parametrize(
        "query",
        [
            {"filter[city]": "x"},
            {"limit": 3},
            {"include": "colour"},
            {"page[size]": 3},
            {"page[number]": 1},
        ],
    )
    def test_refuses_what_it_does_not_know(self, didww: Didww, query: dict[str, object]) -> None:
        answer = didww.get("available_dids", **query)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["status"] == "400"


class TestReservation:
    def test_takes_a_number_off_the_shelf_for_ten_minutes(self, didww: Didww, clock: Clock) -> None:
        (offer,) = didww.offered()
        assert didww.hold(offer["id"]).status_code == 201
        assert didww.hold(offer["id"]).status_code == 422
        digits = offer["attributes"]["number"]
        assert didww.offered(**{"filter[number_contains]": digits}) == []
        clock.pass_by(601)
        assert didww.offered(**{"filter[number_contains]": digits}) == [offer]
        assert didww.get("did_reservations").json()["data"] == []

    def test_there_are_ten_at_a_time(self, didww: Didww) -> None:
        answers = [didww.hold(offer["id"]) for offer in didww.offered(11)]
        assert [answer.status_code for answer in answers] == [*[201] * 10, 422]
        assert "10 reservations" in answers[-1].json()["errors"][0]["title"]

    def test_is_bought_by_itself_and_by_nobody_else(self, didww: Didww) -> None:
        (offer,) = didww.offered()
        held = didww.hold(offer["id"]).json()["data"]["id"]
        assert didww.order(offer["id"]).status_code == 422
        assert didww.order(offer["id"], did_reservation_id=held).status_code == 201
        assert didww.get(f"did_reservations/{held}").status_code == 404


class TestOrder:
    def test_is_decided_a_moment_later_and_lists_no_number(
        self, didww: Didww, clock: Clock, control: Control
    ) -> None:
        (offer,) = didww.offered()
        order = didww.order(offer["id"], reference="r").json()["data"]
        assert order["attributes"]["status"] == "pending"
        assert offer["attributes"]["number"] not in str(order)
        assert didww.owned() == []
        clock.pass_by(1)
        (found,) = didww.get("orders", **{"filter[external_reference_id]": "r"}).json()["data"]
        assert (found["id"], found["attributes"]["status"]) == (order["id"], "completed")
        (mine,) = didww.owned(**{"filter[order.id]": order["id"]})
        number = mine["attributes"]["number"]
        assert number == offer["attributes"]["number"]
        assert control.get("seen")["purchases"] == {f"+{number}": 1}

    def test_has_one_winner_among_eight_buyers(self, didww: Didww) -> None:
        (offer,) = didww.offered()
        with ThreadPoolExecutor(8) as buyers:
            answers = list(buyers.map(didww.order, [offer["id"]] * 8))
        assert sorted(answer.status_code for answer in answers) == [201, *[422] * 7]

    def test_is_canceled_where_somebody_was_faster(
        self, didww: Didww, clock: Clock, control: Control
    ) -> None:
        (offer,) = didww.offered()
        control.fault("didww", "order", "number_gone")
        order = didww.order(offer["id"]).json()["data"]
        clock.pass_by(1)
        status = didww.get(f"orders/{order['id']}").json()["data"]["attributes"]["status"]
        assert status == "canceled"
        assert didww.owned() == []

    def test_without_money_is_400_with_the_amounts(self, didww: Didww, control: Control) -> None:
        (offer,) = didww.offered()
        control.fault("didww", "order", "no_funds")
        answer = didww.order(offer["id"])
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["title"]) == (400, "Insufficient balance")
        assert set(error["meta"]) == {"available_balance", "total_cost"}

    def test_of_a_mobile_number_awaits_its_registration(
        self, didww: Didww, clock: Clock, control: Control
    ) -> None:
        query: dict[str, Any] = {"filter[number_contains]": "447700"}
        (offer,) = didww.offered(**query)
        didww.order(offer["id"])
        clock.pass_by(1)
        (mine,) = didww.owned()
        assert mine["attributes"]["awaiting_registration"] is True
        told = control.delivery(f"+{mine['attributes']['number']}")
        assert "registration" in told["reason"]


class TestNumbers:
    @pytest.fixture
    def mine(self, didww: Didww, clock: Clock) -> dict[str, Any]:
        (offer,) = didww.offered()
        didww.order(offer["id"])
        clock.pass_by(1)
        (found,) = didww.owned()
        return found

    def test_stay_until_the_end_of_what_is_paid(self, didww: Didww, mine: dict[str, Any]) -> None:
        answer = didww.change("dids", mine["id"], attributes={"terminated": True})
        told = answer.json()["data"]["attributes"]
        assert (told["terminated"], told["pending_removal"]) == (True, True)
        assert len(didww.owned()) == 1
        digits = mine["attributes"]["number"]
        assert didww.offered(**{"filter[number_contains]": digits}) == []

    def test_are_on_a_trunk_or_on_a_group(
        self, didww: Didww, control: Control, mine: dict[str, Any]
    ) -> None:
        trunks = [didww.trunk(f"192.0.2.{end}", priority=3 - end) for end in (1, 2)]
        group = didww.group(*trunks)
        number = f"+{mine['attributes']['number']}"
        for name, id_, hosts in (
            ("voice_in_trunk", trunks[0], ["192.0.2.1"]),
            ("voice_in_trunk_group", group, ["192.0.2.2", "192.0.2.1"]),
        ):
            link = {name: {"data": {"type": f"{name}s", "id": id_}}}
            assert didww.change("dids", mine["id"], relationships=link).status_code == 200
            told = control.delivery(number)
            assert told["request_user"] == mine["attributes"]["number"]
            assert [one["host"] for one in told["gateways"]] == hosts
        query = {"include": "voice_in_trunk,voice_in_trunk_group"}
        links = didww.get(f"dids/{mine['id']}", **query).json()["data"]["relationships"]
        assert links["voice_in_trunk"]["data"] is None
        didww.change("dids", mine["id"], relationships={"voice_in_trunk_group": {"data": None}})
        assert not control.delivery(number)["delivered"]

    def test_are_changed_only_by_their_own_name(self, didww: Didww, mine: dict[str, Any]) -> None:
        answer = didww.change("dids", mine["id"], id_="other", attributes={"terminated": True})
        assert answer.status_code == 400


class TestEmergency:
    @pytest.fixture
    def country(self, didww: Didww) -> str:
        (found,) = didww.get("countries", **{"filter[iso]": "US"}).json()["data"]
        return str(found["id"])

    def review(self, didww: Didww, address: Any, **links: Any) -> Any:
        """Have an address looked at."""
        kind = "emergency_verifications"
        told = {"address": address, **links}
        return didww.send("POST", kind, type=kind, relationships=told)

    def test_is_reviewed_then_set_up_then_active(
        self, didww: Didww, clock: Clock, country: str
    ) -> None:
        query: dict[str, Any] = {"filter[country.id]": country}
        (offer,) = didww.offered(**query)
        didww.order(offer["id"])
        clock.pass_by(1)
        (mine,) = didww.owned()
        dids = {"data": [{"type": "dids", "id": mine["id"]}]}
        where = didww.address(country)
        made = self.review(didww, where["address"], dids=dids)
        assert made.json()["data"]["attributes"]["status"] == "pending"
        assert self.review(didww, where["address"], dids=dids).status_code == 422

        def status() -> list[str]:
            rows = didww.get("emergency_calling_services").json()["data"]
            return [row["attributes"]["status"] for row in rows]

        assert status() == ["new"]
        clock.pass_by(1)
        assert status() == ["in_process"]
        (service,) = didww.get("emergency_calling_services").json()["data"]
        assert service["attributes"]["status"] == "active"
        assert didww.owned()[0]["attributes"]["emergency_enabled"] is True
        link = {"data": {"type": service["type"], "id": service["id"]}}
        bad = didww.address(country, street="1 Failing Rd")
        self.review(didww, bad["address"], emergency_calling_service=link)
        assert status() == ["pending_update"]
        clock.pass_by(1)
        assert status() == ["active"]
        path = f"/didww/v3/emergency_calling_services/{service['id']}"
        assert didww.client.delete(path).status_code == 204
        assert didww.client.delete(path).status_code == 422
        assert didww.owned()[0]["attributes"]["emergency_enabled"] is False

    def test_is_for_numbers_from_which_people_call(
        self, didww: Didww, clock: Clock, country: str
    ) -> None:
        query: dict[str, Any] = {"filter[number_contains]": "44808"}
        (offer,) = didww.offered(**query)
        didww.order(offer["id"])
        clock.pass_by(1)
        (mine,) = didww.owned()
        dids = {"data": [{"type": "dids", "id": mine["id"]}]}
        answer = self.review(didww, didww.address(country)["address"], dids=dids)
        assert answer.status_code == 422

    def test_finds_no_street_with_the_word_nowhere(self, didww: Didww, country: str) -> None:
        where = didww.address(country, street="1 Nowhere Rd")
        answer = self.review(didww, where["address"], dids={"data": []})
        assert "cannot be found" in answer.json()["errors"][0]["title"]


class TestCallback:
    def test_goes_where_the_order_says_once(
        self, didww: Didww, clock: Clock, letterbox: Letterbox
    ) -> None:
        (offer,) = didww.offered()
        order = self.ordered(didww, offer["id"])
        clock.pass_by(1)
        for _ in range(2):
            didww.owned()
        assert eventually(lambda: len(letterbox.letters) == 1)
        (letter,) = letterbox.letters
        assert letter.url == "https://portal.example/hook"
        assert parse_qs(letter.body.decode()) == {
            "id": [order],
            "type": ["orders"],
            "status": ["completed"],
        }

    def test_may_come_before_the_answer(
        self, didww: Didww, control: Control, letterbox: Letterbox
    ) -> None:
        (offer,) = didww.offered()
        control.fault("didww", "webhook", "webhook_early", seconds=0.05)
        self.ordered(didww, offer["id"])
        assert eventually(lambda: len(letterbox.letters) == 1)
        assert b"completed" in letterbox.letters[0].body

    @pytest.mark.parametrize("method", ["get", None])
    def test_is_a_form_alone(self, didww: Didww, method: str | None) -> None:
        (offer,) = didww.offered()
        told = {"callback_url": "https://portal.example/hook", "callback_method": method}
        answer = didww.order(offer["id"], more=told)
        assert answer.status_code == 422

    def ordered(self, didww: Didww, offer: str) -> str:
        """Order a number that tells when it is done; gives the order's identifier."""
        told = {"callback_url": "https://portal.example/hook", "callback_method": "post"}
        answer = didww.order(offer, more=told)
        return str(answer.json()["data"]["id"])


class TestTrunks:
    def test_have_names_of_their_own(self, didww: Didww) -> None:
        didww.trunk("192.0.2.1", name="x")
        answer = didww.make_trunk("192.0.2.2", name="x")
        assert answer.status_code == 422
        assert "already been taken" in answer.json()["errors"][0]["title"]

    def test_take_numbers_for_words(self, didww: Didww) -> None:
        assert didww.make_trunk("192.0.2.1", transport_protocol_id="UDP").status_code == 422


class TestDoor:
    def test_wants_the_key_and_the_format(self, didww: Didww) -> None:
        assert didww.client.get("/didww/v3/dids", headers={"Api-Key": "x"}).status_code == 401
        answer = didww.client.post("/didww/v3/orders", json={"data": {"type": "orders"}})
        assert answer.status_code == 415


class TestFaults:
    def test_words_that_nobody_knows_stand_for_the_status(
        self, didww: Didww, control: Control
    ) -> None:
        (offer,) = didww.offered()
        control.fault("didww", "order", "unknown_word")
        order = didww.order(offer["id"]).json()["data"]
        assert order["attributes"]["status"] not in {"pending", "completed", "canceled"}
