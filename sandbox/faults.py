"""Trouble on demand: each fault strikes a stated number of times, in the order they were set."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What can go wrong."""

    DELAY = "delay"
    """The answer comes late."""
    TIMEOUT_BEFORE = "timeout_before"
    """Nothing happens, and after a while a gateway says 504."""
    TIMEOUT_AFTER = "timeout_after"
    """It happens, but after a while a gateway says 504."""
    RATE_LIMITED = "rate_limited"
    """429 in the carrier's own words; nothing happens."""
    NUMBER_GONE = "number_gone"
    """Somebody else bought the ordered number a moment before."""
    WEBHOOK_LOST = "webhook_lost"
    WEBHOOK_DOUBLED = "webhook_doubled"


OPERATIONS = (
    "search",
    "prices",
    "order",
    "find",
    "release",
    "list",
    "bind",
    "binding",
    "trunk",
    "balance",
    "webhook",
)

WIRE = frozenset({Kind.DELAY, Kind.TIMEOUT_BEFORE, Kind.TIMEOUT_AFTER, Kind.RATE_LIMITED})
ON_ORDER = frozenset({Kind.NUMBER_GONE})
ON_WEBHOOK = frozenset({Kind.WEBHOOK_LOST, Kind.WEBHOOK_DOUBLED})


@dataclass
class Fault:
    """One scripted fault. An empty carrier or operation means any."""

    carrier: str
    operation: str
    kind: Kind
    times: int = 1
    seconds: float = 0.0

    def __post_init__(self) -> None:
        """
        Check that it can ever strike.

        :raises ValueError: if not
        """
        if self.operation and self.operation not in OPERATIONS:
            raise ValueError(f"operation must be one of {', '.join(OPERATIONS)}")
        if self.kind in ON_ORDER and self.operation not in ("", "order"):
            raise ValueError("number_gone belongs to the operation order")
        if (self.kind in ON_WEBHOOK) != (self.operation == "webhook"):
            raise ValueError("webhook_lost and webhook_doubled belong to the operation webhook")
        if self.times < 1 or self.seconds < 0:
            raise ValueError("times must be at least 1 and seconds at least 0")


class Faults:
    """The script. Callers hold the world's lock."""

    def __init__(self) -> None:
        self._script: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Append a fault to the script."""
        self._script.append(fault)

    def clear(self) -> None:
        """Drop what has not struck yet."""
        self._script.clear()

    def take(self, carrier: str, operation: str, kinds: frozenset[Kind]) -> Fault | None:
        """Use up one strike of the first fault that fits, if any does."""
        for fault in self._script:
            fits = fault.carrier in ("", carrier) and fault.operation in ("", operation)
            if fits and fault.kind in kinds:
                fault.times -= 1
                if not fault.times:
                    self._script.remove(fault)
                return fault
        return None

    def listed(self) -> list[dict[str, object]]:
        """Say what is still to come."""
        return [asdict(fault) for fault in self._script]
