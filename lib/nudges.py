"""Messages to workers that leave after the commit, and may be lost."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import transaction
from kombu.exceptions import OperationalError as BrokerAway

log = logging.getLogger(__name__)

QUIET_SECONDS = 1.0
"""So long nothing is sent after a message could not be: an order of many lines must not wait."""

_quiet_until = 0.0


def nudge(send: Callable[..., object], **message: object) -> None:
    """
    Hand a message to the broker once the work is committed.

    With the broker away the work stands all the same, and the failure is logged: a sweep finds the
    row whose message was lost. Django names the function when it logs, which a `functools.partial`
    cannot bear, hence a function of our own (Django 5.2.19).
    """

    def hand_over() -> None:
        global _quiet_until
        if time.monotonic() < _quiet_until:
            return
        try:
            send(**message)
        except BrokerAway as trouble:
            _quiet_until = time.monotonic() + QUIET_SECONDS
            log.warning("A message to the workers was lost, a sweep will do its work: %s", trouble)

    transaction.on_commit(hand_over, robust=True)
