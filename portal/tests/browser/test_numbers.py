"""The holder of a number finds it, points it somewhere and gives it back, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.tests.cast import Cast
from dids.models import PhoneNumber
from dids.states import NumberStatus
from portal.testing.browser import picture
from portal.tests.browser.steps import make_person, sign_in
from provisioning.tests.scene import bind, make_account, make_numbers, make_pbx, make_trunk, place

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]

FIRST = 1_312_555_0100
NUMBER = f"+{FIRST}"


@pytest.fixture
def numbers(cast: Cast) -> list[str]:
    """Give the tenant three numbers on a switch."""
    account = make_account()
    place(cast.tenant, make_pbx(name="Main PBX"))
    made = make_numbers(account, cast.tenant, first=FIRST, count=3)
    bind(made[0], make_trunk(account))
    make_person(organization=cast.tenant, email="ann@example.com")
    return made


class TestNumbers:
    def test_are_found_by_their_digits_while_one_types(
        self, page: Page, live_server: LiveServer, numbers: list[str]
    ) -> None:
        page.goto(f"{live_server.url}/numbers/")
        sign_in(page, "ann@example.com")
        expect(page.get_by_role("row")).to_have_count(4)
        picture(page, "numbers")
        page.get_by_label("Search").press_sequentially("0101")
        expect(page.get_by_role("row")).to_have_count(2)
        page.get_by_label("Search").fill("no such label")
        expect(page.get_by_text("No number matches")).to_be_visible()

    def test_are_pointed_at_an_extension(
        self, page: Page, live_server: LiveServer, numbers: list[str]
    ) -> None:
        page.goto(f"{live_server.url}/numbers/{NUMBER}/")
        sign_in(page, "ann@example.com")
        picture(page, "number")
        page.get_by_label("Which one").fill("not a place!")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("as the PBX knows it, for example 101:")).to_be_visible()
        picture(page, "number-refused")
        page.get_by_label("Which one").fill("205")
        page.get_by_label("Label").fill("Reception")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Extension 205", exact=True)).to_be_visible()
        expect(page.get_by_role("list").last).to_contain_text("205")
        picture(page, "number-assigned")

    def test_are_given_back(self, page: Page, live_server: LiveServer, numbers: list[str]) -> None:
        page.goto(f"{live_server.url}/numbers/{NUMBER}/")
        sign_in(page, "ann@example.com")
        page.get_by_role("link", name="Give it back").press("Enter")
        picture(page, "number-give-back")
        page.get_by_role("button", name="Give it back").press("Enter")
        expect(page.get_by_role("row")).to_have_count(3)
        assert PhoneNumber.objects.get(e164=NUMBER).status != NumberStatus.ASSIGNED

    def test_are_undone_and_told_to_the_second_of_two(
        self, page: Page, live_server: LiveServer, numbers: list[str]
    ) -> None:
        page.goto(f"{live_server.url}/numbers/{NUMBER}/")
        sign_in(page, "ann@example.com")
        other = page.context.new_page()
        other.goto(f"{live_server.url}/numbers/{NUMBER}/")
        page.get_by_label("Which one").fill("205")
        page.get_by_role("button", name="Save").press("Enter")
        expect(page.get_by_text(f"{NUMBER} rings at Extension 205 now.")).to_be_visible()
        other.get_by_label("Which one").fill("206")
        other.get_by_role("button", name="Save").press("Enter")
        told = other.get_by_role("alert")
        expect(told).to_contain_text("after you opened the page")
        expect(told).to_contain_text("It rings at Extension 205 now.")
        expect(other.get_by_label("Which one")).to_have_value("206")
        picture(other, "number-changed-meanwhile")
        other.get_by_role("button", name="Save").press("Enter")
        expect(other.get_by_text(f"{NUMBER} rings at Extension 206 now.")).to_be_visible()
        page.get_by_role("button", name="Undo").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("It rings at Extension 206 now.")
        other.get_by_role("button", name="Undo").press("Enter")
        expect(other.get_by_text(f"{NUMBER} rings at Extension 205 now.")).to_be_visible()

    def test_are_tagged_by_keyboard(
        self, page: Page, live_server: LiveServer, numbers: list[str]
    ) -> None:
        page.goto(f"{live_server.url}/numbers/{NUMBER}/")
        sign_in(page, "ann@example.com")
        page.get_by_label("New tag").fill("lobby, vip")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Tagged with lobby, vip.")).to_be_visible()
        picture(page, "number-tagged")
        page.get_by_role("button", name="Take off vip").press("Enter")
        expect(page.get_by_text("The tag vip is off.")).to_be_visible()

    def test_of_others_are_not_there(
        self, page: Page, live_server: LiveServer, numbers: list[str], cast: Cast
    ) -> None:
        make_person(organization=cast.rival_tenant, email="rob@example.com")
        page.goto(f"{live_server.url}/numbers/{NUMBER}/")
        sign_in(page, "rob@example.com")
        expect(page.get_by_text("nothing here that you can see")).to_be_visible()
