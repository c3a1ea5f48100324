"""The WSGI application: carriers under their first path segment, the control beside them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

from sandbox import wire
from sandbox.carrier import Carrier
from sandbox.control import Control
from sandbox.courier import Courier, Post, post
from sandbox.faults import WIRE, Fault, Kind
from sandbox.registry import CARRIERS, DEMO_ACCOUNTS
from sandbox.wire import Answer, Call, Environ, Refusal, Request, Route, StartResponse
from sandbox.world import World

SEED = 555
DEMO_BALANCE = Decimal("10000.00")


class Sandbox:
    """The carriers and their control as one WSGI application."""

    def __init__(self, world: World, carriers: dict[str, Carrier]) -> None:
        """Join carriers and control; demo accounts are there unless the file has them already."""
        self.world = world
        self.carriers = carriers
        self._routes = {slug: carrier.routes() for slug, carrier in carriers.items()}
        self._control = Control(world, carriers, self._open_demo_accounts)
        self._open_demo_accounts()
        for carrier in carriers.values():
            carrier.resume()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return wire.send(self._answer(wire.read(environ)), start_response)

    def close(self) -> None:
        """Stop delivering and close the file."""
        self.world.courier.close()
        with self.world.lock:
            self.world.store.close()

    def _open_demo_accounts(self) -> None:
        for slug, credentials in DEMO_ACCOUNTS.items():
            account = self.carriers[slug].open_account(credentials, webhook_url="")
            if self.world.account(slug, account.id) is None:
                self.world.open_account(account, balance=DEMO_BALANCE)

    def _answer(self, request: Request) -> Answer:
        first, _, rest = request.path.removeprefix("/").partition("/")
        if first == "_control":
            with self.world.lock:
                return self._control.answer(request, f"/{rest}")
        carrier = self.carriers.get(first)
        if carrier is None:
            names = ", ".join(f"/{slug}/" for slug in self.carriers)
            return wire.as_json({"detail": f"Paths begin with {names} or /_control/."}, status=404)
        return self._ask(carrier, request, f"/{rest}")

    def _ask(self, carrier: Carrier, request: Request, path: str) -> Answer:
        found = [
            (route, match.groupdict())
            for route in self._routes[carrier.slug]
            if (match := route.pattern.fullmatch(path))
        ]
        fitting = [pair for pair in found if pair[0].method == request.method]
        try:
            with self.world.lock:
                account = carrier.admit(request)
                if not found:
                    return carrier.not_found(request)
                if not fitting:
                    return carrier.method_not_allowed(request)
                route, parts = fitting[0]
                fault = self._note(carrier, route, request)
            return self._handle(carrier, route, Call(request, account, parts), fault)
        except Refusal as refusal:
            return refusal.answer

    def _note(self, carrier: Carrier, route: Route, request: Request) -> Fault | None:
        operation = route.operation_of(request)
        self.world.operations[carrier.slug, operation] += 1
        return self.world.faults.take(carrier.slug, operation, WIRE)

    def _handle(self, carrier: Carrier, route: Route, call: Call, fault: Fault | None) -> Answer:
        match fault:
            case Fault(kind=Kind.RATE_LIMITED):
                return carrier.rate_limited(fault.seconds)
            case Fault(kind=Kind.TIMEOUT_BEFORE):
                time.sleep(fault.seconds)
                return wire.gateway_timeout()
            case Fault(kind=Kind.DELAY):
                time.sleep(fault.seconds)
        with self.world.lock:
            carrier.settle()
            try:
                answer = route.handler(call)
            except Refusal as refusal:
                answer = refusal.answer
        if fault is not None and fault.kind is Kind.TIMEOUT_AFTER:
            time.sleep(fault.seconds)
            return wire.gateway_timeout()
        return answer


def create_app(
    *,
    seed: int = SEED,
    order_seconds: float | None = None,
    state: Path | None = None,
    deliver: Post = post,
    clock: Callable[[], float] = time.time,
) -> Sandbox:
    """
    Build the sandbox.

    :param seed: decides the order in which numbers are offered
    :param order_seconds: how long Telnyx works on an order; else TELNYX_ORDER_SECONDS, else 0.3
    :param state: a file that keeps accounts and bought numbers over a restart
    :param deliver: how webhooks travel, by default over HTTP
    """
    if order_seconds is None:
        order_seconds = float(os.environ.get("TELNYX_ORDER_SECONDS", "0.3"))
    world = World(file=state, courier=Courier(deliver), clock=clock)
    settings = {"order_seconds": order_seconds}
    return Sandbox(world, {slug: make(world, seed, settings) for slug, make in CARRIERS.items()})
