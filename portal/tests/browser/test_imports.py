"""Somebody brings a list of numbers into stock, in a real browser."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.tests.cast import Cast
from dids.models import Import
from dids.tests.factories import make_number
from dids.tests.lists import listed, numbers
from dids.workflows import importing
from portal.testing.browser import picture
from portal.tests.browser.steps import make_person, sign_in
from trunks.models import CarrierAccount
from trunks.tests.factories import make_carrier_account

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def account(cast: Cast) -> CarrierAccount:
    """Give an account with a number, and somebody of the provider."""
    made = make_carrier_account(owner=cast.provider, name="Gamma UK")
    make_number(holder=cast.provider, account=made, e164=numbers(1)[0])
    make_person(organization=cast.provider, email="sam@example.com")
    return made


def work() -> None:
    """Do what the worker does."""
    source = Import.objects.under_way().get()
    importing.carry_out(import_id=source.pk, now=timezone.now())


def test_a_list_is_uploaded_read_and_applied(
    page: Page, live_server: LiveServer, account: CarrierAccount
) -> None:
    old, *new = numbers(4)
    content = listed(
        f"{old};London;0.50 USD",
        *(f"{number};London;0.50 USD" for number in new),
        "12;London;0.50 USD",
        head="Number;Town;Rental",
    )
    page.goto(f"{live_server.url}/carriers/{account.uuid}/imports/")
    sign_in(page, "sam@example.com")
    picture(page, "imports-none")
    page.get_by_label("List of numbers").set_input_files(
        {"name": "gamma.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Upload and look at it").click()
    expect(page.get_by_role("heading", name="gamma.csv")).to_be_visible()
    page.get_by_label("Monthly price").select_option("Rental")
    picture(page, "import-columns")
    page.get_by_role("button", name="Check every line").click()
    expect(page.get_by_text("Lines checked").first).to_be_visible()
    work()
    apply = page.get_by_role("button", name="Apply it: 3 new, 1 changed")
    expect(apply).to_be_visible()
    picture(page, "import-checked")
    page.get_by_label("Verdict").select_option("Refused")
    expect(page.get_by_role("row")).to_have_count(2)
    apply.click()
    expect(page.get_by_text("goes into stock in one step")).to_be_visible()
    work()
    expect(page.get_by_text("Came into stock")).to_be_visible()
    picture(page, "import-applied")
