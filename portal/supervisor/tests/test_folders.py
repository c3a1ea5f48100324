from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from portal.supervisor import folders as subject
from portal.supervisor.errors import UnableToRun
from portal.supervisor.folders import Folders, make_runtime_folder
from portal.supervisor.identity import Identity, store_identity
from portal.supervisor.passwords import read_or_make

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestPrepare:
    def test_holds_the_data_folder_for_one_run(self, tmp_path: Path) -> None:
        first = Folders(tmp_path / "var", Identity())
        first.prepare()

        with pytest.raises(UnableToRun, match=r"in use by another run.*PORTAL_DATA"):
            Folders(tmp_path / "var", Identity()).prepare()

        first.close()
        again = Folders(tmp_path / "var", Identity())
        again.prepare()
        assert again.name == first.name
        again.close()

    def test_closes_the_folder_to_everybody_else(self, tmp_path: Path) -> None:
        made = Folders(tmp_path / "var", Identity())
        made.prepare()

        assert mode(made.data) == 0o700
        assert mode(made.runtime) == 0o700
        made.close()

    @only_root
    def test_leaves_a_private_home_private(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home = tmp_path / "home"
        home.mkdir(mode=0o700)
        shared = subject.throwaway_folder("test")
        monkeypatch.setattr(subject, "SHARED_HOME", shared)
        identity = store_identity()

        made = Folders(home / "checkout" / "var", identity, throwaway=True)
        made.prepare()
        store = made.for_store("postgres")

        assert mode(home) == 0o700
        assert not identity.can_enter(made.data)
        assert identity.can_enter(made.stores)
        assert store.stat().st_uid == identity.uid
        made.close()
        assert not made.stores.exists()
        shared.rmdir()

    def test_removes_what_was_throwaway(self, tmp_path: Path) -> None:
        made = Folders(tmp_path / "var", Identity(), throwaway=True)
        made.prepare()
        made.close()

        assert not made.data.exists()
        assert not made.runtime.exists()


class TestMakeRuntimeFolder:
    def test_stays_below_the_limit_of_socket_paths(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deep = tmp_path / ("d" * 90)
        deep.mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(deep))
        monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)

        folder = make_runtime_folder("0123456789ab", Identity())

        longest = f"{folder}{subject.LONGEST_SOCKET}"
        folder.rmdir()
        assert len(longest) <= subject.SOCKET_PATH_LIMIT

    def test_refuses_a_folder_that_somebody_put_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(subject, "runtime_bases", lambda identity: [tmp_path])
        monkeypatch.setattr(subject, "SOCKET_PATH_LIMIT", 300)
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "portal-name").symlink_to(tmp_path / "elsewhere")

        with pytest.raises(UnableToRun, match="short path"):
            make_runtime_folder("name", Identity())


class TestPasswords:
    def test_are_made_once_and_read_by_their_owner_only(self, tmp_path: Path) -> None:
        first = read_or_make(tmp_path / "secrets.json")

        assert read_or_make(tmp_path / "secrets.json") == first
        assert mode(tmp_path / "secrets.json") == 0o600
        assert first.portal_app not in repr(first)
