"""What the parts of QuestBlue share."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import Any

from sandbox.carrier import Carrier
from sandbox.store import Record
from sandbox.wire import Answer, Call, Refusal, as_json

NUMBERS = "questblue.numbers"
TRUNKS = "questblue.trunks"


class QuestBlueBase(Carrier):
    """The carrier as its parts see it."""

    slug = "questblue"
    source_address = "127.0.2.50"
    announces_orders = False


def refused(words: str) -> Refusal:
    """Refuse: with a status that says yes, and with nothing but words."""
    return Refusal(as_json({"error": words}, status=206))


def done(*warnings: str) -> Answer:
    """Answer that it is done: with nothing at all, unless there are remarks."""
    return as_json({"warning": list(warnings)}, status=202) if warnings else Answer(200)


def asked(
    call: Call, *, needs: Collection[str] = (), takes: Collection[str] = ()
) -> dict[str, str]:
    """
    Read the query, and the body of what changes something, which counts where both say it.

    :raises Refusal: for what is missing or unknown
    """
    told = dict(call.query)
    if call.request.body:
        try:
            body = dict(call.request.json())
        except (ValueError, TypeError) as trouble:
            raise refused("Invalid request body") from trouble
        told |= {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in body.items()
        }
    for name in needs:
        if not told.get(name):
            raise refused(f"The {name} field is required.")
    if unknown := sorted(set(told) - {*needs, *takes}):
        # The real one ignores them, as far as is known; here a misspelled name must not hide.
        raise refused(f"The {unknown[0]} field is unknown.")
    return told


def did_from(text: str) -> str:
    """Read a number of ten or eleven digits."""
    if not re.fullmatch(r"1?\d{10}", text):
        raise refused("Invalid DID number.")
    return text[-10:]


def fits(did: str, mask: str) -> bool:
    """Tell whether a number is as a pattern has it, of which three digits must be known."""
    if len(re.sub(r"\D", "", mask)) < 3 or not re.fullmatch(r"[\d*]+", mask):
        raise refused("Search needs at least 3 digits.")
    return fnmatchcase(did, mask)


def paged(call: Call, rows: dict[str, Record]) -> Answer:
    """Answer with a page of a map."""
    size, page = _count(call, "per_page", "25"), _count(call, "page", "1")
    if not 5 <= size <= 200:
        raise refused("The per_page field must be between 5 and 200.")
    start = (page - 1) * size
    body: dict[str, Any] = {
        "current_page": page,
        "data": dict(list(rows.items())[start : start + size]),
        "total": len(rows),
        "total_pages": -(-len(rows) // size),
    }
    return as_json(body)


def _count(call: Call, name: str, otherwise: str) -> int:
    text = call.query.get(name, otherwise)
    if not re.fullmatch(r"[1-9]\d{0,5}", text):
        raise refused(f"The {name} field must be an integer.")
    return int(text)
