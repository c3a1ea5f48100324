"""Pages by keyset: a page starts after a row, so it costs the same at the millionth."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any, TypeVar

from django.db import models
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

LIMIT = 50
MAXIMUM = 500
NEXT, PREVIOUS = "n", "p"

Row = TypeVar("Row", bound=models.Model)
Page = dict[str, Any]


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
    request: Request, rows: models.QuerySet[Row], *, by: str = "-pk"
) -> tuple[list[Row], dict[str, str | None]]:
    """
    Give one page of rows, and the addresses of the next and the previous one.

    :param by: a unique column to order by; with "-" the highest comes first
    :raises ValidationError: if `limit` or `cursor` cannot be used
    """
    column, falls = by.lstrip("-"), by.startswith("-")
    limit = limit_of(request)
    backwards, start = _start(request, rows.model, column)
    if start is not None:
        beyond = "lt" if falls != backwards else "gt"
        rows = rows.filter(**{f"{column}__{beyond}": start})
    reverse = falls != backwards
    found = list(rows.order_by(f"-{column}" if reverse else column)[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    has_next = more or backwards
    has_previous = start is not None and (more or not backwards)
    if not found:
        return [], {"next": None, "previous": None}
    return found, {
        "next": link(request, NEXT, _value(found[-1], column)) if has_next else None,
        "previous": link(request, PREVIOUS, _value(found[0], column)) if has_previous else None,
    }


def _value(row: models.Model, column: str) -> Any:
    return row.pk if column == "pk" else getattr(row, column)


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


def _start(request: Request, model: type[models.Model], column: str) -> tuple[bool, Any]:
    way, start = start_of(request)
    field = model._meta.pk if column == "pk" else model._meta.get_field(column)
    wanted = int if isinstance(field, models.IntegerField) else str
    if start is not None and type(start) is not wanted:
        raise unusable()
    return way == PREVIOUS, start
