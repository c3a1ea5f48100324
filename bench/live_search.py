"""
How quickly offers come in when many search at once, beside the carriers' own answers.

    python bench/live_search.py [searches at once, 20 by default] [--rough | --ten]

Brings up a portal of its own on a throwaway folder. The sandbox carriers answer after a set time
each; the floor is the same question put to them directly, one after the other. With --rough two
more accounts are asked: one that answers after five seconds, and one that takes the question and
never answers; what counts are the two healthy ones. With --ten there is an account at each of the
ten sandbox carriers, of which one takes five seconds and one never answers; the floor is then what
the adapters of the other eight take by themselves, all their calls together. Two readings are
taken, of as many searches each: *steady*, so many always in progress (who is done searches again),
and *burst*, so many begun in the same instant, the next ones only when all are done. Prints its
figures, and one JSON line at the end.
"""

from __future__ import annotations

import argparse
import base64
import json
import socketserver
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx2

from bench.measuring import quantiles, say
from portal.journey.setting_up import connect_carriers
from portal.journey.story import Story
from portal.journey.travel import open_world
from portal.journey.world import World
from portal.supervisor.folders import Folders, throwaway_folder
from portal.supervisor.identity import store_identity
from portal.supervisor.portal_run import open_portal
from portal.supervisor.run import Supervisor
from trunks import registry
from trunks.deadlines import Deadline
from trunks.http import Caller
from trunks.offers import Wanted
from trunks.roles import SearchesNumbers
from trunks.transport import new_client

DELAYS = {"telnyx": 0.1, "twilio": 0.4}
"""Seconds that each carrier takes over a search."""
DELAYS_OF_TEN = {
    "bandwidth": 0.3,
    "didww": 0.1,
    "questblue": 0.2,
    "telnyx": 0.1,
    "twilio": 0.4,
    "voip_innovations": 0.3,
    "voipms": 0.2,
    "wavix": 0.1,
}
"""The same of the eight healthy ones of ten, for each call that the sandbox takes for a search."""
SLOW, DEAD = "vonage", "flowroute"
"""The other two."""
SLOW_SECONDS = 5.0
SECONDS = 30.0
"""After which a request counts as failed."""
PUBLIC_KEY = base64.b64encode(bytes(32)).decode()
ROUNDS = 5
"""How often each carrier is asked directly."""
SEARCHES_EACH = 25
"""How often each searcher searches, in either reading."""
WANTED = {"country": "US", "type": "LOCAL", "area_code": "312", "limit": 20}
WISH = Wanted(country="US", area_code="312", limit=20)
"""The same as adapters take it."""


@dataclass(frozen=True)
class Seen:
    """What one searcher saw, in seconds since the request left."""

    first: float
    last: float


def slow_down(world: World, delays: dict[str, float]) -> None:
    """Let each carrier take its time over every search."""
    for slug, seconds in delays.items():
        fault = {"carrier": slug, "operation": "search", "kind": "delay", "seconds": seconds}
        world.sandbox.post("/_control/faults", json={**fault, "times": 100_000}).raise_for_status()


class Slow(socketserver.BaseRequestHandler):
    """A carrier that answers late, and has nothing."""

    def handle(self) -> None:
        """Answer one request."""
        self.request.recv(65_536)
        time.sleep(SLOW_SECONDS)
        body = b'{"data": []}'
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
        with suppress(OSError):
            self.request.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)


class Dead(socketserver.BaseRequestHandler):
    """A carrier that takes the question and never answers."""

    def handle(self) -> None:
        """Wait until the caller has had enough."""
        with suppress(OSError):
            while self.request.recv(65_536):
                pass


@contextmanager
def served(handler: type[socketserver.BaseRequestHandler]) -> Iterator[str]:
    """Let a carrier in trouble listen, and give its address."""
    with ExitStack() as stack:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        stack.callback(server.server_close)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        stack.callback(server.shutdown)
        yield f"http://127.0.0.1:{server.server_address[1]}"


def connect(world: World, carrier: str, name: str, credentials: object, url: str) -> None:
    """Connect an account without having it checked."""
    world.staff.post(
        "carrier-accounts",
        {
            "carrier": carrier,
            "name": name,
            "credentials": credentials,
            "base_url": url,
            "rate_per_second": 1000,
        },
    )


@contextmanager
def trouble(world: World) -> Iterator[None]:
    """Connect a slow and a dead carrier."""
    with served(Slow) as slow, served(Dead) as dead:
        for name, url in (("slow", slow), ("dead", dead)):
            keys = {"api_key": f"KEY-{name}", "public_key": PUBLIC_KEY}
            connect(world, "telnyx", f"A {name} one", keys, url)
        yield


@contextmanager
def ten(world: World) -> Iterator[None]:
    """Connect all sandbox carriers, one of them slow and one dead."""
    connect_carriers(world, carriers=[*DELAYS_OF_TEN, SLOW], rate_per_second=1000)
    with served(Dead) as dead:
        connect(world, DEAD, "A dead one", credentials_of(world)[DEAD], dead)
        slow_down(world, {SLOW: SLOW_SECONDS})
        yield


def credentials_of(world: World) -> dict[str, dict[str, str]]:
    """Give the credentials of the sandbox's accounts, by carrier."""
    accounts = world.sandbox.get("/_control/accounts").json()
    return {row["carrier"]: row["credentials"] for row in accounts}


def by_themselves(world: World) -> dict[str, float]:
    """Let the adapters of the healthy ones of ten search; gives each one's median seconds."""
    return {
        slug: alone(world, slug, keys)
        for slug, keys in credentials_of(world).items()
        if slug in DELAYS_OF_TEN
    }


def alone(world: World, slug: str, credentials: dict[str, str]) -> float:
    """Give the seconds that one adapter takes, once it knows the places that it keeps."""
    adapter = resolve_name(registry.CARRIERS[slug])
    url = f"{world.portal.sandbox_url}/{slug}"
    with new_client() as client:
        carrier = adapter(credentials=credentials, caller=Caller(client), base_url=url)
        if not isinstance(carrier, SearchesNumbers):
            raise TypeError(f"{slug} cannot be searched.")
        found = carrier.search(WISH, deadline=Deadline(SECONDS))
        if not found:
            raise RuntimeError(f"{slug} has nothing to offer.")
        took = []
        for _ in range(ROUNDS):
            began = time.monotonic()
            carrier.search(WISH, deadline=Deadline(SECONDS))
            took.append(time.monotonic() - began)
    return statistics.median(took)


def directly(world: World) -> dict[str, float]:
    """Ask each carrier itself; gives the median seconds of its answer."""
    credentials = credentials_of(world)
    twilio = credentials["twilio"]
    asks: dict[str, Callable[[], httpx2.Response]] = {
        "telnyx": lambda: world.sandbox.get(
            "/telnyx/v2/available_phone_numbers",
            params={
                "filter[country_code]": "US",
                "filter[phone_number_type]": "local",
                "filter[national_destination_code]": "312",
                "filter[limit]": 20,
            },
            headers={"Authorization": f"Bearer {credentials['telnyx']['api_key']}"},
        ),
        "twilio": lambda: world.sandbox.get(
            f"/twilio/api/2010-04-01/Accounts/{twilio['account_sid']}"
            "/AvailablePhoneNumbers/US/Local.json",
            params={"AreaCode": "312", "PageSize": 20},
            auth=(twilio["account_sid"], twilio["auth_token"]),
        ),
    }
    return {
        slug: statistics.median(timed(ask) for _ in range(ROUNDS)) for slug, ask in asks.items()
    }


def timed(ask: Callable[[], httpx2.Response]) -> float:
    """Give the seconds of one answer."""
    began = time.monotonic()
    ask().raise_for_status()
    return time.monotonic() - began


class Searcher:
    """
    A client of the API that itself costs as little as can be.

    It runs on the cores of the portal that it measures, and a full HTTP client takes a tenth of
    what a search takes.
    """

    def __init__(self, url: str, token: str, healthy: set[str]) -> None:
        self._healthy = healthy
        self._http = HTTPConnection(url.removeprefix("http://"), timeout=SECONDS)
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "text/event-stream",
            "Content-Type": "application/json",
        }

    def search(self) -> Seen:
        """Ask, and read until every healthy carrier has answered; hang up on the others."""
        began = time.monotonic()
        self._http.request("POST", "/api/v1/searches", json.dumps(WANTED), self._headers)
        answer = self._http.getresponse()
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"A search was answered {answer.status}: {answer.read(500)!r}")
        first = 0.0
        for page in pages(answer):
            now = time.monotonic() - began
            first = first or (now if page["offers"] else 0.0)
            if page["done"]:
                answer.read()
            elif self._healthy & {
                row["name"] for row in page["carriers"] if row["state"] == "WAITING"
            }:
                continue
            else:
                self._http.close()
            return Seen(first, now)
        raise RuntimeError("A search ended before every carrier had answered.")


def pages(answer: HTTPResponse) -> Iterator[dict[str, Any]]:
    """Read the events of a search as they come."""
    is_page = False
    for line in answer:
        if line.startswith(b"data: ") and is_page:
            yield json.loads(line[6:])
        elif line.startswith(b"event: "):
            is_page = line == b"event: page\n"


def search_on(searcher: Searcher) -> list[Seen]:
    """Search again as soon as a search is over."""
    return [searcher.search() for _ in range(SEARCHES_EACH)]


def measure(world: World, at_once: int, *, of_ten: bool) -> dict[str, Any]:
    """Run the rounds and put the floor beside them."""
    delays = DELAYS_OF_TEN if of_ten else DELAYS
    slow_down(world, delays)
    floor = by_themselves(world) if of_ten else directly(world)
    healthy = {f"Journey {slug}" for slug in delays}
    searchers = [Searcher(world.portal.url, world.staff.token, healthy) for _ in range(at_once)]
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(Searcher.search, searchers))
        steady = [one for seen in pool.map(search_on, searchers) for one in seen]
        burst = [one for _ in range(SEARCHES_EACH) for one in pool.map(Searcher.search, searchers)]
    fastest, slowest = min(floor.values()), max(floor.values())
    return {
        "searches_at_once": at_once,
        "searches_a_reading": at_once * SEARCHES_EACH,
        "floor_fastest_carrier_ms": round(fastest * 1000, 1),
        "floor_slowest_carrier_ms": round(slowest * 1000, 1),
        "steady": reading(steady, fastest=fastest, slowest=slowest),
        "burst": reading(burst, fastest=fastest, slowest=slowest),
    }


def reading(seen: list[Seen], *, fastest: float, slowest: float) -> dict[str, dict[str, float]]:
    """Put what the searchers saw beside the carriers' own answers."""
    first, last = quantiles([one.first for one in seen]), quantiles([one.last for one in seen])
    return {
        "first_offers": first,
        "first_offers_over_floor": over(first, fastest),
        "all_carriers": last,
        "all_carriers_over_floor": over(last, slowest),
    }


def over(figures: dict[str, float], floor: float) -> dict[str, float]:
    """Give what each figure is over the floor, which is in seconds."""
    return {name: round(value - floor * 1000, 1) for name, value in figures.items()}


def main() -> None:
    """Bring a portal up, measure, print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("at_once", type=int, nargs="?", default=20)
    manner = asked.add_mutually_exclusive_group()
    manner.add_argument("--rough", action="store_true")
    manner.add_argument("--ten", action="store_true")
    options = asked.parse_args()
    folders = Folders(throwaway_folder("bench"), store_identity(), throwaway=True)
    with (
        Supervisor(folders) as run,
        open_portal(run, host="127.0.0.1", first_port=8000, demo=True) as portal,
    ):
        world = open_world(portal, Story())
        if not options.ten:
            # The carriers' pace is not what is measured here.
            connect_carriers(world, rate_per_second=1000)
        with ten(world) if options.ten else trouble(world) if options.rough else nullcontext():
            figures = {
                "rough": options.rough,
                "ten": options.ten,
                **measure(world, options.at_once, of_ten=options.ten),
            }
    for name, value in figures.items():
        for part, figure in value.items() if isinstance(value, dict) else [("", value)]:
            say(f"{name} {part}".strip() + f": {figure}")
    say(json.dumps({"bench": "live_search", **figures}))


if __name__ == "__main__":
    main()
