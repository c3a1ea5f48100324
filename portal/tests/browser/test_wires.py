"""Staff connect a carrier and look after trunks and PBXs, in a real browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.tests.cast import Cast
from portal.testing.browser import picture
from portal.tests.browser.steps import make_person, sign_in
from provisioning.models import Pbx
from provisioning.tests.scene import make_account, make_pbx, make_trunk, place
from trunks.models import CarrierAccount, Exchange

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def account(cast: Cast) -> CarrierAccount:
    """Give an account that was called over a day, with a trunk and a PBX beside it."""
    account = make_account()
    make_trunk(account)
    place(cast.tenant, make_pbx(name="Main PBX"))
    now = timezone.now()
    for hour in range(24):
        Exchange.objects.create(
            account=account,
            purpose="search",
            method="GET",
            url="https://api.telnyx.com/v2/available_phone_numbers",
            status=503 if hour % 7 == 3 else 200,
            answer_body='{"data": []}',
            milliseconds=80 + hour * 9,
            at=now - timedelta(hours=hour),
        )
    make_person(organization=cast.provider, email="sam@example.com")
    return account


class TestWires:
    def test_an_account_is_connected_by_keyboard(
        self, page: Page, live_server: LiveServer, account: CarrierAccount
    ) -> None:
        page.goto(f"{live_server.url}/carriers/")
        sign_in(page, "sam@example.com")
        expect(page.get_by_role("heading", name="Carriers")).to_be_visible()
        picture(page, "carriers")
        page.get_by_role("link", name="Connect an account").press("Enter")
        page.get_by_role("link", name="Telnyx").press("Enter")
        picture(page, "carrier-new")
        page.get_by_label("Api key").press_sequentially("KEY")
        page.get_by_label("Public key").press_sequentially("PUB")
        page.get_by_label("Name", exact=True).press_sequentially("Telnyx US")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Telnyx US is connected")).to_be_visible()

    def test_an_account_shows_its_day(
        self, page: Page, live_server: LiveServer, account: CarrierAccount
    ) -> None:
        page.goto(f"{live_server.url}/carriers/{account.uuid}/")
        sign_in(page, "sam@example.com")
        expect(page.get_by_role("img", name="Failed calls")).to_be_visible()
        page.locator("details.exchange summary").first.click()
        picture(page, "carrier")
        page.get_by_role("link", name="Pause").click()
        picture(page, "carrier-pause")
        page.get_by_role("button", name="Pause it").click()
        page.get_by_role("button", name="Resume").click()
        expect(page.get_by_role("link", name="Pause")).to_be_visible()

    def test_a_trunk_is_attached_to_a_pbx_and_detached(
        self, page: Page, live_server: LiveServer, account: CarrierAccount
    ) -> None:
        trunk = account.trunks.get()
        page.goto(f"{live_server.url}/trunks/")
        sign_in(page, "sam@example.com")
        expect(page.get_by_role("heading", name="Trunks")).to_be_visible()
        picture(page, "trunks")
        page.get_by_role("link", name=trunk.name).click()
        picture(page, "trunk")
        page.goto(f"{live_server.url}/trunks/new/")
        picture(page, "trunk-new")
        page.goto(f"{live_server.url}/pbxs/")
        picture(page, "pbxs")
        page.goto(f"{live_server.url}/pbxs/{Pbx.objects.get().uuid}/")
        page.get_by_text("Attach a trunk").click()
        page.get_by_label("Trunk", exact=True).select_option(trunk.name)
        picture(page, "pbx")
        page.get_by_role("button", name="Attach it").click()
        page.get_by_role("link", name=f"Detach {trunk.name}").click()
        page.get_by_role("button", name="Detach it").click()
        expect(page.get_by_text("calls of all carriers are refused here")).to_be_visible()
