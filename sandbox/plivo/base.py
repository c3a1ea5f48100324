"""What the parts of Plivo share."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from sandbox.carrier import Carrier
from sandbox.plivo import errors
from sandbox.store import Record
from sandbox.wire import Answer, Call

NUMBERS = "plivo.numbers"
TRUNKS = "plivo.trunks"
URIS = "plivo.uris"
LARGEST_PAGE = 20
PAGE = ("limit", "offset")


class PlivoBase(Carrier):
    """The carrier as its parts see it."""

    slug = "plivo"
    source_address = "127.0.2.80"
    announces_orders = False


def asked(call: Call, known: Collection[str]) -> dict[str, str]:
    """
    Read the query.

    :raises Refusal: for a name that the documentation does not know
    """
    for name in call.query:
        if name not in (*known, *PAGE):
            raise errors.refused(400, f"{name} is not a parameter")
    return call.query


def told(call: Call, known: Mapping[str, type | tuple[type, ...]]) -> dict[str, Any]:
    """
    Read a body, which is JSON.

    :raises Refusal: if it is none, or has a name or a type that the documentation does not know
    """
    try:
        body = call.request.json() if call.request.body else {}
    except ValueError as trouble:
        raise errors.refused(400, "the body is no JSON") from trouble
    if not isinstance(body, dict):
        raise errors.refused(400, "the body must be an object")
    for name, value in body.items():
        if name not in known or not isinstance(value, known[name]):
            raise errors.refused(400, f"{name} is invalid")
    return body


def paged(call: Call, rows: list[Record]) -> Answer:
    """Answer with a page of at most twenty, and how many there are in all."""
    limit = _count(call.query.get("limit", str(LARGEST_PAGE)), "limit")
    offset = _count(call.query.get("offset", "0"), "offset")
    if not 1 <= limit <= LARGEST_PAGE:
        raise errors.refused(400, "limit must be 1 to 20")
    path = call.request.path.partition("/plivo")[2]
    after = offset + limit
    meta = {
        "limit": limit,
        "offset": offset,
        "next": f"{path}?limit={limit}&offset={after}" if after < len(rows) else None,
        "previous": f"{path}?limit={limit}&offset={max(0, offset - limit)}" if offset else None,
        "total_count": len(rows),
    }
    return errors.said(meta=meta, objects=rows[offset:after])


def address_of(call: Call, *parts: str) -> str:
    """Write the address under which something of the account stands."""
    return "/".join((f"/v1/Account/{call.account.id}", *parts, ""))


def _count(text: str, name: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text):
        raise errors.refused(400, f"{name} must be a number")
    return int(text)
