"""Real calls: from where the carrier would call, in the way it would write the number."""

from __future__ import annotations

import time
from typing import Any

from portal.journey.story import POLL_SECONDS, StepFailed, expect
from portal.journey.world import World
from provisioning.pbx.kamailio.calls import CallResult, place_call
from provisioning.pbx.kamailio.memory import Memory
from provisioning.pbx.kamailio.rpc import Refused, RouterAway, Rpc, connected

BACK_SECONDS = 30.0


def delivery(world: World, number: str) -> dict[str, Any]:
    """Ask the sandbox carrier where it would send a call to this number right now."""
    answer = world.sandbox.get("/_control/delivery", params={"number": number})
    told: dict[str, Any] = answer.json()
    expect(answer.status_code == 200 and told["delivered"], f"Not delivered: {answer.text}.")
    gateways = {f"{one['host']}:{one['port']}" for one in told["gateways"]}
    routers = {router.address for router in world.routers}
    expect(gateways == routers, f"The carrier delivers to {gateways}, our routers are {routers}.")
    return told


def call(world: World, number: str, *, extension: str) -> float:
    """
    Call a number by each router that the carrier knows; gives the milliseconds of the slowest.

    A call that met a part which somebody had just ended is placed again until that part is back.

    :raises StepFailed: if another extension rang, or none
    """
    until = time.monotonic() + BACK_SECONDS
    while True:
        ended = world.portal.run.ended
        try:
            return call_once(world, number, extension=extension)
        except StepFailed:
            world.look()
            if world.portal.run.ended > ended:
                until = time.monotonic() + BACK_SECONDS
            elif not world.portal.run.ended or time.monotonic() > until:
                raise
        time.sleep(POLL_SECONDS)


def call_once(world: World, number: str, *, extension: str) -> float:
    """
    Call a number by each router that the carrier knows; gives the milliseconds of the slowest.

    :raises StepFailed: if another extension rang, or none
    """
    told = delivery(world, number)
    slowest = 0.0
    for gateway in told["gateways"]:
        result = place(told, f"{gateway['host']}:{gateway['port']}")
        wanted = f"{extension}@{world.sip_domain}"
        if not result.answered or result.answered_by != wanted:
            raise StepFailed(
                f"A call to {number} by {gateway['host']}:{gateway['port']} got {result.status} "
                f"from {result.answered_by or 'nobody'} instead of an answer from {wanted}. "
                f"{held(world, number)}"
            )
        slowest = max(slowest, result.milliseconds)
    return slowest


def held(world: World, number: str) -> str:
    """Say what each router has in memory for a number: a call that went wrong is asked for why."""
    said = []
    for router in world.routers:
        try:
            with connected(router.rpc) as rpc:
                versions = dict(Memory(rpc).state().versions)
                said.append(f"{router.name} is at {versions}, {kept(rpc, number)}.")
        except RouterAway as away:
            said.append(f"{router.name} does not answer ({away}).")
    return " ".join(said)


def kept(rpc: Rpc, number: str) -> str:
    """Say what one router would do with a number."""
    try:
        return f"with {rpc.call('htable.get', 'inbound', number.removeprefix('+'))['item']}"
    except Refused:
        return "without the number"


def rings_nowhere(world: World, number: str) -> bool:
    """Tell whether every router refuses a call to a number."""
    told = world.sandbox.get("/_control/delivery", params={"number": number}).json()
    return not any(place(told, router.address).answered for router in world.routers)


def place(told: dict[str, Any], target: str) -> CallResult:
    """Place one call the way the carrier told."""
    return place_call(
        source=told["source_address"], target=target, request_user=told["request_user"]
    )
