"""Accounts that take one order at a time: whoever comes meanwhile waits, and is called."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from dids import tasks
from dids.models import CarrierOrder
from dids.states import CarrierOrderStatus
from dids.tests.carrier import Shop, carrier_orders
from dids.tests.factories import make_order
from dids.workflows import purchase, turns
from portal.tests.races.threads import crowd
from trunks import connect

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

EIGHT = 8
_S = CarrierOrderStatus


class Overlap:
    """Notes how many calls are under way at the same time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._lock = threading.Lock()
        self._now = self.most = 0
        self._order = purchase._order
        monkeypatch.setattr(purchase, "_order", self)

    def __call__(self, *told: Any) -> Any:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            # Long enough for everybody else to come.
            time.sleep(0.05)
            return self._order(*told)
        finally:
            with self._lock:
                self._now -= 1


def rows_of(market: Shop, cast: Cast, carrier: str, count: int) -> list[CarrierOrder]:
    """Submit orders of one number each."""
    orders = [
        make_order(offers=[offer], actor=cast.staff, submit=True)
        for offer in market.offers(carrier, count=count)
    ]
    return [row for order in orders for row in carrier_orders(order)]


def place(row: CarrierOrder) -> None:
    """Do what a worker does."""
    purchase.place(carrier_order_id=row.pk, now=timezone.now())


def read(rows: Sequence[CarrierOrder]) -> list[str]:
    """Read what has become of them."""
    for row in rows:
        row.refresh_from_db()
    return [row.status for row in rows]


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note who is called because it is their turn."""
    numbers: list[int] = []

    def note(*, carrier_order_id: int) -> None:
        numbers.append(carrier_order_id)

    monkeypatch.setattr(tasks.place, "delay", note)
    return numbers


def test_of_eight_workers_at_one_cart_one_calls_at_a_time(
    market: Shop, cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PURCHASE_GRACE_SECONDS = settings.PURCHASE_DEADLINE_SECONDS = 10.0
    rows = rows_of(market, cast, "wavix", EIGHT)
    overlap = Overlap(monkeypatch)
    with crowd(EIGHT) as workers:
        for _ in range(EIGHT):
            waiting = [
                row for row, status in zip(rows, read(rows), strict=True) if status == _S.WAITING
            ]
            workers.at_once([partial(place, row) for row in waiting])

    assert overlap.most == 1
    assert read(rows) == [_S.DONE] * EIGHT
    assert sorted(market.sandbox.purchases().values()) == [1] * EIGHT


def test_elsewhere_nobody_waits_for_another_order(market: Shop, cast: Cast) -> None:
    first, second = rows_of(market, cast, "flowroute", 2)
    with crowd() as workers:
        workers.while_held("purchase.claimed", partial(place, first), partial(place, second))

    assert read([first, second]) == [_S.DONE, _S.DONE]


def test_two_that_claim_together_are_told_apart_by_the_lock(
    market: Shop, cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PURCHASE_GRACE_SECONDS = settings.PURCHASE_DEADLINE_SECONDS = 10.0
    take = turns.take

    def take_and_linger(row: CarrierOrder) -> bool:
        """Leave the others time to look before the claim is written down."""
        has_turn = take(row)
        time.sleep(0.3)
        return has_turn

    monkeypatch.setattr(turns, "take", take_and_linger)
    rows = rows_of(market, cast, "wavix", 2)
    overlap = Overlap(monkeypatch)
    with crowd() as workers:
        workers.at_once([partial(place, row) for row in rows])

    assert overlap.most == 1
    assert sorted(read(rows)) == [_S.DONE, _S.WAITING]


def test_the_others_wait_as_long_as_an_outcome_is_unknown(
    market: Shop, cast: Cast, called: list[int]
) -> None:
    first, second = rows_of(market, cast, "wavix", 2)
    called.clear()
    market.sandbox.fault("wavix", "order", "timeout_after")
    place(first)
    place(second)

    assert read([first, second]) == [_S.UNCERTAIN, _S.WAITING]
    assert (second.failure, second.attempt) == (turns.WAITS, None)
    assert second.next_attempt_at is not None
    assert second.next_attempt_at > timezone.now()
    assert called == []

    purchase.settle(carrier_order_id=first.pk, now=timezone.now())
    assert called == [second.pk]
    place(second)
    assert read([first, second]) == [_S.DONE, _S.DONE]
    assert sorted(market.sandbox.purchases().values()) == [1, 1]


def test_a_killed_worker_gives_its_turn_away_when_its_claim_is_over(
    market: Shop, cast: Cast, called: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Nothing of ours catches it."""

    def die(*_told: object) -> None:
        raise Killed

    first, second = rows_of(market, cast, "wavix", 2)
    called.clear()
    with monkeypatch.context() as patched:
        patched.setattr(purchase, "_order", die)
        with pytest.raises(Killed):
            place(first)
    place(second)
    assert read([first, second]) == [_S.PLACING, _S.WAITING]

    # Too early: the claim still stands, and nothing is asked.
    purchase.settle(carrier_order_id=first.pk, now=timezone.now())
    assert read([first]) == [_S.PLACING]
    purchase.settle(carrier_order_id=first.pk, now=timezone.now() + timedelta(minutes=1))
    assert read([first]) == [_S.FAILED]
    assert called == [second.pk]
    place(second)
    assert read([second]) == [_S.DONE]
    assert market.sandbox.purchases() == {second.lines.get().e164: 1}


def test_who_waits_does_not_use_up_the_calls_of_the_account(
    market: Shop, cast: Cast, called: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = rows_of(market, cast, "wavix", 2)
    CarrierOrder.objects.filter(pk=first.pk).update(
        status=_S.UNCERTAIN, uncertain_since=timezone.now()
    )
    monkeypatch.setattr(connect, "may_call", pytest.fail)

    place(second)
    assert read([second]) == [_S.WAITING]
