"""What belongs to a call that we set up reaches both sides, whatever happens meanwhile."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from provisioning.agent.tests.publishing import (
    TRUNK,
    Stage,
    eventually,
    free_port,
    publish_basics,
)
from provisioning.pbx.kamailio.phones import Phones, Rang

pytestmark = pytest.mark.wire
KEY = "13125550123"
EDGE = "127.0.5.10"
"""Where the carrier wants the later requests of its calls; no published source."""
SCENARIOS = Path(__file__).with_name("scenarios")


@contextmanager
def edge(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Take what comes later in a call at another address of the carrier."""
    command = [
        *("sipp", "-sf", str(SCENARIOS / "carrier_edge.xml"), "-i", EDGE, "-p", str(port)),
        *("-m", "1", "-nostdin", "-timeout", "20s", "-timeout_error"),
        *("-trace_msg", "-message_file", "edge.messages"),
    ]
    with (folder / "edge.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def took(folder: Path, method: str) -> bool:
    """Tell whether such a request has arrived there."""
    messages = folder / "edge.messages"
    return messages.exists() and f"\n{method} sip:" in messages.read_text("utf-8", "replace")


def ring(stage: Stage, phones: Phones, *, contact: str, further: str) -> Rang:
    """Have the carrier call and be answered; gives what rang."""
    keys = {"number": f"+{KEY}", "contact": contact, "further": further}
    subprocess.run(
        [
            *("sipp", stage.router.address, "-i", TRUNK, "-p", str(free_port(TRUNK))),
            *("-sf", str(SCENARIOS / "carrier_calls.xml"), "-m", "1", "-nostdin"),
            *("-timeout", "10s", "-timeout_error"),
            *(part for key, value in keys.items() for part in ("-key", key, value)),
        ],
        cwd=stage.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=15,
        check=True,
    )
    return phones.rang[-1]


def nothing(_stage: Stage) -> None:
    """Let the call be."""


def restart(stage: Stage) -> None:
    """Kill the router in the middle of the call, and start it again."""
    stage.stop("router", kill=True)
    stage.start_router()


def withdraw(stage: Stage) -> None:
    """Withdraw the target in the middle of the call, and restart the router besides."""
    stage.publish("targets", {"20:1": None})
    restart(stage)


def lose_tables(stage: Stage) -> None:
    """Kill router and agent, and restart the router without its tables."""
    stage.stop("agent", kill=True)
    stage.stop("router", kill=True)
    stage.router.file.unlink()
    stage.start_router()


def go_on_and_end(
    stage: Stage, phones: Phones, call: Rang, carrier: subprocess.Popen[bytes]
) -> None:
    """Have the callee offer something else and hang up; the carrier hears all of it."""
    for method in ("INVITE", "ACK", "BYE"):
        phones.say(method, inside=call)
        # Sent at once, the next one would overtake it in the router's workers.
        eventually(partial(took, stage.folder, method))
    assert carrier.wait(10) == 0
    eventually(lambda: phones.heard(call, "BYE") == 200)


class TestCallsInProgress:
    @pytest.mark.parametrize(
        ("by", "meanwhile"),
        [
            *(("contact", what) for what in (nothing, restart, withdraw, lose_tables)),
            ("record-route", restart),
        ],
    )
    def test_the_carrier_hears_how_a_call_goes_on_and_ends(
        self, stage: Stage, phones: Phones, by: str, meanwhile: Callable[[Stage], None]
    ) -> None:
        stage.publish("inbound", {KEY: "c,20,1001@a.example"})
        port = free_port(EDGE)
        place = f"{EDGE}:{port}"
        far = "<sip:phone@192.0.2.99>"
        contact, further = (
            (f"<sip:edge@{place}>", "Subject: call")
            if by == "contact"
            else (far, f"Record-Route: <sip:{place};lr>")
        )
        with edge(stage.folder, port) as carrier:
            call = ring(stage, phones, contact=contact, further=further)
            meanwhile(stage)
            go_on_and_end(stage, phones, call, carrier)

    def test_so_it_does_where_the_operators_own_route_sent_the_call(
        self, bare: Stage, phones: Phones, other_phones: Phones
    ) -> None:
        publish_basics(bare.publisher, phones, authoritative=False)
        bare.router.folder.mkdir()
        (bare.router.folder / "operator.cfg").write_text(
            f'route[OPERATOR] {{ $du = "{other_phones.uri}"; t_relay(); exit; }}\n'
        )
        bare.start_router()
        bare.start_agent()
        bare.settle()
        port = free_port(EDGE)
        with edge(bare.folder, port) as carrier:
            contact = f"<sip:edge@{EDGE}:{port}>"
            call = ring(bare, other_phones, contact=contact, further="Subject: call")
            go_on_and_end(bare, other_phones, call, carrier)
