"""The control endpoint beside the carriers."""

from __future__ import annotations

from sandbox.app import Sandbox
from sandbox.registry import DEMO_ACCOUNTS
from sandbox.tests.talk import Control, Telnyx, Twilio


class TestAccounts:
    def test_demo_accounts_are_there_at_start(self, control: Control) -> None:
        opened = {account["carrier"]: account["credentials"] for account in control.get("accounts")}
        assert opened["telnyx"]["api_key"] == "KEYsandbox0001"
        for slug, credentials in DEMO_ACCOUNTS.items():
            assert credentials.items() <= opened[slug].items()

    def test_new_ones_get_the_credentials_asked_for(self, control: Control) -> None:
        made = control.post(
            "accounts", carrier="telnyx", credentials={"api_key": "KEYmine"}, balance="12.00"
        )
        assert made["credentials"]["api_key"] == "KEYmine"
        assert made["balance"] == "12.00"

    def test_impossible_ones_are_refused(self, control: Control) -> None:
        bodies: list[object] = [
            {"carrier": "acme"},
            {"carrier": "twilio", "credentials": {"account_sid": "AC1"}},
            {"carrier": "telnyx", "credentials": {"token": "x"}},
            {"carrier": "telnyx", "balance": "much"},
            [],
        ]
        for body in bodies:
            assert control.client.post("/_control/accounts", json=body).status_code == 400


class TestSeen:
    def test_counts_per_carrier_and_operation(
        self, telnyx: Telnyx, twilio: Twilio, control: Control
    ) -> None:
        telnyx.offered()
        twilio.get("IncomingPhoneNumbers")
        twilio.get("IncomingPhoneNumbers", PhoneNumber="+13125550150")
        seen = control.get("seen")["operations"]
        called = {slug: counts for slug, counts in seen.items() if counts}
        assert called == {"telnyx": {"search": 1}, "twilio": {"list": 1, "find": 1}}


class TestReset:
    def test_makes_everything_new(self, telnyx: Telnyx, control: Control, sandbox: Sandbox) -> None:
        (number,) = telnyx.offered()
        telnyx.order(number)
        control.post("accounts", carrier="telnyx", credentials={"api_key": "KEYmine"})
        control.post("reset")
        assert len(control.get("accounts")) == len(DEMO_ACCOUNTS)
        assert telnyx.owned() == []
        assert telnyx.offered() == [number]


class TestPaths:
    def test_unknown_ones_are_explained(self, control: Control) -> None:
        assert "/_control/" in control.client.get("/").json()["detail"]
        assert "/_control/seen" in control.client.get("/_control/nothing").json()["detail"]
        assert control.client.get("/_control/delivery?number=+1").status_code == 400
