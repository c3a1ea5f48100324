"""Carrier against stock on its page: asked for, told, decided."""

from __future__ import annotations

import pytest
from django.utils import timezone

from dids.models import Audit, Finding, PhoneNumber
from dids.states import AuditStatus, FindingStatus
from portal.tests.api.world import FOUND_THERE, World
from portal.tests.web.visitor import Visitor, visitor_of


@pytest.fixture
def staff(world: World) -> Visitor:
    return visitor_of(world.cast.provider)


def page(world: World) -> str:
    return f"/carriers/{world.account.uuid}/differences/"


def test_tells_what_differs_and_what_can_be_done(staff: Visitor, world: World) -> None:
    told = staff.get(page(world)).text
    assert "At the carrier, not in stock" in told
    assert "Take it into stock" in told
    assert "has not been compared yet" in told


def test_a_comparison_is_asked_for_once(staff: Visitor, world: World) -> None:
    for _ in range(2):
        answer = staff.post(f"/carriers/{world.account.uuid}/compare/")
        assert answer["Location"] == page(world)
    assert Audit.objects.get().status == AuditStatus.WANTED
    assert "is being read" in staff.get(page(world)).text


def test_a_short_list_can_be_believed(staff: Visitor, world: World) -> None:
    now = timezone.now()
    Audit.objects.create(
        account=world.account,
        asked_by="tests",
        asked_at=now,
        status=AuditStatus.NOT_BELIEVED,
        status_since=now,
        failure="The carrier listed 2 numbers.",
    )
    assert "Believe a short list" in staff.get(page(world)).text
    staff.post(f"/carriers/{world.account.uuid}/compare/", believes_short_list="on")
    assert Audit.objects.latest("pk").believes_short_list


def test_a_number_is_taken_into_stock(staff: Visitor, world: World) -> None:
    answer = staff.post(f"/findings/{world.finding.uuid}/settle/")
    assert answer["Location"] == page(world)
    assert PhoneNumber.objects.get(e164=FOUND_THERE).holder == world.cast.provider
    assert "Carrier and stock" in staff.get(page(world)).text


def test_leaving_it_needs_a_reason(staff: Visitor, world: World) -> None:
    address = f"/findings/{world.finding.uuid}/dismiss/"
    refused = staff.post(address, reason="")
    assert refused.status_code == 422
    assert "Say why it is left as it is." in refused.text
    staff.post(address, reason="A test number")
    assert Finding.objects.get().status == FindingStatus.DISMISSED
    decided = staff.get(f"{page(world)}?status=DISMISSED").text
    assert "A test number" in decided


def test_it_stands_among_what_needs_somebody(staff: Visitor, world: World) -> None:
    assert "and our stock differ in 1 point" in staff.get("/").text


def test_an_open_page_gets_what_was_found_when_it_is_over(staff: Visitor, world: World) -> None:
    staff.post(f"/carriers/{world.account.uuid}/compare/")
    htmx = {"HX-Request": "true", "HX-Target": "audit"}
    waits = staff.client.get(page(world), headers=htmx).content.decode()
    assert "is being read" in waits
    assert 'hx-swap-oob="true"' not in waits
    Audit.objects.update(
        status=AuditStatus.DONE, theirs=1, ours=0, next_attempt_at=None, status_since=timezone.now()
    )
    told = staff.client.get(page(world), headers=htmx).content.decode()
    assert 'id="rows" aria-live="polite" hx-swap-oob="true"' in told
    assert "Take it into stock" in told
