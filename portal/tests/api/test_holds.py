from __future__ import annotations

from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from dids.models import CarrierHold
from dids.states import HoldStatus
from dids.tests.factories import make_found_offer
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

    def test_of_many_offers_ask_the_database_no_more_often_than_of_one(self, world: World) -> None:
        staff = caller_of(world.cast.provider)
        account = world.found.carrier_account
        many = [make_found_offer(account=account, e164=f"+1312555017{n}") for n in range(5)]
        asked = []
        for offers in ([world.found], many):
            body = {"offers": [str(offer.uuid) for offer in offers]}
            with CaptureQueriesContext(connection) as queries:
                assert staff("POST", "holds", body).status == 202
            asked.append(len(queries))

        assert asked[1] <= asked[0]

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

    def test_come_with_a_preview_that_asks_for_them(self, world: World) -> None:
        staff = caller_of(world.cast.provider)
        body = {"lines": [{"offer": str(world.found.uuid)}], "hold": True}

        for _ in range(2):
            assert staff("POST", "orders", body).status == 201

        hold = CarrierHold.objects.get(e164=world.found.e164)
        assert (hold.status, hold.organization) == (HoldStatus.WANTED, world.cast.provider)
        CarrierHold.objects.filter(pk=hold.pk).update(held_by="member:somebody else")
        refused = staff("POST", "orders", body)
        assert refused.is_problem(409)
        assert "lines" in refused.text
        assert staff("POST", "orders", {**body, "hold": False}).status == 201
