"""The WSGI application: carriers under their first path segment, the control beside them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

from sandbox import spoiling, wire
from sandbox.carrier import Carrier
from sandbox.control import Control
from sandbox.courier import Courier, Post, post
from sandbox.faults import Fault, Place
from sandbox.registry import CARRIERS, DEMO_ACCOUNTS
from sandbox.spoiling import Manner
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
        answer, manner = self._answer(wire.read(environ))
        environ[wire.MANNER] = manner
        return wire.send(answer, start_response)

    def close(self) -> None:
        """Stop delivering and close the file."""
        self.world.courier.close()
        with self.world.lock:
            self.world.store.close()

    def _open_demo_accounts(self) -> None:
        for slug, credentials in DEMO_ACCOUNTS.items():
            account = self.carriers[slug].open_account(credentials, webhook_url="")
            if self.world.account(slug, account.id) is None:
                currency = self.carriers[slug].currency
                self.world.open_account(account, balance=DEMO_BALANCE, currency=currency)

    def _answer(self, request: Request) -> tuple[Answer, Manner | None]:
        first, _, rest = request.path.removeprefix("/").partition("/")
        if first == "_control":
            with self.world.lock:
                return self._control.answer(request, f"/{rest}"), None
        carrier = self.carriers.get(first)
        if carrier is None:
            names = ", ".join(f"/{slug}/" for slug in self.carriers)
            words = {"detail": f"Paths begin with {names} or /_control/."}
            return wire.as_json(words, status=404), None
        return self._ask(carrier, request, f"/{rest}")

    def _ask(self, carrier: Carrier, request: Request, path: str) -> tuple[Answer, Manner | None]:
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
                    return carrier.not_found(request), None
                if not fitting:
                    return carrier.method_not_allowed(request), None
                route, parts = fitting[0]
                fault = self._note(carrier, route, request)
        except Refusal as refusal:
            return refusal.answer, None
        call = Call(request, account, parts)
        return self._handle(carrier, route, call, fault), spoiling.manner_of(fault)

    def _note(self, carrier: Carrier, route: Route, request: Request) -> Fault | None:
        operation = route.operation_of(request)
        self.world.operations[carrier.slug, operation] += 1
        return self.world.faults.take(
            carrier.slug, operation, Place.WIRE, on_socket=request.on_socket
        )

    def _handle(self, carrier: Carrier, route: Route, call: Call, fault: Fault | None) -> Answer:
        """Answer one call with the fault that struck it, if one did."""
        if fault is None:
            return self._do(carrier, route, call)
        answer = spoiling.instead(carrier, fault)
        if answer is None:
            answer = spoiling.afterwards(carrier, self._do(carrier, route, call), fault)
        return answer

    def _do(self, carrier: Carrier, route: Route, call: Call) -> Answer:
        """Let the carrier do what it was asked, and suffer what happens inside of it."""
        operation = route.operation_of(call.request)
        take = self.world.faults.take
        early = None
        with self.world.lock:
            carrier.settle()
            page = carrier.page_of(call)
            if operation == "list" and take(carrier.slug, operation, Place.LIST, page=page):
                return spoiling.server_error()
            try:
                answer = route.handler(call)
            except Refusal as refusal:
                return refusal.answer
            if operation == "order" and carrier.announces_orders:
                early = take(carrier.slug, "webhook", Place.ANNOUNCEMENT)
            if early:
                carrier.announce_now()
        if early:
            time.sleep(early.seconds)
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
