"""What became of each number of a step: kept for a day under the form's key, for who took it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache

from accounts.actors import Actor
from portal.web.undo import Undo

KEPT_SECONDS = 60 * 60 * 24


@dataclass(frozen=True)
class Line:
    """One number: what happens with it, or why nothing does."""

    e164: str
    label: str
    says: str
    is_done: bool


@dataclass(frozen=True)
class Outcome:
    """All of them, the refused first, and the way back."""

    step: str
    lines: list[Line]
    undo: Undo | None = None

    @property
    def done(self) -> list[str]:
        """Give the numbers with which it was done."""
        return [line.e164 for line in self.lines if line.is_done]

    @property
    def refused(self) -> int:
        """Count the numbers with which nothing was done."""
        return len(self.lines) - len(self.done)


def keep(actor: Actor, key: str, made: Outcome) -> None:
    """
    Keep what became of a step.

    The same form sent twice finds every number changed the second time: that must not hide what
    the first did.
    """
    store = cache.set if made.done else cache.add
    store(_name(actor, key), asdict(made), KEPT_SECONDS)


def find(actor: Actor, key: str) -> Outcome | None:
    """Give what became of a step that the actor took."""
    try:
        UUID(key)
    except ValueError:
        return None
    kept: dict[str, Any] | None = cache.get(_name(actor, key))
    if kept is None:
        return None
    undo = Undo(**kept["undo"]) if kept["undo"] else None
    return Outcome(kept["step"], [Line(**line) for line in kept["lines"]], undo)


def _name(actor: Actor, key: str) -> str:
    seat = actor.reach.pk if actor.reach else 0
    return f"bulk:{actor.name}:{seat}:{key}"
