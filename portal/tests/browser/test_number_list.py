"""Staff and tenants narrow the list of numbers in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from portal.testing.browser import picture
from portal.tests.api.world import World
from portal.tests.browser.steps import make_person, sign_in

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
