"""Accidents of workers, and how the others go on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from dids.models import NumberOrder
from dids.states import OrderStatus
from portal.testing.workers import Worker, Workers
from portal.tests.races.stage import Stage

BEFORE_THE_CALL = ("claimed", "removal_claimed", "sending")
"""Whoever stops here finds its claim dead when it wakes up, and sends nothing."""
GRACE = 0.3
"""Seconds after its claim in which such a worker may still send."""
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
        "back_order.stepping",
        *(point for point in PUBLISH if point != "publish.committed"),
    }
)
"""A transaction is open here; the database ends it when its owner stops."""


@dataclass
class Accident:
    """What happens to a worker at a point, and what the others do meanwhile."""

    stage: Stage
    workers: Workers
    point: str
    fate: str

    def befall(
        self, task: str, is_settled: Callable[[], bool], *, seconds: int = 60, **ids: int | str
    ) -> None:
        """Kill or stop a worker there; the sweeps settle what it left, within a minute at most."""
        before_the_call = self.point.partition(".")[2] in BEFORE_THE_CALL
        short = {}
        if self.fate == "stopped" and before_the_call:
            short = dict.fromkeys(["PURCHASE_GRACE_SECONDS", "TRUNK_GRACE_SECONDS"], GRACE)
        with self.workers.held_at(self.point, task, with_settings=short, **ids) as worker:
            held_at = time.monotonic()
            if self.fate == "killed":
                worker.kill()
            else:
                worker.stop()
                if self.point in INSIDE:
                    _await_the_end_of_its_session()
            self.stage.beat.until(is_settled, seconds=seconds)
            if self.fate == "stopped":
                while short and time.monotonic() < held_at + GRACE:
                    time.sleep(0.01)
                self._wake(worker)
        # Whatever the late one did is seen by the next sweeps.
        for _ in range(12):
            self.stage.beat.tick()
        self.stage.assert_well()

    def _wake(self, worker: Worker) -> None:
        end = worker.go_on()
        if self.point in INSIDE:
            assert end in {"InternalError", "OperationalError"}
        else:
            assert end == ""


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
