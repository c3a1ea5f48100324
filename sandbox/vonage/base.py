"""What the parts of Vonage share."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from sandbox.carrier import Carrier
from sandbox.store import Record
from sandbox.vonage import errors
from sandbox.wire import Answer, Call, as_json

TABLE = "vonage.numbers"
LARGEST_PAGE = 100


class VonageBase(Carrier):
    """The carrier as its parts see it."""

    slug = "vonage"
    source_address = "127.0.2.20"
    announces_orders = False
    currency = "EUR"
    status_names = frozenset({"error-code", "voiceCallbackType", "status"})
    clears_by = "PATCH"
    """By which method a number's emergency address is taken off; empty where a person does it."""
    tells_status = False
    """Whether a number says how far its emergency address is."""


def asked(call: Call, known: Collection[str], *, required: Collection[str] = ()) -> dict[str, str]:
    """
    Read the query.

    :raises Refusal: for a name that the API description does not know, or a missing one
    """
    return _checked(call.query, known, required)


def form(call: Call, known: Collection[str]) -> dict[str, str]:
    """
    Read a form-encoded body, which always names a number by its country and digits.

    :raises Refusal: for a name that the API description does not know, or a missing one
    """
    kind = call.request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        raise errors.failed("The body must be form-encoded")
    return _checked(call.request.form(), known, ("country", "msisdn"))


def _checked(
    given: dict[str, str], known: Collection[str], required: Collection[str]
) -> dict[str, str]:
    for name in given:
        if name not in known:
            raise errors.invalid(name)
    for name in required:
        if not given.get(name):
            raise errors.invalid(name)
    if not re.fullmatch(r"([A-Z]{2})?", given.get("country", "")):
        raise errors.invalid("country")
    return given


def matches(msisdn: str, given: Mapping[str, str]) -> bool:
    """Tell whether a number is as the pattern has it: starting with, containing, ending with."""
    pattern, place = given.get("pattern", ""), given.get("search_pattern", "0")
    if not pattern.isdigit() and pattern:
        raise errors.invalid("pattern")
    match place:
        case "0":
            return msisdn.startswith(pattern)
        case "1":
            return pattern in msisdn
        case "2":
            return msisdn.endswith(pattern)
    raise errors.invalid("search_pattern")


def paged(rows: list[Record], given: Mapping[str, str]) -> Answer:
    """Answer with a page; where there is nothing, the list is not empty but left out."""
    size, index = (count(given, name, default) for name, default in (("size", 10), ("index", 1)))
    if size > LARGEST_PAGE:
        raise errors.invalid("size")
    part = rows[(index - 1) * size : index * size]
    return as_json({"count": len(rows), **({"numbers": part} if part else {})})


def count(given: Mapping[str, str], name: str, default: int) -> int:
    """
    Read a number that counts from one.

    :raises Refusal: for anything else
    """
    text = given.get(name, str(default))
    if not re.fullmatch(r"[1-9]\d{0,5}", text):
        raise errors.invalid(name)
    return int(text)
