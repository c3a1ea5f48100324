"""Calls go on, and go right, while routes move and whatever feeds the router is ill-treated."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provisioning.agent.tests.publishing import TRUNK, Stage, eventually, free_port
from provisioning.pbx.kamailio import calls
from provisioning.pbx.kamailio.phones import Phones
from provisioning.pbx.kamailio.rpc import connected

pytestmark = pytest.mark.wire

RATE, CALLS = 50, int(os.environ.get("CALLS_UNDER_FIRE", "1000"))
NUMBERS = [f"999{n:08}" for n in range(1_000)]
SCENARIO = Path(calls.__file__).with_name("scenarios") / "caller.xml"


@dataclass
class Moves:
    """When each version of all routes began to be published, and when it was acknowledged."""

    began: dict[int, float] = field(default_factory=dict)
    done: dict[int, float] = field(default_factory=dict)

    def may_ring(self, version: int, at: float) -> bool:
        """Tell whether that version was published then, or was the one just before."""
        settled = max((each for each, when in self.done.items() if when <= at), default=0)
        return settled - 1 <= version and self.began.get(version, at + 1) <= at


@contextmanager
def crowd(stage: Stage) -> Iterator[subprocess.Popen[bytes]]:
    """Call all numbers in turn; whatever is not answered and hung up in order is a lost call."""
    text = SCENARIO.read_text().replace("[request_uri]", "sip:+[field0]@[remote_ip]:[remote_port]")
    text = re.sub(r'.*response="[4-6]\d\d".*\n', "", text.replace("[to_user]", "+[field0]"))
    (stage.folder / "crowd.xml").write_text(text.replace("[from_user]", "+13105550123"))
    (stage.folder / "numbers.csv").write_text("SEQUENTIAL\n" + "\n".join(NUMBERS) + "\n")
    command = [
        *("sipp", stage.router.address, "-i", TRUNK, "-p", str(free_port(TRUNK))),
        *("-sf", "crowd.xml", "-inf", "numbers.csv", "-r", str(RATE), "-m", str(CALLS)),
        *("-l", "1000", "-nostdin", "-trace_stat", "-stf", "calls.csv", "-fd", "1"),
        *("-timeout", f"{CALLS // RATE + 60}s"),
    ]
    with (stage.folder / "sipp.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=stage.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def counted(stage: Stage) -> tuple[int, int, int]:
    """Give calls begun, answered and failed, as SIPp counted them."""
    with (stage.folder / "calls.csv").open() as file:
        last = list(csv.DictReader(file, delimiter=";"))[-1]
    names = ("TotalCallCreated", "SuccessfulCall(C)", "FailedCall(C)")
    begun, answered, failed = (int(last[name]) for name in names)
    return begun, answered, failed


def move(stage: Stage, moves: Moves, *, around: Callable[[], None] | None = None) -> None:
    """Publish another place for every number; `around` happens before the agent can be done."""
    version = len(moves.began) + 1
    moves.began[version] = time.monotonic()
    assert stage.publisher.publish("inbound", place(version)) == version
    if around is not None:
        around()
    eventually(lambda: stage.publisher.acknowledged("inbound", version), seconds=60)
    moves.done[version] = time.monotonic()


def place(version: int) -> dict[str, str | None]:
    """Give every number a place that tells the version."""
    return dict.fromkeys(NUMBERS, f"c,20,{version}@a.example")


def in_memory(stage: Stage) -> dict[str, str]:
    """Read what the router holds, number by number."""
    with connected(stage.router.rpc) as rpc:
        return {n: rpc.call("htable.get", "inbound", n)["item"]["value"] for n in NUMBERS}


def test_no_call_is_lost_or_goes_wrong(stage: Stage, phones: Phones) -> None:
    moves = Moves()
    move(stage, moves)
    agent = stage.processes["agent"]
    agent.send_signal(signal.SIGSTOP)

    def killed() -> None:
        stage.stop("agent", kill=True)
        stage.start_agent()

    def cut_off() -> None:
        stage.door.shut()
        stage.door.open()

    faults: list[Callable[[], None]] = [
        lambda: agent.send_signal(signal.SIGCONT),
        killed,
        cut_off,
    ]
    with crowd(stage) as callers:
        while callers.poll() is None:
            move(stage, moves, around=faults.pop(0) if faults else None)
        assert callers.returncode == 0
    assert not faults
    assert counted(stage) == (CALLS, CALLS, 0)
    wrong = [
        rang.request_uri
        for rang in phones.rang
        if not moves.may_ring(int(rang.request_uri[4:].partition("@")[0]), rang.at)
    ]
    assert wrong == []
    assert len({rang.call_id for rang in phones.rang}) == CALLS
    assert in_memory(stage) == place(len(moves.done))
    assert stage.publisher.ack("inbound")[:2] == (len(moves.done), len(NUMBERS))
