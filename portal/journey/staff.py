"""What the provider's staff do: search all carriers at once, buy with a plan, release."""

from __future__ import annotations

import time
from typing import Any

from portal.journey.story import expect, milliseconds, wait_for
from portal.journey.world import CARRIERS, Bought, World

SEARCH_SECONDS = 20.0
BUY_SECONDS = 60.0
RELEASE_SECONDS = 60.0
EACH = 2


def search(world: World) -> None:
    """Search both carriers at once and follow the offers as they come."""
    began = time.monotonic()
    wish = {"country": "US", "type": "LOCAL", "limit": 20}
    world.search_id = world.staff.post("searches", wish, status=202)["id"]
    after, done, carriers = 0, False, []
    while not done:
        expect(time.monotonic() - began < SEARCH_SECONDS, "The search did not end.")
        page = world.staff.get(f"searches/{world.search_id}", after=after, wait=2)
        carriers = page["carriers"]
        if page["offers"] and not world.found:
            world.story.note("search_first_offer_ms", milliseconds(time.monotonic() - began))
        for offer in page["offers"]:
            world.found.setdefault(str(offer["carrier"]), []).append(offer)
        after, done = page["next"], page["done"]
        world.look()
    world.story.note("search_all_ms", milliseconds(time.monotonic() - began))
    for slug in CARRIERS:
        count = len(world.found.get(slug, []))
        expect(count >= EACH, f"{slug} offered {count} numbers: {carriers}.")
        world.story.note(f"offers_{slug}", count)


def buy(world: World) -> None:
    """Buy two numbers at each carrier for the dealer; the preview says what it will cost."""
    lines = [
        {
            "offer": offer["id"],
            "holder": world.dealer_id,
            "label": f"Journey {slug} {place}",
            "trunk": world.trunks[slug],
        }
        for slug in CARRIERS
        for place, offer in enumerate(world.found[slug][:EACH], start=1)
    ]
    order = world.staff.post("orders", {"lines": lines})
    world.order_id = order["id"]
    world.story.note("order_total", f"{order['total']} {order['currency']}")
    before = purchases(world)
    began = time.monotonic()
    world.staff.post(f"orders/{world.order_id}/submit", status=202)
    bought = wait_for(
        "the order to be bought", lambda: complete(world), seconds=BUY_SECONDS, between=world.look
    )
    world.story.note("buy_ms", milliseconds(time.monotonic() - began))
    world.bought = [Bought(line["number"], line["carrier"]) for line in bought]
    counts = {one.number: purchases(world).get(one.number, 0) for one in world.bought}
    expect(not set(counts) & set(before), "A number was bought before it was ordered.")
    expect(set(counts.values()) == {1}, f"Purchases at the carriers: {counts}.")
    world.story.note("purchases_per_number", 1)


def complete(world: World) -> list[dict[str, Any]] | None:
    """Give the order's lines once all are bought; a failed one ends the journey."""
    order = world.staff.get(f"orders/{world.order_id}")
    failed = [line for line in order["lines"] if line["status"] == "FAILED"]
    expect(not failed, f"Lines failed: {[line['failure'] for line in failed]}.")
    lines: list[dict[str, Any]] = order["lines"]
    return lines if all(line["status"] == "BOUGHT" for line in lines) else None


def purchases(world: World) -> dict[str, int]:
    """Ask the sandbox how often each number was bought there."""
    counts: dict[str, int] = world.sandbox.get("/_control/seen").json()["purchases"]
    return counts


def release(world: World, number: str) -> None:
    """Send a number that came back to stock to its carrier, and wait until it is gone there."""
    world.staff.post(f"numbers/{number}/release", {}, status=202)
    wait_for(
        f"{number} to be released",
        lambda: world.staff.get(f"numbers/{number}")["status"] == "RELEASED" or None,
        seconds=RELEASE_SECONDS,
        between=world.look,
    )
    delivery = world.sandbox.get("/_control/delivery", params={"number": number}).json()
    expect(not delivery["delivered"], f"The carrier still delivers {number}: {delivery}.")
