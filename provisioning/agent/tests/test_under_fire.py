"""Calls go on, and go right, while routes move and whatever feeds the router is ill-treated."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provisioning.agent.tests.fire import FURTHER, NUMBERS, Fire, kindled, place
from provisioning.agent.tests.publishing import TRUNK, eventually
from provisioning.agent.tests.words import evil, is_alive
from provisioning.pbx.kamailio import calls, phones
from provisioning.pbx.kamailio import router as routers

pytestmark = pytest.mark.wire

ANSWERS_AGAIN = 5.0
"""Seconds within which a router that was killed takes calls again."""
MANY = 100_000
EVIL, SEED = 600, int(os.environ.get("EVIL_SEED", "1"))
TAKEN = 5
"""So many calls at most a router has taken at one moment and not passed on yet."""


@pytest.fixture
def fire(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Fire]:
    """Give two routers and all that feeds them."""
    if lack := routers.missing() or calls.missing():
        pytest.skip(lack)
    tmp_path.chmod(0o755)
    # Each call is a line of the phones.
    caplog.set_level("WARNING", phones.__name__)
    with kindled(tmp_path) as fire:
        yield fire


def a_stopped_agent(fire: Fire) -> None:
    """Stop the agent for a while."""
    agent = fire.stage.processes["agent"]
    agent.send_signal(signal.SIGSTOP)
    fire.begin()
    fire.hold()
    agent.send_signal(signal.SIGCONT)


def a_killed_agent(fire: Fire) -> None:
    """Kill the agent while it takes a change in."""
    fire.begin()
    fire.stage.stop("agent", kill=True)
    fire.hold()
    fire.stage.start_agent()


def a_stopped_database(fire: Fire) -> None:
    """Stop the server before the agent could read what was published."""
    agent = fire.stage.processes["agent"]
    agent.send_signal(signal.SIGSTOP)
    fire.begin()
    fire.cluster.stop()
    agent.send_signal(signal.SIGCONT)
    eventually(lambda: "no database, trying again" in fire.stage.agent_log())
    fire.hold()
    fire.cluster.start()
    for stage in (fire.stage, fire.second):
        stage.publisher.close()
        stage.publisher.connect()


def another_router_killed(fire: Fire) -> None:
    """Kill the second router; started again, it answers soon."""
    fire.second.stop("router", kill=True)
    fire.begin()
    fire.hold()
    again = time.monotonic()
    fire.second.start_router()
    answer = calls.place_call(
        source=TRUNK, target=fire.second.router.address, request_user=f"+{NUMBERS[0]}"
    )
    assert answer.answered
    assert time.monotonic() - again < ANSWERS_AGAIN


def an_agent_far_behind(fire: Fire) -> None:
    """Publish very many changes while the agent is stopped."""
    agent = fire.stage.processes["agent"]
    agent.send_signal(signal.SIGSTOP)
    fire.begin(further={f"998{n:08}": "c,20,1@a.example" for n in range(MANY)})
    fire.hold()
    agent.send_signal(signal.SIGCONT)


def evil_words(fire: Fire) -> None:
    """Have a carrier's address say what no router can want, and look that it still answers."""
    host, port = fire.stage.router.address.split(":")
    fire.begin()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind((TRUNK, 0))
        port = line.getsockname()[1]
        for n, words in enumerate(evil(EVIL, number=NUMBERS[0], port=port, seed=SEED)):
            line.sendto(words, (host, int(port)))
            if n % 20 == 0:
                assert is_alive(fire.stage.router.address), n
    fire.hold()
    assert fire.stage.processes["router"].poll() is None


FAULTS: tuple[Callable[[Fire], None], ...] = (
    a_stopped_agent,
    a_killed_agent,
    a_stopped_database,
    another_router_killed,
    an_agent_far_behind,
    evil_words,
)


def test_no_call_is_lost_or_goes_wrong(fire: Fire) -> None:
    with fire.crowd() as callers:
        for fault in FAULTS:
            fault(fire)
            fire.finish()
            fire.move()
        callers.end()
    counted = fire.counted()
    assert counted.lost == 0
    assert counted.begun == counted.ended >= len(FAULTS) * FURTHER
    assert len({rang.call_id for rang in fire.phones.rang}) == counted.begun
    assert fire.wrong() == []
    assert fire.in_memory() == place(len(fire.moves.done))
    assert fire.stage.publisher.ack("inbound")[:2] == (len(fire.moves.done), len(NUMBERS) + MANY)


def test_a_router_that_loses_its_tables_refuses_calls_but_rings_nowhere_wrong(fire: Fire) -> None:
    with fire.crowd(refused="503") as callers:
        for harm in ("damaged", "missing"):
            agent = fire.stage.processes["agent"]
            agent.send_signal(signal.SIGSTOP)
            fire.begin()
            fire.stage.stop("router", kill=True)
            content = fire.stage.router.file.read_bytes()
            fire.stage.router.file.unlink()
            if harm == "damaged":
                fire.stage.router.file.write_bytes(content[:100] + b"\0garbage" * 500)
            fire.stage.start_router()
            rang = len(fire.phones.rang)
            fire.hold()
            assert len(fire.phones.rang) == rang
            agent.send_signal(signal.SIGCONT)
            fire.finish()
            fire.hold()
            assert len(fire.phones.rang) > rang
        callers.end()
    counted = fire.counted()
    assert counted.begun == counted.ended + counted.lost
    assert counted.lost <= 2 * TAKEN
    refused = counted.ended - len({rang.call_id for rang in fire.phones.rang})
    assert refused >= 2 * FURTHER
    assert fire.wrong() == []
    assert fire.in_memory() == place(len(fire.moves.done))


def test_a_file_damaged_under_agent_and_router_is_written_anew(fire: Fire) -> None:
    with fire.crowd() as callers:
        with fire.stage.router.file.open("r+b") as file:
            file.write(b"\0garbage" * 4_000)
        fire.move()
        assert "full sync" in fire.stage.agent_log().rpartition("connected")[2]
        callers.end()
    assert fire.counted().lost == 0
    assert fire.wrong() == []
    assert fire.in_memory() == place(len(fire.moves.done))
