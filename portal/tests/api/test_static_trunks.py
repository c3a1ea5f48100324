"""Programs describe trunks that were made by hand, change and test them."""

from __future__ import annotations

import pytest

from portal.testing.marks import MARK
from portal.tests.api.caller import Caller, caller_of
from portal.tests.api.requests import STATIC
from portal.tests.api.world import World
from trunks.models import Trunk


@pytest.fixture
def staff(world: World) -> Caller:
    """Give a program of the provider."""
    return caller_of(world.cast.provider)


def test_a_trunk_is_taken_in_whole_and_its_secret_never_comes_out(
    staff: Caller, world: World
) -> None:
    wish = {
        "carrier_account": str(world.account.uuid),
        "name": "Leeds",
        "auth": "REGISTER",
        "carrier_reference": "4711",
        "codecs": ["PCMA", "PCMU"],
        "caller_id_in": ["FROM", "CONTACT"],
        "channels": 30,
        **STATIC,
        "credentials": {"username": "leeds", "password": MARK},
    }
    made = staff("POST", "static-trunks", wish)
    assert made.status == 201
    assert made.body["status"] == "READY"
    assert made.body["is_static"] is True
    assert made.body["has_credentials"] is True

    there = f"trunks/{made.body['id']}"
    shown = staff("GET", there)
    assert shown.body["codecs"] == ["PCMA", "PCMU"]
    assert shown.body["hosts"] == [
        {
            "host": "sip.carrier.example",
            "port": 5060,
            "transport": "UDP",
            "priority": 1,
            "answers": None,
            "test_says": "",
        }
    ]
    assert MARK not in shown.text


def test_a_change_says_the_whole_trunk_and_keeps_what_is_sealed(
    staff: Caller, world: World
) -> None:
    there = f"static-trunks/{world.static_trunk.uuid}"
    wish = {
        "name": "York",
        "auth": "REGISTER",
        "carrier_reference": "MARK-REFERENCE-STATIC",
        **STATIC,
        "credentials": None,
    }
    changed = staff("PUT", there, wish)
    assert (changed.status, changed.body["name"]) == (200, "York")
    world.static_trunk.refresh_from_db()
    assert world.static_trunk.credentials["password"] == MARK

    refused = staff("PUT", f"static-trunks/{world.trunk.uuid}", wish)
    assert refused.status == 404


def test_a_refusal_names_the_field(staff: Caller, world: World) -> None:
    wish = {"carrier_account": str(world.account.uuid), "name": "Leeds", **STATIC}
    refused = staff("POST", "static-trunks", wish)
    assert refused.status == 422
    assert "carrier_reference" in refused.text
    assert not Trunk.objects.filter(name="Leeds").exists()


def test_a_profile_is_a_start(staff: Caller) -> None:
    found = {each["slug"]: each for each in staff("GET", "trunk-profiles").body["results"]}
    assert found["aire-sms"]["description"]["carries"] == "MESSAGING"
    assert found["gamma-ip"]["description"]["asserts_carrier_host"] is True
