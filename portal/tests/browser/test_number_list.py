"""Staff and tenants narrow the list of numbers in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from accounts.tests.cast import Cast
from dids.models import PhoneNumber
from dids.states import NumberStatus
from portal.testing.browser import picture
from portal.tests.api.world import World
from portal.tests.browser.access import PHONE, WIDE
from portal.tests.browser.steps import (
    make_person,
    press,
    sign_in,
    sign_in_by_keys,
    write,
)
from provisioning.tests.scene import make_account, make_numbers

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]


def test_the_list_is_narrowed_while_one_chooses(
    page: Page, live_server: LiveServer, world: World
) -> None:
    make_person(organization=world.cast.provider, email="sam@example.com")
    page.goto(f"{live_server.url}/numbers/?columns=tags,place,type,since,account,trunk,cost")
    sign_in(page, "sam@example.com")
    picture(page, "number-list")
    page.reload()
    page.get_by_label("Search", exact=True).press_sequentially("(312) 555")
    page.get_by_role("button", name="More filters").click()
    page.get_by_label("Rings at").select_option(label="Extension")
    expect(page.get_by_role("link", name="Take off Rings at: Extension")).to_be_visible()
    expect(page.get_by_label("Search", exact=True)).to_have_value("(312) 555")
    page.get_by_label("Holder").select_option(label=world.cast.tenant.name)
    expect(page.get_by_text("1 number", exact=True)).to_be_visible()
    page.get_by_role("button", name="Fewer filters").click()
    expect(page.get_by_label("Holder")).to_have_count(0)
    expect(page.get_by_text("1 number", exact=True)).to_be_visible()
    page.get_by_role("link", name="Holder:").click()
    page.get_by_role("link", name="Rings at:").click()
    expect(page.get_by_role("link", name="Search: (312) 555")).to_be_visible()
    page.get_by_role("button", name="More filters").click()
    expect(page.get_by_label("Holder")).to_be_visible()
    picture(page, "number-list-filtered")
    page.reload()
    page.go_back()
    page.go_back()
    expect(page.get_by_role("link", name="Rings at:")).to_be_visible()


def test_the_list_is_narrowed_without_a_script(
    page: Page, live_server: LiveServer, world: World
) -> None:
    make_person(organization=world.cast.tenant, email="ann@example.com")
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{live_server.url}/numbers/?sort=-number")
    sign_in(plain, "ann@example.com")
    plain.get_by_role("button", name="More filters").click()
    plain.get_by_label("Rings", exact=True).select_option("no")
    plain.get_by_role("button", name="Search").press("Enter")
    expect(plain.get_by_role("link", name="Rings: Points nowhere")).to_be_visible()
    expect(plain.get_by_role("row")).to_have_count(2)
    assert "sort=-number" in plain.url
    context.close()


def test_many_numbers_are_allotted_by_mouse_and_taken_back(
    page: Page, live_server: LiveServer, cast: Cast
) -> None:
    stock_of_a_dealer(cast)
    page.goto(f"{live_server.url}/numbers/")
    sign_in(page, "dee@example.com")
    page.get_by_label("Choose all rows of this page").check()
    expect(page.get_by_text("3 chosen")).to_be_visible()
    page.get_by_label("Choose (312) 555-0102").uncheck()
    expect(page.get_by_text("2 chosen")).to_be_visible()
    picture(page, "bulk-choice")
    page.get_by_label("What to do with them").select_option(label="Allot")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Who gets it").select_option(label=cast.tenant.name)
    page.get_by_role("button", name="Show what will happen").click()
    expect(page.get_by_role("heading", name="All of them will change")).to_be_visible()
    picture(page, "bulk-preview")
    page.get_by_role("button", name="Allot: 2 numbers").click()
    expect(page.get_by_role("heading", name="Allot: 2 numbers done")).to_be_visible()
    picture(page, "bulk-outcome")
    page.reload()
    expect(page.get_by_role("heading", name="Allot: 2 numbers done")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Take back: 2 numbers done")).to_be_visible()
    assert set(PhoneNumber.objects.values_list("holder", flat=True)) == {cast.dealer.pk}


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_many_numbers_are_tagged_by_keys(
    page: Page, live_server: LiveServer, cast: Cast, size: ViewportSize
) -> None:
    stock_of_a_dealer(cast)
    page.set_viewport_size(size)
    page.goto(f"{live_server.url}/numbers/")
    sign_in_by_keys(page, "dee@example.com")
    for last in ("0100", "0101"):
        press(page, page.get_by_label(f"Choose (312) 555-{last}"), "Space")
    write(page, "What to do with them", "Tag")
    press(page, page.get_by_role("button", name="Go on"))
    expect(page.get_by_role("heading", name="Tag: 2 numbers")).to_be_visible()
    write(page, "Tags to put on", "fax")
    page.keyboard.press("Enter")
    press(page, page.get_by_role("button", name="Tag: 2 numbers"))
    expect(page.get_by_role("heading", name="Tag: 2 numbers done")).to_be_visible()
    picture(page, f"bulk-tagged-{size['width']}")


def stock_of_a_dealer(cast: Cast) -> None:
    """Store numbers to hand on, and somebody who does."""
    make_numbers(
        make_account(),
        cast.dealer,
        first=1_312_555_0100,
        count=3,
        assigned=False,
        status=NumberStatus.AVAILABLE,
    )
    make_person(organization=cast.dealer, email="dee@example.com")


def test_a_view_is_saved_and_deleted_and_back(
    page: Page, live_server: LiveServer, cast: Cast
) -> None:
    stock_of_a_dealer(cast)
    page.goto(f"{live_server.url}/numbers/?sort=-number&search=0101")
    sign_in(page, "dee@example.com")
    page.get_by_text("Views", exact=True).click()
    page.get_by_label("Save this list as").fill("The one")
    page.get_by_label("Share it with everybody here").check()
    picture(page, "view-saving")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The view “The one” is saved.")).to_be_visible()
    page.goto(f"{live_server.url}/numbers/")
    page.get_by_role("link", name="The one").click()
    expect(page.get_by_text("1 number", exact=True)).to_be_visible()
    picture(page, "view-open")
    page.get_by_text("Views", exact=True).click()
    page.get_by_role("button", name="Delete “The one”").click()
    expect(page.get_by_role("link", name="The one")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="The one")).to_be_visible()
