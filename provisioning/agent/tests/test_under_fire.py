"""Calls go on, and go right, while routes move and whatever feeds the router is ill-treated."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.agent.tests.faults import FAULTS
from provisioning.agent.tests.fire import FURTHER, NUMBERS, Fire, kindled, place
from provisioning.pbx.kamailio import calls, phones
from provisioning.pbx.kamailio import router as routers

pytestmark = pytest.mark.wire

ANSWERS_AGAIN = 5.0
"""Seconds within which a router that was killed takes calls again."""
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


def test_no_call_is_lost_or_goes_wrong(fire: Fire) -> None:
    with fire.crowd() as callers:
        for fault in FAULTS:
            fault(fire)
            fire.finish()
            fire.move()
        callers.end()
    counted = fire.counted()
    assert counted.lost == 0
    assert fire.took["router answers again"] < ANSWERS_AGAIN
    assert counted.begun == counted.ended >= len(FAULTS) * FURTHER
    assert len({rang.call_id for rang in fire.phones.rang}) == counted.begun
    assert fire.wrong() == []
    assert fire.in_memory() == place(len(fire.moves.done))
    assert fire.stage.publisher.ack("inbound")[:2] == (
        len(fire.moves.done),
        len(NUMBERS) + fire.many,
    )


def test_a_router_that_loses_its_tables_refuses_calls_but_rings_nowhere_wrong(fire: Fire) -> None:
    with fire.crowd(refused="503") as callers:
        for harm in ("damaged", "missing", "one digit"):
            agent = fire.stage.processes["agent"]
            agent.send_signal(signal.SIGSTOP)
            fire.begin()
            fire.stage.stop("router", kill=True)
            content = fire.stage.router.file.read_bytes()
            fire.stage.router.file.unlink()
            if harm == "damaged":
                fire.stage.router.file.write_bytes(content[:100] + b"\0garbage" * 500)
            if harm == "one digit":
                fire.stage.router.file.write_bytes(content.replace(b"@a.example", b"@b.example", 1))
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
    assert counted.lost <= 3 * TAKEN
    refused = counted.ended - len({rang.call_id for rang in fire.phones.rang})
    assert refused >= 3 * FURTHER
    assert fire.wrong() == []
    assert fire.in_memory() == place(len(fire.moves.done))


def test_a_file_damaged_under_agent_and_router_is_written_anew(fire: Fire) -> None:
    synced = fire.stage.agent_log().count("full sync")
    with fire.crowd() as callers:
        with fire.stage.router.file.open("r+b") as file:
            file.write(b"\0garbage" * 4_000)
        fire.move()
        assert fire.stage.agent_log().count("full sync") > synced
        callers.end()
    assert fire.counted().lost == 0
    assert fire.wrong() == []
    assert fire.in_memory() == place(len(fire.moves.done))
