"""Lists out of pages: whole, or an error."""

from __future__ import annotations

import pytest

from lib.e164 import E164
from trunks.errors import Unavailable
from trunks.offers import OwnedNumber
from trunks.paging import each_entry, each_once, require_all, whole_list


def test_a_list_that_names_a_number_twice_is_no_list() -> None:
    mine = OwnedNumber(number=E164("+13125550100"), carrier_reference="a")
    assert each_once([mine]) == [mine]
    with pytest.raises(Unavailable, match="changed"):
        each_once([mine, mine])


@pytest.mark.parametrize(
    ("pages", "distinct"),
    [
        # What each page counts is its own entries; the pages overlap by one.
        ([(3, 3), (2, 2)], 4),
        # All of them count the whole list.
        ([(3, 4), (2, 4)], 4),
        ([(3, 4), (2, 4), (0, 0)], 4),
        # Nothing is counted.
        ([(3, 0), (2, 0)], 4),
        ([(2, 2)], 2),
        ([], 0),
    ],
)
def test_pages_that_have_all_that_they_count_are_believed(
    pages: list[tuple[int, int]], distinct: int
) -> None:
    require_all(pages, distinct=distinct)


@pytest.mark.parametrize(
    ("pages", "distinct"),
    [
        # Overlapping pages have as many rows as are counted, and one number less.
        ([(3, 5), (2, 5)], 4),
        # The total did not hold still.
        ([(3, 4), (2, 5)], 4),
        ([(1, 2)], 1),
        ([(2, 1)], 2),
    ],
)
def test_pages_that_hide_a_missing_number_are_not(
    pages: list[tuple[int, int]], distinct: int
) -> None:
    with pytest.raises(Unavailable, match="fewer"):
        require_all(pages, distinct=distinct)


def test_a_total_that_changes_from_page_to_page_is_an_error() -> None:
    pages = {1: (["a", "b"], 3), 2: (["c"], 3)}
    assert whole_list(pages.__getitem__) == ["a", "b", "c"]
    with pytest.raises(Unavailable, match="changed"):
        whole_list({1: (["a"], 3), 2: (["b", "c"], 4), 3: (["d"], 4)}.__getitem__)


def test_what_is_found_on_a_page_needs_no_other_one() -> None:
    pages = {1: (["a", "b"], 9)}
    assert next(entry for entry in each_entry(pages.__getitem__) if entry == "b") == "b"
