"""
What it costs to call carriers, and whether they are called no oftener than they allow.

    python bench/carrier_calls.py [seconds of paced calls, 10 by default]

Four worker processes call a stand-in for a carrier, which writes down when each call comes, as fast
as an account of ten calls a second lets them. Then every adapter searches again and again, over
answers that the sandbox gave once: beside it the bare client makes the same calls, and the
difference, by call, is what the adapter adds. Last, fresh interpreters import every adapter, after
all that the portal has imported anyhow. Prints figures as it goes, and one JSON line at the end.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("DEMO", "1")

from bench.stores import bring_if_missing

if __name__ == "__main__":
    bring_if_missing()

import django

django.setup()

import httpx2
from django.db import connections

from bench.measuring import database, say
from sandbox.registry import CARRIERS
from trunks import registry
from trunks.deadlines import Deadline
from trunks.http import Caller
from trunks.numbering import NumberType
from trunks.offers import Wanted
from trunks.roles import SearchesNumbers
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.tests.factories import make_carrier_account
from trunks.tests.paced import carrier as stand_in
from trunks.tests.paced import most_in_any_second, work
from trunks.transport import new_client

WORKERS, RATE = 4, 10.0
FORK = multiprocessing.get_context("fork")
TIMES = 100
WANTED = Wanted(country="US", type=NumberType.LOCAL, area_code="312", limit=20)
IMPORTS = """
import importlib, sys, time
import django
django.setup()
from trunks import connect, registry
began = time.process_time()
for path in sys.argv[1:]:
    importlib.import_module(path)
print((time.process_time() - began) * 1000)
"""


def paced(seconds: float) -> dict[str, Any]:
    """Let four processes call; gives the fullest second, and the emptiest one after the first."""
    with stand_in() as (url, calls):
        account = make_carrier_account(carrier="telnyx", base_url=url, rate_per_second=RATE)
        connections.close_all()
        asked = {"account_id": account.pk, "seconds": seconds}
        workers = [FORK.Process(target=work, kwargs=asked) for _ in range(WORKERS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    came = [call.came for call in calls]
    began, ended = came[0], came[-1]
    whole = [began + second for second in range(int(ended - began))]
    return {
        "calls": len(came),
        "per_s": round((len(came) - 1) / (ended - began), 2),
        "most_in_any_s": most_in_any_second(came),
        "fewest_in_a_s": min(_between(came, begin) for begin in whole),
    }


def _between(moments: list[float], begin: float) -> int:
    return sum(begin <= moment < begin + 1 for moment in moments)


class Again(httpx2.BaseTransport):
    """Gives the sandbox's answers, and gives them again without it."""

    def __init__(self, sandbox: CarrierSandbox) -> None:
        self._sandbox = sandbox.transport
        self._known: dict[tuple[str, str, bytes], tuple[int, list[tuple[str, str]], bytes]] = {}
        self.asked: list[httpx2.Request] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer at once."""
        key = (request.method, str(request.url), request.read())
        if key not in self._known:
            answer = self._sandbox.handle_request(request)
            body = answer.read()
            self._known[key] = (answer.status_code, list(answer.headers.multi_items()), body)
            self.asked.append(request)
        status, headers, body = self._known[key]
        return httpx2.Response(status, headers=headers, content=body)


def _milliseconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000


def own_time(slug: str, sandbox: CarrierSandbox) -> dict[str, float]:
    """Search again and again; gives milliseconds for each call, the adapter's own and the bare."""
    transport = Again(sandbox)
    client = new_client(transport)
    credentials = sandbox.account(slug)["credentials"]
    adapter = registry.carrier(slug)(
        credentials=credentials,
        caller=Caller(client, secrets=list(credentials.values())),
        base_url=f"http://sandbox/{slug}",
    )
    assert isinstance(adapter, SearchesNumbers)  # noqa: S101 -- told to the type checker
    search = partial(adapter.search, WANTED)

    def whole() -> None:
        search(deadline=Deadline(60))

    def bare() -> None:
        for one in transport.asked:
            client.request(one.method, one.url, content=one.content, headers=one.headers)

    # The first search has the sandbox answer.
    whole()
    calls, floor = len(transport.asked), _milliseconds(bare)
    return {
        "own_ms": round((_milliseconds(whole) - floor) / calls, 2),
        "bare_ms": round(floor / calls, 2),
    }


def imported() -> float:
    """Give the milliseconds of processor time in which every adapter is imported, at best."""
    paths = [registry.CARRIERS[slug].rpartition(".")[0] for slug in sorted(CARRIERS)]
    command = [sys.executable, "-c", IMPORTS, *paths]
    with tempfile.TemporaryDirectory(prefix="carrier-calls-") as compiled:
        # The first one compiles, whatever the environment says of that.
        asked = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": compiled}
        told = [
            float(
                subprocess.run(
                    command, env=asked, check=True, capture_output=True, text=True
                ).stdout
            )
            for _ in range(6)
        ]
    return round(min(told), 1)


def main(seconds: float) -> dict[str, Any]:
    """Measure all three."""
    figures: dict[str, Any] = {"paced": paced(seconds)}
    say(f"{WORKERS} processes, {RATE:g} calls a second allowed: {figures['paced']}")
    sandbox = CarrierSandbox()
    try:
        figures["calls"] = {slug: own_time(slug, sandbox) for slug in sorted(CARRIERS)}
    finally:
        sandbox.close()
    for slug, told in figures["calls"].items():
        say(f"  {slug}: {told['own_ms']} ms of its own for each call, bare {told['bare_ms']} ms")
    figures["import_ms"] = imported()
    say(f"{len(CARRIERS)} adapters are imported in {figures['import_ms']} ms")
    return figures


if __name__ == "__main__":
    with database():
        result = main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0)
    say(json.dumps({"bench": "carrier_calls", **result}))
