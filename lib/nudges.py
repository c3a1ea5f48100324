"""Messages to workers that leave after the commit, and may be lost."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction


def nudge(send: Callable[..., object], **message: object) -> None:
    """
    Hand a message to the broker once the work is committed.

    With the broker away the work stands all the same, and the failure is logged: a sweep finds the
    row whose message was lost. Django names the function when it logs, which a `functools.partial`
    cannot bear, hence a function of our own (Django 5.2.19).
    """

    def hand_over() -> None:
        send(**message)

    transaction.on_commit(hand_over, robust=True)
