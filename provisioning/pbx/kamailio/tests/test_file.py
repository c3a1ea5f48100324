"""The router's file: whole or refused, changed in one step or not at all."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from provisioning.pbx.kamailio.file import (
    Held,
    NotThere,
    RouteFile,
    Unusable,
    create_file,
    open_file,
    prepare,
)
from provisioning.pbx.kamailio.targets import BadTarget, as_target


@pytest.fixture
def file(tmp_path: Path) -> RouteFile:
    """Give an empty file."""
    return create_file(tmp_path / "routes.sqlite")


class TestApply:
    def test_counts_rows_as_they_come_and_go(self, file: RouteFile) -> None:
        with file.changing():
            assert file.apply("inbound", version=1, changes={"1": "h,0,", "2": "h,0,"}) == 2
        with file.changing():
            assert file.apply("inbound", version=2, changes={"1": None, "2": "c", "9": None}) == 1
        assert file.held() == {"inbound": Held(2, 1)}

    def test_leaves_nothing_behind_when_the_step_fails(self, file: RouteFile) -> None:
        def step() -> None:
            with file.changing():
                file.apply("inbound", version=1, changes={"1": "h,0,"})
                raise RuntimeError

        with pytest.raises(RuntimeError):
            step()
        assert file.held() == {}

    def test_may_be_repeated(self, file: RouteFile) -> None:
        for _ in range(2):
            with file.changing():
                assert file.apply("targets", version=1, changes={"2:1": "sip:a,10,50"}) == 1


class TestOpenFile:
    def test_refuses_what_is_not_whole(self, tmp_path: Path) -> None:
        path = tmp_path / "routes.sqlite"
        with pytest.raises(NotThere):
            open_file(path)
        path.write_bytes(b"nothing of ours" * 400)
        with pytest.raises(Unusable):
            open_file(path)
        path.write_bytes(b"")
        with pytest.raises(Unusable):
            open_file(path)

    @pytest.mark.parametrize(
        "old", ["1001@a.example", "13125550123", "sip:192.0.2.1:5060", "MARK4"]
    )
    def test_refuses_a_file_of_which_a_single_bit_is_another_one(
        self, file: RouteFile, old: str
    ) -> None:
        with file.changing():
            file.apply("inbound", version=1, changes={"13125550123": "c,20,1001@a.example"})
            file.apply("sources", version=1, changes={"192.0.2.9": "E164,,MARK4"})
            file.apply("targets", version=1, changes={"20:1": "sip:192.0.2.1:5060,10,50"})
        file.close()
        open_file(file.path).close()
        content = file.path.read_bytes()
        other = old[:-1] + chr(ord(old[-1]) ^ 1)
        assert old.encode() in content
        file.path.write_bytes(content.replace(old.encode(), other.encode()))
        with pytest.raises(Unusable):
            open_file(file.path)

    def test_refuses_a_file_that_lacks_a_row(self, file: RouteFile) -> None:
        with file.changing():
            file.apply("inbound", version=1, changes={"1": "h,0,", "2": "h,0,"})
        file.close()
        with contextlib.closing(sqlite3.connect(file.path, isolation_level=None)) as stranger:
            stranger.execute("DELETE FROM inbound WHERE key_name = '1'")
        with pytest.raises(Unusable):
            open_file(file.path)

    def test_notices_that_another_file_took_its_place(self, file: RouteFile) -> None:
        assert file.is_there()
        file.path.rename(file.path.with_name("elsewhere"))
        assert not file.is_there()


class TestPrepare:
    def test_keeps_a_whole_file_and_puts_an_empty_one_in_place_of_a_damaged(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "new" / "routes.sqlite"
        assert not prepare(path)
        assert prepare(path)
        path.write_bytes(path.read_bytes()[:5000])
        assert not prepare(path)
        assert path.with_name("routes.sqlite.damaged").exists()
        assert not open_file(path).ready()


class TestAsTarget:
    def test_tries_lower_priorities_and_then_higher_weights_first(self) -> None:
        rows = [
            as_target("20:1", f"sip:192.0.2.1;transport=udp,{priority},{weight}").row
            for priority, weight in ((10, 50), (10, 40), (11, 999))
        ]
        ranks = [rank for *_, rank in rows]
        assert ranks == sorted(ranks, reverse=True)
        assert rows[0][:3] == ("20:1", 20, "sip:192.0.2.1;transport=udp")

    @pytest.mark.parametrize(
        ("key", "value"), [("x:1", "sip:a,1,1"), ("1:1", "sip:a"), ("1:1", "a,1,1")]
    )
    def test_refuses_what_cannot_be_read(self, key: str, value: str) -> None:
        with pytest.raises(BadTarget):
            as_target(key, value)
