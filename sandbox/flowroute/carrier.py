"""Flowroute: its door, its paths, and where its calls go."""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Mapping
from functools import partial

from sandbox.carrier import Delivery, Gateway
from sandbox.flowroute import cnams, emergency, errors, numbers, routes, stock
from sandbox.flowroute.base import NUMBERS, ROUTES, FlowrouteBase
from sandbox.wire import Answer, Call, Request, Route, route
from sandbox.world import Account, World


class Flowroute(FlowrouteBase):
    """The carrier, as it answers on its one host."""

    def __init__(self, world: World, *, seed: int, order_seconds: float) -> None:
        """Set up shop."""
        super().__init__(world, stock.shelf(seed))
        self.order_seconds = order_seconds

    def routes(self) -> tuple[Route, ...]:
        """List the paths below `/flowroute`; a number is never called `available`."""
        number = "/v2/numbers/{number}"
        link = f"{number}/relationships/{{name}}"
        table = (
            ("GET", "/v2/numbers/available", "search", numbers.search),
            ("GET", "/v2/numbers", "list", numbers.listing),
            ("POST", number, "order", numbers.buy),
            ("GET", number, "find", numbers.retrieve),
            ("PATCH", number, "bind", numbers.update),
            ("DELETE", number, "release", numbers.release),
            ("PATCH", f"{number}/relationships/e911s/{{id}}", "emergency", emergency.link),
            ("DELETE", f"{number}/relationships/e911s", "emergency", emergency.unlink),
            ("PATCH", f"{number}/relationships/cnams/{{id}}", "caller_name", cnams.link),
            ("DELETE", f"{number}/relationships/cnams", "caller_name", cnams.unlink),
            ("POST", "/v2/cnams", "caller_name", cnams.create),
            ("GET", "/v2/cnams", "standing", cnams.listing),
            ("PATCH", link, "bind", numbers.link),
            ("DELETE", link, "bind", numbers.unlink),
            ("POST", "/v2/e911s/validate", "address", emergency.check),
            ("POST", "/v2/e911s", "address", emergency.create),
            ("GET", "/v2/e911s", "address", emergency.listing),
            ("GET", "/v2/e911s/{id}", "address", emergency.retrieve),
            ("POST", "/v2/routes", "trunk", routes.create),
            ("GET", "/v2/routes", "trunk", routes.listing),
            ("PATCH", "/v2/routes/{id}", "trunk", routes.update),
        )
        return tuple(
            route(method, path, operation, partial(answer, self))
            for method, path, operation, answer in table
        )

    def settle(self) -> None:
        """Have staff look at names that are due."""
        cnams.settle(self)

    def open_account(self, credentials: Mapping[str, str], *, webhook_url: str) -> Account:
        """Make an account from `access_key` and `secret_key`."""
        if unknown := sorted(set(credentials) - {"access_key", "secret_key"}):
            raise ValueError(f"Flowroute has no credential {unknown[0]}")
        key = credentials.get("access_key") or uuid.uuid4().hex[:8]
        if not re.fullmatch(r"[0-9a-f]{8}", key):
            raise ValueError("access_key must be 8 hexadecimal digits")
        secret = credentials.get("secret_key") or uuid.uuid4().hex
        return Account(self.slug, key, secret, webhook_url)

    def credentials(self, account: Account) -> dict[str, str]:
        """Give both keys."""
        return {"access_key": account.id, "secret_key": account.secret}

    def admit(self, request: Request) -> Account:
        """Check both keys."""
        key, secret = request.signed_in()
        account = self.world.account(self.slug, key)
        if account is None or not hmac.compare_digest(account.secret.encode(), secret.encode()):
            raise errors.unauthenticated()
        return account

    def not_found(self, request: Request) -> Answer:
        """Answer a path that leads nowhere."""
        return errors.not_found().answer

    def method_not_allowed(self, request: Request) -> Answer:
        """Answer a method the path does not take."""
        return errors.error(405, "The method is not allowed here.")

    def rate_limited(self, seconds: float) -> Answer:
        """Answer one request too many; how many are allowed is not published."""
        hint = {"Retry_After": str(max(1, round(seconds)))} if seconds else {}
        return errors.error(429, "Too many requests.", **hint)

    def refused_credentials(self) -> Answer:
        """Answer wrong credentials."""
        return errors.unauthenticated().answer

    def page_of(self, call: Call) -> int:
        """Count pages by their offset."""
        limit, offset = call.query.get("limit", "10"), call.query.get("offset", "0")
        if not (limit.isdigit() and offset.isdigit() and int(limit)):
            return 0
        return int(offset) // int(limit) + 1

    def delivery(self, number: str) -> Delivery:
        """Follow the primary and then the failover route of a number."""
        record = self.world.store.get(NUMBERS, number.removeprefix("+"))
        if record is None:
            return Delivery(delivered=False, reason="Nobody has bought the number.")
        ids = [record["primary_route"], record["failover_route"]]
        table = self.world.store.table(ROUTES)
        there = [table[id_]["attributes"] for id_ in ids if id_ in table]
        hosts = [one for one in there if one["route_type"] == "host"]
        if record["primary_route"] not in table or not hosts:
            return Delivery(delivered=False, reason="The number has no route to a host.")
        gateways = tuple(_gateway(str(one["value"]), rank) for rank, one in enumerate(hosts, 1))
        return Delivery(delivered=True, request_user=number.removeprefix("+"), gateways=gateways)


def _gateway(value: str, rank: int) -> Gateway:
    match = routes.TYPES["host"].fullmatch(value)
    if match is None:
        raise ValueError(f"no host: {value}")
    host, port = match["host"].strip("[]"), int(match["port"] or 5060)
    return Gateway(host=host, port=port, transport="udp", priority=rank, weight=1)
