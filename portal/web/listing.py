"""Tables: filtered by the view, sorted and cut into pages here, with the columns a reader wants."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest

from accounts.permissions import Permission
from portal.web import saved_views
from portal.web.answers import plain

PAGE = 50
MOST_COUNTED = 10_000
"""So many rows are counted to say how many there are; to count a million takes too long."""

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Column:
    """
    One column of a table.

    :param sort: the model field behind it, never null, if the table can be sorted by it
    :param ahead: a field that is true or not; sorted by this column, rows of which it is true stand
        before all others, or behind them where the order is turned round
    :param extra: shown only to readers who choose it
    :param figures: holds amounts or counts, which stand at the right
    """

    key: str
    label: str
    sort: str = ""
    ahead: str = ""
    extra: bool = False
    figures: bool = False


class Listing(Generic[Row]):
    """
    One page of a table, as the address asks for it: `sort`, `columns` and `after`.

    A page begins after a row and not at a count, so the thousandth costs what the first does. What
    cannot be read in the address is ignored: a wrong link shows the first page, not an error.

    :ivar rows: the page's rows
    :ivar next: the query string of the next page, "" on the last
    """

    def __init__(
        self,
        request: HttpRequest,
        rows: models.QuerySet[Row],
        *,
        columns: Sequence[Column],
        sort: str,
        size: int = PAGE,
    ) -> None:
        self.columns = columns
        self.page = request.resolver_match.url_name if request.resolver_match else ""
        self._actor = getattr(request, "actor", None)
        self._all = rows
        sent = {key: plain(request.GET.get(key)) for key in request.GET}
        self._query = {key: text for key, text in sent.items() if text}
        sortable = {column.key: column for column in columns if column.sort}
        wanted = self._query.get("sort", sort)
        self.sort = wanted if wanted.removeprefix("-") in sortable else sort
        chosen = self._query.get("columns", "").split(",")
        self.shown = [column.key for column in columns if not column.extra or column.key in chosen]
        self._by = by = sortable[self.sort.removeprefix("-")]
        found = _cut(rows, by, self.sort, self._query.get("after", ""), most=size + 1)
        self.rows = found[:size]
        self.next = self.query(after=_cursor(self.rows[-1], by)) if len(found) > size else ""
        self.first = self.query(after="") if self._query.get("after") else ""

    def heads(self) -> list[dict[str, Any]]:
        """Give the shown columns with the address that sorts by each, and how it is sorted now."""
        ways = {self.sort.removeprefix("-"): "descending" if self.sort[0] == "-" else "ascending"}
        return [
            {
                "key": column.key,
                "label": column.label,
                "figures": column.figures,
                "sorted": ways.get(column.key, ""),
                "query": self.query(sort=self._turned(column.key), after="") if column.sort else "",
            }
            for column in self.columns
            if column.key in self.shown
        ]

    def extras(self) -> list[dict[str, Any]]:
        """Give the columns that are shown on demand, each with the address that turns it over."""
        chosen = [column.key for column in self.columns if column.extra and self.shows(column.key)]
        return [
            {
                "label": column.label,
                "shown": self.shows(column.key),
                "query": self.query(columns=",".join(_turned_over(chosen, column.key))),
            }
            for column in self.columns
            if column.extra
        ]

    def kept(self, besides: Container[str]) -> list[tuple[str, str]]:
        """Give what a form must send along so that a page of the same list comes, from its top."""
        return [
            (key, text)
            for key, text in self._query.items()
            if key != "after" and key not in besides
        ]

    def batches(self, size: int) -> Iterator[list[Row]]:
        """Give the rows of all pages, so many at a time, so that no more than those are held."""
        cursor = ""
        while True:
            found = _cut(self._all, self._by, self.sort, cursor, most=size)
            yield found
            if len(found) < size:
                return
            cursor = _cursor(found[-1], self._by)

    @property
    def here(self) -> str:
        """Give the query string of the list from its top."""
        return self.query(after="")

    @cached_property
    def views(self) -> list[saved_views.Shown]:
        """Give the views of this list that its reader saved, and those shared with them."""
        return saved_views.shown(self._actor, str(self.page), self._query)

    @property
    def may_share(self) -> bool:
        """Tell whether the reader shares views with everybody at their seat."""
        return self._actor is not None and self._actor.may(Permission.MANAGE_PEOPLE)

    @cached_property
    def count(self) -> int:
        """Give how many rows there are on all pages, one more than MOST_COUNTED if many more."""
        return self._all.order_by()[: MOST_COUNTED + 1].count()

    @property
    def counted(self) -> str:
        """Say how many rows there are on all pages."""
        return f"more than {MOST_COUNTED:,}" if self.count > MOST_COUNTED else f"{self.count:,}"

    def shows(self, key: str) -> bool:
        """Tell whether a column is shown."""
        return key in self.shown

    def _turned(self, key: str) -> str:
        return f"-{key}" if self.sort == key else key

    def query(self, **changed: str) -> str:
        """Give the query string of this page with some parameters changed; "" takes one off."""
        query = {**self._query, **changed}
        return "?" + urlencode({key: text for key, text in query.items() if text})


def _turned_over(chosen: list[str], key: str) -> list[str]:
    return [one for one in chosen if one != key] if key in chosen else [*chosen, key]


def _cut(rows: models.QuerySet[Row], by: Column, sort: str, cursor: str, *, most: int) -> list[Row]:
    found = _after(rows, by, sort, cursor)
    if "__" not in by.sort:
        return list(found[:most])
    # No index leads through two tables: what is sorted are keys, and what is shown beside is read
    # for those that are left.
    keys = found.values("pk")[:most]
    return list(rows.filter(pk__in=keys).order_by(*found.query.order_by))


def _after(rows: models.QuerySet[Row], by: Column, sort: str, cursor: str) -> models.QuerySet[Row]:
    falls, field = sort.startswith("-"), by.sort
    sign, beyond = ("-", "lt") if falls else ("", "gt")
    ahead = [by.ahead if falls else f"-{by.ahead}"] if by.ahead else []
    ordered = rows.order_by(*ahead, f"{sign}{field}", f"{sign}pk")
    if not cursor:
        return ordered
    try:
        value, pk, *stands = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if type(value) not in {str, int} or type(pk) is not int:
            return ordered
        if [type(one) for one in stands] != [bool] * len(ahead):
            return ordered
        # The first condition bounds what an index reads; the second alone would bound nothing.
        bound = Q(**{f"{field}__{beyond}e": value})
        behind = bound & (Q(**{f"{field}__{beyond}": value}) | Q(**{f"pk__{beyond}": pk}))
        return ordered.filter(_of_two(by.ahead, stands[0], behind, falls) if ahead else behind)
    except (ValueError, TypeError, RecursionError, binascii.Error, ValidationError):
        return ordered


def _of_two(ahead: str, stands: bool, behind: Q, falls: bool) -> Q:
    """Narrow to the rest of one half, and to the other one where that comes after it."""
    here = Q(**{ahead: stands}) & behind
    return here if stands is falls else here | Q(**{ahead: not stands})


def _cursor(row: models.Model, by: Column) -> str:
    value: Any = row
    for name in by.sort.split("__"):
        value = getattr(value, name)
    text = value.isoformat() if isinstance(value, date) else value
    place = [text, row.pk, *([getattr(row, by.ahead)] if by.ahead else [])]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
