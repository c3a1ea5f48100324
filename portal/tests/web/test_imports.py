"""A list of numbers on its pages: uploaded, read, looked through, applied."""

from __future__ import annotations

import csv

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dids.models import Import, PhoneNumber
from dids.states import ImportStatus
from dids.tests import lists
from dids.tests.lists import listed, numbers
from dids.workflows import importing
from portal.tests.api.world import LISTED, World
from portal.tests.web.visitor import Visitor, visitor_of


@pytest.fixture
def staff(world: World) -> Visitor:
    return visitor_of(world.cast.provider)


def upload(staff: Visitor, world: World, content: bytes) -> str:
    """Upload a list by its form; gives the address of its page."""
    file = SimpleUploadedFile("mine.csv", content)
    answer = staff.client.post(f"/carriers/{world.account.uuid}/imports/upload/", {"file": file})
    assert answer.status_code == 302
    return answer["Location"]


def work() -> None:
    """Do what the worker does."""
    source = Import.objects.under_way().get()
    importing.carry_out(import_id=source.pk, now=source.status_since)


def test_a_list_goes_from_the_form_into_stock(staff: Visitor, world: World) -> None:
    first, second, odd = *numbers(2), "12"
    page = upload(staff, world, listed(first, second, odd, head="Rufnummer"))
    assert "Which column is what" in staff.get(page).text
    refused = staff.post(f"{page}check/", country="US", currency="USD")
    assert refused.status_code == 422
    assert "Choose the column that holds the numbers" in refused.text

    staff.post(f"{page}check/", country="US", currency="USD", column_number="0")
    assert "Lines checked" in staff.get(page).text
    work()
    told = staff.get(page).text
    assert "Apply it: 2 new, 0 changed" in told
    assert "too few or too many digits" in told
    htmx = {"HX-Request": "true", "HX-Target": "rows"}
    only = staff.client.get(f"{page}?verdict=REFUSED", headers=htmx).content.decode()
    assert "too few or too many digits" in only
    assert first not in only

    staff.post(f"{page}apply/")
    assert "goes into stock in one step" in staff.get(page).text
    work()
    assert "Came into stock" in staff.get(page).text
    assert PhoneNumber.objects.filter(e164__in=[first, second]).count() == 2
    assert staff.post(f"{page}apply/").status_code == 409


def test_what_is_no_list_is_refused_beside_its_field(staff: Visitor, world: World) -> None:
    file = SimpleUploadedFile("mine.csv", b"number\n\xe9")
    answer = staff.client.post(f"/carriers/{world.account.uuid}/imports/upload/", {"file": file})
    assert answer.status_code == 422
    assert "CSV UTF-8" in answer.content.decode()


def test_the_same_file_is_recognized(staff: Visitor, world: World) -> None:
    content = listed(*numbers(1))
    lists.applied(world.account, content, world.cast.staff)
    page = upload(staff, world, content)
    assert "The same file was applied" in staff.get(page).text


def test_an_old_list_says_that_its_lines_are_gone(staff: Visitor, world: World) -> None:
    source = lists.applied(world.account, listed(*numbers(2)), world.cast.staff)
    page = f"/imports/{source.uuid}/"
    assert "with verdicts" in staff.get(page).text
    source.rows.all().delete()
    told = staff.get(page).text
    assert "Its lines are no longer kept" in told
    assert "with verdicts" not in told


def test_a_full_list_that_is_too_short_has_to_be_believed(staff: Visitor, world: World) -> None:
    page = f"/imports/{world.source.uuid}/"
    staff.post(f"{page}check/", country="US", currency="USD", column_number="0", is_full_list="on")
    work()
    Import.objects.filter(pk=world.source.pk).update(ours=20, missing=3)
    assert "Believe it although" in staff.get(page).text
    assert staff.post(f"{page}apply/").status_code == 409
    assert staff.post(f"{page}apply/", believes_short_list="on").status_code == 302


def test_a_list_is_put_aside(staff: Visitor, world: World) -> None:
    answer = staff.post(f"/imports/{world.source.uuid}/discard/")
    assert answer["Location"] == f"/carriers/{world.account.uuid}/imports/"
    world.source.refresh_from_db()
    assert world.source.status == ImportStatus.DISCARDED


def test_the_verdicts_come_as_a_file(staff: Visitor, world: World) -> None:
    text = staff.post(f"/imports/{world.source.uuid}/verdicts/").content.decode("utf-8-sig")
    heads, row = csv.reader(text.splitlines())
    assert heads[:3] == ["Line", "Number", "Verdict"]
    assert row[:3] == ["2", LISTED, "New"]


def test_the_list_to_fill_in_is_read_as_it_is(staff: Visitor, world: World) -> None:
    text = staff.post("/carriers/imports/template/").content
    source = lists.checked(world.account, text, world.cast.staff)
    assert source.refused == 0
    row = lists.rows(source).get()
    assert (row.contract_ends_on.year, row.label, row.capabilities) == (
        2027,
        "Front desk",
        ["SMS", "VOICE"],
    )


def test_the_exported_list_changes_nothing(staff: Visitor, world: World) -> None:
    """What this portal writes it reads again, and finds that it knows all of it."""
    account = world.account
    there = PhoneNumber.objects.live().filter(carrier_account=account)
    text = staff.post(
        f"/numbers/export/?carrier_account={account.uuid}"
        "&columns=tags,place,country,type,since,account,trunk,cost"
    ).content
    source = lists.checked(account, text, world.cast.staff)
    assert source.unchanged == there.count()
    assert (source.new, source.changed, source.refused) == (0, 0, 0), list(
        lists.rows(source).exclude(verdict="UNCHANGED").values("text", "changes", "reason")
    )
