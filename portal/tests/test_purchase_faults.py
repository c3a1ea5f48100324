"""The benchmark of purchases under faults, in short: nothing is bought twice, lost or left over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from bench.purchase_faults import shares, takes_turns, wait_until_calm
from portal.supervisor.binaries import find_postgres, find_valkey
from portal.supervisor.children import Spec
from portal.supervisor.errors import UnableToRun
from portal.supervisor.folders import Folders
from portal.supervisor.identity import Identity
from portal.supervisor.run import Supervisor
from sandbox.registry import CARRIERS

pytestmark = [pytest.mark.wire, pytest.mark.race]

LINES, SEED = 200, 11
OF_THIS_RUN = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PAUSE_FOLDER"}
"""The short run brings a portal and stores of its own."""
HANGS_AFTER = 900.0


@pytest.mark.long
def test_nothing_is_lost_while_everything_goes_wrong() -> None:
    try:
        find_postgres(), find_valkey()
    except UnableToRun as lack:
        pytest.skip(str(lack))
    done = subprocess.run(
        [sys.executable, "bench/purchase_faults.py", str(LINES), str(SEED), "hasty"],
        cwd=Path(settings.BASE_DIR),
        env={name: value for name, value in os.environ.items() if name not in OF_THIS_RUN},
        capture_output=True,
        text=True,
        timeout=HANGS_AFTER,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    figures = json.loads(done.stdout.splitlines()[-1])
    assert set(figures["lines"]) <= {"BOUGHT", "FAILED"}
    assert sum(figures["lines"].values()) == LINES
    assert figures["purchases"] == figures["numbers_in_stock"] > 0
    assert (figures["double_buys"], figures["orphans"]) == (0, 0)
    assert set(figures["carriers"]) == set(CARRIERS)
    assert figures["paid"] == figures["price_of_what_was_bought"]
    assert float(figures["still_reserved"]) == 0
    # It was no idle run.
    assert figures["faults_struck"] > 0
    assert sum(figures["sabotage"].values()) > 0


@pytest.mark.parametrize("count", [100, 200, 10_000])
def test_every_carrier_gets_its_share_of_the_lines(count: int) -> None:
    lines = shares(count)
    assert sum(lines.values()) == count
    assert set(lines) == set(CARRIERS)
    in_turn = [lines[slug] for slug in lines if takes_turns(slug)]
    assert 0 < max(in_turn) <= min(set(lines.values()) - set(in_turn), default=count)


@pytest.mark.django_db
def test_a_worker_that_ends_comes_back_while_the_benchmark_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
    with Supervisor(Folders(tmp_path / "var", Identity())) as run:
        worker = run.start(Spec(name="worker", command=sleeper, group="workers"))
        os.kill(worker.pid, signal.SIGKILL)
        assert worker.wait(time.monotonic() + 10)
        wait_until_calm(run)
        assert run.ended == 1
        assert worker.ended is None
