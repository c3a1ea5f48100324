"""Adapters to which a carrier answers what a test says, without sandbox and network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import httpx2

from trunks.http import Caller
from trunks.roles import Carrier
from trunks.transport import new_client

C = TypeVar("C", bound=Carrier)


def answering(
    adapter: type[C], credentials: Mapping[str, str], answers: tuple[httpx2.Response, ...]
) -> tuple[C, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this, one after the other, and what it sent."""
    left = list(answers)
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return left.pop(0)

    caller = Caller(new_client(httpx2.MockTransport(answer)))
    return adapter(credentials=credentials, caller=caller), seen
