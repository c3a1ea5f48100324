"""Bandwidth: its door, its paths, and where its calls go."""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Callable, Mapping
from functools import partial

from sandbox.bandwidth import (
    emergency,
    errors,
    jobs,
    lidbs,
    numbers,
    orders,
    peers,
    reservations,
    search,
    stock,
    subscriptions,
    texts,
    toll_free,
)
from sandbox.bandwidth.base import BandwidthBase, account_id, site_id
from sandbox.carrier import Delivery
from sandbox.wire import Answer, Call, Refusal, Request, Route, route
from sandbox.world import Account, World

ACCOUNT = "/accounts/{account}"


class Bandwidth(BandwidthBase):
    """The carrier."""

    def __init__(self, world: World, *, seed: int, order_seconds: float) -> None:
        """
        Set up shop.

        :param order_seconds: how long an order stays undecided
        """
        super().__init__(world, stock.shelf(seed))
        self.order_seconds = order_seconds

    def routes(self) -> tuple[Route, ...]:
        """List the paths below `/bandwidth`."""
        verification = f"{ACCOUNT}/phoneNumbers/{{tn}}/tollFreeVerification"
        locations = f"{ACCOUNT}/sites/{{site}}/sippeers"
        one = f"{locations}/{{peer}}/products/messaging"
        table: tuple[tuple[str, str, str, Callable[[BandwidthBase, Call], Answer]], ...] = (
            ("GET", f"{ACCOUNT}/availableNumbers", "search", search.search),
            ("POST", f"{ACCOUNT}/tnreservation", "hold", reservations.create),
            ("GET", f"{ACCOUNT}/tnreservation/{{id}}", "held", reservations.retrieve),
            ("DELETE", f"{ACCOUNT}/tnreservation/{{id}}", "hold", reservations.delete),
            ("POST", f"{ACCOUNT}/orders", "order", orders.create),
            ("GET", f"{ACCOUNT}/orders", "find", orders.listing),
            ("GET", f"{ACCOUNT}/orders/{{id}}", "find", orders.retrieve),
            ("POST", f"{ACCOUNT}/disconnects", "release", jobs.disconnect),
            ("GET", f"{ACCOUNT}/disconnects/{{id}}", "release", jobs.disconnected),
            ("POST", f"{ACCOUNT}/moveTns", "bind", jobs.move),
            ("GET", f"{ACCOUNT}/moveTns/{{id}}", "bind", jobs.moved),
            ("POST", f"{ACCOUNT}/geocodeRequest", "address", emergency.check),
            ("POST", f"{ACCOUNT}/e911s", "emergency", emergency.create),
            ("GET", f"{ACCOUNT}/e911s", "address", emergency.listing),
            ("GET", f"{ACCOUNT}/e911s/{{id}}", "address", emergency.retrieve),
            ("GET", "/tns/{tn}/e911", "address", emergency.of_number),
            ("POST", f"{ACCOUNT}/applications", "trunk", texts.create_application),
            ("GET", f"{ACCOUNT}/applications", "trunk", texts.list_applications),
            ("GET", f"{one}/applicationSettings", "standing", texts.settings),
            ("PUT", f"{one}/applicationSettings", "trunk", texts.link),
            ("GET", f"{one}/features/sms", "standing", texts.feature),
            ("POST", f"{one}/features/sms", "trunk", texts.enable),
            ("GET", f"{locations}/{{peer}}/totaltns", "standing", texts.count),
            ("POST", f"{ACCOUNT}/tnoptions", "texts", texts.order),
            ("GET", f"{ACCOUNT}/tnoptions", "standing", texts.list_orders),
            (
                "GET",
                f"{ACCOUNT}/products/messaging/a2pCampaigns",
                "standing",
                texts.list_campaigns,
            ),
            ("POST", f"{ACCOUNT}/lidbs", "caller_name", lidbs.create),
            ("GET", f"{ACCOUNT}/lidbs", "standing", lidbs.listing),
            ("GET", f"{ACCOUNT}/lidbs/{{id}}", "standing", lidbs.retrieve),
            ("POST", f"{ACCOUNT}/tollFreeVerification", "register", toll_free.submit),
            ("GET", verification, "standing", toll_free.retrieve),
            ("PUT", verification, "register", toll_free.resubmit),
            ("DELETE", verification, "register", toll_free.delete),
            ("POST", f"{ACCOUNT}/subscriptions", "trunk", subscriptions.create),
            ("GET", f"{ACCOUNT}/subscriptions", "trunk", subscriptions.listing),
            ("DELETE", f"{ACCOUNT}/subscriptions/{{id}}", "trunk", subscriptions.delete),
            ("GET", "/tns", "list", numbers.listing),
            ("GET", "/tns/{tn}/tndetails", "binding", numbers.details),
            ("POST", locations, "trunk", peers.create),
            ("GET", locations, "trunk", peers.listing),
        )
        return tuple(
            route(method, f"/api/v2{path}", operation, partial(answer, self))
            for method, path, operation, answer in table
        )

    def open_account(self, credentials: Mapping[str, str], *, webhook_url: str) -> Account:
        """Make an account from a user's name and password; account and site follow from these."""
        username = credentials.get("username") or f"api-{uuid.uuid4().hex[:12]}"
        password = credentials.get("password") or uuid.uuid4().hex
        account = Account(self.slug, username, password, webhook_url)
        for name, value in credentials.items():
            if self.credentials(account).get(name) != value:
                raise ValueError(f"{name} is none of Bandwidth's, or not that of {username}")
        return account

    def credentials(self, account: Account) -> dict[str, str]:
        """Give the user, and the account and site that it works for."""
        return {
            "account_id": account_id(account),
            "site_id": site_id(account),
            "username": account.id,
            "password": account.secret,
        }

    def admit(self, request: Request) -> Account:
        """Check user and password, and that a path with an account names the user's own."""
        name, password = request.signed_in()
        account = self.world.account(self.slug, name)
        if account is None or not hmac.compare_digest(account.secret.encode(), password.encode()):
            raise Refusal(self.refused_credentials())
        named = re.match(r"/bandwidth/api/v2/accounts/([^/]+)", request.path)
        if named and named[1] != account_id(account):
            raise Refusal(errors.as_error(403, 7003, "The user may not use this account."))
        return account

    def not_found(self, request: Request) -> Answer:
        """Answer with nothing but the status."""
        return Answer(404)

    def method_not_allowed(self, request: Request) -> Answer:
        """Answer with nothing but the status."""
        return Answer(405)

    def rate_limited(self, seconds: float) -> Answer:
        """Answer with the status; no figure is published."""
        hint = (("Retry-After", str(max(1, round(seconds)))),) if seconds else ()
        return Answer(429, b"", hint)

    def refused_credentials(self) -> Answer:
        """Answer with the status and a challenge."""
        return Answer(401, b"", (("WWW-Authenticate", 'Basic realm="Bandwidth"'),))

    def page_of(self, call: Call) -> int:
        """Count pages; they are named by numbers."""
        return numbers.page_of(self, call)

    def settle(self) -> None:
        """Do what is due."""
        orders.settle(self)
        jobs.settle(self)
        emergency.settle(self)
        lidbs.settle(self)
        texts.settle(self)
        toll_free.settle(self)

    def resume(self) -> None:
        """Decide what an earlier run left undecided."""
        orders.schedule(self, self.order_seconds)

    def delivery(self, number: str) -> Delivery:
        """Follow number, location and its route plan."""
        row = self.world.store.get(numbers.TABLE, number)
        if row is None:
            return Delivery(delivered=False, reason="Nobody has bought the number.")
        if numbers.status_of(self, row) != "Inservice":
            return Delivery(delivered=False, reason="The number is not in service yet.")
        gateways = peers.gateways(self, row["peer"])
        if not gateways:
            return Delivery(delivered=False, reason="The number's location has no route.")
        return Delivery(delivered=True, request_user=number, gateways=gateways)
