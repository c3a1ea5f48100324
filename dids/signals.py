"""The one signal that travels up: the routes of numbers may have changed."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.dispatch import Signal

routing_changed = Signal()
"""
Sent inside the transaction of the change, with `numbers` (E.164 texts), `organization` (key or
None), `scope`, `lane` and `event_id` (key of the journal entry or None). A receiver may refuse the
change by raising an `UnableTo...`, which undoes it.
"""


class Lane(StrEnum):
    """How urgent a change is."""

    INTERACTIVE = "INTERACTIVE"
    BULK = "BULK"


INTERACTIVE_AT_MOST = 50
"""A person changes a few numbers at once; more is a bulk, which may wait behind persons."""


def send(numbers: Iterable[str], *, event_id: int | None = None) -> None:
    """Tell that the routes of these numbers may have changed."""
    changed = sorted(numbers)
    if not changed:
        return
    lane = Lane.INTERACTIVE if len(changed) <= INTERACTIVE_AT_MOST else Lane.BULK
    routing_changed.send(
        sender=None,
        numbers=changed,
        organization=None,
        scope="NUMBER",
        lane=lane.value,
        event_id=event_id,
    )
