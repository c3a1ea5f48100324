from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from portal.supervisor import comebacks
from portal.supervisor.children import Spec
from portal.supervisor.commands import python
from portal.supervisor.errors import UnableToRun
from portal.supervisor.folders import Folders, throwaway_folder
from portal.supervisor.identity import Identity, store_identity
from portal.supervisor.order import STOP_ORDER
from portal.supervisor.run import Stopped, Supervisor, stores_of_environment

STORY = """
import signal, sys, time
name, path = sys.argv[1:]
def stop(*_):
    with open(path, "a") as story:
        story.write(name + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
open(path + "." + name, "w").close()
time.sleep(600)
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    with Supervisor(Folders(tmp_path / "var", Identity())) as supervisor:
        yield supervisor


def wait_for_end(run: Supervisor, name: str) -> None:
    child = next(child for child in run.children if child.spec.name == name)
    assert child.wait(time.monotonic() + 10)


class TestStop:
    def test_goes_from_workers_to_postgresql(self, run: Supervisor, tmp_path: Path) -> None:
        story = tmp_path / "story"
        for group in reversed(STOP_ORDER):
            started = Path(f"{story}.{group}")
            run.start(
                Spec(
                    name=group,
                    command=[sys.executable, "-c", STORY, group, str(story)],
                    group=group,
                    ready=started.exists,
                )
            )

        run.stop()

        assert story.read_text().split() == list(STOP_ORDER)
        assert list(run.folders.run.glob("*.json")) == []

    def test_kills_what_does_not_stop_in_time(
        self, run: Supervisor, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code = (
            "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
            "open('up', 'w').close(); time.sleep(600)"
        )
        folder = run.folders.data
        run.start(
            Spec(
                name="stubborn",
                command=[sys.executable, "-c", code],
                group="web",
                folder=folder,
                stop_seconds=0.2,
                ready=(folder / "up").exists,
            )
        )

        run.stop()

        assert "stubborn did not stop in time" in capsys.readouterr().err


class TestStart:
    def test_shows_the_log_of_what_does_not_come_up(self, run: Supervisor) -> None:
        command = [sys.executable, "-c", "raise SystemExit('the port is taken')"]

        with pytest.raises(UnableToRun, match="the port is taken"):
            run.start(Spec(name="web", command=command, group="web", ready=lambda: False))

    def test_stops_also_what_a_signal_met_while_it_was_started(
        self, run: Supervisor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        started: list[subprocess.Popen[bytes]] = []

        class Met(subprocess.Popen[bytes]):
            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(*args, **options)
                started.append(self)
                run._on_signal(signal.SIGTERM, None)

        monkeypatch.setattr("portal.supervisor.children.subprocess.Popen", Met)
        command = [sys.executable, "-c", "import time; time.sleep(600)"]
        with pytest.raises(Stopped):
            run.start(Spec(name="web", command=command, group="web"))
        run.stop()

        assert [process.returncode for process in started] == [-signal.SIGTERM]

    def test_keeps_passwords_from_what_does_not_work_for_the_portal(
        self, run: Supervisor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("DATABASE_OWNER_URL", "postgres://owner:of-the-shell@/x")
        run.environment["SECRET_KEY"] = "of-the-run"
        told = {}
        for name, trusted in {"web": True, "router-1": False}.items():
            file = tmp_path / name
            code = f"import os; open({str(file)!r}, 'w').write(repr(dict(os.environ)))"
            command = [sys.executable, "-c", code]
            run.start(Spec(name=name, command=command, group="web", trusted=trusted))
            wait_for_end(run, name)
            told[name] = file.read_text()

        assert "of-the-shell" in told["web"]
        assert "of-the-run" in told["web"]
        assert "of-the-" not in told["router-1"]

    def test_starts_again_what_somebody_killed_before_it_was_ready(self, run: Supervisor) -> None:
        tries: list[int] = []

        def ready() -> bool:
            child = run.children[-1]
            if child.pid and child.pid not in tries:
                tries.append(child.pid)
                if len(tries) == 1:
                    os.kill(child.pid, signal.SIGKILL)
            return len(tries) == 2

        command = [sys.executable, "-c", "import time; time.sleep(600)"]
        child = run.start(Spec(name="web", command=command, group="web", ready=ready))

        assert child.pid == tries[-1]
        assert child.ended is None


class TestCommand:
    def test_is_given_again_if_somebody_killed_what_it_needed(
        self, run: Supervisor, tmp_path: Path
    ) -> None:
        command = [sys.executable, "-c", "import time; time.sleep(600)"]
        child = run.start(Spec(name="valkey", command=command, group="valkey"))
        told = tmp_path / "told"
        code = (
            "import os, pathlib, sys; told = pathlib.Path(sys.argv[1])\n"
            "if told.exists(): print('well'); sys.exit(0)\n"
            "told.touch(); os.kill(int(sys.argv[2]), 9); sys.exit('Valkey is away')"
        )

        assert python(run, "-c", code, str(told), str(child.pid)) == "well\n"

    def test_is_given_again_if_the_end_of_what_it_needed_shows_late(
        self, run: Supervisor, tmp_path: Path
    ) -> None:
        told = tmp_path / "told"
        # Ends by itself a moment after the command has failed.
        waits = (
            "import pathlib, sys, time; told = pathlib.Path(sys.argv[1])\n"
            "while not told.exists(): time.sleep(0.01)\n"
            "time.sleep(600 if told.read_text() else 0.5)"
        )
        run.start(
            Spec(name="valkey", command=[sys.executable, "-c", waits, str(told)], group="valkey")
        )
        code = (
            "import pathlib, sys; told = pathlib.Path(sys.argv[1])\n"
            "if told.exists(): told.write_text('seen'); print('well'); sys.exit(0)\n"
            "told.touch(); sys.exit('Valkey is away')"
        )

        assert python(run, "-c", code, str(told)) == "well\n"

    def test_that_fails_by_itself_is_not_given_again(self, run: Supervisor) -> None:
        with pytest.raises(UnableToRun, match="no such thing"):
            python(run, "-c", "raise SystemExit('no such thing')")


class TestLook:
    def test_starts_again_what_ended_and_shows_its_log(
        self, run: Supervisor, capsys: pytest.CaptureFixture[str]
    ) -> None:
        command = [sys.executable, "-c", "raise SystemExit('out of luck')"]
        child = run.start(Spec(name="beat", command=command, group="beat"))
        first = child.pid
        wait_for_end(run, "beat")

        run.look()

        assert child.pid != first
        assert "out of luck" in capsys.readouterr().err

    def test_says_in_one_line_who_ended_what_somebody_killed(
        self, run: Supervisor, capsys: pytest.CaptureFixture[str]
    ) -> None:
        command = [sys.executable, "-c", "import time; time.sleep(600)"]
        child = run.start(Spec(name="valkey", command=command, group="valkey"))
        first = child.pid
        os.kill(first, signal.SIGKILL)
        wait_for_end(run, "valkey")

        run.look()

        assert child.pid != first
        assert child.ended is None
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("valkey was ended by SIGKILL; it is started again now.")

    def test_waits_longer_each_time_before_it_starts_the_same_again(
        self, run: Supervisor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(comebacks, "PAUSES", (0.0, 3600.0))
        run.start(Spec(name="beat", command=[sys.executable, "-c", ""], group="beat"))
        wait_for_end(run, "beat")
        run.look()
        wait_for_end(run, "beat")

        run.look()
        run.look()

        assert [child.pid for child in run.children] == [0]
        assert run.comebacks["beat"].statuses == [0, 0]

    def test_gives_up_on_what_keeps_ending_at_once(
        self, run: Supervisor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(comebacks, "PAUSES", (0.0,))
        run.start(Spec(name="beat", command=[sys.executable, "-c", ""], group="beat"))
        for _ in range(comebacks.HOPELESS - 1):
            wait_for_end(run, "beat")
            run.look()
        wait_for_end(run, "beat")

        with pytest.raises(UnableToRun, match="beat keeps ending"):
            run.look()


class TestStoresOfEnvironment:
    def test_wins_over_embedded_ones(self) -> None:
        named = {"DATABASE_URL": "a", "DATABASE_OWNER_URL": "b", "REDIS_URL": "c", "HOME": "d"}

        assert stores_of_environment(named) == {k: v for k, v in named.items() if k != "HOME"}

    @pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_OWNER_URL"])
    def test_wants_both_roles_or_none(self, name: str) -> None:
        with pytest.raises(UnableToRun, match="Set both DATABASE_URL"):
            stores_of_environment({name: "postgres:///x"})


@pytest.mark.wire
class TestStores:
    def test_come_up_take_our_roles_and_keep_their_data(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("signal.signal", lambda number, handler: None)
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
            monkeypatch.delenv(name, raising=False)
        data = throwaway_folder("test")
        with Supervisor(Folders(data, store_identity())) as run:
            run.start_stores()
            with psycopg.connect(libpq(run, "DATABASE_OWNER_URL")) as owner:
                owner.execute("create extension pg_trgm")
                owner.execute("create role node_1 login")
                owner.execute("create table kept (word text)")
                owner.execute("grant select on kept to portal_app")
            redis.Redis.from_url(run.environment["REDIS_URL"]).set("word", "kept")
        with Supervisor(Folders(data, store_identity())) as run:
            run.start_stores()
            with psycopg.connect(libpq(run, "DATABASE_URL")) as app:
                assert app.execute("select count(*) from kept").fetchone() == (0,)
                assert is_refused(app, "create role somebody")
            assert redis.Redis.from_url(run.environment["REDIS_URL"]).get("word") == b"kept"
            if os.geteuid() == 0:
                owners = {child.spec.identity.uid for child in run.children}
                assert 0 not in owners
        shutil.rmtree(data)

    def test_come_back_with_their_data_after_a_kill(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("signal.signal", lambda number, handler: None)
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
            monkeypatch.delenv(name, raising=False)
        data = throwaway_folder("test")
        with Supervisor(Folders(data, store_identity(), throwaway=True)) as run:
            run.start_stores()
            with psycopg.connect(libpq(run, "DATABASE_OWNER_URL")) as owner:
                owner.execute("create table kept (word text)")
            for child in run.children:
                os.kill(child.pid, signal.SIGKILL)
            for name in ("postgres", "valkey"):
                wait_for_end(run, name)

            look_until(run, lambda: takes_connections(run))

            with psycopg.connect(libpq(run, "DATABASE_OWNER_URL")) as owner:
                assert owner.execute("select count(*) from kept").fetchone() == (0,)


def look_until(run: Supervisor, holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        run.look()
        time.sleep(0.05)


def takes_connections(run: Supervisor) -> bool:
    try:
        psycopg.connect(libpq(run, "DATABASE_URL")).close()
        redis.Redis.from_url(run.environment["REDIS_URL"]).ping()
    except (psycopg.OperationalError, redis.RedisError):
        return False
    return True


def libpq(run: Supervisor, name: str) -> str:
    return run.environment[name].replace("postgres://", "postgresql://", 1)


def is_refused(connection: psycopg.Connection, statement: str) -> bool:
    try:
        connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False
