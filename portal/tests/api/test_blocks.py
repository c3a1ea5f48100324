"""Number blocks over the API."""

from __future__ import annotations

import pytest
from django.utils import timezone

from dids.models import NumberBlock, PhoneNumber
from dids.states import NumberStatus
from portal import doctor
from portal.tests.api.caller import Caller
from portal.tests.api.world import BLOCK, RANGE, STOCK, World

WISH = {"first": RANGE[0], "last": RANGE[1], "divisible": False}


class TestBlocks:
    def test_are_defined_listed_and_named_by_their_numbers(
        self, world: World, staff: Caller
    ) -> None:
        made = staff.post("number-blocks", WISH)
        assert made.status == 201, made.text
        assert (made.body["size"], made.body["numbers"], made.body["free"]) == (2, 2, 2)
        listed = staff.get("number-blocks").body["results"]
        assert listed[0] == made.body
        assert len(listed) == 3
        found = staff.get(f"numbers?block={made.body['id']}").body["results"]
        assert [row["number"] for row in found] == list(RANGE)
        assert found[0]["block"] == {
            "id": made.body["id"],
            "first": RANGE[0],
            "last": RANGE[1],
            "divisible": False,
        }
        assert staff.get(f"numbers/{STOCK}").body["block"] is None

    def test_are_rehearsed_without_a_trace(self, world: World, staff: Caller) -> None:
        assert staff.post("number-blocks?dry_run=true", WISH).body["first"] == RANGE[0]
        assert not NumberBlock.objects.filter(first=RANGE[0]).exists()

    def test_are_released_whole_and_kept_whole(self, world: World, staff: Caller) -> None:
        block = staff.post("number-blocks", WISH).body["id"]
        alone = staff.post(f"numbers/{RANGE[0]}/release", {"on": None})
        assert alone.is_problem(409)
        assert f"{RANGE[0]} to {RANGE[1]}" in alone.body["detail"]
        told = staff.post(f"number-blocks/{block}/release", {"on": None})
        assert (told.status, told.body["leaving"]) == (202, 2)
        kept = staff.post(f"number-blocks/{block}/release/cancel", {})
        assert (kept.status, kept.body["leaving"], kept.body["free"]) == (200, 0, 2)

    def test_refuse_in_sentences(self, world: World, staff: Caller) -> None:
        over = {**WISH, "first": BLOCK[0]}
        assert staff.post("number-blocks", over).is_problem(409)
        assert staff.post("number-blocks", {**WISH, "last": "1"}).is_problem(422, "last")
        assert staff.post("number-blocks", {"first": RANGE[0]}).is_problem(422, "last", "divisible")
        assert staff.post("number-blocks", {**WISH, "last": STOCK}).is_problem(422, "last")
        block = staff.post("number-blocks", WISH).body["id"]
        assert staff.post(f"number-blocks/{block}/dissolve", {}).is_problem(409)
        assert staff.post(f"number-blocks/{block}/release/cancel", {}).is_problem(409)
        assert staff.get("numbers?block=0").is_problem(422, "block")

    @pytest.mark.parametrize("who", ["dealer", "tenant", "rival"])
    def test_are_hidden_from_everybody_below(
        self, world: World, staff: Caller, request: pytest.FixtureRequest, who: str
    ) -> None:
        first = PhoneNumber.objects.get(e164=BLOCK[0])
        staff.post(f"numbers/{BLOCK[0]}/allot", {"to": str(world.cast.tenant.uuid)})
        caller: Caller = request.getfixturevalue(who)
        assert caller.get("number-blocks").body["results"] == []
        assert caller.get(f"number-blocks/{world.block.uuid}").is_problem(404)
        assert caller.get(f"numbers?block={world.block.uuid}").is_problem(422, "block")
        assert caller.post("number-blocks", WISH).is_problem(403)
        seen = caller.get(f"numbers/{first.e164}")
        assert seen.status == (404 if who == "rival" else 200)
        assert BLOCK[1] not in seen.text

    def test_are_watched_by_the_doctor(self, world: World, staff: Caller) -> None:
        assert staff.post("number-blocks", WISH).status == 201
        assert not doctor.blocks(timezone.now())
        rows = PhoneNumber.objects.filter(e164=RANGE[0])
        rows.update(status=NumberStatus.RELEASING)
        assert doctor.blocks(timezone.now()) == [
            f"Block {RANGE[0]} to {RANGE[1]} is indivisible, but only a part of it leaves."
        ]
        rows.update(status=NumberStatus.AVAILABLE, block=None)
        assert doctor.blocks(timezone.now()) == [
            f"Block {RANGE[0]} to {RANGE[1]} has 1 numbers of 2."
        ]
