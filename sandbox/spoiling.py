"""What faults make of an answer, and in which manner it then travels."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from enum import StrEnum

from sandbox.carrier import Carrier
from sandbox.faults import Fault, Kind
from sandbox.wire import Answer, gateway_timeout

SPOILT = "X-Sandbox-Spoilt"
"""The header of an answer that is none of the carrier's own words."""
_SHAPES = (
    b"",
    b"null",
    b"[]",
    b'"ok"',
    b'{"data": null}',
    b"\xff\xfe\x00{",
    b"<html><head><title>Welcome</title></head><body>Please sign in.</body></html>",
    b"[" * 5_000,
)


class Way(StrEnum):
    """How a connection can treat an answer."""

    RESET = "reset"
    DRIP_HEADERS = "drip_headers"
    DRIP_BODY = "drip_body"
    CUT = "cut"


_WAYS = {
    Kind.RESET_BEFORE: Way.RESET,
    Kind.RESET_AFTER: Way.RESET,
    Kind.DRIP_HEADERS: Way.DRIP_HEADERS,
    Kind.DRIP_BODY: Way.DRIP_BODY,
    Kind.TRUNCATED: Way.CUT,
}


@dataclass(frozen=True)
class Manner:
    """
    In which manner the server sends an answer.

    :ivar seconds: over which it drips
    :ivar cut_at: at which part of the body, 0 to 1, it ends
    """

    way: Way
    seconds: float = 0.0
    cut_at: float = 0.0


def manner_of(fault: Fault | None) -> Manner | None:
    """Give the manner in which a fault has the answer sent; None for the usual one."""
    if fault is None or fault.kind not in _WAYS:
        return None
    return Manner(_WAYS[fault.kind], fault.seconds, fault.chance.random())


def server_error() -> Answer:
    """Answer as a carrier does that broke down on the way."""
    page = b"<html><head><title>500 Internal Server Error</title></head><body></body></html>"
    return Answer(500, page, (("Content-Type", "text/html"), (SPOILT, "1")))


def instead(carrier: Carrier, fault: Fault) -> Answer | None:
    """Give the answer of a carrier that does nothing; None if it does what it was asked."""
    if fault.kind in {Kind.TIMEOUT_BEFORE, Kind.DELAY}:
        time.sleep(fault.seconds)
    match fault.kind:
        case Kind.RATE_LIMITED:
            return carrier.rate_limited(fault.seconds)
        case Kind.WRONG_CREDENTIALS:
            return carrier.refused_credentials()
        case Kind.ERROR_BEFORE | Kind.RESET_BEFORE:
            return server_error()
        case Kind.TIMEOUT_BEFORE:
            return gateway_timeout()
    return None


def afterwards(carrier: Carrier, answer: Answer, fault: Fault) -> Answer:
    """Give what becomes of the answer of a carrier that did what it was asked."""
    match fault.kind:
        case Kind.ERROR_AFTER:
            return server_error()
        case Kind.TIMEOUT_AFTER:
            time.sleep(fault.seconds)
            return gateway_timeout()
        case Kind.GARBAGE:
            return _garbage(answer, fault)
        case Kind.UNKNOWN_WORD if answer.body:
            return _spoilt(answer, carrier.with_odd_words(answer.body, fault.chance))
    return answer


def _garbage(answer: Answer, fault: Fault) -> Answer:
    """Keep status and headers, and put something else, or half of it, in place of the body."""
    half = answer.body[: len(answer.body) // 2]
    chosen = fault.chance.choice([*_SHAPES, *([half] if half else [])])
    # A status that forbids a body would hide what is wrong with it.
    status = 200 if answer.status == 204 else answer.status
    return _spoilt(replace(answer, status=status), chosen)


def _spoilt(answer: Answer, body: bytes) -> Answer:
    return replace(answer, body=body, headers=(*answer.headers, (SPOILT, "1")))
