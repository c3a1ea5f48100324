"""Runs every check this machine can run, and says what it left out and why."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
ALLOWED = ("carrier specifications", "network namespace")
LANES = 2
"""So many of the checks that keep at most one core busy run beside each other."""
ON_ONE_CORE = (
    *("journey", "types", "collection", "openapi"),
    *("migrations", "deployment", "layers", "lint", "format"),
)
"""Those, the longest first; the journey mostly waits for calls."""
HEARD: ContextVar[TextIO] = ContextVar("HEARD", default=sys.stdout)
"""Where a check speaks to."""
OPENAPI = ROOT / "docs" / "openapi.yaml"


@dataclass
class Outcome:
    """What became of one check."""

    name: str
    seconds: float
    verdict: str


@dataclass
class Omission:
    """Something left out, and whether `--all` allows that."""

    name: str
    reason: str

    @property
    def is_allowed(self) -> bool:
        """Tell whether `--all` lets this pass."""
        return self.name in ALLOWED


def main() -> int:
    """Run the checks and give the exit status."""
    parser = argparse.ArgumentParser(prog="script/test")
    parser.add_argument("--all", action="store_true", help="what is left out is a failure")
    parser.add_argument("--only", action="append", choices=sorted(CHECKS), help="one check")
    wanted = parser.parse_args()
    # Whole portals are started here, many times: what was compiled once is kept.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    omissions = left_out()
    began = time.monotonic()
    names = wanted.only or list(CHECKS)
    with ThreadPoolExecutor(LANES) as lanes:
        outcomes = list(lanes.map(run_aside, [name for name in ON_ONE_CORE if name in names]))
    outcomes += [run(name) for name in names if name not in ON_ONE_CORE]
    summarise(outcomes, omissions, time.monotonic() - began)
    failed = [outcome for outcome in outcomes if outcome.verdict != "ok"]
    missing = [left for left in omissions if not left.is_allowed]
    if wanted.all and missing:
        write(f"FAILED: left out, but --all was asked for: {', '.join(m.name for m in missing)}")
    return 1 if failed or (wanted.all and missing) else 0


def run(name: str) -> Outcome:
    """Run one check and time it."""
    write(f"\n=== {name}")
    began = time.monotonic()
    verdict = "ok" if CHECKS[name]() else "FAILED"
    return Outcome(name, time.monotonic() - began, verdict)


def run_aside(name: str) -> Outcome:
    """Run one check beside others, and say at its end, in one piece, what it said."""
    with tempfile.TemporaryFile("w+") as heard:
        before = HEARD.set(heard)
        try:
            outcome = run(name)
        finally:
            HEARD.reset(before)
        heard.seek(0)
        write(heard.read().rstrip("\n"))
    return outcome


def left_out() -> list[Omission]:
    """List what this machine cannot run, with what would have to be there."""
    omissions = []
    programs = {
        "kamailio": "apt-get install kamailio kamailio-sqlite-modules",
        "sipp": "apt-get install sip-tester",
        "chromium": "apt-get install chromium",
    }
    for program, remedy in programs.items():
        if shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None:
            omissions.append(Omission(program, f"not installed; {remedy}"))
    specifications = os.environ.get("CARRIER_SPECS", "")
    if not specifications or not Path(specifications).is_dir():
        reason = "CARRIER_SPECS does not name a folder with the carriers' descriptions"
        omissions.append(Omission("carrier specifications", reason))
    if os.environ.get("ONLY_LOOPBACK", "") != "1":
        reason = os.environ.get("NO_NAMESPACE_BECAUSE", "only .ci/run makes one")
        omissions.append(Omission("network namespace", reason))
    return omissions


def summarise(outcomes: Sequence[Outcome], omissions: Sequence[Omission], seconds: float) -> None:
    """Write the table of checks and the list of what was left out."""
    write("\nCheck                     Seconds  Verdict")
    for outcome in outcomes:
        write(f"{outcome.name:<24} {outcome.seconds:>8.1f}  {outcome.verdict}")
    write(f"{'all':<24} {seconds:>8.1f}")
    for left in omissions:
        write(f"Left out: {left.name}: {left.reason}.")
    if not omissions:
        write("Nothing was left out.")


def tool(*command: str, env: dict[str, str] | None = None) -> bool:
    """Run a program of the virtual environment; True if it is content."""
    program = TOOLS / command[0]
    full = [str(program if program.exists() else command[0]), *command[1:]]
    answer = subprocess.run(
        full,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=HEARD.get(),
        stderr=None if HEARD.get() is sys.stdout else subprocess.STDOUT,
        check=False,
    )
    return answer.returncode == 0


def beside_stores(*command: str, env: dict[str, str] | None = None) -> bool:
    """Run a program of the virtual environment beside throwaway stores."""
    full = ("python", "-m", "portal.supervisor", "stores", "--", str(TOOLS / command[0]))
    return tool(*full, *command[1:], env=env)


def manage(*arguments: str, env: dict[str, str] | None = None) -> bool:
    """Run a management command that needs settings, but no store."""
    nowhere = {"DATABASE_URL": "postgres://nobody@/nowhere?host=/nowhere", "DEMO": "1"}
    return tool("python", "manage.py", *arguments, env={**nowhere, **(env or {})})


def types() -> bool:
    """Check types; the plugin for Django loads our settings."""
    nowhere = {"DATABASE_URL": "postgres://nobody@/nowhere?host=/nowhere", "DEMO": "1"}
    return tool("mypy", ".", env=nowhere)


def deployment() -> bool:
    """Check settings as they would be in production; any warning is a failure."""
    production = {
        "DEMO": "0",
        "SECRET_KEY": "check-" + "0123456789abcdef" * 4,
        "FIELD_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "PUBLIC_URL": "https://portal.example",
        "ALLOWED_HOSTS": "portal.example",
    }
    return manage("check", "--deploy", "--fail-level", "WARNING", env=production)


def migrations() -> bool:
    """Check that the models have no change without a migration."""
    return beside_stores(
        "python", "manage.py", "makemigrations", "--check", "--dry-run", env={"DEMO": "1"}
    )


def collection() -> bool:
    """Find every test: what is compiled for it is there for all the processes that run some."""
    silent = ("-p", "no:terminal", "-o", "addopts=--strict-markers --strict-config")
    return beside_stores("pytest", "--collect-only", *silent)


def openapi() -> bool:
    """Check that the committed description of the API is what the code says."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "openapi.yaml"
        if not manage("spectacular", "--file", str(fresh), "--validate", "--fail-on-warn"):
            return False
        committed = OPENAPI.read_text() if OPENAPI.is_file() else ""
        if fresh.read_text() == committed:
            return True
        tool("diff", "-u", str(OPENAPI), str(fresh))
        write("Write it anew: python manage.py spectacular --file docs/openapi.yaml")
        return False


CHECKS: dict[str, Callable[[], bool]] = {
    "format": lambda: tool("ruff", "format", "--check", "."),
    "lint": lambda: tool("ruff", "check", "."),
    "layers": lambda: tool("lint-imports", "--no-logo"),
    "types": types,
    "deployment": deployment,
    "migrations": migrations,
    "openapi": openapi,
    "collection": collection,
    # A third beside two cores: who kills and stops whole portals waits half of the time.
    "tests": lambda: beside_stores("pytest", "-q", "-n", "3", "--dist", "loadgroup"),
    "journey": lambda: tool("python", "-m", "portal.journey"),
}


def write(text: str) -> None:
    """Write a line at once, in step with the output of the tools."""
    HEARD.get().write(text + "\n")
    HEARD.get().flush()


if __name__ == "__main__":
    sys.exit(main())
