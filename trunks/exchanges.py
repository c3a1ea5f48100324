"""What was said to a carrier, as it may be kept: secrets out, length bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx2

from lib.redact import redact, redact_body, redact_headers
from trunks.errors import CarrierError, OutcomeUnknown, Rejected, SlowDown, Unavailable

LONGEST = 20_000
"""Characters of a body that are kept."""
DEFAULT_REST = 2.0
"""Seconds of rest where a carrier that asks for one names none."""


@dataclass(frozen=True, kw_only=True)
class ExchangeRecord:
    """
    One request and its answer; `status` is None where none came.

    :ivar trouble: what failed, whatever the status says; empty where the carrier did or refused
        what it was asked
    :ivar is_down: whether the carrier did not answer, or only with trouble of its own, by whatever
        status: enough of that in a row, and it is left alone
    :ivar rest: seconds for which the carrier wants to be left alone; None where it does not
    """

    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: str
    status: int | None
    answer_headers: Mapping[str, str]
    answer_body: str
    trouble: str
    at: datetime
    milliseconds: int
    is_down: bool = False
    rest: float | None = None


def recorded(
    request: httpx2.Request,
    answer: httpx2.Response | None,
    *,
    secrets: Sequence[str],
    trouble: CarrierError | None,
    at: datetime,
    seconds: float,
) -> ExchangeRecord:
    """Take the secrets out of one exchange."""
    return ExchangeRecord(
        method=request.method,
        url=redact(str(request.url), secrets),
        request_headers=redact_headers(dict(request.headers), secrets),
        request_body=_kept(request.content, request.headers, secrets),
        status=None if answer is None else answer.status_code,
        answer_headers={} if answer is None else redact_headers(dict(answer.headers), secrets),
        answer_body="" if answer is None else _kept(answer.content, answer.headers, secrets),
        trouble=redact(_told(trouble), secrets)[:300],
        at=at,
        milliseconds=round(seconds * 1000),
        is_down=_is_down(trouble),
        rest=_rest(trouble),
    )


def _told(trouble: CarrierError | None) -> str:
    # A refusal is an answer.
    if trouble is None or isinstance(trouble, Rejected):
        return ""
    return f"{type(trouble).__name__.lstrip('_')}: {trouble}"


def _is_down(trouble: CarrierError | None) -> bool:
    # Whoever refuses our credentials, or wants a rest, is there.
    return isinstance(trouble, Unavailable | OutcomeUnknown) and not isinstance(trouble, SlowDown)


def _rest(trouble: CarrierError | None) -> float | None:
    if not isinstance(trouble, SlowDown):
        return None
    return DEFAULT_REST if trouble.retry_after is None else trouble.retry_after


def _kept(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> str:
    text = body.decode("utf-8", errors="replace").replace("\x00", "")
    # Redact before cutting: half a secret would not be recognised.
    return redact_body(text, headers.get("content-type", ""), secrets)[:LONGEST]
