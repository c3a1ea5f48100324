"""Staff describe trunks that were made by hand, change and test them on the pages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from portal.tests.api.world import World
from portal.tests.web.visitor import STATIC, Visitor, visitor_of
from trunks import tasks
from trunks.models import CarrierAccount, Trunk


@pytest.fixture
def staff(world: World) -> Visitor:
    """Give an owner of the provider."""
    return visitor_of(world.cast.provider)


def form(world: World, **changed: Any) -> dict[str, Any]:
    """Give a form that is in order but for what is changed."""
    fine = {
        "carrier_account": str(world.account.uuid),
        "carries": "VOICE",
        "name": "Leeds",
        "carrier_reference": "4711",
        **STATIC,
    }
    return {**fine, **changed}


class TestDescribing:
    def test_starts_from_what_is_known_of_a_carrier(self, staff: Visitor, world: World) -> None:
        CarrierAccount.objects.filter(pk=world.account.pk).update(carrier="gamma")
        text = staff.get("/trunks/by-hand/?profile=gamma-ip").text

        assert "It wants the caller&#x27;s number with a plus" in text
        assert 'value="P_ASSERTED_IDENTITY" class="form-check-input" id' in text or (
            len(re.findall(r'name="caller_id_in"[^>]* checked', text)) == 3
        )
        assert 'value="PCMA PCMU"' in text
        assert f'value="{world.account.uuid}" selected' in text
        assert "unknown" not in staff.get("/trunks/by-hand/?profile=unknown").text

    def test_is_ready_at_once_and_shown_whole(self, staff: Visitor, world: World) -> None:
        wish = form(world, codecs="pcma, g729", username="leeds", password="HUSH-HUSH")
        answer = staff.post("/trunks/by-hand/create/", **wish)
        trunk = Trunk.objects.get(name="Leeds")
        assert answer.headers["Location"] == f"/trunks/{trunk.uuid}/"

        text = staff.get(f"/trunks/{trunk.uuid}/").text

        assert (trunk.status, trunk.codecs) == ("READY", ["PCMA", "G729"])
        assert "by hand, at the carrier" in text
        assert "sip.carrier.example:5060 UDP" in text
        assert "PCMA, G729" in text
        assert "stored, never shown" in text
        assert "HUSH-HUSH" not in text
        assert "HUSH-HUSH" not in staff.get(f"/trunks/{trunk.uuid}/edit/").text

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"hosts": "sip.carrier.example:99999999 UDP"}, "is no gateway"),
            ({"hosts": "", "source_addresses": ""}, "Name the carrier&#x27;s host"),
            ({"codecs": "MP3"}, "“MP3” is no codec"),
            ({"auth": "REGISTER"}, "Enter username and password"),
            ({"carrier_reference": ""}, "Enter the trunk&#x27;s reference there"),
            ({"name": "MARK-TRUNK"}, "Choose another name"),
            ({"registered_addresses": "nowhere"}, "Write our addresses as IP addresses"),
        ],
    )
    def test_keeps_what_was_entered_and_says_what_must_change(
        self, staff: Visitor, world: World, changed: dict[str, str], sentence: str
    ) -> None:
        answer = staff.post("/trunks/by-hand/create/", **form(world, **changed))

        assert answer.status_code == 422
        assert sentence in answer.text
        assert "192.0.2.79" in answer.text or not changed.get("source_addresses", "x")

    def test_of_messages_only_is_offered_nowhere_for_calls(
        self, staff: Visitor, world: World
    ) -> None:
        wish = {"carrier_account": str(world.account.uuid), "carries": "MESSAGING", "name": "SMS-1"}
        wish |= {"auth": "REGISTER", "did_format": "E164", "cli_format": "E164"}
        assert staff.post("/trunks/by-hand/create/", **wish).status_code == 302

        trunk = Trunk.objects.get(name="SMS-1")
        assert "messages only" in staff.get("/trunks/").text
        assert "PBXs that let its calls in" not in staff.get(f"/trunks/{trunk.uuid}/").text
        assert "SMS-1" not in staff.get(f"/pbxs/{world.pbx.uuid}/").text
        answer = staff.post(f"/pbxs/{world.pbx.uuid}/trunks/", trunk=str(trunk.uuid))
        assert answer.status_code == 422


class TestChanging:
    def test_shows_what_is_stored_and_keeps_the_password(
        self, staff: Visitor, world: World
    ) -> None:
        there = f"/trunks/{world.static_trunk.uuid}/"
        text = staff.get(f"{there}edit/").text
        seen = re.search(r'name="seen" value="([^"]+)"', text)
        assert seen
        assert "sip.carrier.example:5060 UDP" in text
        sent = form(world, auth="REGISTER", carrier_reference="MARK-REFERENCE-STATIC")
        del sent["carrier_account"], sent["carries"]

        assert staff.post(f"{there}change/", **sent, seen=seen[1]).status_code == 302
        world.static_trunk.refresh_from_db()
        assert world.static_trunk.name == "Leeds"
        assert world.static_trunk.credentials["username"] == "static"

        late = staff.post(f"{there}change/", **{**sent, "name": "York"}, seen=seen[1])
        assert late.status_code == 409
        assert "after you opened the page" in late.text

    def test_is_not_for_trunks_of_the_interface(self, staff: Visitor, world: World) -> None:
        assert staff.get(f"/trunks/{world.trunk.uuid}/edit/").status_code == 404


class TestTesting:
    def test_is_done_by_a_worker_and_followed_on_the_page(
        self,
        staff: Visitor,
        world: World,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        asked: list[int] = []
        monkeypatch.setattr(tasks.test_trunk, "delay", lambda trunk_id: asked.append(trunk_id))
        there = f"/trunks/{world.static_trunk.uuid}/"

        with django_capture_on_commit_callbacks(execute=True):
            assert staff.post(f"{there}test/").status_code == 302
            assert staff.post(f"{there}test/").status_code == 302

        assert asked == [world.static_trunk.pk]
        assert "The test is under way" in staff.get(there).text

    def test_says_where_there_is_nothing_to_ask(self, staff: Visitor, world: World) -> None:
        world.static_trunk.hosts.all().delete()
        Trunk.objects.filter(pk=world.static_trunk.pk).update(carrier_reference="")

        staff.post(f"/trunks/{world.static_trunk.uuid}/test/")

        assert "there is nothing to ask" in staff.get(f"/trunks/{world.static_trunk.uuid}/").text
