"""Waiting for the workers, who do their part as they would for anybody."""

from __future__ import annotations

import time
from collections.abc import Callable

WAIT_SECONDS = 90.0


class NotYet(Exception):
    """The workers have not done their part; the message says what is awaited."""


def wait(what: str, done: Callable[[], bool]) -> None:
    """
    Look until it is done.

    :raises NotYet: if it is not in time
    """
    until = time.monotonic() + WAIT_SECONDS
    while not done():
        if time.monotonic() > until:
            raise NotYet(f"Waiting for {what}; are sandbox, workers and beat running?")
        time.sleep(0.1)
