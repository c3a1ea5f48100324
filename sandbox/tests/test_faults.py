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
            assert answer.headers["x-ratelimit-reset"] == "7"
        assert telnyx.get("available_phone_numbers").status_code == 200

    def test_is_twilio_20429_and_nothing_happened(self, twilio: Twilio, control: Control) -> None:
        (number,) = twilio.offered()
        control.fault("twilio", "order", "rate_limited")
        answer = twilio.buy(number)
        assert (answer.status_code, answer.json()["code"]) == (429, 20429)
        assert twilio.buy(number).status_code == 201


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
        assert len(control.get("faults")) == 2

    def test_can_be_dropped(self, twilio: Twilio, control: Control) -> None:
        control.fault("", "", "rate_limited", times=9)
        assert control.client.delete("/_control/faults").status_code == 200
        assert twilio.get("Balance").status_code == 200

    @pytest.mark.parametrize(
        "fault",
        [
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
