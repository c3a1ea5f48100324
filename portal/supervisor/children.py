"""One child process in a session of its own, with a record that outlives us."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from portal.supervisor import proc
from portal.supervisor.folders import Folders
from portal.supervisor.identity import Identity

MARK = "PORTAL_RUN"
LOG_LIMIT = 5_000_000
SECRET = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "FIELD_KEYS",
    "EMAIL_URL",
)


@dataclass
class Spec:
    """What to start, as whom, and how it is asked to stop."""

    name: str
    command: Sequence[str]
    group: str
    environment: Mapping[str, str] = field(default_factory=dict)
    identity: Identity = field(default_factory=Identity)
    folder: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    keep: tuple[int, ...] = ()
    ready: Callable[[], bool] | None = None
    trusted: bool = True
    """Whether it works for the portal and so gets the run's passwords and keys."""


class Child:
    """A running process of this supervisor."""

    def __init__(self, spec: Spec, folders: Folders) -> None:
        self.spec = spec
        self.folders = folders
        self.log = folders.logs / f"{spec.name}.log"
        self.record = folders.run / f"{spec.name}.json"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it in its own session, so that a Ctrl-C reaches us alone, and write it down."""
        roll(self.log)
        ours = {n: v for n, v in os.environ.items() if self.spec.trusted or n not in SECRET}
        environment = {**ours, **self.spec.environment, MARK: self.folders.name}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.spec.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.spec.folder,
                env=environment,
                start_new_session=True,
                pass_fds=self.spec.keep,
                user=self.spec.identity.uid,
                group=self.spec.identity.gid,
                extra_groups=[] if self.spec.identity.is_other else None,
            )
        self.note()

    @property
    def pid(self) -> int:
        """Give its process id."""
        return self.process.pid if self.process else 0

    @property
    def ended(self) -> int | None:
        """Give its exit status, None while it runs or waits to be started again."""
        return self.process.poll() if self.process else None

    def ask_to_stop(self) -> None:
        """Send the leader its stop signal."""
        if self.process and self.process.poll() is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(self.spec.stop_signal)

    def wait(self, until: float) -> bool:
        """Wait until it has ended; False if it still runs at `until` (monotonic)."""
        if self.process is None:
            return True
        try:
            self.process.wait(timeout=max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            return False
        return True

    def clear(self) -> None:
        """Kill whatever is left of its session, reap it and drop the record."""
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        # Reaped: from here on the number may belong to anybody.
        self.process = None
        self.record.unlink(missing_ok=True)

    def last_lines(self, count: int = 15) -> str:
        """Give the end of its log."""
        if not self.log.is_file():
            return ""
        tail = self.log.read_bytes()[-8000:].decode(errors="replace")
        return "\n".join(tail.splitlines()[-count:])

    def note(self) -> None:
        """Write down what makes it unmistakable for a later run; some change their title."""
        seen = proc.look(self.pid)
        if seen is None:
            return
        self.record.write_text(
            json.dumps(
                {
                    "pid": seen.pid,
                    "started": seen.started,
                    "command": seen.command,
                    "group": self.spec.group,
                    "signal": self.spec.stop_signal.name,
                    "seconds": self.spec.stop_seconds,
                }
            )
        )


def roll(log: Path) -> None:
    """Put a log that has grown aside, keeping one older one."""
    if log.is_file() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
