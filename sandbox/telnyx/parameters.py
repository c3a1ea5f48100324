"""Reads bracketed query parameters and JSON bodies, and refuses what the description lacks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.store import Record
from sandbox.telnyx import errors
from sandbox.wire import Answer, Refusal, Request, as_json

Shape = Mapping[str, Any]
"""Allowed names with what they hold: a type, a tuple of allowed values, or a Shape below."""

BOOLEANS = {"true": True, "false": False}
PAGE_MAX = 250


def query(request: Request, allowed: Shape) -> dict[str, Any]:
    """
    Read the query into plain names such as `filter[country_code]`.

    A list of words, or of `str`, collects repeated values, written with trailing brackets or not.

    :raises Refusal: for a name or value the API description does not know
    """
    found: dict[str, Any] = {}
    for name, text in request.query:
        plain = name.removesuffix("[]")
        if plain not in allowed:
            raise errors.malformed(f"Unknown parameter: {name}", parameter=name)
        kind = allowed[plain]
        if isinstance(kind, list):
            each = str if kind == [str] else tuple(kind)
            found.setdefault(plain, []).append(_one(plain, text, each))
        else:
            found[plain] = _one(plain, text, kind)
    return found


def _one(name: str, text: str, kind: Any) -> Any:
    if kind is bool and text in BOOLEANS:
        return BOOLEANS[text]
    if kind is int and re.fullmatch(r"\d{1,9}", text):
        return int(text)
    if kind is str or (isinstance(kind, tuple) and text in kind):
        return text
    raise errors.malformed(f"Invalid value for {name}: {text}", parameter=name)


PAGE: dict[str, Any] = {"page[number]": int, "page[size]": int}


def paged(rows: list[dict[str, Any]], asked: Mapping[str, Any], *, size: int) -> Answer:
    """
    Answer with one page of a list.

    :param size: how many the page has if the client does not say
    """
    number = asked.get("page[number]", 1)
    size = asked.get("page[size]", size)
    if number < 1:
        raise errors.malformed("page[number] must be at least 1", parameter="page[number]")
    if not 1 <= size <= PAGE_MAX:
        raise errors.malformed(f"page[size] must be 1 to {PAGE_MAX}", parameter="page[size]")
    meta = {
        "page_number": number,
        "page_size": size,
        "total_pages": -(-len(rows) // size),
        "total_results": len(rows),
    }
    return as_json({"data": rows[(number - 1) * size : number * size], "meta": meta})


def body(request: Request, shape: Shape) -> dict[str, Any]:
    """
    Read a JSON object and hold it against its shape.

    :raises Refusal: 400 if it is no JSON object, 422 for a name or value it may not have
    """
    try:
        value = request.json()
    except ValueError as trouble:
        raise errors.malformed("The request failed because it was not well-formed.") from trouble
    if not isinstance(value, dict):
        raise errors.malformed("The request body must be a JSON object.", pointer="/")
    _check(value, shape, "")
    return value


def numbers(asked: Mapping[str, Any], shape: Shape) -> list[str]:
    """
    Read the numbers of a body's `phone_numbers`, each of which has a shape of its own.

    :raises Refusal: if there are none, one is badly written or one stands there twice
    """
    lines = asked.get("phone_numbers")
    if not lines:
        raise Refusal(
            errors.error(
                400, "10004", "phone_numbers is a required parameter.", pointer="/phone_numbers"
            )
        )
    found: list[str] = []
    for place, line in enumerate(lines):
        pointer = f"/phone_numbers/{place}"
        if unknown := sorted(set(line) - set(shape)):
            raise errors.unprocessable(f"Unknown parameter: {unknown[0]}", pointer=pointer)
        number = line.get("phone_number")
        if not isinstance(number, str) or not re.fullmatch(r"\+[1-9]\d{6,14}", number):
            detail = "The specified phone number parameter must be in +E.164 format."
            raise errors.unprocessable(detail, pointer=f"{pointer}/phone_number", code="10016")
        if number in found:
            raise errors.unprocessable("The phone number is named twice.", pointer=pointer)
        found.append(number)
    return found


def shown(record: Record) -> Record:
    """Leave out the sandbox's own fields, which begin with an underscore."""
    return {name: value for name, value in record.items() if not name.startswith("_")}


def _check(value: dict[str, Any], shape: Shape, path: str) -> None:
    for name, part in value.items():
        pointer = f"{path}/{name}"
        if name not in shape:
            raise errors.unprocessable(f"Unknown parameter: {name}", pointer=pointer)
        kind = shape[name]
        if isinstance(kind, Mapping):
            if not isinstance(part, dict):
                raise errors.unprocessable(f"{name} must be an object", pointer=pointer)
            _check(part, kind, pointer)
        elif not _holds(part, kind):
            raise errors.unprocessable(f"Invalid {name}: {part!r}", pointer=pointer)


def _holds(part: object, kind: Any) -> bool:
    if isinstance(kind, tuple) and not isinstance(kind[0], type):
        return part in kind
    if isinstance(kind, list):
        return isinstance(part, list) and all(_holds(each, kind[0]) for each in part)
    if isinstance(part, bool):
        return kind is bool
    return isinstance(part, kind)
