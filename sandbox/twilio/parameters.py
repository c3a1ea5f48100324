"""Reads query and form parameters, and refuses what the API description does not know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from sandbox.store import Record
from sandbox.twilio import errors
from sandbox.wire import Answer, Request, as_json

Shape = Mapping[str, Any]
"""
Names with what they hold: a type, a tuple of allowed words, `URL`, or a SID's two letters. A list
of one of these is a name that may be repeated.
"""

URL = "url"
METHOD = ("GET", "POST")
BOOLEANS = {"true": True, "false": False}
PAGE: dict[str, Any] = {"PageSize": int, "Page": int, "PageToken": str}
PAGE_MAX = 1000


def query(request: Request, shape: Shape) -> dict[str, Any]:
    """
    Read the query.

    :raises Refusal: for a name or value the API description does not know
    """
    return _read(dict(request.query), shape)


def form(request: Request, shape: Shape, *, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """
    Read a form-encoded body.

    :raises Refusal: for a name or value the API description does not know, or a missing one
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if request.body and kind != "application/x-www-form-urlencoded":
        raise errors.invalid("The request body must be form-encoded")
    found = _read(_gathered(request, shape), shape)
    for name in required:
        if found.get(name) in (None, ""):
            raise errors.invalid(f"Missing required parameter {name} in the post body")
    return found


def _gathered(request: Request, shape: Shape) -> dict[str, Any]:
    given: dict[str, Any] = request.form()
    for name in [name for name in given if isinstance(shape.get(name), list)]:
        given[name] = [text for key, text in request.pairs() if key == name]
    return given


def _read(given: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    if unknown := [name for name in given if name not in shape]:
        raise errors.invalid(f"Unknown parameters: {', '.join(sorted(unknown))}")
    return {name: _one(name, text, shape[name]) for name, text in given.items()}


def _one(name: str, text: Any, kind: Any) -> Any:
    if isinstance(kind, list):
        return [_one(name, each, kind[0]) for each in text]
    if kind is bool and text.lower() in BOOLEANS:
        return BOOLEANS[text.lower()]
    if kind is int and re.fullmatch(r"-?\d{1,9}", text):
        return int(text)
    if kind is str or (isinstance(kind, tuple) and text in kind):
        return text
    if kind == URL and (not text or urlsplit(text).scheme in ("http", "https")):
        return text
    # An empty SID takes away what was set.
    if (
        isinstance(kind, str)
        and len(kind) == 2
        and re.fullmatch(f"({kind}[0-9a-fA-F]{{32}})?", text)
    ):
        return text
    raise errors.invalid(f"Invalid parameter: {name}")


def page_of(asked: Mapping[str, Any]) -> tuple[int, int]:
    """
    Read page and page size.

    :raises Refusal: if they are out of range
    """
    page, size = asked.get("Page", 0), asked.get("PageSize", 50)
    if page < 0:
        raise errors.invalid("Invalid parameter: Page")
    if not 1 <= size <= PAGE_MAX:
        raise errors.invalid("Page size must be between 1 and 1000")
    return page, size


def paged_by_uri(
    request: Request, key: str, rows: list[Record], asked: Mapping[str, Any], path: str
) -> Answer:
    """Answer with a page as the 2010 API does: relative addresses beside the list."""
    page, size = page_of(asked)
    kept = _kept(request)
    part = rows[page * size : (page + 1) * size]

    def at(number: int) -> str:
        token = f"&PageToken=PA{number}" if number else ""
        return f"{path}?{kept}PageSize={size}&Page={number}{token}"

    return as_json(
        {
            key: part,
            "uri": at(page),
            "first_page_uri": at(0),
            "next_page_uri": at(page + 1) if (page + 1) * size < len(rows) else None,
            "previous_page_uri": at(page - 1) if page else None,
            "page": page,
            "page_size": size,
            "start": page * size,
            "end": max(page * size + len(part) - 1, 0),
        }
    )


def paged_by_meta(
    request: Request, key: str, rows: list[Record], shape: Shape | None = None
) -> Answer:
    """Answer with a page as the newer APIs do: absolute addresses under `meta`."""
    page, size = page_of(query(request, shape or PAGE))
    kept = _kept(request)

    def at(number: int) -> str:
        token = f"&PageToken=PA{number}" if number else ""
        return f"{request.base}{request.path}?{kept}PageSize={size}&Page={number}{token}"

    meta = {
        "key": key,
        "url": at(page),
        "first_page_url": at(0),
        "next_page_url": at(page + 1) if (page + 1) * size < len(rows) else None,
        "previous_page_url": at(page - 1) if page else None,
        "page": page,
        "page_size": size,
    }
    return as_json({key: rows[page * size : (page + 1) * size], "meta": meta})


def _kept(request: Request) -> str:
    pairs = [(name, text) for name, text in request.query if name not in PAGE]
    return "".join(f"{name}={quote(text)}&" for name, text in pairs)
