"""Steps with their times, told as they happen, and the figures that remain."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from portal.supervisor.say import say

T = TypeVar("T")

POLL_SECONDS = 0.05


class StepFailed(Exception):
    """A step did not hold; the message says what was expected and what came instead."""


@dataclass
class Story:
    """What happened so far."""

    began: float = field(default_factory=time.monotonic)
    steps: dict[str, float] = field(default_factory=dict)
    figures: dict[str, object] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step and write its line when it held."""
        start = time.monotonic()
        yield
        seconds = time.monotonic() - start
        self.steps[name] = round(seconds, 3)
        say(f"{self.since():>7.2f} s  {seconds:>6.2f} s  {name}")

    def since(self) -> float:
        """Give the seconds since the journey began."""
        return time.monotonic() - self.began

    def note(self, name: str, value: object) -> None:
        """Keep a figure for the last line."""
        self.figures[name] = value

    def skip(self, reason: str) -> None:
        """Keep what was left out, with the reason."""
        self.left_out.append(reason)
        say(f"{'':>18}  left out: {reason}")


def wait_for(
    what: str, look: Callable[[], T | None], *, seconds: float, between: Callable[[], None]
) -> T:
    """
    Look until there is an answer.

    :param between: called after each vain look, to notice processes that ended
    :raises StepFailed: if there is none in time
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = look()
        if found is not None:
            return found
        between()
        time.sleep(POLL_SECONDS)
    raise StepFailed(f"Waited {seconds:.0f} s in vain: {what}.")


def expect(truth: bool, otherwise: str) -> None:
    """
    Go on only if something is so.

    :raises StepFailed: if it is not
    """
    if not truth:
        raise StepFailed(otherwise)


def milliseconds(seconds: float) -> float:
    """Write seconds as milliseconds, as figures are given."""
    return round(seconds * 1000, 1)
