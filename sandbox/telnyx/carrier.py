"""Telnyx: its door, its paths, and where its calls go."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

from lib.e164 import DidFormat, in_format
from sandbox.carrier import Delivery, Gateway
from sandbox.store import Record
from sandbox.telnyx import (
    addresses,
    campaigns,
    connections,
    emergency,
    errors,
    events,
    messaging,
    numbers,
    orders,
    regulation,
    reservations,
    search,
    stock,
    toll_free,
    voice,
)
from sandbox.telnyx.base import TelnyxBase
from sandbox.telnyx.connection_shapes import KINDS
from sandbox.wire import Answer, Call, Request, Route, as_json, route
from sandbox.world import Account, World

FORMATS = {
    "+e164": DidFormat.PLUS_E164,
    "e164": DidFormat.E164,
    "national": DidFormat.NATIONAL,
    # An IP connection has no SIP user name to put there: the digits stay.
    "sip_username": DidFormat.E164,
}


class Telnyx(TelnyxBase):
    """The carrier."""

    def __init__(self, world: World, *, seed: int, order_seconds: float) -> None:
        """
        Set up shop.

        :param order_seconds: how long an order stays pending
        """
        super().__init__(world, stock.shelf(seed))
        self.order_seconds = order_seconds

    def routes(self) -> tuple[Route, ...]:
        """List the paths below `/telnyx`."""
        table: tuple[tuple[str, str, str, Callable[[TelnyxBase, Call], Answer]], ...] = (
            ("GET", "/available_phone_numbers", "search", search.search),
            ("GET", "/balance", "balance", _balance),
            ("POST", "/number_orders", "order", orders.create),
            ("GET", "/number_orders", "find", orders.listing),
            ("GET", "/number_orders/{id}", "find", orders.retrieve),
            ("POST", "/number_reservations", "hold", reservations.create),
            ("GET", "/number_reservations", "held", reservations.listing),
            ("GET", "/number_reservations/{id}", "held", reservations.retrieve),
            ("POST", "/number_reservations/{id}/actions/extend", "hold", reservations.extend),
            ("GET", "/phone_numbers", "list", numbers.listing),
            ("GET", "/phone_numbers/{id}", "binding", numbers.retrieve),
            ("PATCH", "/phone_numbers/{id}", "bind", numbers.update),
            ("POST", "/phone_numbers/jobs/update_phone_numbers", "lock", numbers.update_many),
            ("DELETE", "/phone_numbers/{id}", "release", numbers.delete),
            ("GET", "/phone_numbers/{id}/voice", "standing", voice.retrieve),
            ("PATCH", "/phone_numbers/{id}/voice", "caller_name", voice.update),
            ("POST", "/addresses/actions/validate", "address", emergency.check),
            ("POST", "/addresses", "address", emergency.create),
            ("GET", "/addresses", "address", emergency.listing),
            ("GET", "/addresses/{id}", "address", emergency.retrieve),
            ("POST", "/phone_numbers/{id}/actions/enable_emergency", "emergency", emergency.enable),
            ("GET", "/requirements", "papers", regulation.requirements),
            ("GET", "/documents", "papers", regulation.list_documents),
            ("POST", "/documents", "filing", regulation.upload),
            ("GET", "/requirement_groups", "papers", regulation.list_groups),
            ("POST", "/requirement_groups", "filing", regulation.create),
            ("PATCH", "/requirement_groups/{id}", "filing", regulation.update),
            ("DELETE", "/requirement_groups/{id}", "filing", regulation.delete),
            (
                "POST",
                "/requirement_groups/{id}/submit_for_approval",
                "filing",
                regulation.submit,
            ),
            *_texts(),
            *_trunks(),
        )
        return tuple(
            route(method, f"/v2{path}", operation, partial(answer, self))
            for method, path, operation, answer in table
        )

    def open_account(self, credentials: Mapping[str, str], *, webhook_url: str) -> Account:
        """Make an account; only `api_key` counts, the public key follows from it."""
        if unknown := sorted(set(credentials) - {"api_key", "public_key"}):
            raise ValueError(f"Telnyx has no credential {unknown[0]}")
        key = credentials.get("api_key") or f"KEY{uuid.uuid4().hex.upper()}"
        return Account(self.slug, key, key, webhook_url)

    def credentials(self, account: Account) -> dict[str, str]:
        """Give the API key, and the public key that verifies webhooks."""
        return {"api_key": account.secret, "public_key": events.public_key(account)}

    def admit(self, request: Request) -> Account:
        """Read the bearer token."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        account = self.world.account(self.slug, key.strip()) if scheme == "Bearer" else None
        if account is None:
            raise errors.unauthenticated()
        return account

    def not_found(self, request: Request) -> Answer:
        """Answer with 10005."""
        return errors.not_found().answer

    def method_not_allowed(self, request: Request) -> Answer:
        """Answer with 10005: Telnyx knows the pair of method and path or not at all."""
        return errors.not_found().answer

    def rate_limited(self, seconds: float) -> Answer:
        """Answer with 10011; the three headers, and `Retry-After`, say when to come back."""
        answer = errors.error(
            429, "10011", "You have exceeded the maximum number of allowed requests."
        )
        if not seconds:
            return answer
        again = str(max(1, round(seconds)))
        limits = (
            ("x-ratelimit-limit", "60"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", again),
            ("Retry-After", again),
        )
        return Answer(answer.status, answer.body, (*answer.headers, *limits))

    def refused_credentials(self) -> Answer:
        """Answer with 10009."""
        return errors.unauthenticated().answer

    def page_of(self, call: Call) -> int:
        """Read `page[number]`."""
        number = call.query.get("page[number]", "1")
        return int(number) if number.isdigit() else 0

    def settle(self) -> None:
        """Decide due orders and emergency settings."""
        orders.settle(self)
        emergency.settle(self)
        regulation.settle(self)
        campaigns.settle(self)
        toll_free.settle(self)

    def announce_now(self) -> None:
        """Decide and announce every order that waits."""
        orders.hurry(self)

    def resume(self) -> None:
        """Announce the orders that an earlier run left pending or unannounced."""
        for order in self.world.store.table(orders.TABLE).values():
            if not order.get(orders.ANNOUNCED):
                wait = max(0.0, order[orders.DUE] - self.world.clock())
                orders.schedule(self, order["id"], wait)

    def delivery(self, number: str) -> Delivery:
        """Follow number, connection and its default addresses."""
        owned = numbers.by_number(self, number)
        if owned is None:
            return Delivery(delivered=False, reason="Nobody has bought the number.")
        if owned["status"] != "active":
            return Delivery(delivered=False, reason=f"The number is {owned['status']}.")
        connection = self.world.store.get(connections.TABLE, owned["connection_id"] or "")
        if connection is None:
            return Delivery(delivered=False, reason="The number has no connection.")
        if not connection["active"]:
            return Delivery(delivered=False, reason="The connection is not active.")
        gateways = self._gateways(connection)
        if not gateways and "user_name" not in connection:
            return Delivery(delivered=False, reason="The connection has no default gateway.")
        user = in_format(number, FORMATS[connection["inbound"]["dnis_number_format"]])
        return Delivery(delivered=True, request_user=user, gateways=gateways)

    def _gateways(self, connection: Record) -> tuple[Gateway, ...]:
        inbound = connection["inbound"]
        kind = KINDS[f"{connection['record_type']}s"]
        ips = (self.world.store.get(connections.IPS, inbound.get(r, "")) for r in kind.ranks)
        # Round robin spreads calls evenly: one priority for all.
        spread = inbound.get("default_routing_method") == "round-robin"
        return tuple(
            Gateway(
                host=ip.get("ip_address") or ip["fqdn"],
                port=ip["port"],
                transport=connection["transport_protocol"].lower(),
                priority=1 if spread else rank,
                weight=1,
            )
            for rank, ip in enumerate(ips, start=1)
            if ip
        )


Answerer = Callable[[TelnyxBase, Call], Answer]


def _trunks() -> tuple[tuple[str, str, str, Answerer], ...]:
    """List the paths about connections and their gateways."""
    return tuple(
        row
        for all_ in KINDS
        for row in (
            ("POST", f"/{all_}", "trunk", connections.create),
            ("GET", f"/{all_}", "trunk", connections.listing),
            ("GET", f"/{all_}/{{id}}", "trunk", connections.retrieve),
            ("PATCH", f"/{all_}/{{id}}", "trunk", connections.update),
            ("DELETE", f"/{all_}/{{id}}", "trunk", connections.delete),
        )
    ) + tuple(
        row
        for all_ in ("ips", "fqdns")
        for row in (
            ("POST", f"/{all_}", "trunk", addresses.create),
            ("GET", f"/{all_}", "trunk", addresses.listing),
            ("GET", f"/{all_}/{{id}}", "trunk", addresses.retrieve),
            ("DELETE", f"/{all_}/{{id}}", "trunk", addresses.delete),
        )
    )


def _texts() -> tuple[tuple[str, str, str, Answerer], ...]:
    """List the paths about text messages."""
    brand, campaign = "/10dlc/brand", "/10dlc/campaign"
    links = "/10dlc/phone_number_campaigns"
    requests = "/messaging_tollfree/verification/requests"
    return (
        ("POST", "/messaging_profiles", "texts", messaging.create),
        ("GET", "/messaging_profiles", "standing", messaging.listing),
        ("GET", "/phone_numbers/{id}/messaging", "standing", messaging.retrieve),
        ("PATCH", "/phone_numbers/{id}/messaging", "texts", messaging.update),
        ("POST", requests, "register", toll_free.create),
        ("GET", requests, "standing", toll_free.listing),
        ("GET", f"{requests}/{{id}}", "standing", toll_free.retrieve),
        ("PATCH", f"{requests}/{{id}}", "register", toll_free.update),
        ("DELETE", f"{requests}/{{id}}", "register", toll_free.delete),
        ("POST", brand, "register", campaigns.create_brand),
        ("GET", brand, "standing", campaigns.list_brands),
        ("GET", f"{brand}/{{id}}", "standing", campaigns.retrieve_brand),
        ("PUT", f"{brand}/{{id}}", "register", campaigns.update_brand),
        ("DELETE", f"{brand}/{{id}}", "register", campaigns.delete_brand),
        ("POST", f"{campaign}Builder", "register", campaigns.create_campaign),
        ("GET", campaign, "standing", campaigns.list_campaigns),
        ("GET", f"{campaign}/{{id}}", "standing", campaigns.retrieve_campaign),
        ("PUT", f"{campaign}/{{id}}", "register", campaigns.update_campaign),
        ("DELETE", f"{campaign}/{{id}}", "register", campaigns.delete_campaign),
        ("POST", links, "register", campaigns.create_link),
        ("GET", f"{links}/{{id}}", "standing", campaigns.retrieve_link),
        ("PUT", f"{links}/{{id}}", "register", campaigns.create_link),
        ("DELETE", f"{links}/{{id}}", "register", campaigns.delete_link),
    )


def _balance(carrier: TelnyxBase, call: Call) -> Answer:
    balance = str(carrier.world.balance(call.account).quantize(Decimal("0.01")))
    return as_json(
        {
            "data": {
                "record_type": "balance",
                "balance": balance,
                "credit_limit": "0.00",
                "available_credit": balance,
                "pending": "0.00",
                "currency": "USD",
            }
        }
    )
