"""Starts children, watches them and stops them in order, whatever ends the run."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

from portal.supervisor.children import Child, Spec
from portal.supervisor.comebacks import Comeback, how
from portal.supervisor.errors import UnableToRun
from portal.supervisor.folders import Folders
from portal.supervisor.leftovers import stop_leftovers
from portal.supervisor.order import STOP_ORDER
from portal.supervisor.passwords import Passwords, read_or_make
from portal.supervisor.postgres import prepare_postgres
from portal.supervisor.say import complain, say
from portal.supervisor.valkey import prepare_valkey
from portal.supervisor.waiting import until_ready

LOOK_SECONDS = 0.25


class Stopped(BaseException):
    """A signal asked us to stop; no `except Exception` may swallow it."""


class Supervisor:
    """One run over one data folder; leave its `with` block and everything has stopped."""

    def __init__(self, folders: Folders) -> None:
        self.folders = folders
        self.children: list[Child] = []
        self.environment: dict[str, str] = {}
        self.comebacks: dict[str, Comeback] = defaultdict(Comeback)
        self.passwords: Passwords = Passwords()
        self._stopping = False
        self._starting = False

    def __enter__(self) -> Self:
        refuse_windows()
        for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(wanted, self._on_signal)
        self.folders.prepare()
        stopped = stop_leftovers(self.folders.run, self.folders.name)
        if stopped:
            say(f"Stopped what an earlier run left behind: {', '.join(stopped)}.")
        self.passwords = read_or_make(self.folders.data / "secrets.json")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self.folders.close()

    def start_stores(self) -> None:
        """
        Start PostgreSQL and Valkey, each unless the environment names one that runs already.

        :raises UnableToRun: if one does not start, or the environment names only half
        """
        self.environment |= stores_of_environment(os.environ)
        if "DATABASE_URL" not in self.environment:
            postgres = prepare_postgres(self.folders, self.passwords)
            postgres.wait(self._start(postgres.child()))
            self.environment |= postgres.urls()
        if "REDIS_URL" not in self.environment:
            valkey = prepare_valkey(self.folders)
            valkey.wait(self._start(valkey.child()))
            self.environment |= valkey.urls()
        for child in self.children:
            child.note()

    def start(self, spec: Spec) -> Child:
        """Start a child of the portal with the run's environment and wait until it is ready."""
        if spec.trusted:
            spec.environment = {**self.environment, **spec.environment}
        child = self._start(Child(spec, self.folders))
        if spec.ready is not None:
            until_ready(child, spec.ready, look=self.look)
            # Some become another program on the way, or change their title.
            child.note()
        return child

    def look(self) -> None:
        """
        Look once after the children; what ended is reported and, after a pause, started again.

        :raises UnableToRun: if one keeps ending as soon as it is started
        """
        for child in self.children:
            comeback = self.comebacks[child.spec.name]
            if comeback.start_at is not None:
                self._start_again(child, comeback)
            elif child.ended is not None:
                self._note_end(child, comeback)
            elif comeback.has_settled(now=time.monotonic()):
                # Some become another program on the way, or change their title.
                child.note()

    @property
    def ended(self) -> int:
        """Count how often something ended and was started again."""
        return sum(len(comeback.statuses) for comeback in self.comebacks.values())

    def watch(self) -> None:
        """Look after the children until a signal or an end that cannot be mended."""
        while True:
            self.look()
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Stop all children: workers first, PostgreSQL last, each group before the next."""
        self._stopping = True
        groups = defaultdict(list)
        for child in self.children:
            groups[child.spec.group].append(child)
        for group in STOP_ORDER:
            stop_together(groups[group])
        self.children.clear()

    def _start(self, child: Child) -> Child:
        with self._undisturbed():
            self.children.append(child)
            child.start()
        self.comebacks[child.spec.name].started(now=time.monotonic())
        return child

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        """Let a signal wait: a child that nobody has written down would outlive us."""
        self._starting = True
        try:
            yield
        finally:
            self._starting = False
        if self._stopping:
            raise Stopped

    def _note_end(self, child: Child, comeback: Comeback) -> None:
        status = child.ended or 0
        pause = comeback.ended(status, now=time.monotonic())
        report(child, status, pause)
        child.clear()
        if comeback.is_hopeless:
            raise UnableToRun(
                f"{child.spec.name} keeps ending, so everything stops. "
                f"Its log ({child.log}) ends:\n{child.last_lines()}"
            )
        self._start_again(child, comeback)

    def _start_again(self, child: Child, comeback: Comeback) -> None:
        now = time.monotonic()
        if comeback.start_at is None or now < comeback.start_at:
            return
        comeback.started(now=now)
        with self._undisturbed():
            child.start()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if not self._stopping:
            self._stopping = True
            if self._starting:
                return
            raise Stopped
        # Asked a second time: whoever waits does not want to wait any longer.
        for child in self.children:
            child.spec.stop_seconds = min(child.spec.stop_seconds, 1.0)


def stop_together(children: list[Child]) -> None:
    """Ask them all, wait for each as long as it may take, kill what is left."""
    for child in children:
        child.ask_to_stop()
    asked = time.monotonic()
    for child in children:
        # Short waits, so that a second Ctrl-C, which shortens the time, is seen.
        while not child.wait(min(time.monotonic() + LOOK_SECONDS, asked + child.spec.stop_seconds)):
            if time.monotonic() >= asked + child.spec.stop_seconds:
                complain(f"{child.spec.name} did not stop in time and was killed.")
                break
        child.clear()


def report(child: Child, status: int, pause: float) -> None:
    """Say in one line that a child ended and when it comes back; a failure shows its log too."""
    when = f"in {pause:.0f} s" if pause else "now"
    complain(f"{child.spec.name} {how(status)}; it is started again {when}. Its log: {child.log}")
    if status > 0:
        complain(child.last_lines())


def stores_of_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """
    Read which stores the environment names.

    :raises UnableToRun: if it names a database, but not its owner
    """
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
    found = {name: environment[name] for name in names if environment.get(name)}
    if ("DATABASE_URL" in found) != ("DATABASE_OWNER_URL" in found):
        raise UnableToRun(
            "Set both DATABASE_URL (the role the portal works as) and DATABASE_OWNER_URL "
            "(the role that owns the tables), or neither. docs/operations.md has the SQL."
        )
    return found


def refuse_windows() -> None:
    """
    Say so where this cannot work.

    :raises UnableToRun: on Windows
    """
    if sys.platform == "win32":
        raise UnableToRun(
            "Windows is not supported: the stores are reached by Unix sockets and Celery's "
            "workers need fork. Use Linux or macOS, or Linux inside WSL 2."
        )
