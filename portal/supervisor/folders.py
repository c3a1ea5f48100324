"""The folders of one run: data that lasts, stores another user can reach, short socket paths."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from portal.supervisor.errors import UnableToRun
from portal.supervisor.identity import Identity

ROOT = Path(__file__).resolve().parent.parent.parent

# sockaddr_un holds 108 bytes, one of them the closing zero; the longest name we put inside.
SOCKET_PATH_LIMIT = 107
LONGEST_SOCKET = "/postgres/.s.PGSQL.5432.lock"

# Where root puts stores when the data folder lies in a private home.
SHARED_HOME = Path("/var/lib/did-portal")


@dataclass
class Folders:
    """All folders of one run, made where they were missing."""

    data: Path
    identity: Identity
    throwaway: bool = False
    keep: bool = False
    name: str = ""
    stores: Path = field(init=False)
    runtime: Path = field(init=False)
    _lock: IO[str] | None = field(default=None, init=False, repr=False)

    def prepare(self) -> None:
        """
        Make the folders and hold the data folder for this process alone.

        :raises UnableToRun: if another run holds it, or no socket path is short enough
        """
        # The other user walks through this folder to the stores; what is secret in it is 0600.
        make(self.data, 0o711 if self.identity.is_other else 0o700)
        self._hold()
        for folder in (self.logs, self.run):
            make(folder, 0o700)
        self.name = read_or_make_name(self.data / "name")
        self.stores = self._reachable_home()
        self.runtime = make_runtime_folder(self.name, self.identity)

    @property
    def logs(self) -> Path:
        """Where each child writes."""
        return self.data / "logs"

    @property
    def run(self) -> Path:
        """Where the records of running children are."""
        return self.data / "run"

    def for_store(self, name: str) -> Path:
        """Make a folder that only the stores' user can read."""
        return self._owned(self.stores / name)

    def for_socket(self, name: str) -> Path:
        """Make a folder with a short path for a socket of the stores."""
        return self._owned(self.runtime / name)

    def close(self) -> None:
        """Remove what does not outlive the run; the data too if it was throwaway and not kept."""
        shutil.rmtree(self.runtime, ignore_errors=True)
        if self.throwaway and not self.keep:
            shutil.rmtree(self.stores, ignore_errors=True)
            shutil.rmtree(self.data, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()

    def _owned(self, folder: Path) -> Path:
        make(folder, 0o700)
        self.identity.own(folder)
        return folder

    def _hold(self) -> None:
        lock = (self.data / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise UnableToRun(
                f"The data folder {self.data} is in use by another run. Stop that one first, "
                "or set PORTAL_DATA to another folder."
            ) from None
        self._lock = lock

    def _reachable_home(self) -> Path:
        if self.identity.can_enter(self.data):
            return self.data
        home = SHARED_HOME / self.name
        for folder in (SHARED_HOME, home):
            make(folder, 0o711)
        return home


def data_folder() -> Path:
    """Give the data folder of this checkout: PORTAL_DATA, else `var` beside manage.py."""
    chosen = os.environ.get("PORTAL_DATA", "")
    return Path(chosen).absolute() if chosen else ROOT / "var"


def throwaway_folder(purpose: str) -> Path:
    """Name a new folder under the system's temporary one; it is made by `prepare`."""
    return Path(tempfile.gettempdir()) / f"portal-{purpose}-{secrets.token_hex(4)}"


def make(folder: Path, mode: int) -> None:
    """Make a folder with exactly this mode; one that is there keeps its own."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir()
    except FileExistsError:
        return
    # mkdir's own mode is cut by the umask.
    folder.chmod(mode)


def read_or_make_name(path: Path) -> str:
    """Read the random name of a data folder, made once; it tells runs and leftovers apart."""
    if not path.is_file() or not path.read_text().strip():
        path.write_text(secrets.token_hex(6) + "\n")
    return path.read_text().strip()


def make_runtime_folder(name: str, identity: Identity) -> Path:
    """
    Make a folder of ours alone with a path short enough for sockets.

    :raises UnableToRun: if there is no such place
    """
    for base in runtime_bases(identity):
        folder = base / f"portal-{name}"
        if len(os.fsencode(f"{folder}{LONGEST_SOCKET}")) > SOCKET_PATH_LIMIT:
            continue
        if not base.is_dir() or not os.access(base, os.W_OK):
            continue
        make(folder, 0o711 if identity.is_other else 0o700)
        facts = folder.lstat()
        if stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.geteuid():
            return folder
    raise UnableToRun(
        "No folder with a short path was found for the stores' sockets. Set TMPDIR to one, "
        "for example /tmp."
    )


def runtime_bases(identity: Identity) -> list[Path]:
    """List where sockets may go, best first; a session's own folder is closed to other users."""
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    bases = [Path(own)] if own and not identity.is_other else []
    return [
        base
        for base in [*bases, Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108
        if base.is_dir() and identity.can_enter(base)
    ]
