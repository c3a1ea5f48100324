"""
Whether money and numbers survive when everything goes wrong at once, and how long that takes.

    python bench/purchase_faults.py [lines, 1000 by default] [seed] [hasty]

Brings up a portal of its own on a throwaway folder: stores, web, workers, beat, and the sandbox
carriers on the wire. Orders lines at both carriers over the API, with a binding each. Meanwhile
faults strike by chance at every step (answers lost, late, dripping, cut, garbled, refused; webhooks
lost, doubled, late, early, reordered, badly signed), and workers of the queue `purchase` are
killed, or stopped for longer than their calls may still leave, at moments chosen by chance. All
chance comes from the seed. Then everything calms down, and the carriers' books are held against
ours. With `hasty`, what is waited for is shorter (`bench/hasty.py`).

Prints figures as it goes, and one JSON line at the end. Ends with status 1 if a number was bought
twice, is ours at a carrier and not in stock (or the other way round), or money is not where it
belongs. Needs Linux.
"""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.measuring import say
from portal.journey.setting_up import build_pbx, connect_carriers
from portal.journey.story import Story
from portal.journey.travel import open_world
from portal.journey.world import CARRIERS, World
from portal.supervisor import telephony
from portal.supervisor.children import Child
from portal.supervisor.comebacks import SOON_SECONDS, Comeback
from portal.supervisor.commands import manage
from portal.supervisor.folders import Folders, throwaway_folder
from portal.supervisor.identity import store_identity
from portal.supervisor.portal_run import open_portal
from portal.supervisor.run import Supervisor

LINES_PER_ORDER = 4
AREA_CODES = ("312", "415", "212", "303", "206", "404", "617", "713", "602", "503", "305", "214")
"""Where numbers are looked for, in turn; each carrier has fifty for each."""
LONGEST = 1800.0
"""Seconds after which what has not come to rest never will."""
DRIP = 60.0
NEVER_ENDING = 1_000_000

CHANCES: dict[str, dict[str, float]] = {
    "order": {
        "timeout_before": 0.02,
        "timeout_after": 0.03,
        "error_before": 0.02,
        "error_after": 0.03,
        "reset_before": 0.02,
        "reset_after": 0.03,
        "drip_headers": 0.01,
        "drip_body": 0.01,
        "truncated": 0.03,
        "garbage": 0.03,
        "rate_limited": 0.03,
        "wrong_credentials": 0.01,
        "unknown_word": 0.03,
        "delay": 0.02,
        "number_gone": 0.02,
        "no_funds": 0.01,
    },
    "find": {
        "error_before": 0.05,
        "reset_after": 0.05,
        "truncated": 0.05,
        "garbage": 0.05,
        "unknown_word": 0.05,
        "rate_limited": 0.02,
        "drip_body": 0.01,
    },
    "bind": {
        "error_before": 0.05,
        "error_after": 0.05,
        "reset_after": 0.05,
        "garbage": 0.05,
        "rate_limited": 0.02,
    },
    "binding": {"error_before": 0.05, "reset_after": 0.05, "truncated": 0.05, "garbage": 0.05},
    "list": {"error_before": 0.05, "truncated": 0.05},
    "webhook": {
        "webhook_lost": 0.1,
        "webhook_late": 0.1,
        "webhook_doubled": 0.1,
        "webhook_reordered": 0.1,
        "webhook_badly_signed": 0.1,
        "webhook_unknown_word": 0.1,
        "webhook_early": 0.05,
    },
}
SECONDS = {
    "delay": 3.0,
    "drip_headers": DRIP,
    "drip_body": DRIP,
    "rate_limited": 1.0,
    "webhook_late": 4.0,
    "webhook_reordered": 4.0,
    "webhook_early": 0.3,
}


def script_faults(world: World, seed: int) -> None:
    """Have every fault strike by chance at both carriers."""
    for slug in CARRIERS:
        for operation, kinds in CHANCES.items():
            for kind, chance in kinds.items():
                if kind == "webhook_early" and slug == "twilio":
                    # It announces no orders.
                    continue
                seed += 1
                fault = {
                    "carrier": slug,
                    "operation": operation,
                    "kind": kind,
                    "seconds": SECONDS.get(kind, 0.0),
                    "times": NEVER_ENDING,
                    "probability": chance,
                    "seed": seed,
                }
                world.sandbox.post("/_control/faults", json=fault).raise_for_status()


class Saboteur:
    """Kills and stops the workers that buy, at moments chosen by chance, until told to stop."""

    def __init__(
        self, child: Child, comeback: Comeback, chance: random.Random, *, every: float, stop: float
    ) -> None:
        """
        Stand ready.

        :param comeback: what the supervisor knows of its starts
        :param every: seconds between two deeds, on average
        :param stop: seconds for which a process is stopped, at least
        """
        self.done: Counter[str] = Counter()
        self._child = child
        self._comeback = comeback
        self._chance = chance
        self._every = every
        self._stop = stop
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Do harm meanwhile."""
        self._thread.start()
        try:
            yield
        finally:
            self.rest()

    def rest(self) -> None:
        """Do no more harm."""
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        deeds = [self._kill_process, self._kill_process, self._stop_process, self._kill_all]
        while not self._over.wait(self._chance.uniform(0.3, 1.7) * self._every):
            with suppress(ProcessLookupError):
                self._chance.choice(deeds)()

    def _kill_process(self) -> None:
        if processes := self._processes():
            os.kill(self._chance.choice(processes), signal.SIGKILL)
            self.done["killed"] += 1

    def _stop_process(self) -> None:
        if not (processes := self._processes()):
            return
        stopped = self._chance.choice(processes)
        os.kill(stopped, signal.SIGSTOP)
        self._over.wait(self._stop * self._chance.uniform(1.0, 1.5))
        os.kill(stopped, signal.SIGCONT)
        self.done["stopped"] += 1

    def _kill_all(self) -> None:
        # The supervisor starts it again, and gives up on what keeps ending as soon as it started.
        leader, ran = self._child.process, time.monotonic() - self._comeback.started_at
        if leader and leader.poll() is None and ran > SOON_SECONDS:
            os.killpg(leader.pid, signal.SIGKILL)
            self.done["killed with all its processes"] += 1

    def _processes(self) -> list[int]:
        tasks = Path(f"/proc/{self._child.pid}/task/{self._child.pid}/children")
        with suppress(OSError):
            return [int(pid) for pid in tasks.read_text().split()]
        return []


def let_a_dealer_in(world: World) -> str:
    """Create the dealer who pays, and give its id."""
    wish = {"name": "Payer", "country": "US", "currency": "USD", "time_zone": "America/Chicago"}
    more = {"credit_limit": "1000000.00", "owner_email": "payer@bench.example"}
    made: dict[str, Any] = world.staff.post("dealers", {**wish, **more})
    return str(made["id"])


def find_offers(world: World, count: int) -> list[dict[str, Any]]:
    """Search until there are enough offers of each carrier, and mix them."""
    found: dict[str, list[dict[str, Any]]] = {slug: [] for slug in CARRIERS}
    wanted = -(-count // len(CARRIERS))
    for code in AREA_CODES:
        wish = {"country": "US", "type": "LOCAL", "area_code": code, "limit": 100}
        search = world.staff.post("searches", wish, status=202)["id"]
        after, done = 0, False
        while not done:
            page = world.staff.get(f"searches/{search}", after=after, wait=2)
            for offer in page["offers"]:
                found[offer["carrier"]].append(offer)
            after, done = page["next"], page["done"]
        if all(len(offers) >= wanted for offers in found.values()):
            break
    mixed = [offer for pair in zip(*found.values(), strict=False) for offer in pair]
    return mixed[:count]


def order(world: World, payer: str, offers: Sequence[dict[str, Any]]) -> None:
    """Order everything, a few lines at once."""
    for start in range(0, len(offers), LINES_PER_ORDER):
        lines = [
            {"offer": offer["id"], "trunk": world.trunks[offer["carrier"]]}
            for offer in offers[start : start + LINES_PER_ORDER]
        ]
        made = world.staff.post("orders", {"payer": payer, "lines": lines})
        world.staff.post(f"orders/{made['id']}/submit", status=202)


def wait_until_calm(run: Supervisor, began: float) -> None:
    """Look until no line, binding or message waits for anything; what ended is started again."""
    from dids.models import CarrierBinding, OrderLine
    from trunks.models import CarrierEvent

    said = 0.0
    while time.monotonic() - began < LONGEST:
        run.look()
        lines = OrderLine.objects.filter(status="WAITING").count()
        bindings = CarrierBinding.objects.exclude(status__in=["BOUND", "FAILED"]).count()
        messages = CarrierEvent.objects.filter(status="RECEIVED").count()
        if not lines + bindings + messages:
            return
        if time.monotonic() - said > 10:
            said = time.monotonic()
            left = f"{lines} lines, {bindings} bindings, {messages} messages wait"
            say(f"{time.monotonic() - began:>6.0f} s  {left}")
        time.sleep(0.25)


def owned_at_carriers() -> set[str]:
    """Give every number that is ours, by the carriers' own word."""
    from trunks import connect
    from trunks.deadlines import Deadline
    from trunks.models import CarrierAccount

    mine: set[str] = set()
    for account in CarrierAccount.objects.all():
        adapter: Any = connect.connected(account, purpose="bench")
        mine |= {str(owned.number) for owned in adapter.owned(deadline=Deadline(60))}
    return mine


def stock() -> set[str]:
    """Give every number that we think is ours."""
    from dids.models import PhoneNumber

    return set(PhoneNumber.objects.live().values_list("e164", flat=True))


def wait_until_equal(seconds: float) -> tuple[set[str], set[str]]:
    """Give carriers' numbers and ours; what was bought late may still be on its way in."""
    ends = time.monotonic() + seconds
    while True:
        theirs, ours = owned_at_carriers(), stock()
        if theirs == ours or time.monotonic() > ends:
            return theirs, ours
        time.sleep(0.5)


def settling(lines: Sequence[Any]) -> dict[str, float]:
    """Give how long lines took from being submitted to their last status."""
    seconds = [
        (line.status_since - line.order.submitted_at).total_seconds()
        for line in lines
        if line.status in {"BOUGHT", "FAILED"}
    ] or [0.0]
    cuts = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else seconds * 99
    return {
        "p50_s": round(cuts[49], 1),
        "p95_s": round(cuts[94], 1),
        "max_s": round(max(seconds), 1),
    }


def verdict(world: World, saboteur: Saboteur, *, late_seconds: float) -> dict[str, Any]:
    """Hold the carriers' books against ours."""
    from billing.models import Account
    from dids.models import CarrierBinding, OrderLine

    struck = world.sandbox.get("/_control/faults").json()["struck"]
    world.sandbox.delete("/_control/faults").raise_for_status()
    theirs, ours = wait_until_equal(late_seconds)
    purchases: dict[str, int] = world.sandbox.get("/_control/seen").json()["purchases"]
    lines = list(OrderLine.objects.select_related("order"))
    price = sum(line.amount for line in lines if line.status == "BOUGHT")
    purse = Account.objects.get(organization__name="Payer")
    return {
        "lines": dict(Counter(line.status for line in lines)),
        "bought_late": sum(line.late_success_at is not None for line in lines),
        "bindings": dict(Counter(CarrierBinding.objects.values_list("status", flat=True))),
        "faults_struck": sum(row["times"] for row in struck),
        "workers": dict(saboteur.done),
        "workers_started_again": world.portal.run.ended,
        "purchases": sum(purchases.values()),
        "numbers_in_stock": len(ours),
        "double_buys": sum(count > 1 for count in purchases.values()),
        "orphans": len(theirs ^ ours),
        "price_of_what_was_bought": str(price),
        "paid": str(-purse.posted),
        "still_reserved": str(purse.reserved),
        "lost_money": str(abs(price + purse.posted) + purse.reserved),
        "settling": settling(lines),
    }


def run_it(world: World, count: int, seed: int, *, hasty: bool) -> dict[str, Any]:
    """Order under fire, wait until all is calm, and hold the books against each other."""
    from dids import timing

    with world.story.step("carriers are connected, trunks are ready, offers are found"):
        connect_carriers(world, rate_per_second=1000)
        world.routers = telephony.routers(world.portal)
        build_pbx(world, phones_port=telephony.phones_port(world.portal))
        payer = let_a_dealer_in(world)
        offers = find_offers(world, count)
    script_faults(world, seed)
    buyers = next(one for one in world.portal.run.children if one.spec.name == "worker-purchase")
    grace = timing.seconds("PURCHASE_GRACE_SECONDS")
    every = 2.5 if hasty else 8.0
    comeback = world.portal.run.comebacks[buyers.spec.name]
    chance = random.Random(seed)  # noqa: S311
    saboteur = Saboteur(buyers, comeback, chance, every=every, stop=grace)
    began = time.monotonic()
    with world.story.step(f"{len(offers)} lines are ordered under fire and come to rest"):
        with saboteur.at_work():
            order(world, payer, offers)
            wait_until_calm(world.portal.run, began)
        wait_until_calm(world.portal.run, began)
    figures = verdict(world, saboteur, late_seconds=20.0 if hasty else 120.0)
    with world.story.step("doctor is content"):
        manage(world.portal.run, "doctor")
    return {"seed": seed, "seconds": round(time.monotonic() - began, 1), **figures}


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
    for name, value in figures.items():
        say(f"{name}: {value}")
    say(json.dumps({"bench": "purchase_faults", **figures}))
    whole = not figures["double_buys"] and not figures["orphans"]
    return 0 if whole and float(figures["lost_money"]) == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
