"""What can happen, as each app declares it; whoever wants to know all of it reads CATALOGUE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from accounts.models import Event


class Touches(StrEnum):
    """What somebody who looks for trouble asks first."""

    MONEY = "MONEY"
    """It costs, or it ends a cost."""
    CALLS = "CALLS"
    """Calls go another way since, or could not be led where they should go."""


@dataclass(frozen=True)
class EventType:
    """
    Something that can happen.

    :param name: "<app>.<thing>.<verb, past>"
    :param sentence: for people; may use {actor}, {number}, {organization}, {reason} and
        the keys of before and after
    :param provider_only: keys of before and after that only those see to whom carriers and
        costs are open
    """

    name: str
    sentence: str
    provider_only: frozenset[str] = frozenset()
    touches: frozenset[Touches] = frozenset()

    @property
    def thing(self) -> str:
        """Name what it happens to: "<app>.<thing>"."""
        return self.name.rpartition(".")[0]

    @property
    def verb(self) -> str:
        """Say in words what happens to it."""
        return self.name.rpartition(".")[2].replace("_", " ")


CATALOGUE: dict[str, EventType] = {}


def declare(
    name: str,
    sentence: str,
    *,
    provider_only: Iterable[str] = frozenset(),
    touches: Iterable[Touches] = frozenset(),
) -> EventType:
    """Add a type to the catalogue; called once, in an app's ``events.py``."""
    if name in CATALOGUE:
        raise ValueError(f"The event type {name} is declared twice.")
    CATALOGUE[name] = EventType(name, sentence, frozenset(provider_only), frozenset(touches))
    return CATALOGUE[name]


def type_of(event: Event) -> EventType:
    """
    Look an event's type up.

    The journal outlives the code that wrote it: of a type that no app declares any more, the name
    is said and the rest hidden from those below the provider.
    """
    known = CATALOGUE.get(event.action)
    if known is not None:
        return known
    words = event.action.replace(".", " ").replace("_", " ")
    return EventType(event.action, f"{{actor}}: {words}.", frozenset({*event.before, *event.after}))


def touching(kind: Touches) -> frozenset[str]:
    """Give the names of the types that touch money, or calls."""
    return frozenset(name for name, known in CATALOGUE.items() if kind in known.touches)


def named(what: str) -> frozenset[str]:
    """Give the names of the types that a word names: one, or all that happens to a thing."""
    return frozenset(name for name, known in CATALOGUE.items() if what in {name, known.thing})
