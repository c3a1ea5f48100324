from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.supervisor import proc
from portal.supervisor.children import MARK
from portal.supervisor.leftovers import stop_leftovers

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('up', flush=True); time.sleep(600)",
]


def launch(command: list[str], name: str = "abc") -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, MARK: name},
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    return process


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = launch(SLEEP)
    yield process
    process.kill()
    process.wait()


def write(run: Path, pid: int, name: str = "web", **changes: object) -> Path:
    seen = proc.look(pid)
    assert seen is not None
    words = {
        "pid": pid,
        "started": seen.started,
        "command": seen.command,
        "group": name,
        "signal": "SIGTERM",
        "seconds": 0.3,
        **changes,
    }
    record = run / f"{name}.json"
    record.write_text(json.dumps(words))
    return record


class TestStopLeftovers:
    def test_stops_what_is_verified(self, tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
        record = write(tmp_path, sleeper.pid)

        assert stop_leftovers(tmp_path, "abc") == ["web"]

        assert sleeper.wait(5) == -signal.SIGTERM
        assert not record.exists()

    def test_kills_what_does_not_listen(self, tmp_path: Path) -> None:
        stubborn = launch(STUBBORN)
        write(tmp_path, stubborn.pid)

        stop_leftovers(tmp_path, "abc")

        assert stubborn.wait(5) == -signal.SIGKILL

    @pytest.mark.parametrize("changed", ["started", "command"])
    def test_leaves_alone_who_merely_got_the_number(
        self, tmp_path: Path, sleeper: subprocess.Popen[bytes], changed: str
    ) -> None:
        record = write(tmp_path, sleeper.pid, **{changed: "something else"})

        assert stop_leftovers(tmp_path, "another folder") == []

        assert sleeper.poll() is None
        assert not record.exists()

    def test_drops_a_torn_record(self, tmp_path: Path) -> None:
        (tmp_path / "web.json").write_text('{"pid": 12')

        assert stop_leftovers(tmp_path, "abc") == []
        assert not (tmp_path / "web.json").exists()

    def test_stops_workers_before_stores(self, tmp_path: Path) -> None:
        processes = {name: launch(SLEEP) for name in ("postgres", "web", "workers")}
        for name, process in processes.items():
            write(tmp_path, process.pid, name)

        assert stop_leftovers(tmp_path, "abc") == ["workers", "web", "postgres"]
        for process in processes.values():
            process.wait(5)

    @pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
    def test_kills_marked_members_of_a_session_without_leader(self, tmp_path: Path) -> None:
        parent = launch(
            [
                sys.executable,
                "-c",
                "import os, time; child = os.fork();"
                "child or time.sleep(600); print('up', flush=True); time.sleep(600)",
            ]
        )
        record = write(tmp_path, parent.pid)
        parent.kill()
        parent.wait()
        assert len(proc.session_members(parent.pid, f"{MARK}=abc")) == 1
        assert proc.session_members(parent.pid, f"{MARK}=other") == []

        stop_leftovers(tmp_path, "abc")

        assert [
            pid
            for pid in proc.session_members(parent.pid, f"{MARK}=abc")
            if proc.look(pid) is not None
        ] == []
        assert not record.exists()
