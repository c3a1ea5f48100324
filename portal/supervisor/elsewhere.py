"""Copies a server to where the stores' user can start it, when the original is out of reach."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from portal.supervisor.binaries import Program
from portal.supervisor.errors import UnableToRun
from portal.supervisor.folders import Folders, make


def runnable(program: Program, folders: Folders) -> Program:
    """
    Give a program that the stores' user can start: this one, or a copy with its libraries.

    The parents of the original keep their permissions: a private home stays private.

    :raises UnableToRun: if even the copy does not start
    """
    if folders.identity.can_run(program.path):
        return program
    copied = copy(program, folders.stores / "programs")
    if folders.identity.can_run(copied.path):
        return copied
    raise UnableToRun(
        f"{program.path} does not start, nor does its copy {copied.path}. Programs of the wheels "
        "need Linux with glibc 2.28 or macOS 14; a folder mounted 'noexec' is another reason."
    )


def copy(program: Program, home: Path) -> Program:
    """Copy the program with its folders, side by side as they were, unless that was done."""
    if not program.tree:
        return program
    make(home, 0o755)
    base = program.tree[0].parent
    made = []
    for part in program.tree:
        target = home / base.name / part.name if part.parent == base else home / part.name
        copy_folder(part, target)
        made.append(target)
    path = made[0] / program.path.relative_to(program.tree[0])
    return Program(path, program.origin, tuple(made))


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder so that it is there whole or not at all, and again when it has changed."""
    mark = target.with_name(f"{target.name}.of")
    told = f"{source} {source.stat().st_mtime_ns}\n"
    if target.is_dir() and mark.is_file() and mark.read_text() == told:
        return
    make(target.parent, 0o755)
    arriving = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    shutil.copytree(source, arriving, symlinks=True)
    open_up(arriving)
    shutil.rmtree(target, ignore_errors=True)
    arriving.rename(target)
    mark.write_text(told)


def open_up(folder: Path) -> None:
    """Let everyone read our copy, whatever the mask under which the original was installed."""
    for part in (folder, *folder.rglob("*")):
        if not part.is_symlink():
            mode = part.stat().st_mode
            part.chmod(mode | (0o055 if part.is_dir() or mode & 0o100 else 0o044))
