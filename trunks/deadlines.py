"""How long an operation may take in all, and until when it may still start."""

from __future__ import annotations

import time
from datetime import datetime


class Deadline:
    """
    A total number of seconds for one operation, running from construction.

    Make one just before the operation, never as a constant: it covers all requests of the
    operation, all their retries, and answers that drip.

    :param call_before: no request may leave from this moment on (aware)
    """

    __slots__ = ("_ends", "call_before", "seconds")

    def __init__(self, seconds: float, call_before: datetime | None = None) -> None:
        self.seconds = seconds
        self.call_before = call_before
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Give the seconds that are left, zero when none are."""
        return max(self._ends - time.monotonic(), 0.0)

    @property
    def used(self) -> float:
        """The seconds that are used up."""
        return self.seconds - self.left()

    @property
    def over(self) -> bool:
        """Whether the time is used up."""
        return self.left() == 0.0

    def __repr__(self) -> str:
        return f"Deadline({self.seconds}, call_before={self.call_before!r})"
