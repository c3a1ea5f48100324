"""Agents killed or stopped at every step: the router ends where the head is, with the same rows."""

from __future__ import annotations

import os
import signal
import time
from itertools import product

import pytest

from lib import pauses
from provisioning.agent.syncing import BEAT
from provisioning.agent.tests.publishing import TRUNK, Stage, eventually
from provisioning.pbx.kamailio.calls import place_call

pytestmark = [pytest.mark.wire, pytest.mark.race]

NUMBER, KEY = "+13125550123", "13125550123"
REPLAY = ("agent.read", "agent.applied", "agent.written", "agent.held")
FULL = ("agent.whole",)


def answered_by(stage: Stage) -> str | None:
    """Call the number and tell who answered."""
    return place_call(
        source=TRUNK, target=stage.router.address, request_user=NUMBER, to_user=None, seconds=12
    ).answered_by


def meet_with(stage: Stage, fate: str, point: str) -> None:
    """Publish a change, and have the agent killed or stopped at a point of taking it in."""
    with pauses.armed(point) as moment:
        stage.publisher.publish("inbound", {KEY: f"c,20,{point}@a.example"})
        pid = moment.wait()
        if fate == "killed":
            stage.stop("agent", kill=True)
            stage.publisher.publish("inbound", {KEY: f"c,20,{point}.{fate}@a.example"})
            stage.start_agent()
        else:
            os.kill(pid, signal.SIGSTOP)
            stage.publisher.publish("inbound", {KEY: f"c,20,{point}.{fate}@a.example"})
            moment.release()
            os.kill(pid, signal.SIGCONT)
    stage.settle()


def test_an_agent_killed_or_stopped_while_it_replays_leaves_no_wrong_route(stage: Stage) -> None:
    stage.publish("inbound", {KEY: "c,20,1001@a.example"})
    for point, fate in product(REPLAY, ("killed", "stopped")):
        meet_with(stage, fate, point)
        assert answered_by(stage) == f"{point}.{fate}@a.example", (point, fate)


def test_an_agent_whose_file_vanishes_while_it_replays_writes_another_one(stage: Stage) -> None:
    for point in REPLAY:
        # Whoever reports this has a file that is whole again.
        eventually(stage.router.file.exists)
        stage.publish("inbound", {KEY: "c,20,1001@a.example"})
        with pauses.armed(point) as moment:
            stage.publisher.publish("inbound", {KEY: f"c,20,{point}@a.example"})
            moment.wait()
            for file in stage.router.file.parent.glob(f"{stage.router.file.name}*"):
                file.unlink()
            # The agent's next report is due, and tells what the file holds.
            time.sleep(BEAT)
            moment.release()
        stage.settle()
        assert answered_by(stage) == f"{point}@a.example", point


def test_an_agent_killed_in_a_full_sync_begins_it_again(stage: Stage) -> None:
    stage.publish("inbound", {KEY: "c,20,1001@a.example"})
    for point in FULL:
        stage.stop("agent", kill=True)
        for file in stage.router.file.parent.glob(f"{stage.router.file.name}*"):
            file.unlink()
        stage.publisher.publish("inbound", {KEY: "c,20,1002@a.example"})
        with pauses.armed(point) as moment:
            stage.start_agent()
            moment.wait()
            assert answered_by(stage) == "1001@a.example"
            stage.stop("agent", kill=True)
        stage.start_agent()
        stage.settle()
        eventually(lambda: answered_by(stage) == "1002@a.example")
