"""Whole lists out of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from trunks.errors import Unavailable
from trunks.offers import OwnedNumber

T = TypeVar("T")
_CHANGED = "The carrier's list changed while it was read."


def each_entry(read: Callable[[int], tuple[list[T], int]]) -> Iterator[T]:
    """
    Read a list page by page: what is found on one is there, whatever the others say.

    :param read: gives a page, counted from 1, and how many entries the whole list has
    :raises Unavailable: at the end of a list that changed under our hands
    """
    count = 0
    totals: set[int] = set()
    page = 1
    while True:
        rows, total = read(page)
        count += len(rows)
        totals.add(total)
        yield from rows
        if not rows or count >= total:
            break
        page += 1
    if len(totals) > 1 or count != total:
        raise Unavailable(_CHANGED)


def whole_list(read: Callable[[int], tuple[list[T], int]]) -> list[T]:
    """Read all of a list as `each_entry` does; one that changes is an error, not a short list."""
    return list(each_entry(read))


def each_once(entries: list[OwnedNumber]) -> list[OwnedNumber]:
    """
    Give a list of our numbers; one that names a number twice misses another in its place.

    :raises Unavailable: if one stands there twice
    """
    if len({entry.number for entry in entries}) < len(entries):
        raise Unavailable(_CHANGED)
    return entries


def require_all(pages: Sequence[tuple[int, int]], *, distinct: int) -> None:
    """
    Make sure that pages which may overlap hide no missing number.

    :param pages: of each how many entries it has, and what it counts: the entries of the whole
        list, or only its own
    :param distinct: how many different entries all pages have
    :raises Unavailable: if a total is told that differs from page to page, or from what was read
    """
    if all(count in {0, rows} for rows, count in pages):
        return
    if {count for rows, count in pages if rows or count} != {distinct}:
        raise Unavailable(
            "The carrier's list has fewer numbers than it counts, or changed while it was read."
        )
