from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.supervisor.binaries import Program, find_postgres
from portal.supervisor.elsewhere import copy, runnable
from portal.supervisor.folders import Folders, make, throwaway_folder
from portal.supervisor.identity import Identity, store_identity

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def installation(base: Path) -> Program:
    """Make a server that runs only when its sibling folder came along."""
    server = base / "pkg/pginstall/bin/postgres"
    server.parent.mkdir(parents=True)
    server.write_text('#!/bin/sh\nexec cat "$(dirname "$0")/../../../pkg.libs/lib"\n')
    server.chmod(0o700)
    (base / "pkg.libs").mkdir(mode=0o700)
    (base / "pkg.libs/lib").write_text("library\n")
    return Program(server, "wheel", (base / "pkg/pginstall", base / "pkg.libs"))


class TestCopy:
    def test_keeps_folders_side_by_side_and_readable(self, tmp_path: Path) -> None:
        program = installation(tmp_path / "private")

        copied = copy(program, tmp_path / "programs")

        assert Identity().can_run(copied.path)
        libs = copied.path.parent.parent.parent.parent / "pkg.libs/lib"
        assert stat.S_IMODE(libs.stat().st_mode) & 0o044 == 0o044

    def test_copies_again_only_after_a_change(self, tmp_path: Path) -> None:
        program = installation(tmp_path / "private")
        first = copy(program, tmp_path / "programs").path.stat().st_ino

        assert copy(program, tmp_path / "programs").path.stat().st_ino == first

        os.utime(program.tree[0], ns=(0, 0))
        assert copy(program, tmp_path / "programs").path.stat().st_ino != first


@pytest.fixture
def base() -> Iterator[Path]:
    """Make a folder that every user can reach, unlike pytest's own."""
    folder = throwaway_folder("test")
    make(folder, 0o711)
    yield folder
    shutil.rmtree(folder)


@only_root
class TestRunnable:
    def test_brings_a_private_server_within_reach(self, base: Path) -> None:
        private = base / "home"
        make(private, 0o700)
        identity = store_identity()
        made = Folders(base / "var", identity, throwaway=True)
        made.prepare()
        program = installation(private)
        assert not identity.can_run(program.path)

        found = runnable(program, made)

        assert identity.can_run(found.path)
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
        made.close()

    def test_copies_the_real_server_with_its_libraries(self, base: Path) -> None:
        program = find_postgres()
        if not program.tree:
            pytest.skip("the server here is the system's own")

        assert store_identity().can_run(copy(program, base / "programs").path)
