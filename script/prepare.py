"""Makes the virtual environment and installs the locked requirements when they have changed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("PORTAL_VENV", "") or ROOT / ".venv")
SETS = {
    "run": ("requirements.txt", "requirements-embedded.txt"),
    "stores-elsewhere": ("requirements.txt",),
    "dev": ("requirements-dev.txt",),
}
# What one set brings includes what these bring.
COVERED_BY = {"run": ("run", "dev"), "stores-elsewhere": ("stores-elsewhere", "run", "dev")}


def main() -> int:
    """Install the set named by the first argument."""
    wanted = sys.argv[1]
    if wanted == "run" and os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        wanted = "stores-elsewhere"
    VENV.parent.mkdir(parents=True, exist_ok=True)
    with VENV.with_name(f"{VENV.name}.lock").open("w") as lock:
        # Two commands may be started at once in one checkout.
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            ensure_environment()
            install(wanted)
        except subprocess.CalledProcessError as failed:
            sys.stderr.write(f"Setting up {VENV} failed; the lines above say why.\n")
            return failed.returncode or 1
    return 0


def python() -> Path:
    """Give the interpreter of the virtual environment."""
    return VENV / "bin" / "python"


def ensure_environment() -> None:
    """Make the virtual environment, again if its interpreter is gone or of another version."""
    if works():
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    sys.stdout.write(f"Making {VENV} with Python {sys.version.split()[0]}\n")
    sys.stdout.flush()
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True, stdin=subprocess.DEVNULL)


def works() -> bool:
    """Tell whether the environment's interpreter starts and is one we support."""
    check = "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))"
    try:
        return not subprocess.run([python(), "-c", check], check=False, timeout=60).returncode
    except (OSError, subprocess.SubprocessError):
        return False


def install(wanted: str) -> None:
    """Install a set by its lock files, unless that very set is installed already."""
    if any(is_installed(name) for name in COVERED_BY.get(wanted, (wanted,))):
        return
    if subprocess.run(
        [python(), "-m", "pip", "--version"], capture_output=True, check=False
    ).returncode:
        subprocess.run([python(), "-m", "ensurepip", "--default-pip"], check=True)
    files = [part for name in SETS[wanted] for part in ("--requirement", str(ROOT / name))]
    sys.stdout.write(f"Installing {', '.join(SETS[wanted])}\n")
    sys.stdout.flush()
    subprocess.run(
        [
            *(python(), "-m", "pip", "install", "-qq", "--disable-pip-version-check"),
            *("--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-input"),
            *("--no-warn-script-location", "--root-user-action=ignore"),
            *files,
        ],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    stamp(wanted).write_text(digest(SETS[wanted]) + "\n")


def is_installed(name: str) -> bool:
    """Tell whether a set was installed from the lock files as they are now."""
    mark = stamp(name)
    return mark.is_file() and mark.read_text().strip() == digest(SETS[name])


def stamp(name: str) -> Path:
    """Name the file that remembers what was installed."""
    return VENV / f"installed-{name}"


def digest(files: Iterable[str]) -> str:
    """Give one hash over the lock files."""
    return hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in files)).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
