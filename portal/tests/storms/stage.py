"""
A whole portal as one program of its own: stores, sandbox, web, workers and beat, supervised.

    python -m portal.tests.storms.stage FOLDER

Tests find its children by the records that the supervisor writes, each verified.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.journey.travel import first_token
from portal.supervisor import proc
from portal.supervisor.errors import UnableToRun
from portal.supervisor.folders import ROOT, Folders, throwaway_folder
from portal.supervisor.identity import store_identity
from portal.supervisor.passwords import write_private
from portal.supervisor.portal_run import open_portal
from portal.supervisor.run import Stopped, Supervisor
from portal.supervisor.say import complain

UP = "stage.json"
UP_SECONDS = 180.0
STORES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
STEP = 0.05
SWEEP_SECONDS = 1.0
"""Five times as often as by default: what is missed in a minute there is missed in twelve here."""


@dataclass(frozen=True)
class Stage:
    """A portal that runs, and what a test may do to its processes."""

    folder: Path
    program: subprocess.Popen[bytes]
    url: str
    sandbox_url: str
    token: str
    environment: dict[str, str]

    def pid(self, name: str) -> int:
        """
        Give the process id of a child, verified to be the one that was started.

        :raises AssertionError: if it does not run at this moment
        """
        seen = self._seen(name)
        assert seen is not None, f"{name} does not run."
        return seen.pid

    def signal(self, name: str, number: signal.Signals) -> int:
        """Send a child a signal; gives its process id."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    def kill(self, name: str) -> None:
        """Kill a child and wait until its successor runs."""
        before = self.signal(name, signal.SIGKILL)
        wait_for(lambda: self.has_come_back(name, before), what=f"{name} to come back")

    def has_come_back(self, name: str, before: int) -> bool:
        """Tell whether a child runs again, as another process than before."""
        seen = self._seen(name)
        return seen is not None and seen.pid != before

    def family(self, name: str) -> list[int]:
        """List a worker and its pool processes."""
        return [self.pid(name), *self.pool_of(name)]

    def pool_of(self, name: str) -> list[int]:
        """List the pool processes of a worker."""
        parent = self.pid(name)
        return [int(pid) for pid in _children_file(parent).read_text().split()]

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `manage.py` against this portal."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    @contextmanager
    def second_beat(self) -> Iterator[None]:
        """Run a second beat beside the first for a while."""
        told = self.folder / "logs" / "second-beat.log"
        with told.open("wb") as log:
            beat = subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "-A", "portal", "beat"),
                    *("--schedule", str(self.folder / "run" / "second-beat"), "--pidfile", ""),
                    *("--loglevel", "INFO"),
                ],
                cwd=ROOT,
                env={**os.environ, **self.environment, "SWEEP_SECONDS": str(SWEEP_SECONDS)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_for(lambda: "dids.tasks.sweep" in told.read_text(), what="the second beat's sweep")
            yield
            assert beat.poll() is None, "The second beat ended by itself."
        finally:
            beat.terminate()
            beat.wait()

    def _seen(self, name: str) -> proc.Seen | None:
        try:
            record = json.loads((self.folder / "run" / f"{name}.json").read_text())
        except (OSError, ValueError):
            return None
        seen = proc.look(record["pid"])
        # Some change their title, none its start.
        return seen if seen is not None and seen.started == record["started"] else None


def wait_for(holds: Callable[[], bool], *, what: str, seconds: float = 60.0) -> None:
    """
    Look until something is so.

    :raises AssertionError: if it is not in time
    """
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"Waited {seconds:.0f} s in vain for {what}."
        time.sleep(STEP)


@contextmanager
def staged() -> Iterator[Stage]:
    """Bring a portal up and stop it at the end."""
    folder = throwaway_folder("storms")
    environment = {name: value for name, value in os.environ.items() if name not in STORES}
    program = subprocess.Popen(
        [sys.executable, "-m", "portal.tests.storms.stage", str(folder)],
        cwd=ROOT,
        env={**environment, "SWEEP_SECONDS": str(SWEEP_SECONDS)},
        stdin=subprocess.DEVNULL,
    )
    try:
        up = folder / UP
        wait_for(
            lambda: up.exists() or program.poll() is not None, what="a portal", seconds=UP_SECONDS
        )
        assert program.poll() is None, "The portal did not come up."
        yield Stage(folder, program, **json.loads(up.read_text()))
    finally:
        program.terminate()
        program.wait()


def main(folder: Path) -> int:
    """Run a portal in a throwaway folder until a signal."""
    with Supervisor(Folders(folder, store_identity(), throwaway=True)) as run:
        try:
            _play(run)
        except Stopped:
            return 0
        except UnableToRun as trouble:
            complain(str(trouble))
    return 1


def _play(run: Supervisor) -> None:
    with open_portal(run, host="127.0.0.1", first_port=8000, demo=True) as portal:
        portal.start_stores()
        portal.start_sandbox()
        portal.start_portal()
        token = first_token(portal)
        told = {"url": portal.url, "sandbox_url": portal.sandbox_url, "token": token}
        write_private(run.folders.data / UP, json.dumps({**told, "environment": run.environment}))
        run.watch()


def _children_file(pid: int) -> Path:
    return Path(f"/proc/{pid}/task/{pid}/children")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
