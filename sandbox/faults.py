"""
Trouble on demand: one table of what can go wrong and where, and a script of when it does.

A fault strikes a stated number of times, in the order in which faults were scripted; with a
probability below one it lets some chances pass. All chance comes from its seed.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What can go wrong."""

    DELAY = "delay"
    """The answer comes late."""
    TIMEOUT_BEFORE = "timeout_before"
    """Nothing happens, and after a while a gateway says 504."""
    TIMEOUT_AFTER = "timeout_after"
    """It happens, but after a while a gateway says 504."""
    ERROR_BEFORE = "error_before"
    """Nothing happens, and the carrier says 500."""
    ERROR_AFTER = "error_after"
    """It happens, but the carrier says 500."""
    RATE_LIMITED = "rate_limited"
    """429 in the carrier's own words; nothing happens. `seconds` is the hint, 0 gives none."""
    WRONG_CREDENTIALS = "wrong_credentials"
    """401 in the carrier's own words; nothing happens."""
    RESET_BEFORE = "reset_before"
    """Nothing happens, and the connection is reset."""
    RESET_AFTER = "reset_after"
    """It happens, but the connection is reset instead of an answer."""
    DRIP_HEADERS = "drip_headers"
    """It happens, and the head of the answer comes byte by byte over `seconds`."""
    DRIP_BODY = "drip_body"
    """It happens, and the body of the answer comes byte by byte over `seconds`."""
    TRUNCATED = "truncated"
    """It happens, but the connection ends before the body does."""
    GARBAGE = "garbage"
    """It happens, but the body is none that the carrier's description knows."""
    UNKNOWN_WORD = "unknown_word"
    """It happens, and every status in the answer is a word that no description knows."""

    LIST_FAILS = "list_fails"
    """Page `page` of the list is answered with 500."""

    NUMBER_GONE = "number_gone"
    """Somebody else bought the ordered number a moment before."""
    NO_FUNDS = "no_funds"
    """The carrier says that the balance does not suffice; nothing happens."""

    WEBHOOK_LOST = "webhook_lost"
    WEBHOOK_LATE = "webhook_late"
    """It leaves after `seconds`."""
    WEBHOOK_DOUBLED = "webhook_doubled"
    WEBHOOK_REORDERED = "webhook_reordered"
    """It leaves after the carrier's next one, or after `seconds` if none comes."""
    WEBHOOK_BADLY_SIGNED = "webhook_badly_signed"
    WEBHOOK_UNKNOWN_WORD = "webhook_unknown_word"
    """Its kind and every status in it are words that no description knows."""
    WEBHOOK_EARLY = "webhook_early"
    """The order is decided and announced at once; the order's own answer waits for `seconds`."""


OPERATIONS = (
    "search",
    "prices",
    "hold",
    "held",
    "order",
    "find",
    "release",
    "list",
    "bind",
    "binding",
    "lock",
    "caller_name",
    "texts",
    "register",
    "standing",
    "address",
    "emergency",
    "papers",
    "filing",
    "trunk",
    "balance",
    "webhook",
)
ANSWERED = frozenset(OPERATIONS) - {"webhook"}


class Place(StrEnum):
    """Where a fault strikes, and so who asks for it."""

    WIRE = "wire"
    """Between client and carrier, on any call."""
    LIST = "list"
    """On one page of a list."""
    ORDER = "order"
    """Inside the carrier, on an order."""
    WEBHOOK = "webhook"
    """On a message's way out."""
    ANNOUNCEMENT = "announcement"
    """Before an order is answered, where a carrier announces orders."""


@dataclass(frozen=True)
class Rule:
    """
    What a kind of fault needs to strike.

    :ivar operations: on which it can strike
    :ivar needs_socket: it is something that only a real connection can suffer
    :ivar needs_seconds: it is nothing without `seconds`
    """

    place: Place
    operations: frozenset[str]
    needs_socket: bool = False
    needs_seconds: bool = False


_WIRE = Rule(Place.WIRE, ANSWERED)
_SOCKET = Rule(Place.WIRE, ANSWERED, needs_socket=True)
_ORDER = Rule(Place.ORDER, frozenset({"order"}))
_WEBHOOK = Rule(Place.WEBHOOK, frozenset({"webhook"}))

TABLE: Mapping[Kind, Rule] = {
    Kind.DELAY: _WIRE,
    Kind.TIMEOUT_BEFORE: _WIRE,
    Kind.TIMEOUT_AFTER: _WIRE,
    Kind.ERROR_BEFORE: _WIRE,
    Kind.ERROR_AFTER: _WIRE,
    Kind.RATE_LIMITED: _WIRE,
    Kind.WRONG_CREDENTIALS: _WIRE,
    Kind.RESET_BEFORE: _SOCKET,
    Kind.RESET_AFTER: _SOCKET,
    Kind.DRIP_HEADERS: Rule(Place.WIRE, ANSWERED, needs_socket=True, needs_seconds=True),
    Kind.DRIP_BODY: Rule(Place.WIRE, ANSWERED, needs_socket=True, needs_seconds=True),
    Kind.TRUNCATED: _SOCKET,
    Kind.GARBAGE: _WIRE,
    Kind.UNKNOWN_WORD: Rule(Place.WIRE, frozenset({"order", "find", "list", "bind", "binding"})),
    Kind.LIST_FAILS: Rule(Place.LIST, frozenset({"list"})),
    Kind.NUMBER_GONE: _ORDER,
    Kind.NO_FUNDS: _ORDER,
    Kind.WEBHOOK_LOST: _WEBHOOK,
    Kind.WEBHOOK_LATE: Rule(Place.WEBHOOK, frozenset({"webhook"}), needs_seconds=True),
    Kind.WEBHOOK_DOUBLED: _WEBHOOK,
    Kind.WEBHOOK_REORDERED: Rule(Place.WEBHOOK, frozenset({"webhook"}), needs_seconds=True),
    Kind.WEBHOOK_BADLY_SIGNED: _WEBHOOK,
    Kind.WEBHOOK_UNKNOWN_WORD: _WEBHOOK,
    Kind.WEBHOOK_EARLY: Rule(Place.ANNOUNCEMENT, frozenset({"webhook"}), needs_seconds=True),
}

ODD_WORDS = ("under-review", "PENDING_COMPLIANCE", "Success", "half-done", "")
"""Words that stand in no carrier's description; case counts."""


@dataclass
class Fault:
    """
    One scripted fault. An empty carrier means any; an empty operation, any it can strike on.

    :ivar probability: of striking when its turn has come
    :ivar seed: decides every choice left to chance
    :ivar page: the page of a list, counted from 1
    """

    carrier: str
    operation: str
    kind: Kind
    times: int = 1
    seconds: float = 0.0
    probability: float = 1.0
    seed: int = 0
    page: int = 0
    chance: random.Random = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """
        Check that it can ever strike.

        :raises ValueError: if not
        """
        self.chance = random.Random(self.seed)  # noqa: S311 - repeatable is what is wanted
        if self.operation and self.operation not in OPERATIONS:
            raise ValueError(f"operation must be one of {', '.join(OPERATIONS)}")
        # A webhook leaves by itself, so "any operation" does not mean it.
        fitting = self.rule.operations
        asked = {self.operation} if self.operation else ANSWERED
        if not fitting & asked:
            raise ValueError(f"{self.kind} belongs to {' or '.join(sorted(fitting))}")
        if self.times < 1 or not 0 <= self.seconds < float("inf"):
            raise ValueError("times must be at least 1 and seconds at least 0")
        if not 0 < self.probability <= 1:
            raise ValueError("probability must be above 0 and at most 1")
        if self.rule.needs_seconds and not self.seconds:
            raise ValueError(f"{self.kind} needs seconds")
        if (self.rule.place is Place.LIST) != (self.page >= 1):
            raise ValueError("page belongs to list_fails, which needs it, from 1")

    @property
    def rule(self) -> Rule:
        """What its kind needs."""
        return TABLE[self.kind]

    def described(self) -> dict[str, object]:
        """Give what was scripted, with the times that are left."""
        facts = {name: value for name, value in vars(self).items() if name != "chance"}
        return facts | {"kind": str(self.kind)}

    def fits(
        self, carrier: str, operation: str, place: Place, *, page: int, on_socket: bool
    ) -> bool:
        """Tell whether it can strike here."""
        return (
            self.rule.place is place
            and self.carrier in ("", carrier)
            and self.operation in ("", operation)
            and operation in self.rule.operations
            and self.page in (0, page)
            and (on_socket or not self.rule.needs_socket)
        )


class Faults:
    """The script. Callers hold the world's lock."""

    def __init__(self) -> None:
        self._script: list[Fault] = []
        self._struck: Counter[tuple[str, str, str]] = Counter()
        self.has_socket = False
        """Whether a server answers for the sandbox, so that connections can suffer."""

    def check(self, fault: Fault) -> None:
        """
        Check that a fault can strike here.

        :raises ValueError: if it needs a connection and there is none
        """
        if fault.rule.needs_socket and not self.has_socket:
            raise ValueError(
                f"{fault.kind} needs a real connection: serve the sandbox by `python -m sandbox` "
                "or `sandbox.server.Server`"
            )

    def add(self, fault: Fault) -> None:
        """Append a fault to the script."""
        self._script.append(fault)

    def clear(self) -> None:
        """Drop what is still to come."""
        self._script.clear()

    def forget(self) -> None:
        """Drop what is still to come, and what struck."""
        self._script.clear()
        self._struck.clear()

    def take(
        self,
        carrier: str,
        operation: str,
        place: Place,
        *,
        page: int = 0,
        on_socket: bool = False,
    ) -> Fault | None:
        """
        Use up one strike of the first fault that fits and whose chance has come, if any.

        :param page: which page of a list is asked for
        :param on_socket: whether the call came over a real connection
        """
        for fault in self._script:
            if not fault.fits(carrier, operation, place, page=page, on_socket=on_socket):
                continue
            if fault.probability < 1 and fault.chance.random() >= fault.probability:
                continue
            fault.times -= 1
            if not fault.times:
                self._script.remove(fault)
            self._struck[carrier, operation, str(fault.kind)] += 1
            return fault
        return None

    def listed(self) -> dict[str, list[dict[str, object]]]:
        """Say what is still to come, and what struck how often."""
        return {
            "to_come": [fault.described() for fault in self._script],
            "struck": [
                {"carrier": carrier, "operation": operation, "kind": kind, "times": times}
                for (carrier, operation, kind), times in self._struck.items()
            ],
        }


def odd(value: Any, chance: random.Random, names: frozenset[str] = frozenset({"status"})) -> Any:
    """Give the same value, each status in it replaced by a word that nobody knows."""
    if isinstance(value, list):
        return [odd(one, chance, names) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: chance.choice(ODD_WORDS)
        if name in names and isinstance(part, str)
        else odd(part, chance, names)
        for name, part in value.items()
    }


def odd_elements(body: bytes, names: Collection[str], chance: random.Random) -> bytes:
    """Give the same document, the text of each element of these names such a word."""
    pattern = rf"<({'|'.join(names)})>[^<]*</".encode()
    return re.sub(
        pattern, lambda found: b"<%b>%b</" % (found[1], chance.choice(ODD_WORDS).encode()), body
    )
