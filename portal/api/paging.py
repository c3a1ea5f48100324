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
    backwards, start = _read(request, rows.model, column)
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
        "next": _link(request, ["n", _value(found[-1], column)]) if has_next else None,
        "previous": _link(request, ["p", _value(found[0], column)]) if has_previous else None,
    }


def _value(row: models.Model, column: str) -> Any:
    return row.pk if column == "pk" else getattr(row, column)


def _link(request: Request, state: list[Any]) -> str:
    cursor = base64.urlsafe_b64encode(json.dumps(state).encode()).decode().rstrip("=")
    address = remove_query_param(request.build_absolute_uri(), "cursor")
    return replace_query_param(address, "cursor", cursor)


def _read(request: Request, model: type[models.Model], column: str) -> tuple[bool, Any]:
    text = request.query_params.get("cursor", "")
    if not text:
        return False, None
    try:
        way, value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        field = model._meta.pk if column == "pk" else model._meta.get_field(column)
        wanted = int if isinstance(field, models.IntegerField) else str
        usable = way in {"n", "p"} and type(value) is wanted and b"\0" not in str(value).encode()
    except (ValueError, TypeError, RecursionError, binascii.Error):
        usable, way, value = False, "", None
    if not usable:
        message = "Follow the “next” or “previous” address of a page unchanged."
        raise ValidationError({"cursor": [message]})
    return way == "p", value
