"""What another dealer may see of all this: nothing."""

from __future__ import annotations

from portal.journey.story import expect
from portal.journey.world import World, known


def is_kept_out(world: World) -> None:
    """Try every door to numbers, tenant and offer as the rival; each must say 404."""
    rival = known(world.rival)
    for one in world.bought:
        knock(world, one.number)
    rival.get(f"organizations/{world.tenant_id}", status=404)
    rival.get(f"organizations/{world.dealer_id}", status=404)
    rival.post(f"offers/{world.offer_id}/claim", {}, status=404)
    rival.post(f"offers/{world.offer_id}/withdraw", {}, status=404)
    for path in ("numbers", "offers", "tenants", "events"):
        rows = list(rival.pages(path))
        strangers = [row for row in rows if concerns(world, row)]
        expect(not strangers, f"The rival's list of {path} shows {strangers}.")
    refused = rival.get("me")
    expect(refused["organization"]["id"] == world.rival_id, f"The rival is {refused}.")


def knock(world: World, number: str) -> None:
    """Try every door of one number."""
    rival = known(world.rival)
    destination = {"destination": {"kind": "EXTENSION", "value": "666"}}
    rival.get(f"numbers/{number}", status=404)
    rival.get(f"numbers/{number}/events", status=404)
    rival.put(f"numbers/{number}/assignment", destination, status=404)
    rival.delete(f"numbers/{number}/assignment", status=404)
    rival.post(f"numbers/{number}/allot", {"to": world.rival_id}, status=404)
    rival.post(f"numbers/{number}/offer", {"to": world.rival_id}, status=404)
    rival.post(f"numbers/{number}/give-back", status=404)


def concerns(world: World, row: dict[str, object]) -> bool:
    """Tell whether a row shows anything of the dealer, its tenant or their numbers."""
    text = repr(row)
    secrets = [world.tenant_id, world.dealer_id, *(one.number for one in world.bought)]
    return any(secret in text for secret in secrets)
