"""What a request or a reader must not get past."""

from __future__ import annotations

import base64

import pytest

from portal.tests.api.caller import Caller
from portal.tests.api.requests import REQUESTS
from portal.tests.api.world import DEALER_STOCK, World


def cursor(text: bytes) -> str:
    """Write a cursor as somebody who makes one up would."""
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


class TestBody:
    def test_has_all_its_mistakes_named_at_once(self, world: World, dealer: Caller) -> None:
        path, body = REQUESTS["tenants.create"](world)
        del body["name"]
        answer = dealer.post(path, {**body, "country": "?", "colour": "red"})
        assert answer.is_problem(422, "colour", "country", "name")


class TestPages:
    @pytest.mark.parametrize("limit", ["0000000010000000", "000000001" + "9" * 30, "-1", "١"])
    def test_are_never_longer_than_the_maximum(
        self, world: World, staff: Caller, limit: str
    ) -> None:
        assert staff.get(f"numbers?limit={limit}").is_problem(422, "limit")

    @pytest.mark.parametrize("made_up", [b"[" * 2500, b'["n", "\\ud800"]', b'["n", "a\\u0000"]'])
    def test_refuse_cursors_that_were_made_up(
        self, world: World, staff: Caller, made_up: bytes
    ) -> None:
        assert staff.get(f"numbers?cursor={cursor(made_up)}").is_problem(422, "cursor")

    def test_name_every_parameter_that_was_sent_twice(self, world: World, staff: Caller) -> None:
        path = "numbers?country=US&country=GB&status=ASSIGNED&status=ASSIGNED"
        assert staff.get(path).is_problem(422, "country", "status")


class TestEvents:
    def test_do_not_name_an_organization_above_the_reader(
        self, world: World, staff: Caller, dealer: Caller, tenant: Caller
    ) -> None:
        seated, to = str(world.cast.dealer.uuid), {"to": str(world.cast.tenant.uuid)}
        path = f"numbers/{DEALER_STOCK}/allot"
        assert staff("POST", path, to, X_Act_For=seated).status == 200
        shown = [
            caller.get(f"numbers/{DEALER_STOCK}/events").body["results"][0]
            for caller in (dealer, tenant)
        ]
        assert [event["action"] for event in shown] == ["dids.number.allotted"] * 2
        assert shown[0]["on_behalf_of"]["id"] == seated
        assert shown[1]["on_behalf_of"] is None
