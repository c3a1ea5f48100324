"""What the person at the terminal reads."""

from __future__ import annotations

import sys


def say(text: str = "") -> None:
    """Write a line at once, also when the output is a file or a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """Write a line to the error output."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
