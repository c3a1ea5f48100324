"""
How soon a call rings at the new place after an assignment was committed, beside the floor.

    python bench/assign_to_ring.py [numbers, 100000 by default] [moves, 200 by default]

Everything is real: the workflow, a Celery worker of queue `pbx`, the publisher, an enrolled agent,
Kamailio, a call every few milliseconds from the trunk's address, phones that refuse it politely.
The clock starts when the commit returns and stops when the first call rings at the new place.
Measured idle, and while the same switch is published for the first time. The floor, in the same
run: one row committed by plain SQL, and one value set in the router's memory.

Works in a database of its own beside the one that DATABASE_OWNER_URL names, and drops it; without
any, beside throwaway stores.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.measuring import database, quantiles, say
from bench.publish import FIRST, Figures

# isort: split
from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.tests.factories import make_provider, make_tenant
from dids.destinations import Destination
from dids.workflows import assignment
from provisioning import dirty
from provisioning.models import DirtyRoute, NodeAck, Pbx, PbxNode, RouteHead
from provisioning.pbx.kamailio.messages import read
from provisioning.pbx.kamailio.phones import Manner, Phones
from provisioning.pbx.kamailio.router import Router, missing, stop
from provisioning.pbx.kamailio.rpc import connected
from provisioning.tests.scene import (
    SYSTEM,
    make_account,
    make_numbers,
    make_pbx,
    make_trunk,
    number,
    place,
)
from provisioning.workflows import nodes, pbxs, trunks

TRUNK = "127.0.1.10"
EVERY = 0.003
"""Seconds between two calls: what the measurement adds at most."""
LONGEST = 30.0

_INVITE = (
    "INVITE sip:{user}@{host} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{call}\r\n"
    "From: <sip:caller@{own}>;tag={call}\r\nTo: <sip:{user}@{host}>\r\nCall-ID: {call}\r\n"
    "CSeq: 1 INVITE\r\nContact: <sip:caller@{own}>\r\nMax-Forwards: 20\r\n"
    "Content-Length: 0\r\n\r\n"
)
_ACK = (
    "ACK sip:{user}@{host} SIP/2.0\r\nVia: {via}\r\nFrom: {from_}\r\nTo: {to}\r\n"
    "Call-ID: {call}\r\nCSeq: 1 ACK\r\nMax-Forwards: 20\r\nContent-Length: 0\r\n\r\n"
)


class Caller:
    """Calls one number again and again, from the trunk's address."""

    def __init__(self, router: Router, user: str) -> None:
        host, port = router.address.split(":")
        self._router = (host, int(port))
        self._user = user
        self._line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._line.bind((TRUNK, 0))
        self._line.settimeout(0.2)
        self._over = threading.Event()
        self._threads = [threading.Thread(target=work) for work in (self._call, self._acknowledge)]
        self.calls = 0
        self.answers: dict[int, int] = {}

    def __enter__(self) -> Caller:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_trouble: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._line.close()

    def _call(self) -> None:
        own = "{}:{}".format(*self._line.getsockname())
        mark = f"{os.getpid()}{time.time_ns()}"
        for serial in itertools.count():
            if self._over.wait(EVERY):
                return
            words = _INVITE.format(
                user=self._user, host=self._router[0], own=own, call=f"{mark}{serial}"
            )
            self._line.sendto(words.encode(), self._router)
            self.calls += 1

    def _acknowledge(self) -> None:
        while not self._over.is_set():
            try:
                answer = read(self._line.recv(65_535).decode())
            except TimeoutError:
                continue
            if answer is None or answer.status < 200:
                continue
            self.answers[answer.status] = self.answers.get(answer.status, 0) + 1
            words = _ACK.format(
                user=self._user,
                host=self._router[0],
                via=answer.one("via"),
                from_=answer.one("from"),
                to=answer.one("to"),
                call=answer.one("call-id"),
            )
            self._line.sendto(words.encode(), self._router)


@dataclass(frozen=True)
class Switch:
    """A running switch with its numbers."""

    pbx: Pbx
    phones: Phones
    router: Router
    number: str


def wait_for(holds: Callable[[], bool], *, seconds: float, what: str) -> float:
    """Wait until it holds; gives how long that took."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise SystemExit(f"{what} did not happen within {seconds:.0f} s.")
        time.sleep(0.05)
    return time.monotonic() - began


def is_current(pbx: Pbx) -> bool:
    """Tell whether everything is published and the router has it."""
    heads = dict(RouteHead.objects.filter(pbx=pbx).values_list("table", "version"))
    acks = dict(NodeAck.objects.filter(node__pbx=pbx, ready=True).values_list("table", "version"))
    return heads == acks and not DirtyRoute.objects.filter(pbx=pbx).exists()


@contextmanager
def child(*command: str, **environment: str) -> Iterator[None]:
    """Run a process of the product meanwhile."""
    settings = connections["default"].settings_dict
    own = {
        "DATABASE_URL": _with_name(os.environ["DATABASE_URL"], str(settings["NAME"])),
        "DATABASE_OWNER_URL": _with_name(os.environ["DATABASE_OWNER_URL"], str(settings["NAME"])),
        "DEMO": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, **own, **environment},
        stdout=subprocess.DEVNULL,
        stderr=None if os.environ.get("LOUD") else subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        stop(process)


def _with_name(url: str, name: str) -> str:
    """Name another database in a URL."""
    address, mark, query = url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{query}"


def measure(
    switch: Switch, moves: int, *, goes_on: Callable[[], bool] | None = None
) -> list[float]:
    """Move the number back and forth; gives the seconds from each commit to the first new ring."""
    took = []
    for turn in range(moves):
        if goes_on is not None and not goes_on():
            break
        extension = f"7{turn % 2}{turn:04}"
        seen = len(switch.phones.rang)
        assignment.assign(
            number=number(switch.number),
            destination=Destination("EXTENSION", extension),
            actor=SYSTEM,
            now=timezone.now(),
        )
        committed = time.monotonic()
        took.append(_first_ring(switch, extension, seen) - committed)
        time.sleep(0.02)
    return took


def _first_ring(switch: Switch, extension: str, seen: int) -> float:
    end = time.monotonic() + LONGEST
    wanted = f"sip:{extension}@"
    while time.monotonic() < end:
        rang = switch.phones.rang
        while seen < len(rang):
            if rang[seen].request_uri.startswith(wanted):
                return rang[seen].at
            seen += 1
        time.sleep(0.0005)
    raise SystemExit(f"No call rang at {extension} within {LONGEST:.0f} s.")


def floor(router: Router, rounds: int) -> list[float]:
    """Commit one row by plain SQL and set one value in the router's memory, nothing else."""
    took = []
    with connections["owner"].cursor() as cursor, connected(router.rpc) as rpc:
        cursor.execute("CREATE TABLE floor_row (key text PRIMARY KEY, value text)")
        cursor.execute("INSERT INTO floor_row VALUES ('1', '')")
        for turn in range(rounds):
            began = time.perf_counter()
            cursor.execute("UPDATE floor_row SET value = %s", [str(turn)])
            rpc.call("htable.sets", "settings", "floor", str(turn))
            took.append(time.perf_counter() - began)
        cursor.execute("DROP TABLE floor_row")
        rpc.call("htable.delete", "settings", "floor")
    return took


def set_up(stack: ExitStack, count: int) -> Switch:
    """Make the numbers, publish them, start worker, router and agent."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ring-")))
    folder.chmod(0o755)
    phones = stack.enter_context(Phones(manner=Manner.BUSY))
    make_provider(name="Bench")
    pbx, account, tenant = make_pbx(), make_account(), make_tenant()
    place(tenant, pbx)
    now = timezone.now()
    pbxs.add_target(pbx=pbx, name="phones", address=phones.uri, actor=SYSTEM, now=now)
    trunk = make_trunk(account, address=TRUNK)
    trunks.attach(trunk=trunk, pbx=pbx, actor=SYSTEM, now=now)
    numbers = make_numbers(account, tenant, first=FIRST, count=count)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    router = Router(f"udp:127.0.0.1:{port}", folder / "router", folder / "router" / "routes.sqlite")
    process = router.start()
    stack.callback(stop, process)
    router.wait_until_up()
    node, dsn = nodes.enrol(
        pbx=pbx, name="router", address=f"sip:127.0.0.1:{port}", actor=SYSTEM, now=now
    )
    stack.callback(leave, node)
    stack.enter_context(
        child(
            *("celery", "-A", "portal", "worker", "--queues", "pbx", "--pool", "solo"),
            *("--hostname", f"bench-{os.getpid()}@%h", "--without-gossip", "--without-mingle"),
        )
    )
    stack.enter_context(
        child(
            *("provisioning.agent", "--file", str(router.file), "--rpc", str(router.rpc)),
            AGENT_DSN=dsn,
        )
    )
    return Switch(pbx, phones, router, numbers[0])


def leave(node: PbxNode) -> None:
    """Take the router's login away, once its last connection has ended."""
    nodes.remove(node=node, actor=SYSTEM, now=timezone.now())
    with connections["owner"].cursor() as cursor:

        def gone() -> bool:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [str(node.login)]
            )
            return bool(cursor.fetchone() == (0,))

        wait_for(gone, seconds=10, what="The end of the agent's connection")


def first_publish(switch: Switch, moves: int) -> tuple[list[float], float]:
    """Have the whole switch published anew from nothing, moving one number meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dids_assignment a SET value = '8' || (1000 + a.number_id %% 7) "
            "FROM dids_phonenumber n WHERE n.id = a.number_id AND n.e164 <> %s",
            [switch.number],
        )
        dirty.mark_pbx(switch.pbx.pk)
    began = time.monotonic()
    took = measure(switch, moves, goes_on=lambda: not is_current(switch.pbx))
    wait_for(lambda: is_current(switch.pbx), seconds=900, what="The first publish")
    return took, time.monotonic() - began


def main(count: int, moves: int) -> Figures:
    """Measure with that many numbers on the switch."""
    with ExitStack() as stack:
        switch = set_up(stack, count)
        dirty.mark_pbx(switch.pbx.pk)
        seconds = wait_for(lambda: is_current(switch.pbx), seconds=900, what="The first publish")
        say(f"{count} numbers published and in the router after {seconds:.1f} s")
        caller = stack.enter_context(Caller(switch.router, switch.number))
        measure(switch, 5)
        idle = measure(switch, moves)
        say(f"idle:  {quantiles(idle)} over {len(idle)} moves")
        busy, seconds = first_publish(switch, moves * 10)
        say(f"while {count} routes are published ({seconds:.1f} s): {quantiles(busy)}, {len(busy)}")
        least = floor(switch.router, moves)
        say(f"floor: {quantiles(least)}")
        say(f"{caller.calls} calls, answers {caller.answers}")
        return {
            "numbers": count,
            **{f"idle_{key}": value for key, value in quantiles(idle).items()},
            **{f"publishing_{key}": value for key, value in quantiles(busy).items()},
            "publishing_moves": len(busy),
            "publish_seconds": round(seconds, 2),
            **{f"floor_{key}": value for key, value in quantiles(least).items()},
            "calls": caller.calls,
            "calls_refused_by_router": sum(n for s, n in caller.answers.items() if s != 486),
        }


def run(arguments: Sequence[str]) -> None:
    """Read the command line and measure."""
    if lack := missing():
        raise SystemExit(lack)
    logging.getLogger("provisioning.pbx.kamailio.phones").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with database():
        figures = main(
            int(arguments[0]) if arguments else 100_000,
            int(arguments[1]) if len(arguments) > 1 else 200,
        )
    say(json.dumps(figures))


if __name__ == "__main__":
    run(sys.argv[1:])
