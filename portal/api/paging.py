"""Pages by keyset: a page starts after a row, so it costs the same at the millionth."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

LIMIT = 50
MAXIMUM = 500
NEXT, PREVIOUS = "n", "p"

Row = TypeVar("Row", bound=models.Model)
Page = dict[str, Any]

_KINDS = ((models.BooleanField, bool), (models.IntegerField, int))


def limit_of(request: Request) -> int:
    """
    Read how many rows a page shall have.

    :raises ValidationError: if it is not a whole number from 1 to the maximum
    """
    text = request.query_params.get("limit", str(LIMIT))
    if not re.fullmatch("[0-9]{1,9}", text) or not 1 <= int(text) <= MAXIMUM:
        raise ValidationError({"limit": [f"Send a whole number from 1 to {MAXIMUM}."]})
    return int(text)


def page_of(
    request: Request, rows: models.QuerySet[Row], *, by: str | Sequence[str] = "-pk"
) -> tuple[list[Row], dict[str, str | None]]:
    """
    Give one page of rows, and the addresses of the next and the previous one.

    :param by: a unique column to order by, or several of which the last one is unique; with "-" the
        highest comes first
    :raises ValidationError: if `limit` or `cursor` cannot be used
    """
    order = [by] if isinstance(by, str) else by
    columns = [column.lstrip("-") for column in order]
    limit = limit_of(request)
    backwards, start = _start(request, rows.model, columns)
    walked = [_turned(column) for column in order] if backwards else order
    if start is not None:
        rows = rows.filter(_beyond(walked, start))
    found = list(rows.order_by(*walked)[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    has_next = more or backwards
    has_previous = start is not None and (more or not backwards)
    if not found:
        return [], {"next": None, "previous": None}
    return found, {
        "next": link(request, NEXT, _place(found[-1], columns)) if has_next else None,
        "previous": link(request, PREVIOUS, _place(found[0], columns)) if has_previous else None,
    }


def _turned(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def _beyond(walked: Sequence[str], start: Sequence[Any]) -> Q:
    """Narrow to what comes after a row, the way one walks."""
    column, *others = walked
    value, *rest = start
    name, way = column.lstrip("-"), "lt" if column.startswith("-") else "gt"
    behind = Q(**{f"{name}__{way}": value})
    if not others:
        return behind
    same = Q(**{name: value}) & _beyond(others, rest)
    # Nothing comes after the last of two values: said so, the index is read from the row on.
    return same if value is (way == "gt") else behind | same


def _place(row: models.Model, columns: Sequence[str]) -> Any:
    values = [_value(row, column) for column in columns]
    return values[0] if len(values) == 1 else values


def _value(row: models.Model, column: str) -> Any:
    value = row.pk if column == "pk" else getattr(row, column)
    return value.isoformat() if isinstance(value, datetime) else value


def link(request: Request, way: str, start: Any) -> str:
    """Give the address of the page before or behind a place in the list."""
    cursor = base64.urlsafe_b64encode(json.dumps([way, start]).encode()).decode().rstrip("=")
    address = remove_query_param(request.build_absolute_uri(), "cursor")
    return replace_query_param(address, "cursor", cursor)


def start_of(request: Request) -> tuple[str, Any]:
    """
    Read the way one walks and the place one comes from, None on the first page.

    :raises ValidationError: if that is not what an address of ours says
    """
    text = request.query_params.get("cursor", "")
    if not text:
        return NEXT, None
    try:
        way, start = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        usable = way in {NEXT, PREVIOUS} and b"\0" not in str(start).encode()
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise unusable() from None
    if not usable:
        raise unusable()
    return way, start


def unusable() -> ValidationError:
    """Refuse a cursor."""
    message = "Follow the “next” or “previous” address of a page unchanged."
    return ValidationError({"cursor": [message]})


def _start(
    request: Request, model: type[models.Model], columns: Sequence[str]
) -> tuple[bool, list[Any] | None]:
    way, start = start_of(request)
    if start is None:
        return way == PREVIOUS, None
    values = [start] if len(columns) == 1 else start
    if type(values) is not list or len(values) != len(columns):
        raise unusable()
    read = [_read(model, *pair) for pair in zip(columns, values, strict=True)]
    return way == PREVIOUS, read


def _read(model: type[models.Model], column: str, value: Any) -> Any:
    field = model._meta.pk if column == "pk" else model._meta.get_field(column)
    wanted = next((kind for known, kind in _KINDS if isinstance(field, known)), str)
    if type(value) is not wanted:
        raise unusable()
    if not isinstance(field, models.DateTimeField):
        return value
    with suppress(ValueError):
        moment = datetime.fromisoformat(str(value))
        if moment.tzinfo is not None:
            return moment
    raise unusable()
