"""Starting a router: its command line, its folder, the user it runs as."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provisioning.pbx.kamailio import listening, mark
from provisioning.pbx.kamailio.file import prepare
from provisioning.pbx.kamailio.memory import Memory
from provisioning.pbx.kamailio.rpc import RouterAway, connected

CONFIG = Path(__file__).with_name("kamailio.cfg")
_USERS = ("kamailio", "nobody")
_PLACES = "/usr/sbin:/usr/local/sbin:/sbin"


class NotInstalled(Exception):
    """This machine has no Kamailio; the message says what to install."""


@dataclass(frozen=True)
class Router:
    """
    One router of this machine.

    The folder is its own (sockets, process id, an operator's ``operator.cfg``); `memory` and
    `private` are megabytes, reserved but only used as tables grow: 64 of private memory load
    100,000 numbers, 512 a million.
    """

    listen: str
    folder: Path
    file: Path
    workers: int = 4
    probe_seconds: int = 2
    memory: int = 1024
    private: int = 512

    @property
    def rpc(self) -> Path:
        """Give the socket through which its agent speaks to it."""
        return self.folder / "kamailio.sock"

    @property
    def address(self) -> str:
        """Give ``host:port`` without the transport."""
        return self.listen.partition(":")[2]

    def command(self) -> list[str]:
        """Give the command line, to be run inside the folder."""
        file = self.file.absolute()
        defines = {
            "KAM_SQLITE": f'"{file}"',
            "KAM_DB_URL": f'"sqlite:///{file}"',
            "KAM_RPC": f'"{self.rpc.absolute()}"',
            "KAM_WORKERS": str(self.workers),
            "KAM_PROBE": str(self.probe_seconds),
        }
        folder = str(self.folder.absolute())
        return [
            *(executable(), "-DD", "-E", "-f", str(CONFIG), "-l", self.listen),
            *("-w", folder, "-Y", folder, "-P", f"{folder}/kamailio.pid"),
            # While a table of a million is loaded, Kamailio's usual allocator (5.6) lets calls wait
            # for a second and a half, and takes four times as long.
            *("-x", "tlsf", "-m", str(self.memory), "-M", str(self.private)),
            *(part for name, value in defines.items() for part in ("-A", f"{name}={value}")),
            *_as_user(unprivileged(self.folder, self.file)),
        ]

    def prepare(self) -> bool:
        """Make folder, file and secret fit to start from; gives whether the file held tables."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.rpc.unlink(missing_ok=True)
        usable = prepare(self.file)
        secret = mark.prepare(self.folder, self.file)
        user = unprivileged(self.folder, self.file)
        if user is not None:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            os.chown(secret, user.pw_uid, user.pw_gid)
        return usable

    def start(self) -> subprocess.Popen[bytes]:
        """
        Start it in a session of its own; its words go to ``router.log`` in the folder.

        :raises AddressTaken: if another one listens there
        """
        self.prepare()
        with (
            listening.take(self.listen) as taken,
            (self.folder / "router.log").open("ab") as log,
        ):
            return subprocess.Popen(  # noqa: S603
                self.command(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=(taken.fileno(),),
            )

    def wait_until_up(self, *, seconds: float = 20.0) -> None:
        """
        Wait until it answers its agent's line, which it does after it has loaded its file.

        :raises RouterAway: if it does not within the time
        """
        end = time.monotonic() + seconds
        while True:
            try:
                with connected(self.rpc) as rpc:
                    Memory(rpc).state()
            except RouterAway:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return


def command(
    listen: str, folder: Path, file: Path, *, workers: int = 4, probe_seconds: int = 2
) -> list[str]:
    """Give the command line of a router; `listen` is like ``udp:127.0.0.1:5060``."""
    return Router(listen, folder, file, workers, probe_seconds).command()


def stop(process: subprocess.Popen[bytes], *, seconds: float = 10.0) -> None:
    """End a router that `start` gave, with all its workers."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        # It leads its own session, so the group is the router and nothing else.
        os.killpg(process.pid, 9)
        process.wait(seconds)


def executable() -> str:
    """
    Find Kamailio; its modules are found by itself, where its package put them.

    :raises NotInstalled: if there is none
    """
    found = shutil.which("kamailio") or shutil.which("kamailio", path=_PLACES)
    if found is None:
        raise NotInstalled(
            "Kamailio is not installed. On Debian: apt-get install kamailio kamailio-sqlite-modules"
        )
    return found


def missing() -> str:
    """Say in a sentence what this machine lacks to run a router; empty if nothing."""
    try:
        found = executable()
    except NotInstalled as lack:
        return str(lack)
    said = subprocess.run([found, "-I"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    places = [
        place.strip()
        for line in said.splitlines()
        if "paths to modules" in line
        for place in line.partition(":")[2].split(":")
    ]
    if places and not any((Path(place) / "db_sqlite.so").exists() for place in places):
        return "Kamailio's SQLite module is missing. On Debian: install kamailio-sqlite-modules."
    return ""


def unprivileged(*paths: Path) -> pwd.struct_passwd | None:
    """Choose whom a router started by root becomes: someone who can reach every path, or nobody."""
    if os.geteuid() != 0 or not all(_open_to_all(path.absolute().parent) for path in paths):
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return next((known[name] for name in _USERS if name in known), None)


def _open_to_all(folder: Path) -> bool:
    return all(
        not each.exists() or each.stat().st_mode & 0o001 for each in (folder, *folder.parents)
    )


def _as_user(user: pwd.struct_passwd | None) -> Sequence[str]:
    return () if user is None else ("-u", str(user.pw_uid), "-g", str(user.pw_gid))
