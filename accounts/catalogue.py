"""What can happen, as each app declares it; whoever wants to know all of it reads CATALOGUE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Event


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


class NotDeclared(LookupError):
    """An event names a type that no app declares."""


CATALOGUE: dict[str, EventType] = {}


def declare(name: str, sentence: str, *, provider_only: Iterable[str] = frozenset()) -> EventType:
    """Add a type to the catalogue; called once, in an app's ``events.py``."""
    if name in CATALOGUE:
        raise ValueError(f"The event type {name} is declared twice.")
    CATALOGUE[name] = EventType(name, sentence, frozenset(provider_only))
    return CATALOGUE[name]


def type_of(event: Event) -> EventType:
    """
    Look an event's type up.

    :raises NotDeclared: if no app declares it
    """
    try:
        return CATALOGUE[event.action]
    except KeyError:
        raise NotDeclared(event.action) from None
