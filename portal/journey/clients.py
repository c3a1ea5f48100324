"""One client of the public API: a base address, a token and nothing else."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx2

from portal.journey.story import StepFailed

SECONDS = 30.0
AGAIN_SECONDS = 0.5
PATIENCE_SECONDS = 60.0
"""So long a part of the portal may be away before the journey gives up."""


class Client:
    """
    Somebody who works over the API.

    :ivar look: called while a part of the portal is away, to have it started again
    """

    def __init__(
        self,
        url: str,
        *,
        name: str,
        token: str,
        act_for: str = "",
        look: Callable[[], None] = lambda: None,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if act_for:
            headers["X-Act-For"] = act_for
        self.name = name
        self.url = url
        self.token = token
        self.look = look
        self._http = httpx2.Client(
            base_url=f"{url}/api/v1/", headers=headers, timeout=SECONDS, trust_env=False
        )

    def acting_for(self, organization: str) -> Client:
        """Give the same client in the seat of an organization below its own."""
        return Client(
            self.url, name=self.name, token=self.token, act_for=organization, look=self.look
        )

    def get(self, path: str, *, status: int = 200, **query: object) -> Any:
        """Read something."""
        return self._call("GET", path, status=status, params=query)

    def post(
        self, path: str, body: Mapping[str, object] | None = None, *, status: int = 201
    ) -> Any:
        """Do something; each call carries a fresh idempotency key."""
        return self._call("POST", path, status=status, body=body or {})

    def put(self, path: str, body: Mapping[str, object], *, status: int = 200) -> Any:
        """Set something."""
        return self._call("PUT", path, status=status, body=body)

    def delete(self, path: str, *, status: int = 200) -> Any:
        """Remove something."""
        return self._call("DELETE", path, status=status)

    def pages(self, path: str, **query: object) -> Iterator[Any]:
        """Walk a list through all its pages."""
        page = self._call("GET", path, status=200, params=query)
        yield from page["results"]
        while page["next"]:
            page = self._call("GET", page["next"], status=200)
            yield from page["results"]

    def _call(
        self,
        method: str,
        path: str,
        *,
        status: int,
        params: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Any:
        headers = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        query = {key: str(value) for key, value in (params or {}).items()} or None
        answer = self._patiently(method, path, params=query, json=body, headers=headers)
        if answer.status_code != status:
            raise StepFailed(
                f"{self.name}: {method} {path} answered {answer.status_code} instead of {status}: "
                f"{answer.text[:1500]}"
            )
        return answer.json() if answer.content else None

    def _patiently(self, method: str, path: str, **request: Any) -> httpx2.Response:
        """Ask again, with the same key, while a part of the portal is away: 503, or no answer."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self._http.request(method, path, **request)
            except httpx2.TransportError as trouble:
                if time.monotonic() > until:
                    raise StepFailed(f"{self.name}: {method} {path}: {trouble!r}") from trouble
            else:
                if answer.status_code != 503 or time.monotonic() > until:
                    return answer
            self.look()
            time.sleep(AGAIN_SECONDS)
