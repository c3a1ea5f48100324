"""What every page of states is written in: moves, and who is awaited meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from lib.transitions import Edges

SECONDS_5 = timedelta(seconds=5)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Wait:
    """
    What a thing waits for in a status that is not final.

    :ivar stale_after: after that long the sweep looks at it; None where it may rest for ever
    :ivar sweep: the function of `dids.workflows.sweeps` that picks it up
    :ivar who: who is awaited, in words that everybody may read
    :ivar then: what happens next
    """

    stale_after: timedelta | None
    sweep: str
    who: str
    then: str


@dataclass(frozen=True)
class Lifecycle:
    """All moves of one kind of thing."""

    title: str
    about: str
    edges: Edges
    waits: Mapping[str, Wait]


def lifecycle(
    title: str, about: str, edges: dict[str, tuple[str, ...]], waits: dict[str, Wait]
) -> Lifecycle:
    """Declare all moves of one kind of thing, and whom it waits for in each status."""
    stale_after = {status: wait.stale_after for status, wait in waits.items()}
    return Lifecycle(title, about, Edges(edges, stale_after=stale_after), waits)


def rests(then: str) -> Wait:
    """Declare a status in which nobody is awaited."""
    return Wait(None, "", "nobody", then)
