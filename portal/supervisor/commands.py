"""Runs one command of the portal to its end, inside a run's environment."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from portal.supervisor.errors import UnableToRun
from portal.supervisor.folders import ROOT
from portal.supervisor.run import LOOK_SECONDS, Supervisor

SECONDS_TO_END = 2.0
"""How long the end of a killed child may take to show."""


def manage(run: Supervisor, *arguments: str) -> str:
    """
    Run `manage.py` and give what it wrote.

    :raises UnableToRun: if it fails, with the end of what it said
    """
    return python(run, str(ROOT / "manage.py"), *arguments)


def python(run: Supervisor, *arguments: str) -> str:
    """
    Run our Python with these arguments and give what it wrote.

    :raises UnableToRun: if it fails, with the end of what it said
    """
    while True:
        ended = run.ended
        status, said = _once(run, arguments)
        if not status:
            return said
        if not _has_lost_a_part(run, ended):
            told = "\n".join(said.splitlines()[-25:])
            raise UnableToRun(f"{' '.join(arguments)} failed:\n{told}")
        # Somebody ended a part that it needed; each of our commands may be given twice.
        time.sleep(LOOK_SECONDS)


def _has_lost_a_part(run: Supervisor, ended: int) -> bool:
    """
    Tell whether a child ended since so many had.

    A killed process answers no more some time before its parent is told of its end, so this
    looks for a while.
    """
    until = time.monotonic() + SECONDS_TO_END
    run.look()
    while run.ended == ended and time.monotonic() < until:
        time.sleep(LOOK_SECONDS / 5)
        run.look()
    return run.ended != ended


def _once(run: Supervisor, arguments: Sequence[str]) -> tuple[int, str]:
    """Run it while we look after the children; gives status and output, errors only if it fails."""
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **run.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            out, errors = _watched(run, process)
        except BaseException:
            process.kill()
            raise
    return process.returncode, out + errors if process.returncode else out


def _watched(run: Supervisor, process: subprocess.Popen[str]) -> tuple[str, str]:
    while True:
        try:
            return process.communicate(timeout=LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            run.look()
