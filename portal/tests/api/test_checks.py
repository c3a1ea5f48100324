"""A carrier account is checked at its carrier, and what came of it is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import Event
from accounts.tests.cast import Cast
from portal.tests.api.caller import Caller, caller_of
from trunks.models import CarrierAccount, Exchange
from trunks.tests.carriers.sandbox import CarrierSandbox, sandboxed
from trunks.tests.factories import SANDBOX

pytestmark = pytest.mark.django_db

WRONG = {
    "telnyx": {"api_key": "KEYwrong"},
    "twilio": {"auth_token": "0123456789abcdef0123456789abcdef"},
}


@pytest.fixture
def sandbox() -> Iterator[CarrierSandbox]:
    """Put the sandbox carriers on the wire."""
    with sandboxed() as opened:
        yield opened


@pytest.fixture
def staff(cast: Cast) -> Caller:
    """Give a program of the provider."""
    return caller_of(cast.provider)


def connect(staff: Caller, sandbox: CarrierSandbox, carrier: str, **changed: str) -> Any:
    """Connect an account over the API; gives what it answered."""
    credentials = {**sandbox.account(carrier, balance="321.50")["credentials"], **changed}
    body = {
        "carrier": carrier,
        "name": f"Our {carrier}",
        "credentials": credentials,
        "base_url": f"{SANDBOX}/{carrier}",
    }
    made = staff.post("carrier-accounts", body)
    assert made.status == 201, made.text
    return made.body


@pytest.mark.parametrize("carrier", ["telnyx", "twilio"])
class TestACheck:
    def test_tells_the_balance(self, staff: Caller, sandbox: CarrierSandbox, carrier: str) -> None:
        account = connect(staff, sandbox, carrier)
        assert account["checked_at"] is None
        checked = staff.post(f"carrier-accounts/{account['id']}/check", {})
        assert checked.status == 200, checked.text
        assert (checked.body["status"], checked.body["health"]) == ("ACTIVE", "GOOD")
        assert checked.body["balance"] == {"amount": "321.5000", "currency": "USD"}
        assert checked.body["checked_at"] is not None
        assert staff.get("carrier-accounts").body["results"] == [checked.body]

    def test_finds_wrong_credentials_and_says_so_in_a_sentence(
        self, staff: Caller, sandbox: CarrierSandbox, carrier: str
    ) -> None:
        account = connect(staff, sandbox, carrier, **WRONG[carrier])
        checked = staff.post(f"carrier-accounts/{account['id']}/check", {})
        assert checked.status == 200, checked.text
        assert checked.body["status"] == "BROKEN"
        assert checked.body["health"] == "REFUSED"
        assert "credentials" in checked.body["trouble"]
        assert checked.body["trouble"].endswith(".")
        assert checked.body["balance"] is None
        for secret in WRONG[carrier].values():
            kept = [str(row.__dict__) for row in Exchange.objects.all()]
            assert kept
            assert secret not in checked.text + "".join(kept)
        assert Event.objects.filter(action="trunks.account.broken").count() == 1

    def test_finds_a_carrier_that_does_not_answer(
        self, staff: Caller, sandbox: CarrierSandbox, carrier: str
    ) -> None:
        account = connect(staff, sandbox, carrier)
        sandbox.fault(carrier, "balance", "rate_limited", times=10)
        checked = staff.post(f"carrier-accounts/{account['id']}/check", {})
        assert checked.status == 200, checked.text
        assert checked.body["status"] == "ACTIVE"
        assert checked.body["health"] == "RESTING"
        assert checked.body["trouble"]
        again = staff.post(f"carrier-accounts/{account['id']}/check", {})
        assert again.is_problem(409)
        assert "Try again in" in again.body["detail"]

    def test_is_for_the_provider_alone(
        self, cast: Cast, staff: Caller, sandbox: CarrierSandbox, carrier: str
    ) -> None:
        account = connect(staff, sandbox, carrier)
        answer = caller_of(cast.dealer).post(f"carrier-accounts/{account['id']}/check", {})
        assert answer.is_problem(403)
        assert CarrierAccount.objects.get(uuid=account["id"]).checked_at is None
