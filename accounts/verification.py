"""Whether the journal is what was once sealed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Min

from accounts import sealing
from accounts.models import Event, EventSeal, PendingSeal, PersonalValue
from accounts.personal import SaltedValue

_CHAIN = f"""
    SELECT s.position, s.event_id, s.hash, e.id, CASE WHEN e.id IS NULL THEN '' ELSE
        {sealing.CONTENT} END
    FROM accounts_eventseal s LEFT JOIN accounts_event e ON e.id = s.event_id
    ORDER BY s.position"""  # noqa: S608 - nothing but constants of this module
_AT_ONCE = 5000


def problems(*, head: tuple[int, str] | None = None) -> list[str]:
    """
    Walk the whole chain and say what does not fit; empty when nothing was tampered with.

    :param head: a position and hash noted earlier, outside; a journal cut off or written anew
        since then does not lead there
    """
    with transaction.atomic():
        found = [*_in_the_chain(), *_unsealed_strays(), *_personal()]
    if head is not None and not EventSeal.objects.filter(position=head[0], hash=head[1]).exists():
        found.append(f"Position {head[0]} does not have the hash that was noted.")
    return found


def unsealed(now: datetime) -> tuple[int, timedelta]:
    """Give how many events wait for a seal, and the age of the oldest."""
    oldest = PendingSeal.objects.aggregate(oldest=Min("event__at"))["oldest"]
    return PendingSeal.objects.count(), now - oldest if oldest else timedelta(0)


def _in_the_chain() -> Iterator[str]:
    expected, previous = 0, sealing.GENESIS
    for position, event_id, stored, found, content in _seals():
        expected += 1
        if position != expected:
            yield f"Positions {expected} to {position - 1} are missing: seals were removed."
            expected = position
        if found is None:
            yield f"Event #{event_id} at position {position} was removed."
        elif sealing.chained(previous, position, content) != stored:
            yield f"Event #{event_id} or its seal at position {position} was altered or inserted."
        # The stored hash goes on, so that one changed row is reported once.
        previous = stored


def _seals() -> Iterator[tuple[int, int, str, int | None, str]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_CHAIN)
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows


def _unsealed_strays() -> Iterator[str]:
    strays = Event.objects.filter(seal__isnull=True, pending__isnull=True)
    for key in strays.order_by("pk").values_list("pk", flat=True):
        yield f"Event #{key} was inserted past the journal: it neither has nor awaits a seal."


def _personal() -> Iterator[str]:
    for kept in PersonalValue.objects.select_related("event").iterator():
        if kept.event.personal.get(kept.key) != SaltedValue(kept.value, kept.salt).digest:
            yield f"The personal value {kept.key} of event #{kept.event_id} was altered."
