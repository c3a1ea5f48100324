"""What a tenant does: claim, point numbers at extensions, move them, give them back."""

from __future__ import annotations

import time
from typing import Any

from portal.journey.story import expect, milliseconds, wait_for
from portal.journey.world import World, known

LIVE_SECONDS = 45.0
CHECK_SECONDS = 60.0
OFFICE = {
    "label": "Main office",
    "name": "Cactus Dental",
    "house_number": "100",
    "street": "Desert View Rd",
    "city": "Phoenix",
    "state": "AZ",
    "postal_code": "85001",
    "country": "US",
}


def say_where_it_is(world: World) -> None:
    """Enter where help is to be sent, have it checked, and try a number before it is there."""
    tenant = known(world.tenant)
    refused = tenant.put(
        f"numbers/{world.allotted}/assignment",
        {"destination": {"kind": "EXTENSION", "value": "101"}},
        status=409,
    )
    expect(
        refused["type"] == "/problems/no-emergency-location",
        f"Nobody asked for a location: {refused}.",
    )
    made = tenant.post("emergency-locations", OFFICE)
    tenant.post(f"emergency-locations/{made['id']}/check", {}, status=202)

    def look() -> bool | None:
        row = tenant.get(f"emergency-locations/{made['id']}")
        expect(row["status"] != "REJECTED", f"The address was not accepted: {row['problems']}.")
        return True if row["is_default"] else None

    wait_for("the address to be checked", look, seconds=CHECK_SECONDS, between=world.look)


def wait_until_registered(world: World, *numbers: str) -> None:
    """Wait until the carriers know where numbers are."""
    tenant = known(world.tenant)

    def look(number: str) -> bool | None:
        registration = tenant.get(f"numbers/{number}/emergency")["registration"]
        return True if registration and registration["status"] == "ACTIVE" else None

    for number in numbers:
        wait_for(
            f"{number} to be registered for emergency calls",
            lambda number=number: look(number),  # type: ignore[misc]
            seconds=CHECK_SECONDS,
            between=world.look,
        )


def claim(world: World, *, extension: str) -> None:
    """Claim the offered number and point it at an extension in the same step."""
    tenant = known(world.tenant)
    (offer,) = tenant.pages("offers", status="OPEN")
    expect(offer["id"] == world.offer_id, "The tenant sees another offer than the dealer made.")
    answer = tenant.post(
        f"offers/{world.offer_id}/claim",
        {"destination": {"kind": "EXTENSION", "value": extension}, "label": "Front desk"},
        status=200,
    )
    expect(answer["holder"]["id"] == world.tenant_id, f"Claimed by another: {answer['holder']}.")


def assign(world: World, number: str, *, extension: str) -> None:
    """Point a number at an extension, or move it there."""
    known(world.tenant).put(
        f"numbers/{number}/assignment",
        {"destination": {"kind": "EXTENSION", "value": extension}},
    )


def wait_until_live(world: World, *numbers: str) -> float:
    """Wait until the carrier delivers and every router has acknowledged; gives milliseconds."""
    began = time.monotonic()
    for number in numbers:
        wait_for(
            f"{number} to be live",
            lambda number=number: live(world, number),  # type: ignore[misc]
            seconds=LIVE_SECONDS,
            between=world.look,
        )
    return milliseconds(time.monotonic() - began)


def live(world: World, number: str) -> dict[str, Any] | None:
    """Give the live state of a number once it rings on every router."""
    state: dict[str, Any] | None = known(world.tenant).get(f"numbers/{number}")["live"]
    whole = state is not None and state["state"] == "LIVE" and state["of"] == len(world.routers)
    return state if whole else None


def route(world: World, number: str) -> str:
    """Give what the PBX was told about a number, "" if nothing."""
    found = world.staff.get(f"pbxs/{world.pbx_id}/routes/{number}")
    return str(found["value"])


def wait_until_published(world: World, number: str, *, extension: str) -> None:
    """Wait until the bound number's route is published, where no router runs."""

    def look() -> bool | None:
        shown = world.staff.get(f"numbers/{number}")
        bound = shown["binding"] and shown["binding"]["status"] == "BOUND"
        wanted = f"{extension}@{world.sip_domain}"
        return True if bound and route(world, number).endswith(wanted) else None

    wait_for(
        f"{number} to be bound and its route published",
        look,
        seconds=LIVE_SECONDS,
        between=world.look,
    )


def give_back(world: World, number: str) -> None:
    """Point a number nowhere and give it back; it rests in quarantine."""
    tenant = known(world.tenant)
    tenant.delete(f"numbers/{number}/assignment")
    tenant.post(f"numbers/{number}/give-back", status=200)
    tenant.get(f"numbers/{number}", status=404)
