"""What is done to routers, agents and their database while calls come."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable

from provisioning.agent.tests.fire import NUMBERS, Fire
from provisioning.agent.tests.publishing import TRUNK, eventually
from provisioning.agent.tests.words import evil, is_alive
from provisioning.pbx.kamailio import calls

EVIL, SEED = 600, int(os.environ.get("EVIL_SEED", "1"))


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
    fire.took["router answers again"] = time.monotonic() - again


def an_agent_far_behind(fire: Fire) -> None:
    """Publish very many changes while the agent is stopped."""
    agent = fire.stage.processes["agent"]
    agent.send_signal(signal.SIGSTOP)
    value = f"c,20,{len(fire.moves.began)}@a.example"
    fire.begin(further={f"998{n:08}": value for n in range(fire.many)})
    fire.hold()
    again = time.monotonic()
    agent.send_signal(signal.SIGCONT)
    fire.finish(seconds=60 + fire.many / 5_000)
    fire.took["agent catches up"] = time.monotonic() - again


def evil_words(fire: Fire) -> None:
    """Have a carrier's address say what no router can want, and look that it still answers."""
    host, port = fire.stage.router.address.split(":")
    fire.begin()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind((TRUNK, 0))
        line.settimeout(5)
        own = line.getsockname()[1]
        for n, words in enumerate(evil(EVIL, number=NUMBERS[0], port=own, seed=SEED)):
            line.sendto(words, (host, int(port)))
            if n % 20 == 0:
                assert is_alive(fire.stage.router.address), n
        assert line.recv(65_535).startswith(b"SIP/2.0 "), "It heard nothing of all that."
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
