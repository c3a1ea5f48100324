"""Webhooks on their way out: as often, as late and as well signed as the faults will have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sandbox.courier import ATTEMPTS, Compose, Letter
from sandbox.faults import Fault, Kind, Place
from sandbox.world import World

Write = Callable[[Fault | None], Compose]
"""Gives how each attempt is written; a fault has the words in it be odd ones."""


def announce(world: World, carrier: str, write: Write, *, is_repeated: bool = True) -> None:
    """
    Hand one message to the courier. Callers hold the world's lock.

    :param is_repeated: whether the carrier tries again where a message is not taken
    """
    fault = world.faults.take(carrier, "webhook", Place.WEBHOOK)
    kind = fault.kind if fault else None
    if kind is Kind.WEBHOOK_LOST:
        return
    compose = write(fault if kind is Kind.WEBHOOK_UNKNOWN_WORD else None)
    if kind is Kind.WEBHOOK_BADLY_SIGNED:
        compose = _badly_signed(compose)
    world.operations[carrier, "webhook"] += 1
    seconds = fault.seconds if fault else 0.0
    if kind is Kind.WEBHOOK_REORDERED:
        world.courier.hold(carrier, compose, at_most=seconds)
        return
    for _ in range(2 if kind is Kind.WEBHOOK_DOUBLED else 1):
        attempt = 1 if is_repeated else ATTEMPTS
        world.courier.dispatch(carrier, compose, attempt=attempt, seconds=seconds)


def _badly_signed(compose: Compose) -> Compose:
    def spoil(attempt: int) -> Letter:
        letter = compose(attempt)
        headers = {
            # Still base64, of other bytes.
            name: text.swapcase() if "signature" in name.lower() else text
            for name, text in letter.headers.items()
        }
        return replace(letter, headers=headers)

    return spoil
