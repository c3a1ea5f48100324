"""What was said to a carrier, as it may be kept: secrets out, length bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx2

from lib.redact import redact, redact_body, redact_headers

LONGEST = 20_000
"""Characters of a body that are kept."""


@dataclass(frozen=True, kw_only=True)
class ExchangeRecord:
    """One request and its answer; `status` is None and `trouble` says why where none came."""

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


def recorded(
    request: httpx2.Request,
    answer: httpx2.Response | None,
    *,
    secrets: Sequence[str],
    trouble: str,
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
        trouble=redact(trouble, secrets)[:300],
        at=at,
        milliseconds=round(seconds * 1000),
    )


def _kept(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> str:
    text = body.decode("utf-8", errors="replace").replace("\x00", "")
    # Redact before cutting: half a secret would not be recognised.
    return redact_body(text, headers.get("content-type", ""), secrets)[:LONGEST]
