"""Emergency locations by hand: entered, corrected, made the default; chosen or waived by number."""

from __future__ import annotations

import pytest

from dids.models import Assignment, EmergencyLocation, EmergencyWaiver, PhoneNumber
from dids.states import LocationStatus
from portal.tests.api.world import LOOSE, TENANT_NUMBER, World
from portal.tests.web.visitor import PLACE, Visitor, visitor_of


@pytest.fixture
def tenant(world: World) -> Visitor:
    """Give an owner of the tenant."""
    return visitor_of(world.cast.tenant)


class TestLocation:
    def test_is_entered_and_checked_in_one_step(self, world: World, tenant: Visitor) -> None:
        answer = tenant.client.post("/emergency/create/", PLACE)
        made = EmergencyLocation.objects.latest("pk")
        assert answer["Location"] == f"/emergency/{made.uuid}/"
        assert (made.organization, made.status) == (world.cast.tenant, LocationStatus.VALIDATING)
        page = tenant.get(f"/emergency/{made.uuid}/").content.decode()
        assert 'hx-trigger="every 2s"' in page

    def test_says_beside_the_field_what_must_change(self, world: World, tenant: Visitor) -> None:
        answer = tenant.client.post("/emergency/create/", {**PLACE, "state": ""})
        assert answer.status_code == 422
        assert "Enter the state as it is abbreviated there." in answer.content.decode()

    def test_shows_what_is_suggested_and_takes_it_over(self, world: World, tenant: Visitor) -> None:
        address = f"/emergency/{world.bad_place.uuid}/"
        page = tenant.get(address).content.decode()
        assert "Maine St" in page
        assert "MARK-CARRIER" not in page
        tenant.client.post(f"{address}accept/")
        world.bad_place.refresh_from_db()
        assert (world.bad_place.street, world.bad_place.status) == ("Maine St", "VALIDATING")

    def test_the_default_is_not_retired_while_a_number_leans_on_it(
        self, world: World, tenant: Visitor
    ) -> None:
        answer = tenant.client.post(f"/emergency/{world.location.uuid}/retire/now/")
        assert answer.status_code == 409
        assert "Choose another default" in answer.content.decode()

    def test_teaches_whoever_has_none(self, world: World, tenant: Visitor) -> None:
        EmergencyLocation.objects.update(status="RETIRED", is_default=False)
        page = tenant.get("/emergency/").content.decode()
        assert "Nobody knows yet where you are" in page
        # In use since before the rule: they stay, and are named.
        assert f"/numbers/{TENANT_NUMBER}/emergency/" in page


class TestAnExtension:
    def test_is_said_to_stand_there_and_no_more(self, world: World, tenant: Visitor) -> None:
        address = f"/emergency/{world.location.uuid}/"
        for said, there in (("", ["101"]), ("take/", [])):
            answer = tenant.client.post(f"{address}extensions/{said}", {"extension": "101"})
            assert answer["Location"] == address
            assert world.location.extension_names == there
            assert ("Extension 101 stands" in tenant.get(address).content.decode()) == bool(there)

    def test_stands_at_one_place(self, world: World, tenant: Visitor) -> None:
        for place in (world.location, world.branch):
            tenant.client.post(f"/emergency/{place.uuid}/extensions/", {"extension": "101"})
        assert (world.location.extension_names, world.branch.extension_names) == ([], ["101"])

    def test_must_be_one_of_a_pbx(self, world: World, tenant: Visitor) -> None:
        address = f"/emergency/{world.location.uuid}/extensions/"
        answer = tenant.client.post(address, {"extension": "not one"})
        assert answer.status_code == 422
        assert "Enter the extension as your PBX knows it." in answer.content.decode()


class TestNumber:
    def test_cannot_be_pointed_before_somebody_says_where_help_is_sent(
        self, world: World, tenant: Visitor
    ) -> None:
        EmergencyLocation.objects.update(status="RETIRED", is_default=False)
        EmergencyWaiver.objects.all().delete()
        wish = {"kind": "EXTENSION", "value": "102", "label": ""}
        answer = tenant.client.post(f"/numbers/{LOOSE}/assign/", wish)
        assert answer.status_code == 409
        assert "has no emergency location" in answer.content.decode()
        assert not Assignment.objects.filter(number__e164=LOOSE).exists()

        said = {"kind": "INBOUND_ONLY", "reason": "A fax machine", "location": ""}
        assert tenant.client.post(f"/numbers/{LOOSE}/emergency/waive/", said).status_code == 302
        assert tenant.client.post(f"/numbers/{LOOSE}/assign/", wish).status_code == 302

    def test_gets_a_place_of_its_own(self, world: World, tenant: Visitor) -> None:
        there = {"location": str(world.branch.uuid)}
        tenant.client.post(f"/numbers/{TENANT_NUMBER}/emergency/choose/", there)
        number = PhoneNumber.objects.get(e164=TENANT_NUMBER)
        assert number.emergency_location == world.branch

    def test_a_waiver_needs_a_reason(self, world: World, tenant: Visitor) -> None:
        said = {"kind": "PERSON", "reason": "", "location": ""}
        answer = tenant.client.post(f"/numbers/{TENANT_NUMBER}/emergency/waive/", said)
        assert answer.status_code == 422
