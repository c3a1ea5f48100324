"""Real calls: from where the carrier would call, in the way it would write the number."""

from __future__ import annotations

from typing import Any

from portal.journey.story import expect
from portal.journey.world import World
from provisioning.pbx.kamailio.calls import CallResult, place_call


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

    :raises StepFailed: if another extension rang, or none
    """
    told = delivery(world, number)
    slowest = 0.0
    for gateway in told["gateways"]:
        result = place(told, f"{gateway['host']}:{gateway['port']}")
        wanted = f"{extension}@{world.sip_domain}"
        expect(
            result.answered and result.answered_by == wanted,
            f"A call to {number} by {gateway['host']}:{gateway['port']} got {result.status} from "
            f"{result.answered_by or 'nobody'} instead of an answer from {wanted}.",
        )
        slowest = max(slowest, result.milliseconds)
    return slowest


def rings_nowhere(world: World, number: str) -> bool:
    """Tell whether every router refuses a call to a number."""
    told = world.sandbox.get("/_control/delivery", params={"number": number}).json()
    return not any(place(told, router.address).answered for router in world.routers)


def place(told: dict[str, Any], target: str) -> CallResult:
    """Place one call the way the carrier told."""
    return place_call(
        source=told["source_address"], target=target, request_user=told["request_user"]
    )
