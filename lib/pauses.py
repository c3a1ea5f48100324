"""
Named points at which a test can hold any process of the product.

`at("purchase.called")` does nothing unless the environment names a folder (`PAUSE_FOLDER`, tests
only) in which a test has armed that name. Then the process reports that it is there and waits until
it is let go: kills, stops and interleavings become certain instead of likely, in other processes
too.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LONGEST = 60.0
"""Seconds after which a held process goes on by itself: a failed test leaves nothing behind."""
_STEP = 0.005


class NeverCame(AssertionError):
    """No process reached the armed point in time."""


def _folder() -> Path | None:
    named = os.environ.get("PAUSE_FOLDER", "")
    return Path(named) if named else None


def at(name: str) -> None:
    """Stop here if a test has armed the name: the first to come is held, later ones pass."""
    folder = _folder()
    if folder is None:
        return
    try:
        (folder / f"{name}.armed").rename(folder / f"{name}.here")
    except FileNotFoundError:
        return
    (folder / f"{name}.pid").write_text(str(os.getpid()))
    _wait_for(folder / f"{name}.go", _LONGEST)


class Moment:
    """A point that a test has armed."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name

    def wait(self, seconds: float = 20.0) -> int:
        """Wait until a process is held there; gives its process id."""
        came = self._folder / f"{self._name}.pid"
        if not _wait_for(came, seconds):
            raise NeverCame(f"Nothing reached {self._name} within {seconds} s.")
        while not (pid := came.read_text()):
            time.sleep(_STEP)
        return int(pid)

    def release(self) -> None:
        """Let it go on."""
        (self._folder / f"{self._name}.go").touch()


@contextmanager
def armed(name: str) -> Iterator[Moment]:
    """Arm a point for the next process that comes by; whatever waits is released at the end."""
    folder = _folder()
    if folder is None:
        raise RuntimeError("Pause points need PAUSE_FOLDER.")
    for leftover in folder.glob(f"{name}.*"):
        leftover.unlink(missing_ok=True)
    (folder / f"{name}.armed").touch()
    moment = Moment(folder, name)
    try:
        yield moment
    finally:
        (folder / f"{name}.armed").unlink(missing_ok=True)
        moment.release()


def _wait_for(file: Path, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not file.exists():
        if time.monotonic() > end:
            return False
        time.sleep(_STEP)
    return True
