"""Steps on many numbers by a program: a verdict for each, and the rest go on."""

from __future__ import annotations

from typing import Any

from dids.models import PhoneNumber
from portal.tests.api.caller import Caller, caller_of
from portal.tests.api.world import (
    DEALER_STOCK,
    LOOSE,
    OFFERED,
    TENANT_NUMBER,
    World,
)

UNKNOWN = "+13125559999"


def verdicts(caller: Caller, path: str, body: dict[str, Any]) -> dict[str, str]:
    """Take a step; give what stood in the way of each number."""
    answer = caller("POST", path, body)
    assert answer.status == 200, answer.text
    return {one["number"]: one["problem"] for one in answer.body["results"]}


def holder(e164: str) -> str:
    """Give who has a number."""
    return PhoneNumber.objects.get(e164=e164).holder.name


class TestManyNumbers:
    def test_are_allotted_and_taken_back(self, world: World) -> None:
        dealer, to = caller_of(world.cast.dealer), world.cast.tenant
        sent = {"numbers": [DEALER_STOCK, UNKNOWN, OFFERED], "to": str(to.uuid)}
        rehearsed = verdicts(dealer, "numbers/allot?dry_run=true", sent)
        assert holder(DEALER_STOCK) == world.cast.dealer.name
        found = verdicts(dealer, "numbers/allot", sent)
        assert found == rehearsed
        assert list(found) == sent["numbers"]
        assert found[DEALER_STOCK] == ""
        assert "no such number" in found[UNKNOWN]
        assert "is offered" in found[OFFERED]
        assert holder(DEALER_STOCK) == to.name
        taken = verdicts(dealer, "numbers/recall", {"numbers": [DEALER_STOCK, TENANT_NUMBER]})
        assert taken[DEALER_STOCK] == ""
        assert "has pointed" in taken[TENANT_NUMBER]

    def test_are_offered_and_the_offers_withdrawn(self, world: World) -> None:
        dealer, to = caller_of(world.cast.dealer), str(world.cast.tenant.uuid)
        assert verdicts(dealer, "numbers/offer", {"numbers": [DEALER_STOCK], "to": to}) == {
            DEALER_STOCK: ""
        }
        twice = verdicts(dealer, "numbers/offer", {"numbers": [DEALER_STOCK], "to": to})
        assert "already has an offer" in twice[DEALER_STOCK]
        assert dealer("POST", "numbers/offer", {"numbers": [DEALER_STOCK]}).is_problem(422)
        ended = verdicts(dealer, "numbers/withdraw-offers", {"numbers": [DEALER_STOCK, LOOSE]})
        assert ended[DEALER_STOCK] == ""
        assert "belongs to" in ended[LOOSE]

    def test_are_pointed_each_to_its_place(self, world: World) -> None:
        tenant = caller_of(world.cast.tenant)
        places = [
            {"number": LOOSE, "destination": {"kind": "EXTENSION", "value": "105"}},
            {"number": TENANT_NUMBER, "destination": {"kind": "EXTENSION", "value": "no!"}},
        ]
        found = verdicts(tenant, "numbers/assign", {"assignments": places, "label": "Desk"})
        assert found[LOOSE] == ""
        assert "for example 101" in found[TENANT_NUMBER]
        row = PhoneNumber.objects.get(e164=LOOSE)
        assert (row.assignment.value, row.label) == ("105", "Desk")
        found = verdicts(tenant, "numbers/unassign", {"numbers": [LOOSE]})
        assert found == {LOOSE: ""}
        again = verdicts(tenant, "numbers/unassign", {"numbers": [LOOSE]})
        assert "points nowhere" in again[LOOSE]

    def test_are_given_back_and_taken_again(self, world: World) -> None:
        tenant = caller_of(world.cast.tenant)
        found = verdicts(tenant, "numbers/give-back", {"numbers": [TENANT_NUMBER, LOOSE]})
        assert set(found.values()) == {""}
        resting = PhoneNumber.objects.filter(status="QUARANTINE").values_list("e164", flat=True)
        again = verdicts(tenant, "numbers/reclaim", {"numbers": [*resting, DEALER_STOCK]})
        assert {e164 for e164, problem in again.items() if not problem} == set(resting)

    def test_are_tagged_but_the_one_that_is_full(self, world: World) -> None:
        tenant = caller_of(world.cast.tenant)
        words = [f"w{place}" for place in range(20)]
        verdicts(tenant, "tags", {"numbers": [LOOSE], "add": words})
        found = verdicts(tenant, "tags", {"numbers": [LOOSE, TENANT_NUMBER], "add": ["more"]})
        assert "Take one off" in found[LOOSE]
        assert found[TENANT_NUMBER] == ""

    def test_are_a_thousand_at_most(self, world: World) -> None:
        sent = {"numbers": [LOOSE] * 1001}
        answer = caller_of(world.cast.tenant)("POST", "numbers/give-back", sent)
        assert answer.is_problem(422)
