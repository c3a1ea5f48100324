"""When a child that ended is started again: at once, then after ever longer pauses."""

from __future__ import annotations

import signal
from contextlib import suppress
from dataclasses import dataclass, field

PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each new start; the last one holds for all that follow."""
CALM_SECONDS = 60.0
"""Whoever ran for so long begins anew with the first pause."""
HOPELESS = 8
"""So many ends in a row, each soon after the start, and it will not come up by itself."""
SOON_SECONDS = 5.0


@dataclass
class Comeback:
    """How often one child ended lately, and when it is started again (monotonic seconds)."""

    statuses: list[int] = field(default_factory=list)
    """With which status it ended, each time since the run began; negative for a signal."""
    started_at: float = 0.0
    start_at: float | None = None
    in_a_row: int = 0
    at_once: int = 0
    settling: bool = False

    def ended(self, status: int, *, now: float) -> float:
        """Note an end; gives the seconds until the next start."""
        ran = now - self.started_at
        if ran >= CALM_SECONDS:
            self.in_a_row = 0
        self.at_once = self.at_once + 1 if ran < SOON_SECONDS else 0
        pause = PAUSES[min(self.in_a_row, len(PAUSES) - 1)]
        self.in_a_row += 1
        self.statuses.append(status)
        self.start_at = now + pause
        return pause

    def started(self, *, now: float) -> None:
        """Note a start."""
        self.settling = self.start_at is not None
        self.started_at, self.start_at = now, None

    def has_settled(self, *, now: float) -> bool:
        """Tell, once after each new start, that it has run for a while."""
        if not self.settling or now - self.started_at < SOON_SECONDS:
            return False
        self.settling = False
        return True

    @property
    def is_hopeless(self) -> bool:
        """Tell whether another start would only end the same way."""
        return self.at_once >= HOPELESS

    @property
    def failures(self) -> list[int]:
        """Give the statuses that say that it failed, not that somebody ended it."""
        return [status for status in self.statuses if status > 0]


def how(status: int) -> str:
    """Say how a process ended, as the end of a sentence."""
    if status < 0:
        with suppress(ValueError):
            return f"was ended by {signal.Signals(-status).name}"
    return f"ended by itself with status {status}"
