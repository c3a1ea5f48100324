"""Row locks and retries that cannot deadlock: one order, one strength, three tries."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, models
from psycopg import errors

P = ParamSpec("P")
R = TypeVar("R")
Row = TypeVar("Row", bound=models.Model)

TRIES = 3


def no_key(rows: models.QuerySet[Row], *order: str) -> models.QuerySet[Row]:
    """
    Lock rows in one order, without blocking rows that refer to them.

    :param order: the fields that fix the order; the primary key by default
    """
    return rows.order_by(*(order or ("pk",))).select_for_update(no_key=True, of=("self",))


def is_deadlock(trouble: OperationalError) -> bool:
    """Tell whether PostgreSQL undid the transaction so that another could go on (40P01, 40001)."""
    return isinstance(trouble.__cause__, errors.DeadlockDetected | errors.SerializationFailure)


def is_locked_out(trouble: OperationalError) -> bool:
    """Tell whether a lock was not given in time (55P03)."""
    return isinstance(trouble.__cause__, errors.LockNotAvailable)


def retried(work: Callable[P, R]) -> Callable[P, R]:
    """Run a whole transaction again when PostgreSQL undid it; for the edge, outside any atomic."""

    @wraps(work)
    def tries(*args: P.args, **kwargs: P.kwargs) -> R:
        for left in reversed(range(TRIES)):
            try:
                return work(*args, **kwargs)
            except OperationalError as trouble:
                if not left or not is_deadlock(trouble):
                    raise
        raise AssertionError("unreachable")  # pragma: no cover

    return tries


__all__ = ["TRIES", "is_deadlock", "is_locked_out", "no_key", "retried"]
