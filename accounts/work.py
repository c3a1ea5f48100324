"""One unit of work: a transaction that knows whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from accounts.actors import Actor

EVERYWHERE = "/"
"""The reach of an actor from whom no row is hidden."""

_SET = "SELECT set_config('portal.reach', %s, true), set_config('portal.actor', %s, true)"
_GET = "SELECT current_setting('portal.reach', true), current_setting('portal.actor', true)"


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """
    Open a transaction in which the database knows the actor and its reach.

    Inside another one, the outer actor is put back at the end: PostgreSQL undoes the settings with
    a savepoint that is rolled back, not with one that is released.
    """
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        before: tuple[str | None, ...] = ()
        if nested:
            cursor.execute(_GET)
            before = cursor.fetchone() or ()
        cursor.execute(_SET, [_reach(actor), actor.name])
        yield
        if before:
            cursor.execute(_SET, [value or "" for value in before])


def _reach(actor: Actor) -> str:
    reach = actor.reach
    return EVERYWHERE if reach is None or reach.is_provider else reach.path
