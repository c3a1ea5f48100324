"""API clients that behave as the documentation asks: on 503 they come again with the same key."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

LONGEST_ANSWER = 15.0
"""Seconds; whatever is away, an answer takes no longer."""
PATIENCE = 60.0
PROBLEM = "application/problem+json"


class GaveUp(AssertionError):
    """A request was answered with 503, or not at all, for too long."""


@dataclass
class Record:
    """What all callers of a storm saw together."""

    answers: Counter[int] = field(default_factory=Counter)
    wrongs: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    slowest: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, answer: httpx2.Response, seconds: float) -> None:
        """Keep an answer; whatever may never be answered is kept as a wrong."""
        with self._lock:
            self.answers[answer.status_code] += 1
            self._note_time(what, seconds)
            if trouble := fault_of(answer):
                self.wrongs.append(f"{what} after {seconds:.1f} s: {trouble}")

    def drop(self, what: str, trouble: Exception, seconds: float) -> None:
        """Keep a request that got no answer."""
        with self._lock:
            self.dropped.append(f"{what} after {seconds:.1f} s: {trouble!r}")
            self._note_time(what, seconds)

    def _note_time(self, what: str, seconds: float) -> None:
        self.slowest = max(self.slowest, seconds)
        if seconds > LONGEST_ANSWER:
            self.late.append(f"{what} took {seconds:.1f} s")


def fault_of(answer: httpx2.Response) -> str:
    """Say what is wrong with an answer; empty if nothing."""
    said = f"{answer.status_code} {answer.text[:300]}"
    if answer.status_code < 500:
        return ""
    if answer.status_code != 503:
        return said
    if answer.headers.get("Content-Type", "") != PROBLEM or not answer.json()["request_id"]:
        return f"not a problem document: {said}"
    if not answer.headers.get("Retry-After", "").isdigit():
        return f"no Retry-After: {said}"
    return ""


class Caller:
    """Somebody who works over the API and does not lose patience at once."""

    def __init__(self, url: str, token: str, record: Record) -> None:
        self.record = record
        self._http = httpx2.Client(
            base_url=f"{url}/api/v1/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=LONGEST_ANSWER + 5,
            trust_env=False,
        )

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def get(self, path: str, **query: object) -> Any:
        """Read something that must be there."""
        answer = self.ask("GET", path, params=query)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def post(self, path: str, body: Mapping[str, object] | None = None, *, key: str = "") -> Any:
        """Do something that must succeed."""
        answer = self.ask("POST", path, body=body or {}, key=key)
        assert answer.is_success, f"POST {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def every(self, path: str, **query: object) -> list[Any]:
        """Read a list through all its pages."""
        page = self.get(path, limit=500, **query)
        rows = list(page["results"])
        while page["next"]:
            page = self.get(page["next"])
            rows += page["results"]
        return rows

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, object] | None = None,
        params: Mapping[str, object] | None = None,
        key: str = "",
    ) -> httpx2.Response:
        """
        Ask until there is an answer other than 503, each time with the same idempotency key.

        :raises GaveUp: if there is none for a minute
        """
        headers = {"Idempotency-Key": key or str(uuid.uuid4())} if method == "POST" else {}
        until = time.monotonic() + PATIENCE
        while True:
            answer = self._once(method, path, headers=headers, params=params, json=body)
            if answer is not None and answer.status_code != 503:
                return answer
            if time.monotonic() > until:
                raise GaveUp(f"{method} {path}: {answer.text if answer else 'no answer'}")
            time.sleep(int(answer.headers.get("Retry-After", "1")) if answer is not None else 0.2)

    def _once(self, method: str, path: str, **request: Any) -> httpx2.Response | None:
        began = time.monotonic()
        what = f"{method} {path}"
        query = {name: str(value) for name, value in (request.pop("params") or {}).items()}
        if query:
            request["params"] = query
        try:
            answer = self._http.request(method, path, **request)
        except httpx2.TransportError as trouble:
            self.record.drop(what, trouble, time.monotonic() - began)
            return None
        self.record.note(what, answer, time.monotonic() - began)
        return answer
