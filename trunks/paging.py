"""Whole lists out of pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from trunks.errors import Unavailable

T = TypeVar("T")


def whole_list(read: Callable[[int], tuple[list[T], int]]) -> list[T]:
    """
    Read all pages of a list; one that changes under our hands is an error, not a short list.

    :param read: gives a page, counted from 1, and how many entries the whole list has
    """
    entries: list[T] = []
    totals: set[int] = set()
    page = 1
    while True:
        rows, total = read(page)
        entries += rows
        totals.add(total)
        if not rows or len(entries) >= total:
            break
        page += 1
    if len(totals) > 1 or len(entries) != total:
        raise Unavailable("The carrier's list changed while it was read.")
    return entries
