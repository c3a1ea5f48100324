"""Runs one command of the portal to its end, inside a run's environment."""

from __future__ import annotations

import os
import subprocess
import sys

from portal.supervisor.errors import UnableToRun
from portal.supervisor.folders import ROOT
from portal.supervisor.run import Supervisor


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
    answer = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **run.environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    if answer.returncode:
        said = "\n".join((answer.stdout + answer.stderr).splitlines()[-25:])
        raise UnableToRun(f"{' '.join(arguments)} failed:\n{said}")
    return answer.stdout
