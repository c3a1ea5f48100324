"""What goes wrong while `purchase_faults.py` buys: at the carriers, and in the portal itself."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import redis

from portal.journey.world import World
from portal.supervisor.children import Child
from portal.supervisor.comebacks import CALM_SECONDS, SOON_SECONDS
from portal.supervisor.run import Supervisor

DRIP = 60.0
NEVER_ENDING = 1_000_000

CHANCES: dict[str, dict[str, float]] = {
    "hold": {
        "error_before": 0.05,
        "error_after": 0.05,
        "reset_after": 0.05,
        "truncated": 0.05,
        "garbage": 0.05,
        "rate_limited": 0.02,
    },
    "held": {"error_before": 0.05, "reset_after": 0.05, "garbage": 0.05},
    "order": {
        "timeout_before": 0.02,
        "timeout_after": 0.03,
        "error_before": 0.02,
        "error_after": 0.03,
        "reset_before": 0.02,
        "reset_after": 0.03,
        "drip_headers": 0.01,
        "drip_body": 0.01,
        "truncated": 0.03,
        "garbage": 0.03,
        "rate_limited": 0.03,
        "wrong_credentials": 0.01,
        "unknown_word": 0.03,
        "delay": 0.02,
        "number_gone": 0.02,
        "no_funds": 0.01,
    },
    "find": {
        "error_before": 0.05,
        "reset_after": 0.05,
        "truncated": 0.05,
        "garbage": 0.05,
        "unknown_word": 0.05,
        "rate_limited": 0.02,
        "drip_body": 0.01,
    },
    "bind": {
        "error_before": 0.05,
        "error_after": 0.05,
        "reset_after": 0.05,
        "garbage": 0.05,
        "rate_limited": 0.02,
    },
    "binding": {"error_before": 0.05, "reset_after": 0.05, "truncated": 0.05, "garbage": 0.05},
    "list": {"error_before": 0.05, "truncated": 0.05},
    "webhook": {
        "webhook_lost": 0.1,
        "webhook_late": 0.1,
        "webhook_doubled": 0.1,
        "webhook_reordered": 0.1,
        "webhook_badly_signed": 0.1,
        "webhook_unknown_word": 0.1,
        "webhook_early": 0.05,
    },
}
SECONDS = {
    "delay": 3.0,
    "drip_headers": DRIP,
    "drip_body": DRIP,
    "rate_limited": 1.0,
    "webhook_late": 4.0,
    "webhook_reordered": 4.0,
    "webhook_early": 0.3,
}
ANNOUNCES_ORDERS = {"telnyx"}
"""Of the others no order can be announced early."""


def script_faults(world: World, carriers: Sequence[str], seed: int) -> None:
    """Have every fault strike by chance at every carrier."""
    for slug in carriers:
        for operation, kinds in CHANCES.items():
            for kind, chance in kinds.items():
                if kind == "webhook_early" and slug not in ANNOUNCES_ORDERS:
                    continue
                seed += 1
                fault = {
                    "carrier": slug,
                    "operation": operation,
                    "kind": kind,
                    "seconds": SECONDS.get(kind, 0.0),
                    "times": NEVER_ENDING,
                    "probability": chance,
                    "seed": seed,
                }
                world.sandbox.post("/_control/faults", json=fault).raise_for_status()


class Saboteur:
    """
    Does harm at moments chosen by chance, until told to stop.

    Workers that buy are killed and stopped, the database is restarted and Redis emptied.
    """

    def __init__(
        self, run: Supervisor, chance: random.Random, *, every: float, stop: float
    ) -> None:
        """
        Stand ready.

        :param every: seconds between two deeds, on average
        :param stop: seconds for which a process is stopped, at least
        """
        self.done: Counter[str] = Counter()
        self._run = run
        self._workers = _child(run, "worker-purchase")
        self._chance = chance
        self._every = every
        self._stop = stop
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Do harm meanwhile."""
        self._thread.start()
        try:
            yield
        finally:
            self.rest()

    def rest(self) -> None:
        """Do no more harm."""
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        deeds = {
            self._kill_process: 6,
            self._stop_process: 3,
            self._kill_all: 2,
            self._empty_redis: 2,
            self._restart_database: 1,
        }
        while not self._over.wait(self._chance.uniform(0.3, 1.7) * self._every):
            (deed,) = self._chance.choices([*deeds], [*deeds.values()])
            with suppress(ProcessLookupError):
                deed()

    def _kill_process(self) -> None:
        if processes := self._processes():
            os.kill(self._chance.choice(processes), signal.SIGKILL)
            self.done["killed"] += 1

    def _stop_process(self) -> None:
        if not (processes := self._processes()):
            return
        stopped = self._chance.choice(processes)
        os.kill(stopped, signal.SIGSTOP)
        self._over.wait(self._stop * self._chance.uniform(1.0, 1.5))
        os.kill(stopped, signal.SIGCONT)
        self.done["stopped"] += 1

    def _kill_all(self) -> None:
        leader = self._workers.process
        if leader and leader.poll() is None and self._has_settled(self._workers):
            os.killpg(leader.pid, signal.SIGKILL)
            self.done["killed with all its processes"] += 1

    def _empty_redis(self) -> None:
        with redis.Redis.from_url(self._run.environment["REDIS_URL"]) as store:
            store.flushall()
        self.done["Redis emptied"] += 1

    def _restart_database(self) -> None:
        # In its fast way: what is under way is broken off. The supervisor starts it again.
        postgres = _child(self._run, "postgres")
        if postgres.process and self._has_settled(postgres):
            os.kill(postgres.pid, signal.SIGINT)
            self.done["database restarted"] += 1

    def _has_settled(self, child: Child) -> bool:
        # The supervisor waits ever longer with what keeps ending, and nothing happens meanwhile.
        known = self._run.comebacks[child.spec.name]
        return time.monotonic() - known.started_at > (
            CALM_SECONDS if known.in_a_row else SOON_SECONDS
        )

    def _processes(self) -> list[int]:
        tasks = Path(f"/proc/{self._workers.pid}/task/{self._workers.pid}/children")
        with suppress(OSError):
            return [int(pid) for pid in tasks.read_text().split()]
        return []


def _child(run: Supervisor, name: str) -> Child:
    return next(one for one in run.children if one.spec.name == name)
