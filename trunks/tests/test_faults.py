"""Every fault of a real connection, sorted into the right one of four errors, and in time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from lib.e164 import E164
from sandbox.faults import TABLE, Kind, Place
from trunks.deadlines import Deadline
from trunks.errors import (
    CarrierError,
    Misconfigured,
    OutcomeUnknown,
    Reason,
    Rejected,
    Unavailable,
)
from trunks.http import READ_ATTEMPTS
from trunks.offers import LineStatus, Wanted
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.transport import new_client

pytestmark = pytest.mark.wire

CARRIERS = ["telnyx", "twilio"]
LONG = 30.0
"""Seconds that a fault would last; nothing here may wait for so long."""
SHORT = 0.4
"""Seconds of the total deadline where the carrier makes us wait."""
FAR_BELOW = 10.0


@dataclass(frozen=True)
class Expected:
    """
    What a fault is to us.

    :ivar bought: whether a write that met it took effect
    :ivar seconds: what the fault is given
    """

    read: type[CarrierError]
    write: type[CarrierError]
    bought: bool = False
    seconds: float = 0.0
    deadline: float = 5.0


SLOW: dict[str, Any] = {"seconds": LONG, "deadline": SHORT}
WIRE_FAULTS = {
    Kind.DELAY: Expected(Unavailable, OutcomeUnknown, **SLOW),
    Kind.TIMEOUT_BEFORE: Expected(Unavailable, OutcomeUnknown),
    Kind.TIMEOUT_AFTER: Expected(Unavailable, OutcomeUnknown, bought=True),
    Kind.ERROR_BEFORE: Expected(Unavailable, OutcomeUnknown),
    Kind.ERROR_AFTER: Expected(Unavailable, OutcomeUnknown, bought=True),
    Kind.RATE_LIMITED: Expected(Unavailable, Unavailable),
    Kind.WRONG_CREDENTIALS: Expected(Misconfigured, Misconfigured),
    Kind.RESET_BEFORE: Expected(Unavailable, OutcomeUnknown),
    Kind.RESET_AFTER: Expected(Unavailable, OutcomeUnknown, bought=True),
    Kind.DRIP_HEADERS: Expected(Unavailable, OutcomeUnknown, bought=True, **SLOW),
    Kind.DRIP_BODY: Expected(Unavailable, OutcomeUnknown, bought=True, **SLOW),
    Kind.TRUNCATED: Expected(Unavailable, OutcomeUnknown, bought=True),
    Kind.GARBAGE: Expected(Unavailable, OutcomeUnknown, bought=True),
}


Open = Callable[[str], Any]
"""Gives the adapter of a new account with money, over the real socket."""


@pytest.fixture(scope="module")
def network() -> Iterator[httpx2.Client]:
    with new_client() as client:
        yield client


@pytest.fixture
def sandbox() -> Iterator[CarrierSandbox]:
    opened = CarrierSandbox()
    yield opened
    opened.close()


@pytest.fixture
def account(sandbox: CarrierSandbox, network: httpx2.Client) -> Iterator[Open]:
    with sandbox.served() as url:
        yield lambda slug: sandbox.adapter_for(
            slug, sandbox.account(slug)["credentials"], client=network, at=url
        )


def for_sale(carrier: Any) -> E164:
    """Find a number to buy."""
    number: E164 = carrier.search(Wanted(country="US", limit=1), deadline=Deadline(5))[0].number
    return number


def test_every_fault_of_the_wire_is_expected_here() -> None:
    on_the_wire = {kind for kind, rule in TABLE.items() if rule.place is Place.WIRE}
    # A word that nobody knows is no trouble of the wire: below.
    assert on_the_wire - {Kind.UNKNOWN_WORD} == set(WIRE_FAULTS)


@pytest.mark.parametrize("slug", CARRIERS)
@pytest.mark.parametrize("kind", WIRE_FAULTS)
class TestOverARealConnection:
    def test_a_read_fails_within_its_time_and_may_be_repeated(
        self, sandbox: CarrierSandbox, account: Open, slug: str, kind: Kind
    ) -> None:
        carrier, expected = account(slug), WIRE_FAULTS[kind]
        sandbox.fault(slug, "balance", kind, times=READ_ATTEMPTS, seconds=expected.seconds)
        began = time.monotonic()

        with pytest.raises(expected.read):
            carrier.balance(deadline=Deadline(expected.deadline))

        assert time.monotonic() - began < FAR_BELOW
        sandbox.control("DELETE", "faults")
        assert carrier.balance(deadline=Deadline(5)).amount > 0

    def test_a_write_fails_within_its_time_and_is_never_repeated(
        self, sandbox: CarrierSandbox, account: Open, slug: str, kind: Kind
    ) -> None:
        carrier, expected = account(slug), WIRE_FAULTS[kind]
        number, reference = for_sale(carrier), str(uuid4())
        sandbox.fault(slug, "order", kind, times=9, seconds=expected.seconds)
        began = time.monotonic()

        with pytest.raises(expected.write):
            carrier.order(
                [number], reference=reference, binding="", deadline=Deadline(expected.deadline)
            )

        assert time.monotonic() - began < FAR_BELOW
        assert sandbox.seen(slug)["order"] == 1
        assert sandbox.purchases() == ({number: 1} if expected.bought else {})
        there = carrier.find_order(reference=reference, numbers=[number], deadline=Deadline(5))
        assert (there is not None) == expected.bought


@pytest.mark.parametrize("slug", CARRIERS)
class TestTheAnswer:
    @pytest.mark.parametrize("seed", range(12))
    def test_to_a_write_is_trusted_only_if_it_can_be_read(
        self, sandbox: CarrierSandbox, account: Open, slug: str, seed: int
    ) -> None:
        carrier = account(slug)
        number, kind = for_sale(carrier), Kind.GARBAGE if seed % 2 else Kind.TRUNCATED
        sandbox.fault(slug, "order", kind, seed=seed)
        with pytest.raises(OutcomeUnknown):
            carrier.order([number], reference="r", binding="", deadline=Deadline(5))

    @pytest.mark.parametrize(("seconds", "hint"), [(0, None), (7, 7.0)])
    def test_names_when_to_come_back_or_does_not(
        self, sandbox: CarrierSandbox, account: Open, slug: str, seconds: int, hint: float | None
    ) -> None:
        carrier = account(slug)
        sandbox.fault(slug, "balance", "rate_limited", seconds=seconds)
        with pytest.raises(Unavailable) as caught:
            carrier.balance(deadline=Deadline(5))
        assert caught.value.retry_after == hint

    @pytest.mark.parametrize(
        ("kind", "reason"),
        [("no_funds", Reason.NO_FUNDS), ("number_gone", Reason.NUMBER_GONE)],
    )
    def test_may_be_a_plain_no(
        self, sandbox: CarrierSandbox, account: Open, slug: str, kind: str, reason: Reason
    ) -> None:
        carrier = account(slug)
        number = for_sale(carrier)
        sandbox.fault(slug, "order", kind)
        order = {"reference": "r", "binding": "", "deadline": Deadline(5)}
        if (slug, kind) == ("telnyx", "number_gone"):
            # Telnyx takes the order and says so line by line.
            carrier.order([number], **order)
            placed = carrier.find_order(reference="r", numbers=[number], deadline=Deadline(5))
            assert [line.status for line in placed.numbers] == [LineStatus.FAILED]
        else:
            with pytest.raises(Rejected) as caught:
                carrier.order([number], **order)
            assert caught.value.reason is reason
        assert sandbox.purchases() == {}

    @pytest.mark.parametrize("page", [1, 2])
    def test_to_a_list_is_whole_or_none(
        self,
        sandbox: CarrierSandbox,
        account: Open,
        slug: str,
        page: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        carrier = account(slug)
        for _ in range(3):
            number = for_sale(carrier)
            carrier.order([number], reference=str(uuid4()), binding="", deadline=Deadline(5))
        monkeypatch.setattr(f"trunks.carriers.{slug}.payloads.LARGEST_PAGE", 2)
        carrier.owned(deadline=Deadline(5))
        sandbox.fault(slug, "list", "list_fails", page=page, times=READ_ATTEMPTS)
        with pytest.raises(Unavailable):
            carrier.owned(deadline=Deadline(5))
        assert len({mine.number for mine in carrier.owned(deadline=Deadline(5))}) == 3

    @pytest.mark.parametrize("seed", range(5))
    def test_with_a_word_that_nobody_knows_ends_nothing(
        self, sandbox: CarrierSandbox, account: Open, slug: str, seed: int
    ) -> None:
        carrier = account(slug)
        number = for_sale(carrier)
        sandbox.fault(slug, "order", "unknown_word", seed=seed)
        placed = carrier.order([number], reference="r", binding="", deadline=Deadline(5))
        sandbox.fault(slug, "find", "unknown_word", seed=seed, times=2)
        looked_up = carrier.find_order(reference="r", numbers=[number], deadline=Deadline(5))
        for order in (placed, looked_up):
            (line,) = order.numbers
            if slug == "telnyx":
                assert line.status is LineStatus.PENDING
                assert "do not know" in line.reason
            else:
                # At Twilio, what is there has been bought: no word decides.
                assert line.status is LineStatus.BOUGHT
        sandbox.fault(slug, "list", "unknown_word", seed=seed)
        assert [mine.number for mine in carrier.owned(deadline=Deadline(5))] == [number]
