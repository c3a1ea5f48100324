"""Somebody drops a file on the card that takes it, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.tests.cast import Cast
from dids.models import Document
from portal.tests.browser.steps import make_person, sign_in

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]

DRAGGED = """() => {
  const dragged = new DataTransfer();
  dragged.items.add(new File(["%PDF-1.7 a bill"], "bill.pdf", { type: "application/pdf" }));
  return dragged;
}"""


def test_a_document_is_dropped_into_the_vault(
    page: Page, live_server: LiveServer, cast: Cast
) -> None:
    make_person(organization=cast.tenant, email="tara@example.com")
    page.goto(f"{live_server.url}/organizations/{cast.tenant.uuid}/documents/new/")
    sign_in(page, "tara@example.com")
    expect(page.get_by_text("drop the file anywhere")).to_be_visible()
    card = page.locator("form[data-drop]")
    dragged = page.evaluate_handle(DRAGGED)
    card.dispatch_event("dragover", {"dataTransfer": dragged})
    expect(card).to_have_class("card dropping")
    card.dispatch_event("drop", {"dataTransfer": dragged})
    expect(card).to_have_class("card")

    page.get_by_role("button", name="Put it into the vault").click()

    expect(page.get_by_text("bill.pdf").first).to_be_visible()
    assert Document.objects.get().name == "bill.pdf"
