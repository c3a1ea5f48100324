"""What the system says about a process: enough to be sure that a number still means the same."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Seen:
    """A process as the system shows it; start time and command make the number unmistakable."""

    pid: int
    started: str
    command: str


def look(pid: int) -> Seen | None:
    """Look at a process; None if there is none, or only its unreaped remains."""
    return _from_proc(pid) if sys.platform == "linux" else _from_ps(pid)


def session_members(session: int, mark: str) -> list[int]:
    """List the processes of a session that carry our mark in their environment (Linux only)."""
    if sys.platform != "linux":
        return []
    return [
        int(entry.name)
        for entry in PROC.iterdir()
        if entry.name.isdigit() and _session_of(entry) == session and _carries(entry, mark)
    ]


def _from_proc(pid: int) -> Seen | None:
    try:
        fields = _stat(PROC / str(pid))
        command = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return None
    # Field 3 is the state (Z: ended, not yet reaped), 22 the start in clock ticks since boot.
    if fields[0] == "Z":
        return None
    boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    words = command.rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")
    return Seen(pid, f"{boot} {fields[19]}", words)


def _from_ps(pid: int) -> Seen | None:
    answer = subprocess.run(
        ["/bin/ps", "-ww", "-o", "lstart=,command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    words = answer.stdout.strip()
    # lstart is always five words: Mon Nov 23 06:41:00 2026
    parts = words.split(None, 5)
    return Seen(pid, " ".join(parts[:5]), parts[5]) if len(parts) == 6 else None


def _stat(entry: Path) -> list[str]:
    # The second field is the program's name in brackets and may hold anything.
    return (entry / "stat").read_text().rpartition(")")[2].split()


def _session_of(entry: Path) -> int:
    try:
        return int(_stat(entry)[3])
    except (OSError, IndexError):
        return 0


def _carries(entry: Path, mark: str) -> bool:
    try:
        return os.fsencode(mark) in (entry / "environ").read_bytes().split(b"\0")
    except OSError:
        return False
