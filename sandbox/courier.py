"""Webhooks on their way: threads that deliver each when its time has come, and try again."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

log = logging.getLogger(__name__)

ATTEMPTS = 3
PAUSE = 1.0
"""Seconds before the second attempt; each further pause is twice as long."""
WORKERS = 4
"""Deliveries at the same time: one slow receiver must not hold up the rest."""
PATIENCE = 5.0
"""Seconds a receiver may take."""


@dataclass(frozen=True)
class Letter:
    """One delivery attempt: its address, its headers with the signature, its body."""

    url: str
    headers: dict[str, str]
    body: bytes


Compose = Callable[[int], Letter]
"""Write the letter for an attempt (1, 2, ...): attempt and time are part of what is signed."""

Post = Callable[[Letter], int]
"""Deliver a letter and give the receiver's HTTP status; 0 if there was none."""


def post(letter: Letter) -> int:
    """Deliver over HTTP."""
    if not letter.url.startswith(("http://", "https://")):
        return 0
    request = Request(letter.url, letter.body, letter.headers, method="POST")  # noqa: S310
    try:
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return int(answer.status)
    except HTTPError as refusal:
        refusal.close()
        return refusal.code
    except (OSError, HTTPException):
        return 0


class Courier:
    """Runs jobs at their time in background threads, which start with the first job."""

    def __init__(self, deliver: Post = post) -> None:
        """
        Stand ready.

        :param deliver: how letters travel; tests may hand them straight to the receiver
        """
        self._deliver = deliver
        self._jobs: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._held: dict[str, list[Callable[[], None]]] = {}
        self._log: deque[dict[str, object]] = deque(maxlen=1000)

    def after(self, seconds: float, job: Callable[[], None]) -> None:
        """Do something later."""
        with self._changed:
            if self._closed:
                return
            heapq.heappush(self._jobs, (time.monotonic() + seconds, next(self._order), job))
            if not self._threads:
                self._threads = [
                    threading.Thread(target=self._run, name="courier", daemon=True)
                    for _ in range(WORKERS)
                ]
                for thread in self._threads:
                    thread.start()
            self._changed.notify()

    def log(self) -> list[dict[str, object]]:
        """Say what was delivered, newest last."""
        with self._changed:
            return list(self._log)

    def dispatch(
        self, carrier: str, compose: Compose, *, attempt: int = 1, seconds: float = 0.0
    ) -> None:
        """
        Deliver a letter soon, and again after a pause until it is answered with 2xx.

        :param seconds: how long it lies about before it leaves
        """
        with self._changed:
            held = self._held.pop(carrier, [])

        def deliver() -> None:
            letter = compose(attempt)
            status = self._deliver(letter)
            entry = {"carrier": carrier, "url": letter.url, "attempt": attempt, "status": status}
            with self._changed:
                self._log.append(entry)
            if not 200 <= status < 300 and attempt < ATTEMPTS:
                again = PAUSE * 2 ** (attempt - 1)
                self.after(again, lambda: self.dispatch(carrier, compose, attempt=attempt + 1))
            for let_go in held:
                let_go()

        self.after(seconds, deliver)

    def hold(self, carrier: str, compose: Compose, *, at_most: float) -> None:
        """Deliver a letter after the carrier's next one, or after so many seconds without one."""
        waiting = [compose]

        def let_go() -> None:
            with self._changed:
                due = [waiting.pop()] if waiting else []
            for letter in due:
                self.dispatch(carrier, letter)

        with self._changed:
            self._held.setdefault(carrier, []).append(let_go)
        self.after(at_most, let_go)

    def forget(self) -> None:
        """Drop everything that is still to do, and the log."""
        with self._changed:
            self._jobs.clear()
            self._held.clear()
            self._log.clear()

    def close(self) -> None:
        """Stop; what is undone stays undone."""
        with self._changed:
            self._closed = True
            self._jobs.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except Exception:
                log.exception("A delivery failed in an unforeseen way.")

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._closed:
                wait = self._jobs[0][0] - time.monotonic() if self._jobs else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._jobs)[2]
                self._changed.wait(wait)
        return None
