"""Two changes of one number at the same moment, as two workers make them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2

from lib.e164 import E164


@dataclass(frozen=True)
class Change:
    """Something that an adapter changes of a number, and whether it is so."""

    make: Callable[[Any, E164], object]
    is_made: Callable[[Any, E164], bool]


class Between(httpx2.BaseTransport):
    """A network on which something else is done once all is read and before anything is written."""

    def __init__(
        self,
        inner: httpx2.BaseTransport,
        work: Callable[[], object],
        writes: Callable[[httpx2.Request], bool],
    ) -> None:
        self.inner = inner
        self.writes = writes
        self._work: Callable[[], object] | None = work

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass the request on; the first write has to wait."""
        if self._work is not None and self.writes(request):
            work, self._work = self._work, None
            work()
        return self.inner.handle_request(request)
