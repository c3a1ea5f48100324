from __future__ import annotations

from uuid import uuid4

from dids.models import CarrierHold
from portal.tests.api.caller import caller_of
from portal.tests.api.world import HELD, World


class TestHolds:
    def test_tell_who_holds_a_number_until_when(self, world: World) -> None:
        staff = caller_of(world.cast.provider)
        body = {"offers": [str(world.found.uuid)]}
        dry = staff("POST", "holds?dry_run=true", body)
        assert dry.status == 200
        assert CarrierHold.objects.count() == 1

        answer = staff("POST", "holds", body)

        assert answer.status == 202
        (asked,) = answer.body["results"]
        assert (asked["number"], asked["status"]) == (world.found.e164, "WANTED")
        assert asked["waiting"]["who"] == "the carrier"
        assert staff("GET", f"holds/{asked['id']}", None).body == asked
        listed = staff("GET", "holds?status=HELD", None).body["results"]
        assert [(one["number"], one["until"] is None) for one in listed] == [(HELD, False)]

    def test_say_why_not(self, world: World) -> None:
        staff = caller_of(world.cast.provider)
        assert staff("POST", "holds", {"offers": [str(world.found.uuid)]}).status == 202

        again = staff("POST", "holds", {"offers": [str(world.found.uuid)]})
        nowhere = staff("POST", "holds", {"offers": [str(uuid4())]})

        assert again.is_problem(409)
        assert "Choose another number" in again.text
        assert nowhere.is_problem(422)
        assert "offers[0]" in nowhere.text

    def test_end_when_let_go(self, world: World) -> None:
        staff = caller_of(world.cast.provider)
        address = f"holds/{world.hold.uuid}"
        assert staff("POST", f"{address}/let-go", {}).body["status"] == "LET_GO"
        assert staff("POST", f"{address}/let-go", {}).is_problem(409)
        assert staff("GET", address, None).body["waiting"] is None
