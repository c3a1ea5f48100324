"""Waits by trying, never by guessing how long something takes."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

from portal.supervisor.children import Child
from portal.supervisor.errors import UnableToRun

STEP = 0.03


def until_ready(
    child: Child,
    ready: Callable[[], bool],
    *,
    seconds: float = 120.0,
    look: Callable[[], None] | None = None,
) -> None:
    """
    Wait until a child answers.

    :param look: starts again what somebody ended meanwhile, be it the child itself
    :raises UnableToRun: if it ends first or takes too long, with the end of its log
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if look is not None and (child.ended is None or child.ended < 0):
            look()
        elif child.ended is not None:
            raise UnableToRun(
                f"{child.spec.name} ended with status {child.ended} before it was ready. "
                f"Its log ({child.log}) ends:\n{child.last_lines()}"
            )
        if ready():
            return
        time.sleep(STEP)
    raise UnableToRun(
        f"{child.spec.name} did not answer within {seconds:.0f} s. "
        f"Its log ({child.log}) ends:\n{child.last_lines()}"
    )


def answers_tcp(host: str, port: int) -> bool:
    """Tell whether somebody accepts connections there."""
    try:
        with socket.create_connection((host, port), timeout=1.0):
            return True
    except OSError:
        return False
