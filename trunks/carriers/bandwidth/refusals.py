"""Bandwidth's errors: one of several shapes, anywhere in an answer, also in a good one."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from trunks.errors import Reason

_CODES = {
    Reason.NUMBER_GONE: "5005 5018 5041 5071 5525 5526 5527",
    Reason.NOT_ALLOWED: "4014 4024 5007 5051 5095 5211 5215 7003 7325",
    Reason.NO_FUNDS: "6322 6323",
    # 12512 is about a number that cannot be, 7518 about one that is not in service.
    Reason.NOT_FOUND: "4023 5006 7518 12512",
}
CODES = {code: reason for reason, codes in _CODES.items() for code in codes.split()}
"""Codes of the guides that say more than their status; there are over a thousand."""


@dataclass(frozen=True)
class Trouble:
    """One error, and the numbers that it names."""

    code: str
    words: str
    numbers: tuple[str, ...]


def errors_in(body: Element) -> list[Trouble]:
    """Find the errors at any depth, in whichever of their shapes."""
    return [
        Trouble(code.strip(), (part.findtext("Description") or "").strip(), _numbers(part))
        for part in body.iter()
        if (code := part.findtext("Code") or part.findtext("ErrorCode"))
    ]


def refusal_from(status: int, body: Element | None) -> tuple[Reason, str]:
    """Read why the carrier said no."""
    if body is None:
        if status == 404:
            # A number that is not in service is told by the status alone.
            return Reason.NOT_FOUND, "The carrier knows no such thing."
        raise ValueError("a refusal without words")
    errors = errors_in(body)
    if status == 404 and not errors:
        # An order that is not there has words and no code, an empty list has neither.
        return Reason.NOT_FOUND, body.findtext(".//Description") or "The carrier knows none."
    if not errors:
        raise ValueError("a refusal without a code")
    words = "; ".join(f"{error.words} ({error.code})" for error in errors)
    reasons = [CODES[error.code] for error in errors if error.code in CODES]
    if reasons:
        return reasons[0], words
    by_status = {404: Reason.NOT_FOUND, 400: Reason.INVALID, 409: Reason.NOT_ALLOWED}
    return by_status.get(status, Reason.OTHER), words


def _numbers(part: Element) -> tuple[str, ...]:
    there = (inner.text for inner in part.iter("TelephoneNumber") if not len(inner))
    return tuple(text for text in there if text)
