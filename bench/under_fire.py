"""
What calls notice while every route moves and whatever feeds the routers is killed, stopped or gone.

    python bench/under_fire.py [calls, 3,000 by default] [changes that an agent is behind, 100,000]

Brings a PostgreSQL of its own, two routers with their agents, and SIPp as the carrier at 50 calls a
second; needs Kamailio and SIPp. Prints figures as it goes, and one JSON line at the end; ends with
status 1 if a call was lost or rang where it should not.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.measuring import quantiles, say
from provisioning.agent.tests import faults
from provisioning.agent.tests.fire import RATE, Fire, kindled
from provisioning.pbx.kamailio import calls as callers
from provisioning.pbx.kamailio import router as routers

Figures = dict[str, float]
FLOOR_CALLS = 250
REPLAYED = 10_000_000
"""So many changes at most are replayed one by one in the second catching up."""


def peak_memory(pid: int) -> float:
    """Give the most megabytes that a process has held."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def straight(fire: Fire) -> Figures:
    """Call the phones without a router between."""
    with fire.crowd(calls=FLOOR_CALLS, at=f"{fire.phones.host}:{fire.phones.port}") as crowd:
        crowd.wait(seconds=120)
    rang = quantiles(fire.rang_after())
    fire.phones.rang.clear()
    return rang


def copied(fire: Fire) -> float:
    """Give the rows a second that PostgreSQL copies out of the feed, which no agent can exceed."""
    began, rows = time.perf_counter(), 0
    with (
        fire.stage.publisher.connection.cursor() as cursor,
        cursor.copy("COPY (SELECT tbl, key, value FROM feed.entry) TO STDOUT") as copy,
    ):
        rows = sum(1 for _ in copy.rows())
    return rows / (time.perf_counter() - began)


def restarted(fire: Fire) -> float:
    """Give the seconds of the other router's restart with the tables of the first."""
    fire.second.stop("agent")
    fire.second.stop("router", kill=True)
    fire.second.router.file.write_bytes(fire.stage.router.file.read_bytes())
    began = time.perf_counter()
    fire.second.start_router()
    took = time.perf_counter() - began
    fire.second.stop("router", kill=True)
    fire.second.router.file.unlink()
    return took


def started_empty(fire: Fire) -> float:
    """Give the seconds of the other router's start with no tables."""
    began = time.perf_counter()
    fire.second.start_router()
    return time.perf_counter() - began


def judged(fire: Fire, figures: Figures, name: str) -> int:
    """Say how the calls went; gives how many were lost or went wrong."""
    counted, wrong = fire.counted(), fire.wrong()
    ring = quantiles(fire.rang_after())
    say(f"  {counted.begun} calls, {counted.lost} lost, {len(wrong)} wrong; INVITE to ring {ring}")
    figures |= {
        f"{name}_calls": counted.begun,
        f"{name}_lost": counted.lost,
        f"{name}_wrong": len(wrong),
        **{f"{name}_ring_{key}": value for key, value in ring.items()},
    }
    fire.phones.rang.clear()
    return counted.lost + len(wrong) + counted.begun - counted.ended - counted.lost


def minute(fire: Fire, count: int, figures: Figures) -> int:
    """Move every route for as long as the calls come, and let each fault strike meanwhile."""
    waiting = list(faults.FAULTS)
    before = len(fire.moves.done)
    with fire.crowd() as crowd:
        while waiting or fire.counted().begun < count:
            if waiting:
                waiting.pop(0)(fire)
                fire.finish()
            else:
                fire.move()
        crowd.end()
    moves = len(fire.moves.done) - before
    say(f"{moves} moves of 1,000 routes, {len(faults.FAULTS)} faults meanwhile:")
    figures["moves"] = moves
    figures["router_answers_again_s"] = round(fire.took["router answers again"], 2)
    say(f"  the killed router took calls again after {figures['router_answers_again_s']} s")
    return judged(fire, figures, "fire")


def caught_up(fire: Fire, figures: Figures, name: str) -> None:
    """Say how the agent caught up with the many changes that waited."""
    seconds = fire.took["agent catches up"]
    peak = peak_memory(fire.stage.processes["agent"].pid)
    say(f"  {seconds:.1f} s, {fire.many / seconds:,.0f} a second; at most {peak:.0f} MB")
    figures[f"{name}_s"] = round(seconds, 2)
    figures[f"{name}_per_s"] = round(fire.many / seconds)
    figures[f"{name}_peak_mb"] = round(peak)


def behind(fire: Fire, figures: Figures) -> int:
    """Have the agent catch up with very many changes, as a whole and change by change."""
    with fire.crowd() as crowd:
        for name, bulk in (("copied", fire.stage.bulk), ("replayed", REPLAYED)):
            fire.stage.stop("agent")
            fire.stage.bulk = bulk
            fire.stage.start_agent()
            fire.move()
            say(f"{fire.many:,} changes behind, {name}:")
            faults.an_agent_far_behind(fire)
            caught_up(fire, figures, name)
        crowd.end()
    return judged(fire, figures, "behind")


def gone(fire: Fire, count: int, figures: Figures) -> int:
    """Stop PostgreSQL for as many calls."""
    say(f"PostgreSQL stopped for {count // RATE} s:")
    agent = fire.stage.processes["agent"]
    with fire.crowd() as crowd:
        agent.send_signal(signal.SIGSTOP)
        fire.begin()
        fire.cluster.stop()
        agent.send_signal(signal.SIGCONT)
        end = time.monotonic() + count / RATE
        while time.monotonic() < end:
            fire.hold(RATE)
        fire.cluster.start()
        again = time.perf_counter()
        fire.stage.publisher.close()
        fire.stage.publisher.connect()
        fire.finish()
        figures["back_after_database_s"] = round(time.perf_counter() - again, 2)
        crowd.end()
    say(f"  what waited was in the router {figures['back_after_database_s']} s after its return")
    return judged(fire, figures, "gone")


def main(arguments: Sequence[str]) -> int:
    """Measure; gives how many calls were lost or went wrong."""
    count = int(arguments[0]) if arguments else 3_000
    figures: Figures = {}
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory(prefix="under-fire-") as place:
        folder = Path(place)
        folder.chmod(0o755)
        with kindled(folder) as fire:
            floor = straight(fire)
            say(f"floor, calls to the phones without a router: INVITE to ring {floor}")
            figures |= {f"floor_ring_{key}": value for key, value in floor.items()}
            bad = minute(fire, count, figures) + gone(fire, count, figures)
            fire.many = int(arguments[1]) if len(arguments) > 1 else fire.many
            bad += behind(fire, figures)
            figures["floor_copy_per_s"] = round(copied(fire))
            say(f"floor, COPY of the same rows: {figures['floor_copy_per_s']:,} a second")
            figures["start_s"] = round(restarted(fire), 2)
            figures["floor_start_s"] = round(started_empty(fire), 2)
            say(
                f"a router starts from {fire.many:,} routes in {figures['start_s']} s;"
                f" floor, from none: {figures['floor_start_s']} s"
            )
    say(json.dumps(figures))
    return bad


if __name__ == "__main__":
    if lack := routers.missing() or callers.missing():
        sys.exit(lack)
    sys.exit(1 if main(sys.argv[1:]) else 0)
