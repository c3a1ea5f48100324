"""Stops what a killed run left behind, and nothing else."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from portal.supervisor import proc
from portal.supervisor.children import MARK
from portal.supervisor.order import STOP_ORDER

STEP = 0.05


@dataclass(frozen=True)
class Leftover:
    """A record of a child whose supervisor is gone."""

    record: Path
    seen: proc.Seen
    group: str
    stop_signal: signal.Signals
    seconds: float

    @property
    def still_runs(self) -> bool:
        """Tell whether the process under that number is the very one we once started."""
        return proc.look(self.seen.pid) == self.seen


def stop_leftovers(run: Path, name: str) -> list[str]:
    """Stop verified leftovers in the usual order; gives the names of those that still ran."""
    found = sorted(read_records(run), key=lambda left: STOP_ORDER.index(left.group))
    stopped = []
    for left in found:
        if left.still_runs:
            stopped.append(left.record.stem)
            stop(left)
        kill_orphans(left.seen.pid, name)
        left.record.unlink(missing_ok=True)
    return stopped


def read_records(run: Path) -> Iterable[Leftover]:
    """Read the records of a run folder; one that was torn by the kill is dropped."""
    for record in sorted(run.glob("*.json")):
        try:
            words = json.loads(record.read_text())
            yield Leftover(
                record,
                proc.Seen(words["pid"], words["started"], words["command"]),
                words["group"] if words["group"] in STOP_ORDER else STOP_ORDER[0],
                signal.Signals[words["signal"]],
                float(words["seconds"]),
            )
        except (ValueError, KeyError, TypeError):
            record.unlink(missing_ok=True)


def stop(left: Leftover) -> None:
    """Ask it to stop, wait its time, then kill its group; each step verified again."""
    with suppress(ProcessLookupError):
        os.kill(left.seen.pid, left.stop_signal)
    if wait_for_end(left, left.seconds):
        return
    if left.still_runs:
        with suppress(ProcessLookupError):
            os.killpg(left.seen.pid, signal.SIGKILL)
        wait_for_end(left, 5.0)


def wait_for_end(left: Leftover, seconds: float) -> bool:
    """Look until it is gone; it is no child of ours, so there is nothing to wait on."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not left.still_runs:
            return True
        time.sleep(STEP)
    return False


def kill_orphans(session: int, name: str) -> None:
    """Kill members of a session whose leader has gone, if they carry the mark of this folder."""
    until = time.monotonic() + 5.0
    while orphans := proc.session_members(session, f"{MARK}={name}"):
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > until:
            return
        time.sleep(STEP)
