"""Telnyx: what its customers rely on, and what surprises them."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sandbox.courier import Letter
from sandbox.tests.conftest import Clock, Letterbox
from sandbox.tests.talk import Control, Telnyx


def eventually(holds: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait for another thread."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)
    return holds()


class TestSearch:
    def test_finds_by_place_and_feature(self, telnyx: Telnyx) -> None:
        answer = telnyx.get(
            "available_phone_numbers",
            filter__country_code="US",
            filter__national_destination_code="312",
            filter__locality="chicago",
            filter__administrative_area="IL",
            **{"filter[features][]": ["sms", "voice"]},
            filter__limit=3,
        ).json()
        assert len(answer["data"]) == answer["meta"]["total_results"] == 3
        for offer in answer["data"]:
            assert offer["phone_number"].startswith("+1312")
            assert {"name": "sms"} in offer["features"]
            assert float(offer["cost_information"]["monthly_cost"]) > 0

    def test_leaves_the_area_code_out_of_patterns_when_it_is_given(self, telnyx: Telnyx) -> None:
        whole, rest = "312555", "555"
        code = "312"
        assert telnyx.offered(filter__phone_number__starts_with=whole)
        assert telnyx.offered(filter__phone_number__starts_with=rest) == []
        assert telnyx.offered(
            filter__phone_number__starts_with=rest, filter__national_destination_code=code
        )

    def test_takes_no_pages(self, telnyx: Telnyx) -> None:
        answer = telnyx.get("available_phone_numbers", page__size=5)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["source"] == {"parameter": "page[size]"}

    @pytest.mark.parametrize(
        ("name", "value"),
        [("filter__limit", "many"), ("filter__phone_number_type", "fixed"), ("filter__town", "x")],
    )
    def test_refuses_what_the_description_lacks(
        self, telnyx: Telnyx, name: str, value: str
    ) -> None:
        answer = telnyx.get("available_phone_numbers", **{name: value})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "10015")


class TestReservation:
    def test_keeps_a_number_from_everybody_else(self, telnyx: Telnyx, stranger: Telnyx) -> None:
        (number,) = telnyx.offered()
        reservation = telnyx.hold(number, customer_reference="cart-1")
        assert (reservation["status"], reservation["customer_reference"]) == ("success", "cart-1")
        digits = number[2:]
        assert stranger.offered(filter__phone_number__contains=digits) == []
        assert telnyx.offered(filter__phone_number__contains=digits) == [number]
        assert (
            telnyx.offered(
                filter__phone_number__contains=digits, filter__exclude_held_numbers="true"
            )
            == []
        )

    def test_is_refused_number_by_number(self, telnyx: Telnyx, stranger: Telnyx) -> None:
        first, second = telnyx.offered(2)
        telnyx.hold(first)
        reservation = stranger.hold(first, second)
        on_hold, free = reservation["phone_numbers"]
        assert (on_hold["status"], on_hold["errors"]) == ("failure", "Number is already on hold")
        assert (free["status"], "errors" in free) == ("success", False)
        assert stranger.hold(first)["status"] == "failure"

    def test_lets_only_its_owner_buy(
        self, telnyx: Telnyx, stranger: Telnyx, clock: Clock, control: Control
    ) -> None:
        (number,) = telnyx.offered()
        telnyx.hold(number)
        refused = stranger.order(number).json()["data"]
        bought = telnyx.order(number).json()["data"]
        clock.pass_by(1)
        for customer, order, status in (
            (stranger, refused, "failure"),
            (telnyx, bought, "success"),
        ):
            order = customer.get(f"number_orders/{order['id']}").json()["data"]
            assert order["phone_numbers"][0]["status"] == status
        assert stranger.owned() == []

    def test_ends_with_the_purchase(self, telnyx: Telnyx, stranger: Telnyx, clock: Clock) -> None:
        (number,) = telnyx.offered()
        telnyx.hold(number)
        telnyx.order(number)
        clock.pass_by(1)
        telnyx.delete(f"phone_numbers/{telnyx.owned()[0]['id']}")
        assert stranger.hold(number)["status"] == "success"

    def test_lapses_after_half_an_hour_unless_it_is_extended(
        self, telnyx: Telnyx, stranger: Telnyx, clock: Clock
    ) -> None:
        (number,) = telnyx.offered()
        reservation = telnyx.hold(number)
        extend = f"number_reservations/{reservation['id']}/actions/extend"
        clock.pass_by(29 * 60)
        extended = telnyx.post(extend).json()["data"]
        before, after = (r["phone_numbers"][0]["expired_at"] for r in (reservation, extended))
        assert before < after
        clock.pass_by(29 * 60)
        assert stranger.hold(number)["status"] == "failure"
        clock.pass_by(60)
        assert telnyx.post(extend).status_code == 422
        assert stranger.hold(number)["status"] == "success"

    def test_is_found_by_our_reference_and_by_nobody_else(
        self, telnyx: Telnyx, stranger: Telnyx
    ) -> None:
        first, second = telnyx.offered(2)
        reservation = telnyx.hold(first, customer_reference="mine")
        telnyx.hold(second, customer_reference="other")
        by_reference = {"filter__customer_reference": "mine"}
        by_number = {"filter[phone_numbers.phone_number]": first}
        for query in (by_reference, by_number):
            found = telnyx.get("number_reservations", **query).json()
            assert found["data"] == [reservation]
            assert stranger.get("number_reservations", **query).json()["data"] == []
        assert stranger.get(f"number_reservations/{reservation['id']}").status_code == 404


class TestOrder:
    def test_is_pending_first_and_succeeds_later(self, telnyx: Telnyx, clock: Clock) -> None:
        (number,) = telnyx.offered()
        order = telnyx.order(number, customer_reference="order-7").json()["data"]
        assert order["status"] == "pending"
        assert telnyx.owned()[0]["status"] == "purchase-pending"
        assert telnyx.offered(filter__phone_number__contains=number[2:]) == []
        clock.pass_by(1)
        order = telnyx.get(f"number_orders/{order['id']}").json()["data"]
        assert (order["status"], order["phone_numbers"][0]["status"]) == ("success", "success")
        assert telnyx.owned()[0]["status"] == "active"

    def test_can_be_found_by_our_reference_but_without_the_state_of_its_numbers(
        self, telnyx: Telnyx, clock: Clock
    ) -> None:
        first, second = telnyx.offered(2)
        telnyx.order(first, customer_reference="mine")
        telnyx.order(second, customer_reference="other")
        clock.pass_by(1)
        found = telnyx.get("number_orders", filter__customer_reference="mine").json()
        assert found["meta"]["total_results"] == 1
        (line,) = found["data"][0]["phone_numbers"]
        assert set(line) == {"id", "phone_number"}
        assert line["phone_number"] == first

    def test_fails_only_the_numbers_that_are_gone(
        self, telnyx: Telnyx, clock: Clock, control: Control
    ) -> None:
        taken, free = telnyx.offered(2)
        telnyx.order(taken)
        order = telnyx.order(taken, free, "+13125559999").json()["data"]
        clock.pass_by(1)
        order = telnyx.get(f"number_orders/{order['id']}").json()["data"]
        states = {line["phone_number"]: line["status"] for line in order["phone_numbers"]}
        assert states == {taken: "failure", free: "success", "+13125559999": "failure"}
        assert order["status"] == "success"
        assert control.get("seen")["purchases"] == {taken: 1, free: 1}

    def test_fails_whole_when_nothing_could_be_bought(self, telnyx: Telnyx, clock: Clock) -> None:
        order = telnyx.order("+13125559999").json()["data"]
        clock.pass_by(1)
        assert telnyx.get(f"number_orders/{order['id']}").json()["data"]["status"] == "failure"

    def test_takes_money_and_refuses_without(self, telnyx: Telnyx, control: Control) -> None:
        before = float(telnyx.get("balance").json()["data"]["balance"])
        (number,) = telnyx.offered()
        telnyx.order(number)
        assert float(telnyx.get("balance").json()["data"]["available_credit"]) < before
        poor = control.post("accounts", carrier="telnyx", balance="0.50", credentials={})
        telnyx.client.headers["Authorization"] = f"Bearer {poor['credentials']['api_key']}"
        answer = telnyx.order(*telnyx.offered())
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (402, "20100")
        assert telnyx.owned() == []

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({}, 400, "10004"),
            ({"phone_numbers": []}, 400, "10004"),
            ({"phone_numbers": [{"phone_number": "13125550100"}]}, 422, "10016"),
            ({"phone_numbers": [{"number": "+13125550100"}]}, 422, "10015"),
            ({"phone_numbers": [{"phone_number": "+13125550100"}], "ref": "x"}, 422, "10015"),
            (
                {"phone_numbers": [{"phone_number": "+13125550100"}], "connection_id": "1"},
                422,
                "10017",
            ),
            ([], 400, "10015"),
        ],
    )
    def test_refuses_malformed_bodies(
        self, telnyx: Telnyx, body: object, status: int, code: str
    ) -> None:
        answer = telnyx.post("number_orders", body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)


class TestNumbers:
    def test_are_found_by_digits_only_and_by_a_part(self, telnyx: Telnyx) -> None:
        (number,) = telnyx.offered()
        telnyx.order(number)

        def count(text: str) -> int:
            answer = telnyx.get("phone_numbers", filter__phone_number=text)
            return int(answer.json()["meta"]["total_results"])

        assert [count(number[1:]), count(number[4:]), count("555")] == [1, 1, 1]
        assert [count(number), count("55"), count("5550199999")] == [0, 0, 0]

    def test_come_in_pages(self, telnyx: Telnyx) -> None:
        numbers = telnyx.offered(45)
        telnyx.order(*numbers)
        pages = [
            telnyx.get("phone_numbers", page__number=page, page__size=20).json()
            for page in (1, 2, 3)
        ]
        seen = [row["phone_number"] for page in pages for row in page["data"]]
        assert pages[-1]["meta"] == {
            "page_number": 3,
            "page_size": 20,
            "total_pages": 3,
            "total_results": 45,
        }
        assert sorted(seen) == sorted(numbers)
        assert telnyx.get("phone_numbers", page__size=251).status_code == 400

    def test_are_bound_read_and_released(
        self, telnyx: Telnyx, clock: Clock, control: Control
    ) -> None:
        connection_id = telnyx.trunk("127.0.0.1")
        (number,) = telnyx.offered()
        telnyx.order(number)
        clock.pass_by(1)
        row = telnyx.owned()[0]
        assert row["connection_id"] is None
        changed = telnyx.patch(f"phone_numbers/{row['id']}", {"connection_id": connection_id})
        assert changed.json()["data"]["connection_name"] == "PBX"
        read = telnyx.get(f"phone_numbers/{row['id']}").json()["data"]
        assert read["connection_id"] == connection_id
        gone = telnyx.delete(f"phone_numbers/{row['id']}")
        assert (gone.status_code, gone.json()["data"]["status"]) == (200, "deleted")
        again = telnyx.delete(f"phone_numbers/{row['id']}")
        assert (again.status_code, again.json()["errors"][0]["code"]) == (404, "10005")
        assert telnyx.offered(filter__phone_number__contains=number[2:]) == [number]

    def test_are_deleted_only_once_they_are_unlocked(self, telnyx: Telnyx, clock: Clock) -> None:
        telnyx.order(*telnyx.offered())
        clock.pass_by(1)
        path = f"phone_numbers/{telnyx.owned()[0]['id']}"
        assert telnyx.lock(path, locked=True).json()["data"]["status"] == "pending"
        assert telnyx.get(path).json()["data"]["deletion_lock_enabled"] is True
        refused = telnyx.delete(path)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "10015")
        telnyx.lock(path, locked=False)
        assert telnyx.get(path).json()["data"]["deletion_lock_enabled"] is False
        assert telnyx.delete(path).status_code == 200

    def test_of_somebody_else_are_not_locked(
        self, telnyx: Telnyx, stranger: Telnyx, clock: Clock
    ) -> None:
        telnyx.order(*telnyx.offered())
        clock.pass_by(1)
        path = f"phone_numbers/{telnyx.owned()[0]['id']}"
        assert stranger.lock(path, locked=True).status_code == 422
        assert telnyx.get(path).json()["data"]["deletion_lock_enabled"] is False

    def test_refuse_a_connection_that_is_not_there(self, telnyx: Telnyx, clock: Clock) -> None:
        telnyx.order(*telnyx.offered())
        clock.pass_by(1)
        row = telnyx.owned()[0]
        answer = telnyx.patch(f"phone_numbers/{row['id']}", {"connection_id": "12"})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "10017")


class TestDelivery:
    @pytest.mark.parametrize(
        ("form", "user"), [("+e164", "+{}"), ("e164", "{}"), ("national", "{national}")]
    )
    def test_writes_the_number_in_the_form_of_the_connection(
        self, telnyx: Telnyx, clock: Clock, control: Control, form: str, user: str
    ) -> None:
        connection_id = telnyx.trunk("127.0.0.7", "127.0.0.8", dnis_number_format=form)
        (number,) = telnyx.offered(filter__country_code="GB", filter__phone_number_type="local")
        telnyx.order(number, connection_id=connection_id)
        assert control.delivery(number)["delivered"] is False
        clock.pass_by(1)
        delivery = control.delivery(number)
        assert delivery["request_user"] == user.format(number[1:], national=number[3:])
        assert delivery["source_address"] == "127.0.1.10"
        assert [(g["host"], g["port"], g["priority"]) for g in delivery["gateways"]] == [
            ("127.0.0.7", 5060, 1),
            ("127.0.0.8", 5060, 2),
        ]

    def test_says_why_not(self, telnyx: Telnyx, clock: Clock, control: Control) -> None:
        (number,) = telnyx.offered()
        assert "bought" in control.delivery(number)["reason"]
        telnyx.order(number)
        clock.pass_by(1)
        assert "no connection" in control.delivery(number)["reason"]


class TestConnections:
    def test_cannot_name_their_addresses_before_they_exist(self, telnyx: Telnyx) -> None:
        inbound = {"default_primary_ip_id": "1"}
        answer = telnyx.post("ip_connections", {"connection_name": "x", "inbound": inbound})
        error = answer.json()["errors"][0]
        assert answer.status_code == 422
        assert error["source"]["pointer"] == "/inbound/default_primary_ip_id"

    def test_refuse_another_connections_address(self, telnyx: Telnyx) -> None:
        mine, other = telnyx.trunk("127.0.0.1"), telnyx.trunk("127.0.0.2")
        ips = telnyx.get("ips", filter__connection_id=other).json()["data"]
        body = {"inbound": {"default_primary_ip_id": ips[0]["id"]}}
        assert telnyx.patch(f"ip_connections/{mine}", body).status_code == 422

    def test_refuse_a_format_that_does_not_exist(self, telnyx: Telnyx) -> None:
        inbound = {"dnis_number_format": "test"}
        answer = telnyx.post("ip_connections", {"connection_name": "x", "inbound": inbound})
        assert answer.json()["errors"][0]["source"]["pointer"] == "/inbound/dnis_number_format"

    def test_have_decimal_ids(self, telnyx: Telnyx) -> None:
        assert telnyx.trunk("127.0.0.1").isdigit()


class TestDoor:
    @pytest.mark.parametrize("header", ["", "Bearer nobody", "Basic KEYsandbox0001"])
    def test_refuses_other_keys(self, telnyx: Telnyx, header: str) -> None:
        telnyx.client.headers["Authorization"] = header
        answer = telnyx.get("balance")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "10009")

    def test_keeps_customers_apart(self, telnyx: Telnyx, control: Control) -> None:
        order = telnyx.order(*telnyx.offered()).json()["data"]
        rival = control.post("accounts", carrier="telnyx", credentials={})
        telnyx.client.headers["Authorization"] = f"Bearer {rival['credentials']['api_key']}"
        assert telnyx.owned() == []
        assert telnyx.get(f"number_orders/{order['id']}").status_code == 404

    def test_answers_unknown_paths_in_its_own_words(self, telnyx: Telnyx) -> None:
        answer = telnyx.get("porting_orders")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "10005")


class TestWebhook:
    def order_with_webhook(self, telnyx: Telnyx, control: Control, clock: Clock) -> str:
        """Order a number and let its time come."""
        control.post("webhook", carrier="telnyx", account="KEYsandbox0001", url="http://portal/w")
        order_id: str = telnyx.order(*telnyx.offered()).json()["data"]["id"]
        clock.pass_by(1)
        return order_id

    def test_is_signed_over_timestamp_and_body(
        self, telnyx: Telnyx, control: Control, clock: Clock, letterbox: Letterbox
    ) -> None:
        order_id = self.order_with_webhook(telnyx, control, clock)
        assert eventually(lambda: len(letterbox.letters) == 1)
        letter = letterbox.letters[0]
        account = control.account("telnyx")
        key = Ed25519PublicKey.from_public_bytes(
            base64.b64decode(account["credentials"]["public_key"])
        )
        key.verify(base64.b64decode(letter.headers["telnyx-signature-ed25519"]), _signed(letter))
        assert letter.url == "http://portal/w"
        assert order_id.encode() in letter.body
        assert b'"number_order.complete"' in letter.body

    def test_is_lost_or_doubled_on_demand(
        self, telnyx: Telnyx, control: Control, clock: Clock, letterbox: Letterbox
    ) -> None:
        control.fault("telnyx", "webhook", "webhook_lost")
        control.fault("telnyx", "webhook", "webhook_doubled")
        self.order_with_webhook(telnyx, control, clock)
        assert eventually(lambda: len(control.get("faults")["to_come"]) == 1)
        second = self.order_with_webhook(telnyx, control, clock)
        assert eventually(lambda: len(letterbox.letters) == 2)
        assert all(second.encode() in letter.body for letter in letterbox.letters)

    def test_comes_after_the_next_one_on_demand(
        self, telnyx: Telnyx, control: Control, clock: Clock, letterbox: Letterbox
    ) -> None:
        control.fault("telnyx", "webhook", "webhook_reordered", seconds=60)
        first = self.order_with_webhook(telnyx, control, clock)
        assert eventually(lambda: control.get("faults")["to_come"] == [])
        second = self.order_with_webhook(telnyx, control, clock)
        assert eventually(lambda: len(letterbox.letters) == 2)
        places = [second.encode() in letter.body for letter in letterbox.letters]
        assert places == [True, False]
        assert first.encode() in letterbox.letters[1].body

    def test_comes_without_a_next_one_when_its_time_is_over(
        self, telnyx: Telnyx, control: Control, clock: Clock, letterbox: Letterbox
    ) -> None:
        control.fault("telnyx", "webhook", "webhook_reordered", seconds=0.05)
        self.order_with_webhook(telnyx, control, clock)
        assert eventually(lambda: len(letterbox.letters) == 1)

    def test_comes_late_on_demand(
        self, telnyx: Telnyx, control: Control, clock: Clock, letterbox: Letterbox
    ) -> None:
        control.fault("telnyx", "webhook", "webhook_late", seconds=0.05)
        self.order_with_webhook(telnyx, control, clock)
        assert eventually(lambda: len(letterbox.letters) == 1)
        assert control.get("faults")["struck"][0]["kind"] == "webhook_late"

    def test_comes_before_the_answer_on_demand(
        self, telnyx: Telnyx, control: Control, letterbox: Letterbox
    ) -> None:
        control.post("webhook", carrier="telnyx", account="KEYsandbox0001", url="http://portal/w")
        control.fault("telnyx", "webhook", "webhook_early", seconds=0.2)
        order = telnyx.order(*telnyx.offered()).json()["data"]
        assert order["status"] == "pending"
        assert [order["id"].encode() in letter.body for letter in letterbox.letters] == [True]
        assert b'"success"' in letterbox.letters[0].body

    @pytest.mark.parametrize("kind", ["webhook_badly_signed", "webhook_unknown_word"])
    def test_is_spoilt_on_demand(
        self, telnyx: Telnyx, control: Control, clock: Clock, letterbox: Letterbox, kind: str
    ) -> None:
        control.fault("telnyx", "webhook", kind)
        self.order_with_webhook(telnyx, control, clock)
        assert eventually(lambda: len(letterbox.letters) == 1)
        (letter,) = letterbox.letters
        account = control.account("telnyx")
        key = Ed25519PublicKey.from_public_bytes(
            base64.b64decode(account["credentials"]["public_key"])
        )
        signature = base64.b64decode(letter.headers["telnyx-signature-ed25519"], validate=True)
        if kind == "webhook_badly_signed":
            with pytest.raises(InvalidSignature):
                key.verify(signature, _signed(letter))
        else:
            key.verify(signature, _signed(letter))
            assert b"number_order.pondered" in letter.body
            assert b'"success"' not in letter.body

    def test_comes_again_when_it_was_not_taken(
        self,
        telnyx: Telnyx,
        control: Control,
        clock: Clock,
        letterbox: Letterbox,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("sandbox.courier.PAUSE", 0.01)
        letterbox.statuses = [503]
        self.order_with_webhook(telnyx, control, clock)
        assert eventually(lambda: len(control.get("webhooks")) == 2)
        assert [entry["status"] for entry in control.get("webhooks")] == [503, 200]
        assert b'"attempt": 2' in letterbox.letters[1].body


def _signed(letter: Letter) -> bytes:
    return letter.headers["telnyx-timestamp"].encode() + b"|" + letter.body
