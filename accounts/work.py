"""One unit of work: a transaction that knows whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from accounts.actors import Actor

EVERYWHERE = "/"
"""The reach of an actor from whom no row is hidden."""

_SET = "SELECT set_config('portal.reach', %s, true), set_config('portal.actor', %s, true)"
_NOBODY = ("", "")


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """
    Open a transaction in which the database knows the actor and its reach.

    Inside another one, the outer actor is put back at the end: PostgreSQL undoes the settings with
    a savepoint that is rolled back, not with one that is released.
    """
    mine = (_reach(actor), actor.name)
    outer = getattr(connection, "portal_actor", _NOBODY)
    nested = connection.in_atomic_block
    with transaction.atomic():
        # Most workflows run inside the unit of work of their request: the database knows already.
        if mine != outer or not nested:
            _tell(mine)
        connection.portal_actor = mine  # type: ignore[attr-defined]
        try:
            yield
        finally:
            connection.portal_actor = outer  # type: ignore[attr-defined]
        if nested and mine != outer:
            _tell(outer)


@contextmanager
def rehearsing(actor: Actor) -> Iterator[None]:
    """Do everything inside, have it checked as a commit would, and undo it."""
    with transaction.atomic():
        with acting(actor):
            yield
        # What the commit would have refused must be refused by the rehearsal too. Not inside the
        # inner savepoint: PostgreSQL forgets with its release how to put this back.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def _tell(reach_and_name: tuple[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET, reach_and_name)


def _reach(actor: Actor) -> str:
    reach = actor.reach
    return EVERYWHERE if reach is None or reach.is_provider else reach.path
