"""What stands before the main job: carriers, the switch, and who may come in."""

from __future__ import annotations

from collections.abc import Sequence

from portal.journey.clients import Client
from portal.journey.story import expect, wait_for
from portal.journey.world import CARRIERS, World, known
from portal.supervisor import telephony

# Where each sandbox carrier calls from, and how it writes numbers, as its trunk is told here.
SOURCES = {
    "bandwidth": "127.0.3.10",
    "didww": "127.0.2.40",
    "flowroute": "127.0.2.30",
    "plivo": "127.0.2.80",
    "questblue": "127.0.2.50",
    "telnyx": "127.0.1.10",
    "twilio": "127.0.2.10",
    "voipms": "127.0.2.60",
    "vonage": "127.0.2.20",
    "wavix": "127.0.2.70",
}
FORMATS = {
    "bandwidth": "PLUS_E164",
    "didww": "E164",
    "flowroute": "E164",
    "plivo": "E164",
    "questblue": "E164",
    "telnyx": "E164",
    "twilio": "PLUS_E164",
    "voipms": "E164",
    "vonage": "E164",
    "wavix": "E164",
}
DEALER_SCOPES = [
    "VIEW_NUMBERS",
    "ALLOT_NUMBERS",
    "GIVE_BACK_NUMBERS",
    "CLAIM_NUMBERS",
    "ASSIGN_NUMBERS",
    "VIEW_ORGANIZATIONS",
    "MANAGE_TENANTS",
    "MANAGE_PEOPLE",
    "MANAGE_API_CLIENTS",
    "ACT_FOR",
    "VIEW_JOURNAL",
    "VIEW_MONEY",
]
PBX = "Journey"
TRUNK_SECONDS = 30.0


def connect_carriers(
    world: World, *, carriers: Sequence[str] = CARRIERS, rate_per_second: int = 50
) -> None:
    """Connect sandbox accounts, have them checked and tell each carrier where to call back."""
    for account in world.sandbox.get("/_control/accounts").json():
        if account["carrier"] not in carriers:
            continue
        slug = account["carrier"]
        made = world.staff.post(
            "carrier-accounts",
            {
                "carrier": slug,
                "name": f"Journey {slug}",
                "credentials": account["credentials"],
                "base_url": f"{world.portal.sandbox_url}/{slug}",
                "rate_per_second": rate_per_second,
            },
        )
        world.sandbox.post(
            "/_control/webhook",
            json={"carrier": slug, "account": account["account"], "url": made["webhook_url"]},
        ).raise_for_status()
        world.staff.post(f"carrier-accounts/{made['id']}/check", status=200)
        world.story.note(f"account_{slug}", made["id"])


def build_pbx(world: World, *, phones_port: int, carriers: Sequence[str] = CARRIERS) -> None:
    """Add the PBX, its target, and a trunk of each carrier that leads to its routers."""
    pbx = world.staff.post("pbxs", {"name": PBX})
    world.pbx_id = pbx["id"]
    target = {"name": "phones", "address": f"sip:{telephony.HOST}:{phones_port};transport=udp"}
    world.staff.post(f"pbxs/{world.pbx_id}/targets", target)
    for slug in carriers:
        trunk = world.staff.post("trunks", trunk_wish(world, slug))
        world.trunks[slug] = trunk["id"]
        world.staff.post(f"pbxs/{world.pbx_id}/trunks", {"trunk": trunk["id"], "country": "US"})
    wait_for(
        "every carrier to have made its trunk",
        lambda: trunks_are_ready(world) or None,
        seconds=TRUNK_SECONDS,
        between=world.look,
    )


def trunks_are_ready(world: World) -> bool:
    """Tell whether the worker has made every trunk at its carrier; a failed one ends it."""
    states = {row["name"]: row for row in world.staff.pages("trunks")}
    failed = [row["failure"] for row in states.values() if row["status"] == "FAILED"]
    expect(not failed, f"Trunks failed: {failed}.")
    return all(row["status"] == "READY" for row in states.values())


def trunk_wish(world: World, slug: str) -> dict[str, object]:
    """Describe the trunk of one carrier: both routers, the first one preferred."""
    return {
        "carrier_account": world.story.figures[f"account_{slug}"],
        "name": f"{slug} to {PBX}",
        "did_format": FORMATS[slug],
        "source_addresses": [SOURCES[slug]],
        "gateways": [
            {
                "host": telephony.HOST,
                "port": router.port,
                "transport": "UDP",
                "priority": 10 * (place + 1),
                "weight": 50,
            }
            for place, router in enumerate(world.routers)
        ],
    }


def let_dealers_in(world: World) -> None:
    """Create two dealers that know nothing of each other, each with a program of its own."""
    for name in ("Dealer", "Rival"):
        made = world.staff.post(
            "dealers",
            {
                "name": f"Journey {name}",
                "country": "US",
                "currency": "USD",
                "time_zone": "America/Chicago",
                "credit_limit": "100.00",
                "owner_email": f"{name.lower()}@journey.example",
            },
        )
        token = world.staff.post(
            "api-clients",
            {"name": f"{name}'s program", "scopes": DEALER_SCOPES, "organization": made["id"]},
        )["token"]
        client = Client(world.portal.url, name=name.lower(), token=token, look=world.look)
        if name == "Dealer":
            world.dealer, world.dealer_id = client, made["id"]
        else:
            world.rival, world.rival_id = client, made["id"]
    known(world.rival)
