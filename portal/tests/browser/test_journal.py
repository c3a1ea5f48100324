"""Somebody looks into the journal in a real browser: narrows, opens, follows, takes a file."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts import events, sealing
from accounts.journal import record
from accounts.tests.cast import Cast
from accounts.work import acting
from dids import events as of_numbers
from portal.testing.browser import picture
from portal.tests.browser.steps import make_person, sign_in

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]


def happen(cast: Cast, count: int) -> None:
    """Have numbers of the tenant pointed somewhere, and the tenant suspended once."""
    now = timezone.now()
    for number in range(count):
        with acting(cast.tenant_owner):
            record(
                cast.tenant_owner,
                of_numbers.ASSIGNED,
                now=now - timedelta(hours=number),
                subject=f"dids.number:{number}",
                organization=cast.tenant,
                number=f"+1312555{1000 + number}",
                before={"destination": "nowhere"},
                after={"destination": f"Extension {200 + number}"},
            )
    with acting(cast.dealer_owner):
        record(
            cast.dealer_owner,
            events.SUSPENDED,
            now=now - timedelta(minutes=5),
            subject=f"accounts.organization:{cast.tenant.uuid}",
            organization=cast.tenant,
            reason="The invoice of October is open.",
        )
    sealing.seal_pending(now)


class TestTheJournal:
    def test_is_narrowed_and_opened_by_keyboard(
        self, page: Page, live_server: LiveServer, cast: Cast
    ) -> None:
        happen(cast, 60)
        make_person(organization=cast.dealer, email="deb@example.com")
        page.goto(f"{live_server.url}/")
        sign_in(page, "deb@example.com")
        page.get_by_role("link", name="Journal").first.press("Enter")
        events_shown = page.locator("details.event")
        expect(events_shown).to_have_count(50)
        picture(page, "journal")
        page.get_by_label("What").select_option("Organizations: suspended")
        expect(events_shown).to_have_count(1)
        events_shown.locator("summary").press("Enter")
        expect(page.get_by_text("The invoice of October is open.")).to_be_visible()
        expect(page.get_by_text("position ")).to_be_visible()
        picture(page, "journal-event")
        page.get_by_role("link", name="open it").press("Enter")
        expect(page.get_by_role("heading", name=cast.tenant.name)).to_be_visible()

    def test_goes_on_page_by_page_and_back(
        self, page: Page, live_server: LiveServer, cast: Cast
    ) -> None:
        happen(cast, 60)
        make_person(organization=cast.dealer, email="deb@example.com")
        page.goto(f"{live_server.url}/journal/?touches=CALLS")
        sign_in(page, "deb@example.com")
        page.get_by_role("link", name="Next page").click()
        expect(page.locator("details.event")).to_have_count(10)
        page.get_by_role("link", name="First page").click()
        expect(page.locator("details.event")).to_have_count(50)
        page.locator("details.event summary").first.click()
        picture(page, "journal-changes")

    def test_is_followed_without_moving_what_one_reads(
        self, page: Page, live_server: LiveServer, cast: Cast
    ) -> None:
        happen(cast, 3)
        make_person(organization=cast.dealer, email="deb@example.com")
        page.goto(f"{live_server.url}/journal/")
        sign_in(page, "deb@example.com")
        page.get_by_role("link", name="Follow").click()
        first = page.locator("details.event").first
        first.locator("summary").click()
        stood = first.bounding_box()
        happen(cast, 1)
        more = page.get_by_role("link", name="New events: show them")
        expect(more).to_be_visible(timeout=15_000)
        assert first.bounding_box() == stood
        assert first.get_attribute("open") is not None
        picture(page, "journal-news")
        more.click()
        expect(page.locator("details.event")).to_have_count(6)
        expect(page.get_by_role("link", name="Stop following")).to_be_visible()

    def test_is_taken_out_as_a_file_more_than_once(
        self, page: Page, live_server: LiveServer, cast: Cast
    ) -> None:
        happen(cast, 3)
        make_person(organization=cast.dealer, email="deb@example.com")
        page.goto(f"{live_server.url}/journal/?what=dids.number")
        sign_in(page, "deb@example.com")
        for _ in range(2):
            with page.expect_download() as download:
                page.get_by_role("button", name="Export as CSV").click()
            with download.value.path().open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.reader(file))
            assert rows[0][0] == "Time (America/Chicago)"
            assert len(rows) == 4

    def test_that_is_empty_says_what_comes_here(
        self, page: Page, live_server: LiveServer, cast: Cast
    ) -> None:
        make_person(organization=cast.rival_tenant, email="rob@example.com")
        page.goto(f"{live_server.url}/journal/")
        sign_in(page, "rob@example.com")
        expect(page.get_by_text("Nothing has happened yet")).to_be_visible()
        picture(page, "journal-empty")
