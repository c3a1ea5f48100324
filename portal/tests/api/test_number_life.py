"""Numbers taken back, delivered by another trunk, and their past, over the API."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import Kind
from dids.models import CarrierBinding, PhoneNumber
from dids.states import NumberStatus
from dids.workflows import holding
from portal.tests.api.caller import caller_of
from portal.tests.api.world import DEALER_STOCK, LOOSE, STOCK, TENANT_NUMBER, World

DESK = {"destination": {"kind": "EXTENSION", "value": "101"}, "label": "Desk"}


def give_back(world: World) -> None:
    """Let the tenant give back a number that it used."""
    number = PhoneNumber.objects.get(e164=LOOSE)
    PhoneNumber.objects.filter(pk=number.pk).update(used_since=timezone.now())
    holding.give_back(number=number, actor=world.cast.tenant_owner, now=timezone.now())


class TestReclaim:
    def test_takes_a_number_again_with_where_it_rang(self, world: World) -> None:
        give_back(world)
        tenant = caller_of(world.cast.tenant)
        assert tenant.get(f"numbers/{LOOSE}").status == 404
        answer = tenant("POST", f"numbers/{LOOSE}/reclaim", DESK)
        assert answer.status == 200
        assert answer.body["holder"]["name"] == "Oak Street Dental"
        assert answer.body["assignment"]["destination"]["value"] == "101"
        assert answer.body["label"] == "Desk"

    def test_is_not_there_for_strangers(self, world: World) -> None:
        give_back(world)
        for rival in (world.cast.rival_tenant, world.cast.rival_dealer):
            assert caller_of(rival)("POST", f"numbers/{LOOSE}/reclaim", {}).status == 404

    def test_of_somebody_belows_number_is_refused(self, world: World) -> None:
        give_back(world)
        answer = caller_of(world.cast.dealer)("POST", f"numbers/{LOOSE}/reclaim", {})
        assert answer.is_problem(422)


class TestRecall:
    def test_takes_back_what_was_handed_down_and_not_used(self, world: World) -> None:
        dealer = caller_of(world.cast.dealer)
        dealer("POST", f"numbers/{DEALER_STOCK}/allot", {"to": str(world.cast.tenant.uuid)})
        answer = dealer("POST", f"numbers/{DEALER_STOCK}/recall", {})
        assert (answer.status, answer.body["status"]) == (200, NumberStatus.AVAILABLE)

    def test_leaves_what_rings_somewhere(self, world: World) -> None:
        answer = caller_of(world.cast.dealer)("POST", f"numbers/{TENANT_NUMBER}/recall", {})
        assert answer.is_problem(409)


class TestTheBinding:
    def test_tells_the_trunk_and_the_deletion_lock(self, world: World) -> None:
        staff = caller_of(world.cast.provider)
        told = staff.get(f"numbers/{TENANT_NUMBER}/binding").body
        assert (told["status"], told["trunk"]["name"]) == ("BOUND", "MARK-TRUNK")
        assert told["deletion_lock"] == "LOCKED"
        assert staff.get(f"numbers/{STOCK}/binding").status == 404

    def test_moves_to_another_trunk(self, world: World) -> None:
        staff = caller_of(world.cast.provider)
        body = {"trunk": str(world.spare_trunk.uuid)}
        dry = staff("PUT", f"numbers/{TENANT_NUMBER}/binding?dry_run=true", body)
        assert dry.status == 200
        there = CarrierBinding.objects.get(number__e164=TENANT_NUMBER)
        assert there.trunk == world.trunk
        answer = staff("PUT", f"numbers/{TENANT_NUMBER}/binding", body)
        assert (answer.status, answer.body["status"]) == (202, "WANTED")
        assert answer.body["deletion_lock"] == "WAITING"


class TestThePast:
    def test_names_holders_within_ones_reach(self, world: World) -> None:
        seats = {
            Kind.PROVIDER: (world.cast.provider, 3),
            Kind.DEALER: (world.cast.dealer, 2),
            Kind.TENANT: (world.cast.tenant, 1),
        }
        for organization, count in seats.values():
            told = caller_of(organization).get(f"numbers/{LOOSE}/holdings").body["results"]
            assert len(told) == count
            assert told[0]["organization"]["name"] == "Oak Street Dental"
            assert told[0]["until"] is None
            assert all(one["until"] for one in told[1:])

    def test_has_what_was_said_to_the_carrier(self, world: World) -> None:
        staff = caller_of(world.cast.provider)
        (said,) = staff.get(f"numbers/{TENANT_NUMBER}/exchanges").body["results"]
        assert said["answer_body"] == "MARK-CARRIER"
        assert staff.get(f"numbers/{STOCK}/exchanges").body["results"] == []

    def test_keeps_bodies_from_those_who_see_no_costs(self, world: World) -> None:
        client = caller_of(world.cast.provider, "MANAGE_CARRIERS")
        (said,) = client.get(f"numbers/{TENANT_NUMBER}/exchanges").body["results"]
        assert "answer_body" not in said
