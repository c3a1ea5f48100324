"""The router's secret: made once, kept, its own."""

from __future__ import annotations

from pathlib import Path

from provisioning.pbx.kamailio import mark


def make(place: Path) -> Path:
    """Prepare a router that runs in a folder of that place."""
    (place / "run").mkdir(parents=True, exist_ok=True)
    return mark.prepare(place / "run", place / "routes.sqlite")


class TestPrepare:
    def test_makes_a_secret_that_only_its_owner_reads(self, tmp_path: Path) -> None:
        kept = make(tmp_path)
        assert kept.stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "run" / mark.NAME).read_text() == kept.read_text()

    def test_keeps_it_when_the_folder_for_sockets_is_gone(self, tmp_path: Path) -> None:
        secret = make(tmp_path).read_text()
        (tmp_path / "run" / mark.NAME).unlink()
        (tmp_path / "run").rmdir()
        assert make(tmp_path).read_text() == secret
        assert (tmp_path / "run" / mark.NAME).read_text() == secret

    def test_makes_another_one_for_another_router(self, tmp_path: Path) -> None:
        assert make(tmp_path / "one").read_text() != make(tmp_path / "two").read_text()
