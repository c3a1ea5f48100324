"""Caller names over the API."""

from __future__ import annotations

from dids.models import CallerName
from portal.tests.api.caller import Caller, caller_of
from portal.tests.api.world import LOOSE, TENANT_NUMBER, World

HERE = f"numbers/{LOOSE}/caller-name"


class TestCallerName:
    def test_is_asked_for_and_told(self, world: World) -> None:
        tenant = caller_of(world.cast.tenant)
        assert tenant.get(HERE).is_problem(404)
        rehearsed = tenant("PUT", f"{HERE}?dry_run=true", {"text": "Oak Dental"})
        assert (rehearsed.status, rehearsed.body["text"]) == (200, "OAK DENTAL")
        assert tenant.get(HERE).is_problem(404)

        told = tenant("PUT", HERE, {"text": "Oak Dental", "shows_callers": True})
        assert (told.status, told.body["status"]) == (202, "WANTED")
        assert tenant.get(HERE).body == told.body
        assert "failure" not in told.body

    def test_is_refused_in_sentences(self, world: World, staff: Caller) -> None:
        tenant = caller_of(world.cast.tenant)
        assert tenant("PUT", HERE, {"text": "Oak & Sons"}).is_problem(422, "text")
        assert tenant("PUT", HERE, {}).is_problem(422, "text")
        assert staff("PUT", HERE, {"text": "Oak"}).status in {409, 422, 403}
        assert not CallerName.objects.filter(number=world.loose).exists()

    def test_tells_the_carriers_words_to_its_provider_alone(
        self, world: World, staff: Caller
    ) -> None:
        there = f"numbers/{TENANT_NUMBER}/caller-name"
        assert "MARK-CARRIER" in staff.get(there).body["failure"]
        assert "MARK" not in caller_of(world.cast.tenant).get(there).text
