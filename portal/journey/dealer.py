"""What a dealer does: create a tenant, hand one number down, offer another."""

from __future__ import annotations

from portal.journey.clients import Client
from portal.journey.story import expect
from portal.journey.world import World, known

TENANT_SCOPES = [
    "VIEW_NUMBERS",
    "CLAIM_NUMBERS",
    "ASSIGN_NUMBERS",
    "GIVE_BACK_NUMBERS",
    "VIEW_ORGANIZATIONS",
    "VIEW_JOURNAL",
]


def create_tenant(world: World) -> None:
    """Create a tenant with its own program, by the dealer's own program."""
    dealer = known(world.dealer)
    (pbx,) = [row for row in dealer.pages("pbxs") if row["id"] == world.pbx_id]
    made = dealer.post(
        "tenants",
        {
            "name": "Cactus Dental",
            "country": "US",
            "time_zone": "America/Phoenix",
            "sip_domain": world.sip_domain,
            "pbx": pbx["id"],
            "number_limit": 2,
            "owner_email": "owner@cactus.example",
        },
    )
    world.tenant_id = made["id"]
    token = dealer.post(
        "api-clients",
        {"name": "Front desk", "scopes": TENANT_SCOPES, "organization": world.tenant_id},
    )["token"]
    world.tenant = Client(world.portal.url, name="tenant", token=token, look=world.look)
    expect(list(world.tenant.pages("numbers")) == [], "The new tenant holds numbers already.")


def hand_down(world: World) -> None:
    """Allot one number to the tenant and offer it another."""
    dealer = known(world.dealer)
    held = {row["number"] for row in dealer.pages("numbers")}
    expect(held == {one.number for one in world.bought}, f"The dealer holds {sorted(held)}.")
    shown = dealer.get(f"numbers/{world.allotted}")
    hidden = {"carrier", "carrier_account", "carrier_reference", "binding", "cost"} & set(shown)
    expect(not hidden, f"The dealer sees columns of the provider: {sorted(hidden)}.")
    dealer.post(f"numbers/{world.allotted}/allot", {"to": world.tenant_id}, status=200)
    offer = dealer.post(f"numbers/{world.claimed}/offer", {"to": world.tenant_id})
    world.offer_id = offer["id"]


def give_back(world: World, number: str) -> None:
    """Give an unused number back to the provider."""
    known(world.dealer).post(f"numbers/{number}/give-back", status=200)
    expect(
        world.staff.get(f"numbers/{number}")["status"] == "AVAILABLE",
        f"{number} did not return to stock, though it was never used.",
    )
