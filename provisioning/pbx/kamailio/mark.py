"""The secret by which a router recognizes the calls that it set up, also after it was killed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

NAME = "mark.cfg"
"""Under this name the configuration includes it from the router's folder."""


def prepare(folder: Path, file: Path) -> Path:
    """
    Make sure that the router has its secret; gives where it is kept.

    It lies beside the tables, since a folder for sockets may be gone when the machine starts again,
    and calls go on meanwhile. Nobody but the router's user may read it.
    """
    kept = file.absolute().with_suffix(".mark")
    if not kept.exists():
        beside = kept.with_name(f"{kept.name}.{os.getpid()}")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as new:  # noqa: PTH123
            new.write(f'#!define KAM_MARK "{secrets.token_hex(32)}"\n')
            new.flush()
            os.fsync(new.fileno())
        beside.replace(kept)
    link = folder / NAME
    if not link.is_symlink() or link.readlink() != kept:
        link.unlink(missing_ok=True)
        link.symlink_to(kept)
    return kept
