"""One line of what needs somebody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from accounts.actors import Actor

MOST = 5
"""So many of one kind are told one by one; of the others only how many there are."""
LOOKED_AT = 1_000
"""So many of one kind are counted; beyond, there are "more than" so many."""


class Kind(StrEnum):
    """What a line is about; whoever draws it knows the one action of each kind."""

    ROUTER = "ROUTER"
    PUBLISHING = "PUBLISHING"
    CREDENTIALS = "CREDENTIALS"
    CARRIER = "CARRIER"
    ORDER_UNCERTAIN = "ORDER_UNCERTAIN"
    DELIVERY_UNCERTAIN = "DELIVERY_UNCERTAIN"
    RETURN_UNCERTAIN = "RETURN_UNCERTAIN"
    TASK = "TASK"
    BALANCE = "BALANCE"
    DIFFERENCES = "DIFFERENCES"
    TRUNK = "TRUNK"
    ADDRESS = "ADDRESS"
    NO_LOCATION = "NO_LOCATION"
    WORK = "WORK"
    JOURNAL = "JOURNAL"
    RETURNS_DUE = "RETURNS_DUE"
    QUARANTINE_ENDS = "QUARANTINE_ENDS"
    OFFERS_END = "OFFERS_END"
    HOLDS_END = "HOLDS_END"
    DOCUMENT_EXPIRED = "DOCUMENT_EXPIRED"
    DOCUMENTS_EXPIRE = "DOCUMENTS_EXPIRE"
    BACK_ORDER = "BACK_ORDER"


@dataclass(frozen=True)
class Matter:
    """
    One line.

    :ivar words: what is the matter, without the number if it is about one
    :ivar then: what happens next, or what somebody has to do
    :ivar since: since when; None for what is still to come
    :ivar at: when it comes, the first of them
    :ivar number: E.164, if it is about one number
    :ivar about: the public id of the thing to open; None where it is many
    :ivar more: how many further ones of the kind are not told
    """

    kind: Kind
    words: str
    then: str
    since: datetime | None = None
    at: datetime | None = None
    number: str = ""
    about: UUID | None = None
    more: int = 0


Source = Callable[[Actor, datetime], list[Matter]]
"""Gives the lines of one kind, as far as the actor may know of them."""


def told(rows: Sequence[Any], count: int, matter: Callable[[Any, int], Matter]) -> list[Matter]:
    """Turn the first rows of a kind into lines; the last one says how many were left out."""
    shown = rows[:MOST]
    left = max(0, count - len(shown))
    return [matter(row, left if row is shown[-1] else 0) for row in shown]


def numbers(count: int) -> str:
    """Write how many numbers."""
    if count > LOOKED_AT:
        return f"More than {LOOKED_AT:,} numbers"
    return f"{count:,} number" if count == 1 else f"{count:,} numbers"
