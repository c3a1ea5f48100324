"""What to change so that a table becomes what is wanted: data, sorted, printable. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Change(NamedTuple):
    """
    One key that changes.

    :ivar old: the value that routers have; None where they have none
    :ivar new: the value they shall have; None where the key goes
    """

    key: str
    old: str | None
    new: str | None

    @property
    def grows(self) -> int:
        """By how much the table grows."""
        return (self.new is not None) - (self.old is not None)

    def __str__(self) -> str:
        return f"{self.key}: {self.old or '-'} -> {self.new or '-'}"


def changes(actual: Mapping[str, str], wanted: Mapping[str, str]) -> list[Change]:
    """Compare two states of the same keys; equal values are no change."""
    return [
        Change(key, actual.get(key), wanted.get(key))
        for key in sorted(actual.keys() | wanted.keys())
        if actual.get(key) != wanted.get(key)
    ]
