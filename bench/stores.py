"""Throwaway stores for a benchmark that was started without any."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def bring_if_missing() -> None:
    """Start this program again beside throwaway stores, unless the environment names some."""
    if os.environ.get("DATABASE_URL"):
        return
    program = str(Path(sys.argv[0]).resolve())
    os.chdir(Path(__file__).resolve().parent.parent)
    beside = [sys.executable, "-m", "portal.supervisor", "stores", "--", sys.executable]
    os.execv(sys.executable, [*beside, program, *sys.argv[1:]])  # noqa: S606
