"""A carrier by hand over the API: quote, order, what the person says, an interface later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dids.models import CarrierOrder, PhoneNumber, Task, TaskKind
from dids.workflows import purchase
from portal.tests.api.caller import Caller
from portal.tests.api.world import World

FIRST, SECOND = "+441617150001", "+441617150002"


@pytest.fixture
def account(world: World, staff: Caller) -> str:
    """Connect an account at a carrier without an interface; give its address."""
    wish = {"carrier": "voxtelesys", "name": "Vox", "credentials": {}}
    made = staff.post("carrier-accounts", wish)
    assert (made.status, made.body["health"]) == (201, "BY_HAND"), made.text
    return f"carrier-accounts/{made.body['id']}"


def quote(staff: Caller, account: str, **more: Any) -> Any:
    """Enter a quote of two numbers."""
    until = (timezone.now() + timedelta(days=3)).isoformat()
    numbers = [{"number": number, "monthly": "0.50"} for number in (FIRST, SECOND)]
    wish = {"numbers": numbers, "currency": "GBP", "until": until, **more}
    return staff.post(f"{account}/quotes", wish)


def order(caller: Caller, search: str) -> Task:
    """Order all that a search offers, and give the task of whoever orders there."""
    offers = caller.get(f"searches/{search}").body["offers"]
    lines = [{"offer": offer["id"]} for offer in offers]
    made = caller.post("orders", {"lines": lines}).body
    assert caller.post(f"orders/{made['id']}/submit", {}).status == 202
    purchase.place(carrier_order_id=CarrierOrder.objects.latest("pk").pk, now=timezone.now())
    return Task.objects.get(kind=TaskKind.CARRIER_ORDER)


class TestByHand:
    def test_has_the_balance_that_somebody_wrote_down(self, account: str, staff: Caller) -> None:
        wish = {"amount": "-4.5", "currency": "usd", "at": "2026-11-20T10:00:00Z"}
        told = staff("PUT", f"{account}/balance", wish).body
        assert (told["balance"]["amount"], told["balance"]["currency"]) == ("-4.5000", "USD")
        health = staff.get(f"{account}/health").body
        assert (health["balance"], health["balance_at"]) == (told["balance"], told["balance_at"])
        later = staff("PUT", f"{account}/balance", {**wish, "at": "2999-01-01T00:00:00Z"})
        assert later.is_problem(422, "at")

    def test_from_a_quote_to_numbers_in_stock(self, account: str, staff: Caller) -> None:
        made = quote(staff, account)
        assert (made.status, made.body["numbers"]) == (201, 2)
        task = order(staff, made.body["search"])
        there = f"tasks/{task.uuid}"
        shown = staff.get(there).body
        assert FIRST in shown["payload"]["text"]
        assert shown["payload"]["codes"][0][0] == "GONE"

        waits = staff.post(f"{there}/wait", {"reference": "INC-1"}).body
        assert (waits["status"], waits["external_reference"]) == ("WAITING_CARRIER", "INC-1")
        assert staff.post(f"{there}/go-on", {}).body["status"] == "TAKEN"
        nonsense = {"numbers": [{"number": FIRST, "status": "FAILED", "code": "NAP"}]}
        assert staff.post(f"{there}/outcomes", nonsense).is_problem(422)
        part = {"numbers": [{"number": FIRST, "status": "BOUGHT", "carrier_reference": "D1"}]}
        for _ in range(2):
            assert staff.post(f"{there}/outcomes", part).body["status"] == "TAKEN"
        rest = {"numbers": [{"number": SECOND, "status": "FAILED", "code": "GONE"}]}
        assert staff.post(f"{there}/outcomes", rest).body["status"] == "DONE"
        assert staff.post(f"{there}/outcomes", rest).is_problem(409)
        assert PhoneNumber.objects.get(e164=FIRST).carrier_reference == "D1"
        assert not PhoneNumber.objects.filter(e164=SECOND).exists()

    def test_gets_an_interface_and_its_open_task_ends_as_it_began(
        self, account: str, staff: Caller
    ) -> None:
        task = order(staff, quote(staff, account).body["search"])
        wish = {"carrier": "telnyx", "credentials": {"api_key": "K", "public_key": "P"}}
        assert staff("PUT", f"{account}/interface", wish).body["carrier"] == "telnyx"

        said = [{"number": number, "status": "BOUGHT"} for number in (FIRST, SECOND)]
        done = staff.post(f"tasks/{task.uuid}/outcomes", {"numbers": said})
        assert done.body["status"] == "DONE"
        assert quote(staff, account).is_problem(422)
