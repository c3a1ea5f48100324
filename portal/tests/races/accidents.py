"""Accidents of workers, and how the others go on."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.db import connection

from dids.models import NumberOrder
from dids.states import OrderStatus
from portal.testing.beat import NotSettled
from portal.testing.workers import Worker, Workers
from portal.tests.races.stage import Stage

FATES = ("killed", "stopped")
BEFORE_THE_CALL = ("claimed", "removal_claimed", "sending")
"""Whoever stops here finds its claim dead when it wakes up, and sends nothing."""
GRACE = 0.3
"""Seconds after its claim in which such a worker may still send."""
GRACES = ("PURCHASE_GRACE_SECONDS", "TRUNK_GRACE_SECONDS", "MAIL_LEASE_SECONDS")
PUBLISH = (
    "publish.locked",
    "publish.read",
    "publish.computed",
    "publish.written",
    "publish.followed",
    "publish.settled",
    "publish.committed",
)
INSIDE = frozenset(
    {
        "purchase.recording",
        "binding.recording",
        "hold.recording",
        "release.unrouting",
        "release.recording",
        "import.written",
        "feature.recording",
        "feature.taking_off",
        "feature.lapsing",
        "mail.writing",
        "back_order.stepping",
        *(point for point in PUBLISH if point != "publish.committed"),
    }
)
"""A transaction is open here; the database ends it when its owner stops."""


@dataclass
class _Struck:
    """A worker that came to its point, and what tells that the others have settled its work."""

    worker: Worker
    point: str
    fate: str
    is_settled: Callable[[], bool]
    wakes_up_to: str

    @property
    def name(self) -> str:
        return f"{self.fate} at {self.point}"


class Accidents:
    """
    What happens to workers, each at some point, and what the others do about all of it.

    The minutes that the others take pass once for all of them.
    """

    def __init__(self, stage: Stage, workers: Workers) -> None:
        self._stage = stage
        self._workers = workers
        self._asleep_until = time.monotonic()
        self._struck: list[_Struck] = []
        self._held = ExitStack()

    def __enter__(self) -> Accidents:
        return self

    def __exit__(self, *_trouble: object) -> None:
        self._held.close()

    def befall(
        self,
        point: str,
        fate: str,
        task: str,
        is_settled: Callable[[], bool],
        *,
        with_settings: dict[str, Any] | None = None,
        wakes_up_to: str = "",
        **ids: Any,
    ) -> None:
        """
        Kill or stop a worker at a point.

        :param wakes_up_to: the name of what a stopped one raises in the end
        """
        given = dict(with_settings or {})
        if fate == "stopped" and point.partition(".")[2] in BEFORE_THE_CALL:
            given |= dict.fromkeys(GRACES, GRACE)
        held = self._workers.held_at(point, task, with_settings=given, **ids)
        worker = self._held.enter_context(held)
        self._asleep_until = time.monotonic() + GRACE
        if fate == "killed":
            worker.kill()
        else:
            worker.stop()
            if point in INSIDE:
                _await_the_end_of_its_session()
        self._struck.append(_Struck(worker, point, fate, is_settled, wakes_up_to))

    def settle(self, *, seconds: int = 60) -> None:
        """Have the others settle what was left, in so long; then wake up whoever was stopped."""
        self._until_settled(seconds)
        self._wake()
        # Whatever the late ones did is seen by the next sweeps, which may have to do it again.
        for _ in range(12):
            self._stage.beat.tick()
        if self._unsettled():
            self._until_settled(seconds)
        self._stage.assert_well()

    def _until_settled(self, seconds: int) -> None:
        try:
            self._stage.beat.until(lambda: not self._unsettled(), seconds=seconds)
        except NotSettled as late:
            raise NotSettled(f"{late} Left: {self._unsettled()}.") from late

    def _unsettled(self) -> list[str]:
        return [struck.name for struck in self._struck if not struck.is_settled()]

    def _wake(self) -> None:
        stopped = [struck for struck in self._struck if struck.fate == "stopped"]
        if stopped:
            time.sleep(max(0.0, self._asleep_until - time.monotonic()))
        for struck in stopped:
            end = struck.worker.go_on()
            if struck.point in INSIDE:
                assert end in {"InternalError", "OperationalError"}, struck.name
            else:
                assert end == struck.wakes_up_to, struck.name


@dataclass
class Accident:
    """What happens to one worker at a point, and what the others do about it."""

    stage: Stage
    workers: Workers
    point: str
    fate: str

    def befall(
        self, task: str, is_settled: Callable[[], bool], *, seconds: int = 60, **ids: Any
    ) -> None:
        """Kill or stop a worker there; the sweeps settle what it left, within a minute at most."""
        with Accidents(self.stage, self.workers) as accidents:
            accidents.befall(self.point, self.fate, task, is_settled, **ids)
            accidents.settle(seconds=seconds)


def _await_the_end_of_its_session() -> None:
    ends = time.monotonic() + 20
    while _sessions_in_transaction():
        assert time.monotonic() < ends, "The database let a stopped process keep its locks."
        time.sleep(0.02)


def _sessions_in_transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
        )
        (count,) = cursor.fetchone() or (0,)
    return int(count)


def is_over(order: NumberOrder) -> bool:
    """Tell whether nothing of an order waits any more."""
    order.refresh_from_db()
    return order.status != OrderStatus.SUBMITTED
