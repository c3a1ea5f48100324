"""
Whether money and numbers survive when everything goes wrong at once, and how long that takes.

    python bench/purchase_faults.py [lines, 1000 by default] [seed] [hasty]

Brings up a portal of its own on a throwaway folder: stores, web, workers, beat, and the sandbox
carriers on the wire; for many lines, more workers that buy. Orders lines at every carrier over the
API, a few to an order or many, with a binding each, and some of them held first. Meanwhile faults
strike by chance at every step (answers lost, late, dripping, cut, garbled, refused; webhooks lost,
doubled, late, early, reordered, badly signed), and workers of the queue `purchase` are killed, or
stopped for longer than their calls may still leave, the database is restarted and Redis emptied, at
moments chosen by chance (`bench/sabotage.py`). Some orders reach the carrier when they have long
been given up, and buy. All chance comes from the seed. Then everything calms down, and the
carriers' books are held against ours (`bench/books.py`). With `hasty`, what is waited for is
shorter (`bench/hasty.py`).

A line that was given up, and whose order reaches the carrier after that, stays failed; the number
is ours nevertheless, is found and comes into stock. Such numbers are counted as `bought_late`: what
is at the carriers must be what is in stock, and that the lines that succeeded and these.

Prints figures as it goes, by carrier too, and one JSON line at the end. Ends with status 1 if a
line came to no end, a number was bought twice, is ours at a carrier and not in stock (or the other
way round), or money is not where it belongs. Needs Linux.
"""

from __future__ import annotations

import json
import math
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.books import verdict
from bench.measuring import say
from bench.sabotage import BUYERS, Saboteur, script_faults
from portal.journey.setting_up import FORMATS, build_pbx, connect_carriers
from portal.journey.story import StepFailed, Story
from portal.journey.travel import open_world
from portal.journey.world import World
from portal.supervisor import roster, telephony
from portal.supervisor.commands import manage
from portal.supervisor.folders import Folders, throwaway_folder
from portal.supervisor.identity import store_identity
from portal.supervisor.portal_run import open_portal
from portal.supervisor.run import Supervisor
from sandbox.registry import CARRIERS
from sandbox.stock.areas import UNITED_STATES
from sandbox.voip_innovations.base import VoipInnovationsBase, groups_of
from sandbox.world import Account
from trunks import registry
from trunks.roles import SellsNumbers

LINES_PER_ORDER = (1, 4, 10, 40)
AT_ONCE = 1000
"""Lines that wait at most before more are ordered: those that follow need not wait for all."""
PER_PLACE = 40
"""Lines that are ordered at most of one carrier in one place, where it has 50."""
IN_TURN = 0.5
"""The share, beside the others', of a carrier at which each order waits for the one before."""
LINES_PER_WORKER = 80
FEWEST_WORKERS, MOST_WORKERS = 2, 6
"""Beside the portal's own: one alone does little but come back."""
BALANCE = "1000000.00"
"""What is there at each carrier; that there is too little is a fault like others."""
HELD = 0.3
"""The share of orders whose numbers are held first, where carriers hold any."""
LATE, LATE_HASTY = 120.0, 30.0
"""Seconds after which an order that nobody sees at the carrier has mostly been given up."""
LONGEST = 1800.0
"""Seconds after which what has not come to rest never will: as long as a purchase is tried."""
SEARCH_SECONDS = 30.0

Offer = dict[str, Any]


def let_a_dealer_in(world: World, currency: str) -> str:
    """Create a dealer who pays in a currency, and give its id."""
    made: dict[str, Any] = world.staff.post(
        "dealers",
        {
            "name": f"Payer in {currency}",
            "country": "US",
            "currency": currency,
            "time_zone": "America/Chicago",
            "credit_limit": "1000000.00",
            "owner_email": f"{currency.lower()}@bench.example",
        },
    )
    return str(made["id"])


def find_offers(world: World, area_code: str) -> dict[str, list[Offer]]:
    """Search an area code; gives the offers of each carrier that answered in time."""
    found: dict[str, Offer] = {}
    wish = {"country": "US", "type": "LOCAL", "area_code": area_code, "limit": 50}
    search = world.staff.post("searches", wish, status=202)["id"]
    after, done, ends = 0, False, time.monotonic() + SEARCH_SECONDS
    while not done and time.monotonic() < ends:
        page = world.staff.get(f"searches/{search}", after=after, wait=2)
        # Carriers are asked again when Redis was emptied meanwhile.
        found |= {offer["id"]: offer for offer in page["offers"]}
        after, done = page["next"], page["done"]
    by_carrier = defaultdict(list)
    for offer in found.values():
        by_carrier[offer["carrier"]].append(offer)
    return by_carrier


class Buyer:
    """Orders until every carrier was asked for its share."""

    def __init__(self, world: World, count: int, chance: random.Random) -> None:
        self._world = world
        self._chance = chance
        self._left = shares(count)
        places = math.ceil(max(self._left.values()) / PER_PLACE)
        # Alike in each place: else those who take turns would all wait at once.
        self._in_one_place = {slug: math.ceil(left / places) for slug, left in self._left.items()}
        self._payers = {currency: let_a_dealer_in(world, currency) for currency in ("USD", "EUR")}

    def buy(self) -> None:
        """Order what is found in one place after the other, a few lines at once."""
        for area in UNITED_STATES:
            if not any(self._left.values()):
                return
            drafts = []
            for payer, offers in self._by_payer(find_offers(self._world, area.code)).items():
                self._chance.shuffle(offers)
                while offers:
                    size = self._chance.choice(LINES_PER_ORDER)
                    drafts.append(self._draft(payer, offers[:size]))
                    offers = offers[size:]
            # Not one by one: what is to be held gets the time for it.
            for draft in drafts:
                self._world.staff.post(f"orders/{draft}/submit", status=202)
            wait_until(self._world.portal.run, lambda left: left["lines"] <= AT_ONCE)

    @property
    def missing(self) -> int:
        """Count the lines for which nothing was found."""
        return sum(self._left.values())

    def _by_payer(self, found: dict[str, list[Offer]]) -> dict[str, list[Offer]]:
        shared: dict[str, list[Offer]] = defaultdict(list)
        for slug, offers in found.items():
            mine = offers[: min(self._left[slug], self._in_one_place[slug])]
            self._left[slug] -= len(mine)
            for offer in mine:
                # What has no price can be bought for the provider's own stock alone.
                shared[self._payers.get(offer["currency"], "")].append(offer)
        return shared

    def _draft(self, payer: str, offers: Sequence[Offer]) -> str:
        lines = [
            {"offer": offer["id"], "trunk": self._world.trunks.get(offer["carrier"])}
            for offer in offers
        ]
        wish = {"payer": payer or None, "lines": lines, "hold": self._chance.random() < HELD}
        try:
            return str(self._world.staff.post("orders", wish)["id"])
        except StepFailed as refusal:
            if "cannot-hold" not in str(refusal):
                raise
        # As many are held as may be; these are ordered all the same.
        return str(self._world.staff.post("orders", {**wish, "hold": False})["id"])


def shares(count: int) -> dict[str, int]:
    """Share lines out among the carriers."""
    parts = {slug: IN_TURN if takes_turns(slug) else 1.0 for slug in sorted(CARRIERS)}
    left = {slug: int(count * part / sum(parts.values())) for slug, part in parts.items()}
    rest = count - sum(left.values())
    return {slug: lines + (place < rest) for place, (slug, lines) in enumerate(left.items())}


def takes_turns(slug: str) -> bool:
    """Tell whether a carrier's account takes one order at a time."""
    adapter = registry.carrier(slug)
    return issubclass(adapter, SellsNumbers) and adapter.orders_one_at_a_time


def start_workers(run: Supervisor, count: int) -> None:
    """Start more workers that buy; these can be held at pause points."""
    held_in = run.folders.run / "pauses"
    held_in.mkdir()
    os.environ["PAUSE_FOLDER"] = str(held_in)
    more = min(max(count // LINES_PER_WORKER, FEWEST_WORKERS), MOST_WORKERS)
    for place in range(1, more + 1):
        run.start(roster.worker(roster.Worker(f"{BUYERS}-{place}", "purchase", 2)))


def fill_accounts(world: World) -> None:
    """Have enough money at every carrier for all that is bought."""
    for account in world.sandbox.get("/_control/accounts").json():
        wish = {key: account[key] for key in ("carrier", "credentials")} | {"balance": BALANCE}
        world.sandbox.post("/_control/accounts", json=wish).raise_for_status()


def describe_endpoint_group(world: World) -> None:
    """Describe the trunk that was made by hand at VoIP Innovations."""
    slug = "voip_innovations"
    account = next(
        row for row in world.sandbox.get("/_control/accounts").json() if row["carrier"] == slug
    )
    _, group = groups_of(Account(slug, account["account"], ""))
    trunk = world.staff.post(
        "static-trunks",
        {
            "carrier_account": world.story.figures[f"account_{slug}"],
            "name": f"{slug} to the bench",
            "carrier_reference": group,
            "source_addresses": [VoipInnovationsBase.source_address],
        },
    )
    world.trunks[slug] = trunk["id"]


def wait_until(run: Supervisor, holds: Callable[[dict[str, int]], bool]) -> None:
    """Look until what still waits is as it should be; what ended meanwhile is started again."""
    began, said = time.monotonic(), 0.0
    while time.monotonic() - began < LONGEST:
        run.look()
        left = _what_waits()
        if left and holds(left):
            return
        if left and time.monotonic() - said > 10:
            said = time.monotonic()
            told = ", ".join(f"{count} {what}" for what, count in left.items())
            say(f"{time.monotonic() - began:>6.0f} s  {told} wait")
        time.sleep(0.25)


def wait_until_calm(run: Supervisor) -> None:
    """Look until no line, binding, hold or message waits for anything."""
    wait_until(run, lambda left: not any(left.values()))


def _what_waits() -> dict[str, int]:
    """Count what is under way; nothing is known while the database is away."""
    from django.db import DatabaseError, connection

    from dids.models import CarrierBinding, CarrierHold, OrderLine
    from trunks.models import CarrierEvent

    try:
        return {
            "lines": OrderLine.objects.filter(status="WAITING").count(),
            "bindings": CarrierBinding.objects.exclude(status__in=["BOUND", "FAILED"]).count(),
            "holds": CarrierHold.objects.filter(status__in=UNDER_WAY).count(),
            "messages": CarrierEvent.objects.filter(status="RECEIVED").count(),
        }
    except DatabaseError:
        connection.close()
        return {}


UNDER_WAY = ("WANTED", "HOLDING", "UNCERTAIN")


def run_it(world: World, count: int, seed: int, *, hasty: bool) -> dict[str, Any]:
    """Order under fire, wait until all is calm, and hold the books against each other."""
    from dids import timing

    chance = random.Random(seed)  # noqa: S311
    run = world.portal.run
    with world.story.step("carriers are connected, trunks are ready"):
        start_workers(run, count)
        fill_accounts(world)
        connect_carriers(world, carriers=sorted(CARRIERS), rate_per_second=1000)
        # Nobody calls here; some carriers take one gateway for each trunk, at the usual port.
        world.routers = [replace(telephony.routers(world.portal)[0], port=5060)]
        phones_port = telephony.phones_port(world.portal)
        build_pbx(world, phones_port=phones_port, carriers=sorted(FORMATS))
        describe_endpoint_group(world)
        buyer = Buyer(world, count, chance)
    late = LATE_HASTY if hasty else LATE
    script_faults(world, sorted(CARRIERS), seed, late=late)
    grace = timing.seconds("PURCHASE_GRACE_SECONDS")
    saboteur = Saboteur(
        run,
        random.Random(seed),  # noqa: S311
        every=6.0 if hasty else 24.0,
        stop=grace,
    )
    began = time.monotonic()
    with world.story.step(f"{count} lines are ordered under fire and come to rest"):
        with saboteur.at_work():
            buyer.buy()
            wait_until(run, lambda left: not left["lines"])
            # What was on its way until now has arrived by then.
            over = time.monotonic() + late
            wait_until_calm(run)
        wait_until_calm(run)
        time.sleep(max(0.0, over - time.monotonic()))
    figures = verdict(world, late_seconds=2 * late)
    with world.story.step("doctor is content"):
        manage(run, "doctor")
    return {
        "seed": seed,
        "seconds": round(time.monotonic() - began, 1),
        "not_found": buyer.missing,
        "sabotage": dict(saboteur.done),
        "started_again": run.ended,
        **figures,
    }


def said(figures: dict[str, Any]) -> Iterator[str]:
    """Give the figures line by line, those of each carrier on a line of its own."""
    carriers = figures["carriers"]
    yield from (f"{name}: {value}" for name, value in figures.items() if value is not carriers)
    yield from (f"  {slug}: {told}" for slug, told in carriers.items())


def is_whole(figures: dict[str, Any]) -> bool:
    """Tell whether nothing was lost, doubled or left over."""
    wrong = ("not_settled", "double_buys", "orphans")
    return not any(figures[name] for name in wrong) and float(figures["lost_money"]) == 0


def main() -> int:
    """Bring a portal up, let everything go wrong, print; 1 if something was lost."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    hasty = sys.argv[3:] == ["hasty"]
    folders = Folders(throwaway_folder("bench"), store_identity(), throwaway=True)
    with (
        Supervisor(folders) as run,
        open_portal(run, host="127.0.0.1", first_port=8000, demo=True) as portal,
    ):
        if hasty:
            run.environment["DJANGO_SETTINGS_MODULE"] = "bench.hasty"
        world = open_world(portal, Story())
        os.environ.update(run.environment)
        import django

        django.setup()
        figures = run_it(world, count, seed, hasty=hasty)
    for line in said(figures):
        say(line)
    say(json.dumps({"bench": "purchase_faults", **figures}))
    return 0 if is_whole(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
