"""What the parts of Wavix share: its words for trouble, its bodies and its pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sandbox.carrier import Carrier
from sandbox.store import Record
from sandbox.wire import Answer, Call, Refusal, as_json

NUMBERS, CARTS, TRUNKS = "wavix.numbers", "wavix.carts", "wavix.trunks"
LARGEST_PAGE = 100


class WavixBase(Carrier):
    """The carrier as its parts see it."""

    slug = "wavix"
    source_address = "127.0.2.70"
    announces_orders = False
    order_seconds: float
    """How long documents are looked at."""


def error(status: int, message: str, **headers: str) -> Answer:
    """Answer with prose; there are no codes."""
    body: dict[str, Any] = {"success": False, "message": message}
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return as_json(body | ({"error": True} if status == 401 else {}), status=status, headers=named)


def invalid(name: str) -> Refusal:
    """Refuse a parameter."""
    return Refusal(error(400, f"Missing or invalid parameter {name}"))


def not_found() -> Refusal:
    """Refuse what is not there, not ours, not for sale or not in the cart: all in the same way."""
    return Refusal(error(404, "Record not found"))


def insufficient_funds() -> Refusal:
    """Refuse a checkout beyond the balance; how the real service does it is in no document."""
    return Refusal(error(422, "Insufficient funds"))


def done(status: int = 200) -> Answer:
    """Answer that it is done."""
    return as_json({"success": True}, status=status)


def asked(call: Call, known: Collection[str]) -> dict[str, str]:
    """
    Read the query.

    :raises Refusal: for a name that the description does not know
    """
    for name in call.query:
        if name not in known:
            raise invalid(name)
    return call.query


def body_of(call: Call, fields: Mapping[str, Any], required: Collection[str]) -> dict[str, Any]:
    """
    Read a body of these fields, each with its type or types.

    :raises Refusal: for one that is missing, unknown or of another type
    """
    try:
        told = call.request.json()
    except ValueError as trouble:
        raise invalid("body") from trouble
    if not isinstance(told, dict):
        raise invalid("body")
    for name in required:
        if name not in told:
            raise invalid(name)
    for name, value in told.items():
        if name not in fields or not isinstance(value, fields[name]):
            raise invalid(name)
    return told


def paged(call: Call, name: str, rows: list[Record], **more: object) -> Answer:
    """Answer with a page and how many there are."""
    page, size = _count(call, "page", 1), _count(call, "per_page", 25)
    if size > LARGEST_PAGE:
        raise invalid("per_page")
    pagination = {
        "current_page": page,
        "per_page": size,
        "total": len(rows),
        "total_pages": -(-len(rows) // size),
    }
    part = rows[(page - 1) * size : page * size]
    return as_json({name: part, **more, "pagination": pagination})


def _count(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise invalid(name)
    return int(text)
