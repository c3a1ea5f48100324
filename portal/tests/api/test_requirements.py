"""What a carrier asks for that its interface does not tell, over the API."""

from __future__ import annotations

import pytest

from portal.tests.api.caller import Caller
from portal.tests.api.world import World

WISH = {"requirements": [{"name": "Proof of address", "asks": "DOCUMENT", "accepts": ["ADDRESS"]}]}


@pytest.fixture
def account(world: World, staff: Caller) -> str:
    """Connect an account at a carrier without an interface; give its address."""
    wish = {"carrier": "gamma", "name": "Gamma", "credentials": {}}
    return f"carrier-accounts/{staff.post('carrier-accounts', wish).body['id']}"


def test_is_kept_listed_and_struck_out(account: str, staff: Caller) -> None:
    kept = staff("PUT", f"{account}/requirements/GB/LOCAL", WISH)
    assert kept.status == 200, kept.text
    assert kept.body["requirements"][0]["key"] == "proof-of-address"
    (row,) = staff.get(f"{account}/requirements").body["results"]
    assert (row["country"], row["type"]) == ("GB", "LOCAL")
    assert staff("DELETE", f"{account}/requirements/GB/LOCAL", None).status == 204
    assert staff.get(f"{account}/requirements").body["results"] == []


def test_refuses_what_cannot_be_asked(account: str, staff: Caller) -> None:
    twice = {"requirements": WISH["requirements"] * 2}
    assert staff("PUT", f"{account}/requirements/GB/LOCAL", twice).is_problem(422)
    assert staff("PUT", f"{account}/requirements/gb/LOCAL", WISH).is_problem(422)
    assert staff("PUT", f"{account}/requirements/GB/SHARED", WISH).is_problem(404)
    assert staff("DELETE", f"{account}/requirements/%00/LOCAL", None).is_problem(422)
    telling = {"requirements": [{"name": "Tax number", "asks": "TEXT", "accepts": ["BILL"]}]}
    assert staff("PUT", f"{account}/requirements/GB/LOCAL", telling).is_problem(422)


def test_suggestions_are_taken_as_they_are(account: str, staff: Caller) -> None:
    suggested = staff.get("requirement-suggestions").body["results"]
    assert {row["country"] for row in suggested} == {"GB", "ES"}
    for row in suggested:
        there = f"{account}/requirements/{row['country']}/{row['type']}"
        assert staff("PUT", there, {"requirements": row["requirements"]}).status == 200


def test_tells_a_carrier_by_interface_nothing(world: World, staff: Caller) -> None:
    there = f"carrier-accounts/{world.account.uuid}/requirements/GB/LOCAL"
    assert staff("PUT", there, WISH).is_problem(409)
