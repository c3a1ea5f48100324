"""Charts that the server draws: plain shapes, no script and no style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

HEIGHT = 60
SLOT = 12
WIDTH = 9


@dataclass(frozen=True)
class Bar:
    """One bar, in the units of its drawing; `words` say it to those who cannot see it."""

    x: int
    y: int
    height: int
    at: datetime | date
    words: str


@dataclass(frozen=True)
class Chart:
    """Bars side by side, and the largest value among them."""

    bars: list[Bar]
    most: int
    width: int
    bar_width: int = WIDTH
    height: int = HEIGHT

    @property
    def ground(self) -> int:
        """Give the height at which the base line lies."""
        return self.height - 1


def bars(values: Sequence[tuple[datetime, int, str]]) -> Chart:
    """Draw a bar for each value; the largest fills the height, one above nothing can be seen."""
    most = max((value for _, value, _ in values), default=0)
    drawn = []
    for place, (at, value, words) in enumerate(values):
        tall = max(2, round(HEIGHT * value / most)) if value else 0
        drawn.append(Bar(place * SLOT, HEIGHT - tall, tall, at, words))
    return Chart(drawn, most, SLOT * len(values))


def levels(days: Sequence[date], counts: Sequence[int | None]) -> Chart:
    """Draw a bar for each day that was counted; one that was not leaves a gap in the base line."""
    most = max((count for count in counts if count), default=0)
    drawn = []
    for place, (day, count) in enumerate(zip(days, counts, strict=True)):
        if count is not None:
            tall = max(2, round(HEIGHT * count / most)) if count else 0
            drawn.append(Bar(place * SLOT, HEIGHT - tall, tall, day, f"{count:,}"))
    return Chart(drawn, most, SLOT * len(days))
