"""What goes wrong while `purchase_faults.py` buys: at the carriers, and in the portal itself."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import redis

from lib import pauses
from portal.journey.world import World
from portal.supervisor.children import Child
from portal.supervisor.comebacks import SOON_SECONDS
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
OVERDUE = 0.02
"""The chance that an order reaches the carrier when it has long been given up."""
BUYERS = "worker-purchase"
"""How the names of the workers begin that are killed and stopped."""
GIVEN_UP = 12.0
"""How much longer than others a process is stopped that has claimed an order and not sent it."""
STOPS = 3.0
"""How many other deeds are done for one stop."""
ANNOUNCES_ORDERS = {"didww", "telnyx"}
"""Of the others no order can be announced early."""


def script_faults(world: World, carriers: Sequence[str], seed: int, *, late: float) -> None:
    """
    Have every fault strike by chance at every carrier.

    :param late: seconds after which an order that nobody sees has been given up
    """
    # Such an order arrives all the same: it buys what has failed.
    overdue = {"operation": "order", "kind": "delay", "seconds": late, "probability": OVERDUE}
    for slug in carriers:
        _script(world, slug, overdue, seed := seed + 1)
        for operation, kinds in CHANCES.items():
            for kind, chance in kinds.items():
                if kind == "webhook_early" and slug not in ANNOUNCES_ORDERS:
                    continue
                seed += 1
                fault = {
                    "operation": operation,
                    "kind": kind,
                    "seconds": SECONDS.get(kind, 0.0),
                    "probability": chance,
                }
                _script(world, slug, fault, seed)


def _script(world: World, slug: str, fault: dict[str, object], seed: int) -> None:
    whole = {**fault, "carrier": slug, "times": NEVER_ENDING, "seed": seed}
    world.sandbox.post("/_control/faults", json=whole).raise_for_status()


Deeds = dict[Callable[[], None], int]
"""What may be done next, and how often beside the others."""


class Saboteur:
    """
    Does harm at moments chosen by chance, until told to stop.

    Workers that buy are killed and stopped, the database is restarted and Redis emptied. All the
    while another process is held where it would send an order, until that is given up.
    """

    def __init__(
        self, run: Supervisor, chance: random.Random, *, every: float, stop: float
    ) -> None:
        """
        Stand ready.

        :param every: seconds between two deeds, on average, if there were one worker to choose
        :param stop: seconds for which a process is stopped, at least
        """
        self.done: Counter[str] = Counter()
        self._run = run
        self._workers = [one for one in run.children if one.spec.name.startswith(BUYERS)]
        self._chance = chance
        self._every = every = every / len(self._workers)
        self._stop = stop
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._in_turn, args=[every, self._deeds()]),
            # A stop takes as long as it takes: it must not keep the other deeds from being done.
            threading.Thread(target=self._in_turn, args=[every * STOPS, {self._stop_process: 1}]),
            threading.Thread(target=self._in_turn, args=[every, {self._stop_before_sending: 1}]),
        ]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Do harm meanwhile."""
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self.rest()

    def rest(self) -> None:
        """Do no more harm."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _deeds(self) -> Deeds:
        return {
            self._kill_process: 12,
            self._kill_all: 1,
            self._empty_redis: 2,
            self._restart_database: 1,
        }

    def _in_turn(self, every: float, deeds: Deeds) -> None:
        while not self._over.wait(self._chance.uniform(0.3, 1.7) * every):
            (deed,) = self._chance.choices([*deeds], [*deeds.values()])
            with suppress(ProcessLookupError, pauses.NeverCame):
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

    def _stop_before_sending(self) -> None:
        """Hold a process that may send its order, until the order has been given up."""
        with pauses.armed("purchase.claimed") as claimed:
            held = claimed.wait(self._every * 5)
            with pauses.armed("carrier.leaving") as leaving:
                claimed.release()
                # Another process may come first: then this one is not held up either.
                if leaving.wait(self._stop) != held:
                    return
                self._over.wait(GIVEN_UP * self._stop)
                self.done["stopped before sending"] += 1

    def _kill_all(self) -> None:
        worker = self._chance.choice(self._workers)
        leader = worker.process
        if leader and leader.poll() is None and self._has_settled(worker):
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
        known = self._run.comebacks[child.spec.name]
        # The supervisor waits ever longer with what keeps ending, and nothing happens meanwhile.
        known.in_a_row = 0
        return time.monotonic() - known.started_at > SOON_SECONDS

    def _processes(self) -> list[int]:
        """Give the processes of one of the workers."""
        worker = self._chance.choice(self._workers)
        with suppress(OSError):
            tasks = Path(f"/proc/{worker.pid}/task/{worker.pid}/children")
            return [int(pid) for pid in tasks.read_text().split()]
        return []


def _child(run: Supervisor, name: str) -> Child:
    return next(one for one in run.children if one.spec.name == name)
