"""Two or more at once, in threads with database connections of their own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

from django.db import connection, connections

from lib import pauses
from lib.refusals import UnableTo

Work = Callable[[], object]


class Crowd:
    """Threads that keep their connections until the end."""

    def __init__(self, size: int) -> None:
        self._pools = [ThreadPoolExecutor(1) for _ in range(size)]

    def at_once(self, works: Sequence[Work]) -> list[object]:
        """Do everything at the same moment; gives results and refusals, anything else is raised."""
        barrier = Barrier(len(works))

        def wait_and(work: Work) -> object:
            barrier.wait(20)
            return outcome(work)

        futures = [
            pool.submit(wait_and, work) for pool, work in zip(self._pools, works, strict=False)
        ]
        return [future.result(60) for future in futures]

    def while_held(self, point: str, first: Work, second: Work) -> tuple[object, object]:
        """Hold the first at a point until the second is done, or waits for a lock of the first."""
        with pauses.armed(point) as moment:
            one = self._pools[0].submit(outcome, first)
            moment.wait()
            other = self._pools[1].submit(outcome, second)
            _until_done_or_waiting(other)
            moment.release()
            return one.result(60), other.result(60)

    def close(self) -> None:
        """Let go of threads and connections."""
        for pool in self._pools:
            pool.submit(connections.close_all).result(20)
            pool.shutdown()


@contextmanager
def crowd(size: int = 2) -> Iterator[Crowd]:
    """Give a crowd."""
    opened = Crowd(size)
    try:
        yield opened
    finally:
        opened.close()


def outcome(work: Work) -> object:
    """Do it; gives the refusal if it is refused."""
    try:
        return work()
    except UnableTo as refusal:
        return refusal


def _until_done_or_waiting(future: Future[object]) -> None:
    ends = time.monotonic() + 20
    while not future.done() and not _somebody_waits():
        assert time.monotonic() < ends, "The second neither ended nor waited."
        time.sleep(0.001)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock')"
        )
        (waits,) = cursor.fetchone() or (False,)
    return bool(waits)
