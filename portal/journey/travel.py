"""The main job from an empty folder to a released number, step by step."""

from __future__ import annotations

import httpx2

from portal.journey import calling, dealer, rival, setting_up, staff, tenant
from portal.journey.clients import Client
from portal.journey.story import StepFailed, Story, wait_for
from portal.journey.world import World
from portal.supervisor import telephony
from portal.supervisor.commands import manage
from portal.supervisor.portal_run import PortalRun, open_portal
from portal.supervisor.run import Supervisor
from provisioning.pbx.kamailio import calls

FIRST, SECOND, MOVED = "101", "102", "205"


def travel(run: Supervisor, story: Story, *, require_call: bool) -> None:
    """
    Do the whole main job once.

    :raises StepFailed: at the first step that does not hold
    :raises UnableToRun: if the portal does not come up
    """
    lack = telephony.missing() or calls.missing()
    if lack and require_call:
        raise StepFailed(lack)
    with open_portal(run, host="127.0.0.1", first_port=8000, demo=True) as portal:
        world = open_world(portal, story)
        prepare(world, with_calls=not lack)
        if lack:
            story.skip(f"no real call was placed: {lack}")
        main_job(world)
        with story.step("doctor is content"):
            manage(run, "doctor")
            world.look()
        again = {name: len(back.statuses) for name, back in run.comebacks.items() if back.statuses}
        if again:
            story.note("started_again", again)


def open_world(portal: PortalRun, story: Story) -> World:
    """Bring up stores, sandbox and portal, and let the first program of the staff in."""
    with story.step("stores are up, tables are made"):
        portal.start_stores()
    with story.step("web, workers, beat and sandbox are up"):
        portal.start_sandbox()
        portal.start_portal()
    with story.step("a provider is there, its staff have a token"):
        token = first_token(portal)
    return World(
        portal=portal,
        story=story,
        staff=Client(portal.url, name="staff", token=token, look=portal.run.look),
        sandbox=httpx2.Client(
            base_url=portal.sandbox_url,
            timeout=10.0,
            trust_env=False,
            # Somebody may end it on the way; it is back within seconds.
            transport=httpx2.HTTPTransport(retries=6),
        ),
    )


def first_token(portal: PortalRun) -> str:
    """Begin an empty portal from the command line, as its operator would."""
    file = portal.run.folders.data / "first-token"
    manage(
        portal.run,
        "bootstrap",
        *("--name", "Journey Telecom", "--country", "US", "--currency", "USD"),
        *("--time-zone", "America/Chicago", "--token-file", str(file)),
    )
    return file.read_text().strip()


def prepare(world: World, *, with_calls: bool) -> None:
    """Connect carriers, build the PBX with its routers, let two dealers in."""
    world.calls = with_calls
    step = world.story.step
    with step("staff connect both carriers"):
        setting_up.connect_carriers(world)
    with step("staff add a PBX with its target and trunks"):
        world.routers = telephony.routers(world.portal)
        phones_port = telephony.phones_port(world.portal)
        setting_up.build_pbx(world, phones_port=phones_port)
    if with_calls:
        with step("two routers run with their agents"):
            telephony.start_phones(world.portal, phones_port)
            for router in world.routers:
                telephony.start_router(world.portal, router, pbx=setting_up.PBX)
    with step("staff let two dealers in"):
        setting_up.let_dealers_in(world)


def main_job(world: World) -> None:
    """Buy, hand down, assign, ring, move, ring again, keep strangers out, release."""
    step = world.story.step
    with step("staff search both carriers at once"):
        staff.search(world)
    with step("staff buy two numbers at each carrier, with a plan"):
        staff.buy(world)
    with step("the dealer creates a tenant"):
        dealer.create_tenant(world)
    with step("the dealer allots one number and offers another"):
        dealer.hand_down(world)
    with step("the tenant says where help is to be sent"):
        tenant.say_where_it_is(world)
    with step("the tenant claims the offered number"):
        tenant.claim(world, extension=FIRST)
    with step("the tenant points the allotted number at an extension"):
        tenant.assign(world, world.allotted, extension=SECOND)
    rings = {world.claimed: FIRST, world.allotted: SECOND}
    ring(world, rings, when="assigned")
    with step("the tenant moves both numbers to another extension"):
        for number in rings:
            tenant.assign(world, number, extension=MOVED)
    ring(world, dict.fromkeys(rings, MOVED), when="moved")
    with step("the carriers know where both numbers are"):
        tenant.wait_until_registered(world, *rings)
    with step("the rival dealer gets 404 on all of it"):
        rival.is_kept_out(world)
    leave(world)


def ring(world: World, rings: dict[str, str], *, when: str) -> None:
    """Wait until numbers are live and call each; without routers, until routes are published."""
    step, story = world.story.step, world.story
    if not world.calls:
        with step(f"both numbers are bound and published ({when})"):
            for number, extension in rings.items():
                tenant.wait_until_published(world, number, extension=extension)
        return
    with step(f"both numbers are live ({when})"):
        story.note(f"live_ms_{when}", tenant.wait_until_live(world, *rings))
    with step(f"real calls reach the right extension ({when})"):
        slowest = max(calling.call(world, number, extension=to) for number, to in rings.items())
        story.note(f"call_answered_ms_{when}", slowest)
        before = story.figures.get("real_calls", 0)
        story.note("real_calls", int(str(before)) + len(rings) * len(world.routers))


def leave(world: World) -> None:
    """Give numbers back; release unused ones at their carriers."""
    step = world.story.step
    with step("the tenant gives a number back, and it rings no more"):
        tenant.give_back(world, world.allotted)
        if world.calls:
            silent(world, world.allotted)
    with step("the dealer gives two unused numbers back, staff release them"):
        for slug in world.trunks:
            unused = world.of(slug)[1]
            dealer.give_back(world, unused)
            staff.release(world, unused)


def silent(world: World, number: str) -> None:
    """Wait until no router has a route for a number and a call to it is refused."""
    wait_for(
        f"{number} to ring no more",
        lambda: calling.rings_nowhere(world, number) or None,
        seconds=tenant.LIVE_SECONDS,
        between=world.look,
    )
