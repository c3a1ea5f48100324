"""What the parts of Flowroute share."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from sandbox.carrier import Carrier
from sandbox.flowroute import errors
from sandbox.store import Record
from sandbox.wire import Answer, Call

NUMBERS = "flowroute.numbers"
ROUTES = "flowroute.routes"
LARGEST_PAGE = 200
REGISTERED = "0"
"""The route that is there from the start: to whatever is registered."""


class FlowrouteBase(Carrier):
    """The carrier as its parts see it."""

    slug = "flowroute"
    source_address = "127.0.2.30"
    announces_orders = False
    # It has no word for what becomes of something; this one has two vocabularies already.
    status_names = frozenset({"number_type"})
    order_seconds: float
    """How long its staff looks at a name."""


def asked(call: Call, known: Collection[str]) -> dict[str, str]:
    """
    Read the query.

    :raises Refusal: for a name that neither description knows
    """
    for name in call.query:
        if name not in known:
            raise errors.refused(400, f"Unknown parameter: {name}")
    return call.query


def body_of(call: Call) -> Any:
    """
    Read a body in the carrier's media type.

    :raises Refusal: if it is none
    """
    kind = call.request.headers.get("content-type", "").partition(";")[0].strip()
    if kind not in (errors.MEDIA_TYPE, "application/json"):
        raise errors.refused(415, f"Unsupported media type: {kind}")
    try:
        return call.request.json()
    except ValueError as trouble:
        raise errors.refused(400, "The body is no JSON") from trouble


def matches(number: str, given: Mapping[str, str]) -> bool:
    """Tell whether a number is as the three patterns have it."""
    patterns = [given.get(name, "") for name in ("starts_with", "contains", "ends_with")]
    if any(not re.fullmatch(r"\d*", pattern) for pattern in patterns):
        raise errors.refused(422, "Patterns are digits")
    start, middle, end = patterns
    return number.startswith(start) and middle in number and number.endswith(end)


def paged(call: Call, rows: list[Record], **more: object) -> Answer:
    """Answer with a page; there is no total, only an address of the next page if there is one."""
    limit = _count(call.query.get("limit", "10"), "limit")
    offset = _count(call.query.get("offset", "0"), "offset")
    if not 1 <= limit <= LARGEST_PAGE:
        raise errors.refused(422, "limit must be 1 to 200")
    links = {"self": f"{call.request.base}{call.request.path}"}
    if offset + limit < len(rows):
        links["next"] = f"{links['self']}?limit={limit}&offset={offset + limit}"
    return errors.said({"data": rows[offset : offset + limit], "links": links, **more})


def _count(text: str, name: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text):
        raise errors.refused(422, f"{name} must be a number")
    return int(text)
