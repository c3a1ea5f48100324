"""As whom the stores run: PostgreSQL refuses root, so root hands them to an unprivileged user."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from portal.supervisor.errors import UnableToRun

# `postgres` first would let an installed cluster's own files be reached; nobody owns nothing.
CANDIDATES = ("nobody",)


@dataclass(frozen=True)
class Identity:
    """A user and group; None means: the user who started us."""

    uid: int | None = None
    gid: int | None = None

    @property
    def is_other(self) -> bool:
        """Tell whether this is somebody else than the user who started us."""
        return self.uid is not None

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this user can walk down to the folder; ACLs are not read."""
        if self.uid is None:
            return os.access(folder, os.X_OK)
        resolved = folder.resolve()
        return all(self._may_execute(part) for part in (resolved, *resolved.parents))

    def can_run(self, program: Path) -> bool:
        """Tell whether this user can start the program, its libraries included."""
        try:
            answer = subprocess.run(
                [program, "--version"],
                user=self.uid,
                group=self.gid,
                extra_groups=[] if self.is_other else None,
                cwd="/",
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=20,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return answer.returncode == 0

    def own(self, path: Path) -> None:
        """Give the file or folder to this user."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def _may_execute(self, folder: Path) -> bool:
        facts = folder.stat()
        if facts.st_uid == self.uid:
            return bool(facts.st_mode & stat.S_IXUSR)
        if facts.st_gid == self.gid:
            return bool(facts.st_mode & stat.S_IXGRP)
        return bool(facts.st_mode & stat.S_IXOTH)


def store_identity() -> Identity:
    """
    Choose as whom the stores run.

    :raises UnableToRun: if we are root and there is no unprivileged user
    """
    if os.geteuid() != 0:
        return Identity()
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Identity(entry.pw_uid, entry.pw_gid)
    raise UnableToRun(
        "PostgreSQL cannot run as root and this machine has no user 'nobody'. "
        "Start as an ordinary user, or set DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL."
    )
