"""Trouble on demand, and what is true afterwards."""

from __future__ import annotations

import time

import pytest

from sandbox.tests.conftest import Clock
from sandbox.tests.talk import Control, Telnyx, Twilio


class TestTimeouts:
    def test_before_the_effect_leave_nothing(self, twilio: Twilio, control: Control) -> None:
        (number,) = twilio.offered()
        control.fault("twilio", "order", "timeout_before")
        assert twilio.buy(number).status_code == 504
        assert control.get("seen")["purchases"] == {}
        assert twilio.buy(number).status_code == 201

    def test_after_the_effect_leave_all_of_it(self, twilio: Twilio, control: Control) -> None:
        (number,) = twilio.offered()
        control.fault("twilio", "order", "timeout_after")
        assert twilio.buy(number).status_code == 504
        assert control.get("seen")["purchases"] == {number: 1}
        found = twilio.get("IncomingPhoneNumbers", PhoneNumber=number).json()
        assert len(found["incoming_phone_numbers"]) == 1

    def test_keep_the_caller_waiting(self, telnyx: Telnyx, control: Control) -> None:
        control.fault("telnyx", "order", "timeout_after", seconds=0.05)
        began = time.monotonic()
        assert telnyx.order(*telnyx.offered(), customer_reference="r").status_code == 504
        assert time.monotonic() - began >= 0.05
        found = telnyx.get("number_orders", filter__customer_reference="r").json()
        assert found["meta"]["total_results"] == 1


class TestDelay:
    def test_answers_late_but_answers(self, telnyx: Telnyx, control: Control) -> None:
        control.fault("telnyx", "search", "delay", seconds=0.05)
        began = time.monotonic()
        assert len(telnyx.offered(2)) == 2
        assert time.monotonic() - began >= 0.05


class TestRateLimit:
    def test_is_telnyx_10011_with_the_time_to_come_back(
        self, telnyx: Telnyx, control: Control
    ) -> None:
        control.fault("telnyx", "search", "rate_limited", times=2, seconds=7)
        for _ in range(2):
            answer = telnyx.get("available_phone_numbers")
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (429, "10011")
            assert answer.headers["x-ratelimit-reset"] == answer.headers["retry-after"] == "7"
        assert telnyx.get("available_phone_numbers").status_code == 200

    def test_is_twilio_20429_and_nothing_happened(self, twilio: Twilio, control: Control) -> None:
        (number,) = twilio.offered()
        control.fault("twilio", "order", "rate_limited")
        answer = twilio.buy(number)
        assert (answer.status_code, answer.json()["code"]) == (429, 20429)
        assert twilio.buy(number).status_code == 201

    @pytest.mark.parametrize("seconds", [0, 7])
    def test_names_a_time_only_if_told_to(
        self, telnyx: Telnyx, twilio: Twilio, control: Control, seconds: int
    ) -> None:
        control.fault("", "balance", "rate_limited", times=2, seconds=seconds)
        for answer in (telnyx.get("balance"), twilio.get("Balance")):
            assert answer.status_code == 429
            assert answer.headers.get("retry-after") == (str(seconds) if seconds else None)


class TestServerErrors:
    def test_before_the_effect_leave_nothing(self, twilio: Twilio, control: Control) -> None:
        (number,) = twilio.offered()
        control.fault("twilio", "order", "error_before")
        assert twilio.buy(number).status_code == 500
        assert control.get("seen")["purchases"] == {}

    def test_after_the_effect_leave_all_of_it(self, telnyx: Telnyx, control: Control) -> None:
        (number,) = telnyx.offered()
        control.fault("telnyx", "order", "error_after")
        assert telnyx.order(number).status_code == 500
        assert control.get("seen")["purchases"] == {number: 1}


class TestRefusals:
    def test_of_credentials_are_in_the_carriers_words(
        self, telnyx: Telnyx, twilio: Twilio, control: Control
    ) -> None:
        control.fault("", "order", "wrong_credentials", times=2)
        answer = telnyx.order(*telnyx.offered())
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "10009")
        refused = twilio.buy(*twilio.offered())
        assert (refused.status_code, refused.json()["code"]) == (401, 20003)
        assert control.get("seen")["purchases"] == {}

    def test_for_lack_of_money_are_in_the_carriers_words(
        self, telnyx: Telnyx, twilio: Twilio, control: Control
    ) -> None:
        control.fault("", "order", "no_funds", times=2)
        assert telnyx.order(*telnyx.offered()).status_code == 402
        assert "balance" in twilio.buy(*twilio.offered()).json()["message"]
        assert control.get("seen")["purchases"] == {}


class TestGarbage:
    def test_comes_after_the_effect_and_is_the_same_for_the_same_seed(
        self, twilio: Twilio, control: Control
    ) -> None:
        bodies = []
        for seed in (1, 2, 3, 1, 2, 3):
            control.fault("twilio", "order", "garbage", seed=seed)
            answer = twilio.buy(*twilio.offered())
            assert answer.status_code == 201
            with pytest.raises((ValueError, TypeError, KeyError, RecursionError)):
                answer.json()["sid"]
            bodies.append(answer.content)
        assert len(set(bodies)) > 1
        # Half a body is half of another number's, hence the lengths.
        assert [len(body) for body in bodies[:3]] == [len(body) for body in bodies[3:]]
        assert len(control.get("seen")["purchases"]) == 6


class TestUnknownWord:
    def test_stands_wherever_a_status_is(
        self, telnyx: Telnyx, control: Control, clock: Clock
    ) -> None:
        control.fault("telnyx", "", "unknown_word", times=2, seed=4)
        order = telnyx.order(*telnyx.offered()).json()["data"]
        clock.pass_by(1)
        rows = telnyx.owned()
        words = {order["status"], order["phone_numbers"][0]["status"], rows[0]["status"]}
        assert not words & {"pending", "success", "failure", "active"}
        assert telnyx.owned()[0]["status"] == "active"


class TestListFails:
    def test_on_the_page_it_names(self, telnyx: Telnyx, twilio: Twilio, control: Control) -> None:
        for _ in range(3):
            telnyx.order(*telnyx.offered())
            twilio.buy(*twilio.offered())
        control.fault("", "list", "list_fails", page=2, times=2)
        pages = [telnyx.get("phone_numbers", page__number=n, page__size=1) for n in (1, 2, 3)]
        assert [page.status_code for page in pages] == [200, 500, 200]
        rows = [twilio.get("IncomingPhoneNumbers", Page=n, PageSize=1) for n in (0, 1, 2)]
        assert [row.status_code for row in rows] == [200, 500, 200]


class TestNumberGone:
    def test_is_a_failed_line_at_telnyx(
        self, telnyx: Telnyx, control: Control, clock: Clock
    ) -> None:
        (number,) = telnyx.offered()
        control.fault("telnyx", "order", "number_gone")
        order = telnyx.order(number).json()["data"]
        clock.pass_by(1)
        order = telnyx.get(f"number_orders/{order['id']}").json()["data"]
        assert order["phone_numbers"][0]["status"] == "failure"
        assert telnyx.offered(filter__phone_number__contains=number[2:]) == []

    def test_is_21422_at_twilio(self, twilio: Twilio, control: Control) -> None:
        (number,) = twilio.offered()
        control.fault("twilio", "order", "number_gone")
        assert twilio.buy(number).json()["code"] == 21422
        assert number not in twilio.offered(1000)


class TestScript:
    def test_strikes_only_what_it_names(self, twilio: Twilio, control: Control) -> None:
        control.fault("telnyx", "balance", "rate_limited")
        control.fault("twilio", "search", "rate_limited")
        assert twilio.get("Balance").status_code == 200
        assert len(control.get("faults")["to_come"]) == 2

    def test_can_be_dropped(self, twilio: Twilio, control: Control) -> None:
        control.fault("", "", "rate_limited", times=9)
        assert control.client.delete("/_control/faults").status_code == 200
        assert twilio.get("Balance").status_code == 200

    def test_says_what_is_to_come_and_what_struck(self, twilio: Twilio, control: Control) -> None:
        control.fault("twilio", "balance", "rate_limited", times=3, seconds=9)
        assert twilio.get("Balance").status_code == 429
        listed = control.get("faults")
        assert listed["to_come"] == [
            {
                "carrier": "twilio",
                "operation": "balance",
                "kind": "rate_limited",
                "times": 2,
                "seconds": 9.0,
                "probability": 1.0,
                "seed": 0,
                "page": 0,
            }
        ]
        assert listed["struck"] == [
            {"carrier": "twilio", "operation": "balance", "kind": "rate_limited", "times": 1}
        ]

    def test_strikes_by_chance_and_the_same_way_for_the_same_seed(
        self, twilio: Twilio, control: Control
    ) -> None:
        runs = []
        for seed in (7, 7, 8):
            control.fault("twilio", "balance", "error_before", times=99, probability=0.5, seed=seed)
            runs.append([twilio.get("Balance").status_code for _ in range(20)])
            control.client.delete("/_control/faults")
        assert runs[0] == runs[1] != runs[2]
        assert set(runs[0]) == {200, 500}

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "reset_after"},
            {"kind": "drip_body", "seconds": 1},
            {"kind": "delay", "probability": 0},
            {"kind": "delay", "seconds": "NaN"},
            {"kind": "delay", "operation": "webhook"},
            {"kind": "webhook_late", "operation": "webhook"},
            {"kind": "webhook_lost"},
            {"kind": "webhook_early", "operation": "webhook", "carrier": "twilio", "seconds": 1},
            {"kind": "list_fails", "operation": "list"},
            {"kind": "delay", "page": 2},
            {"kind": "unknown_word", "operation": "search"},
            {"kind": "explode"},
            {"kind": "delay", "operation": "sing"},
            {"kind": "delay", "carrier": "acme"},
            {"kind": "delay", "times": 0},
            {"kind": "delay", "colour": "red"},
            {"kind": "number_gone", "operation": "search"},
            {"kind": "webhook_lost", "operation": "order"},
        ],
    )
    def test_refuses_what_can_never_strike(
        self, control: Control, fault: dict[str, object]
    ) -> None:
        answer = control.client.post("/_control/faults", json=fault)
        assert answer.status_code == 400
        assert answer.json()["detail"]
