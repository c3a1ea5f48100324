from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import RequestFactory
from django.utils import timezone

from accounts.tests.cast import Cast
from dids.models import PhoneNumber, Task, TaskKind
from dids.workflows import opening
from portal.web.listing import Column, Listing
from provisioning.tests.scene import make_account, make_numbers

FIRST = 999_1000_0000
COLUMNS = (
    Column("number", "Number", sort="e164"),
    Column("label", "Label", sort="label"),
    Column("holder", "Holder", sort="holder__name"),
    Column("since", "Since", sort="status_since", extra=True),
    Column("place", "Place", extra=True),
)

Numbers = list[str]


@pytest.fixture
def numbers(cast: Cast) -> Numbers:
    """Store seven numbers; two labels stand on several of them."""
    made = make_numbers(make_account(), cast.tenant, first=FIRST, count=7)
    PhoneNumber.objects.filter(e164__in=made[::2]).update(label="Desk")
    return made


def listed(query: str = "", **more: str) -> Listing[PhoneNumber]:
    """Ask for one page of three."""
    request = RequestFactory().get(f"/{query}", more)
    rows = PhoneNumber.objects.select_related("holder")
    return Listing(request, rows, columns=COLUMNS, sort="number", size=3)


def pages(**query: str) -> Iterator[list[str]]:
    """Walk from the first page to the last."""
    listing = listed(**query)
    while True:
        yield [number.e164 for number in listing.rows]
        if not listing.next:
            return
        listing = listed(listing.next)


@pytest.mark.parametrize("sort", ["number", "label", "holder", "since"])
@pytest.mark.parametrize("way", ["", "-"])
def test_walks_every_row_once_however_it_is_sorted(numbers: Numbers, sort: str, way: str) -> None:
    walked = list(pages(sort=way + sort))
    assert [len(page) for page in walked] == [3, 3, 1]
    found = [number for page in walked for number in page]
    field = {column.key: column.sort for column in COLUMNS}[sort]
    ordered = PhoneNumber.objects.order_by(way + field, f"{way}pk")
    assert found == [number.e164 for number in ordered]


@pytest.mark.parametrize("after", ["x", "bnVsbA", "WyJhIiwiYiJd", "W3t9LDFd", "é"])
@pytest.mark.parametrize("sort", ["number", "since"])
def test_a_wrong_link_shows_the_first_page(numbers: Numbers, after: str, sort: str) -> None:
    shown = [number.e164 for number in listed(sort=sort, after=after).rows]
    assert shown == numbers[:3]


def test_a_sort_that_is_none_is_ignored(numbers: Numbers) -> None:
    for sort in ("holder__memberships", "place", "-", "pk", "\0"):
        assert [row.e164 for row in listed(sort=sort).rows] == numbers[:3]


def test_a_head_turns_the_order_round_and_keeps_what_was_asked(numbers: Numbers) -> None:
    heads = {head["key"]: head for head in listed(search="9", sort="number").heads()}
    assert heads["number"]["sorted"] == "ascending"
    assert heads["number"]["query"] == "?" + urlencode({"search": "9", "sort": "-number"})
    assert heads["label"]["sorted"] == ""
    assert set(heads) == {"number", "label", "holder"}


def test_shows_further_columns_to_those_who_choose_them(numbers: Numbers) -> None:
    listing = listed(columns="place")
    assert listing.shown == ["number", "label", "holder", "place"]
    since, place = listing.extras()
    assert (since["shown"], since["query"]) == (False, "?columns=place%2Csince")
    assert (place["shown"], place["query"]) == (True, "?")


def test_the_way_back_leads_to_the_first_page(numbers: Numbers) -> None:
    second = listed(listed(sort="label").next)
    assert second.first == "?sort=label"
    assert not listed(sort="label").first


@pytest.mark.parametrize("way", ["", "-"])
def test_keeps_what_stands_ahead_together_on_all_pages(cast: Cast, way: str) -> None:
    due = timezone.now()
    for place, urgent in enumerate((False, True, False, True, True, False, False)):
        about = f"tests.thing:{place}"
        opening.open_task(
            TaskKind.BOUGHT_LATE,
            about=about,
            what="It",
            organization=cast.provider,
            due_at=due + timedelta(hours=place // 2),
            now=due,
        )
        Task.objects.filter(about=about).update(is_urgent=urgent)
    columns = [Column("due", "Due", sort="due_at", ahead="is_urgent")]
    query, walked = f"?sort={way}due", list[int]()
    while query:
        request = RequestFactory().get(f"/{query}")
        listing = Listing(request, Task.objects.all(), columns=columns, sort="due", size=2)
        walked += [row.pk for row in listing.rows]
        query = listing.next
    order = ["-is_urgent", "due_at", "pk"] if not way else ["is_urgent", "-due_at", "-pk"]
    assert walked == list(Task.objects.order_by(*order).values_list("pk", flat=True))
