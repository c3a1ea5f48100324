"""A tenant says where help is sent, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from dids.models import EmergencyLocation
from portal.testing.browser import picture
from portal.tests.api.world import TENANT_NUMBER, World
from portal.tests.browser.steps import make_person, sign_in

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]


class TestEmergency:
    def test_a_location_is_entered_and_one_is_corrected(
        self, page: Page, live_server: LiveServer, world: World
    ) -> None:
        make_person(organization=world.cast.tenant, email="ada@oak.example")
        page.goto(f"{live_server.url}/emergency/")
        sign_in(page, "ada@oak.example")
        expect(page.get_by_role("heading", name="Emergency")).to_be_visible()
        picture(page, "emergency")
        page.get_by_role("link", name="Enter a location").click()
        picture(page, "emergency-new")
        for label, words in {
            "What you call it": "Warehouse",
            "House number": "7",
            "Street": "Lake Ave",
            "City": "Chicago",
            "State, province": "IL",
            "Postal code": "60602",
        }.items():
            page.get_by_label(label, exact=True).fill(words)
        page.get_by_role("button", name="Enter and check it").click()
        expect(page.get_by_text("its address is being checked")).to_be_visible()
        picture(page, "emergency-checking")

        page.goto(f"{live_server.url}/emergency/{world.bad_place.uuid}/")
        expect(page.get_by_text("Maine St")).to_be_visible()
        picture(page, "emergency-suggestion")
        page.get_by_role("button", name="Accept the suggestion").click()
        expect(page.get_by_text("The address is corrected")).to_be_visible()
        assert EmergencyLocation.objects.get(pk=world.bad_place.pk).street == "Maine St"

        page.goto(f"{live_server.url}/numbers/{TENANT_NUMBER}/emergency/")
        expect(page.get_by_role("heading", name="Where help is sent")).to_be_visible()
        picture(page, "number-emergency")
