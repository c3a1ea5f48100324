"""
Workers in processes of their own, for tests that kill or stop them.

A warm process with the whole portal in it forks one for every step, so that a worker costs some
milliseconds instead of a start. The warm process never connects to anything.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string

from lib import pauses
from portal.testing.stores import clone_name

KILLED = f"signal {signal.SIGKILL.value}"
_PATIENCE = 30.0
_STEP = 0.005
_IDLE = "-c idle_in_transaction_session_timeout=500"
"""The database waits half a second for a worker that stopped inside a transaction."""


class Warm:
    """The process from which workers are forked."""

    def __init__(self) -> None:
        environment = {
            **os.environ,
            "DATABASE_URL": _database_url(),
            "SECRET_KEY": str(settings.SECRET_KEY),
            "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "DOCUMENTS_DIR": str(vault_folder()),
        }
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", __name__],
            env=environment,
            cwd=Path(settings.BASE_DIR),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **message: Any) -> Any:
        """Send a line and give the answer."""
        stdin, stdout = self._pipes()
        stdin.write(json.dumps(message) + "\n")
        stdin.flush()
        return json.loads(stdout.readline())

    def close(self) -> None:
        """End it, and with it nobody: its workers are waited for by their tests."""
        stdin, stdout = self._pipes()
        stdin.close()
        self._process.wait(_PATIENCE)
        stdout.close()

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("The warm process has no pipes.")
        return stdin, stdout


@dataclass
class Worker:
    """A worker that was held at a pause point."""

    pid: int
    moment: pauses.Moment
    _warm: Warm
    _end: str | None = None

    def kill(self) -> None:
        """End it where it is."""
        os.kill(self.pid, signal.SIGKILL)
        if (end := self.end()) != KILLED:
            raise AssertionError(f"The worker was to be killed, but ended by itself: {end!r}.")

    def stop(self) -> None:
        """Have it do nothing, whatever happens."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> str:
        """Wake it up and let it go on to its end; gives what it raised, as a name, or nothing."""
        self.moment.release()
        os.kill(self.pid, signal.SIGCONT)
        return self.end()

    def end(self) -> str:
        """Wait for its end and say how it came: nothing, an exception's name, or a signal."""
        if self._end is None:
            self._end = str(self._warm.ask(wait=self.pid))
        return self._end


class Workers:
    """Gives workers that are held at a point."""

    def __init__(self, warm: Warm) -> None:
        self._warm = warm

    @contextmanager
    def held_at(
        self, point: str, task: str, *, with_settings: dict[str, Any] | None = None, **ids: Any
    ) -> Iterator[Worker]:
        """
        Run a task in a process of its own until it comes to a pause point.

        :param task: by its registered name, or the dotted path of what else a process does
        :param with_settings: what to set otherwise in that process
        """
        with pauses.armed(point) as moment:
            pid = self._warm.ask(run=task, ids=ids, settings=with_settings or {})
            worker = Worker(pid, moment, self._warm)
            try:
                if (other := moment.wait()) != pid:
                    raise AssertionError(f"Process {other} came to {point} instead.")
                yield worker
            finally:
                if worker._end is None:
                    os.kill(pid, signal.SIGKILL)
                    worker.end()


def vault_folder() -> Path:
    """Name where the vault of workers is, for tests that look into it or share it."""
    return Path(os.environ["PAUSE_FOLDER"]) / "documents"


def _database_url() -> str:
    """
    Name the database of tests that commit to another process, with less patience.

    Whatever ran before may have left the connection at what stands for many tests.
    """
    params = connections["default"].get_connection_params()
    who = f"{quote(params['user'])}:{quote(params['password'])}"
    host, port, name = str(params.get("host", "")), params.get("port", 5432), clone_name()
    if host.startswith("/"):
        return f"postgres://{who}@/{name}?host={host}&port={port}&options={quote(_IDLE)}"
    return f"postgres://{who}@{host}:{port}/{name}?options={quote(_IDLE)}"


@pytest.fixture(scope="session")
def warm(django_db_setup: None) -> Iterator[Warm]:
    """Start the process from which workers are forked, once."""
    started = Warm()
    yield started
    started.close()


@pytest.fixture
def workers(warm: Warm) -> Workers:
    """Give workers in processes of their own."""
    return Workers(warm)


def main() -> None:
    """Fork a worker for each line that asks for one; wait for each that is asked about."""
    import django

    django.setup()
    from portal.celery import app

    app.conf.update(broker_url="memory://")
    app.loader.import_default_modules()
    ends: dict[int, int] = {}
    for line in sys.stdin:
        message = json.loads(line)
        if "run" in message:
            reading, writing = os.pipe()
            pid = os.fork()
            if not pid:
                os.close(reading)
                os._exit(_work(message, writing))
            os.close(writing)
            ends[pid] = reading
            answer: Any = pid
        else:
            answer = _wait(message["wait"], ends.pop(message["wait"]))
        print(json.dumps(answer), flush=True)  # noqa: T201 - its voice


def _work(message: dict[str, Any], writing: int) -> int:
    from portal.celery import app

    # The line that asks for the next worker is not this one's.
    os.close(0)
    for name, value in message["settings"].items():
        setattr(settings, name, value)
    try:
        run = app.tasks.get(message["run"]) or import_string(message["run"])
        run(**message["ids"])
    except Exception as trouble:  # noqa: BLE001 - said to whoever waits
        traceback.print_exc()
        os.write(writing, type(trouble).__name__.encode())
    return 0


def _wait(pid: int, reading: int) -> str:
    end = time.monotonic() + _PATIENCE
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
        time.sleep(_STEP)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    return f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else said


if __name__ == "__main__":
    main()
