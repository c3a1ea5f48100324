"""Wavix: its door, its paths, and where its calls go."""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Callable, Mapping
from functools import partial

from sandbox.carrier import Delivery, Gateway
from sandbox.store import Record
from sandbox.wavix import brands, campaigns, numbers, papers, sales, stock, trunks
from sandbox.wavix.base import NUMBERS, TRUNKS, WavixBase, error
from sandbox.wire import Answer, Call, Refusal, Request, Route, as_json, route
from sandbox.world import Account, World

ADDRESS = re.compile(r"(?:sip:)?(?P<user>[^@]+)@(?P<host>\[[^\]]+\]|[^:;]+)(?::(?P<port>\d{1,5}))?")


class Wavix(WavixBase):
    """The carrier, as it answers on its one host."""

    def __init__(self, world: World, *, seed: int, order_seconds: float) -> None:
        """Set up shop."""
        super().__init__(world, stock.shelf(seed))
        self.order_seconds = order_seconds

    def routes(self) -> tuple[Route, ...]:
        """List the paths below `/wavix`; only the checkout is an order, the cart holds nothing."""
        country = "/v1/buy/countries/{country_id}"
        table: tuple[Path, ...] = (
            ("GET", "/v1/buy/countries", "prices", sales.countries),
            ("GET", f"{country}/regions", "prices", sales.regions),
            ("GET", f"{country}/cities", "prices", sales.cities),
            ("GET", f"{country}/regions/{{region_id}}/cities", "prices", sales.cities),
            ("GET", f"{country}/cities/{{city_id}}/dids", "search", sales.dids),
            ("GET", "/v1/buy/cart", "held", sales.show_cart),
            ("PUT", "/v1/buy/cart", "hold", sales.add),
            ("DELETE", "/v1/buy/cart", "hold", sales.take_out),
            ("POST", "/v1/buy/cart/checkout", "order", sales.check_out),
            ("GET", "/v1/numbers", numbers.list_operation, numbers.listing),
            ("DELETE", "/v1/numbers", "release", numbers.release),
            ("POST", "/v1/numbers/papers", "filing", papers.upload),
            ("GET", "/v1/numbers/{id}", "binding", numbers.retrieve),
            ("PATCH", "/v1/numbers/{id}", numbers.update_operation, numbers.update),
            ("GET", "/v1/trunks", "trunk", trunks.listing),
            ("POST", "/v1/trunks", "trunk", trunks.create),
            ("GET", "/v1/trunks/{id}", "trunk", trunks.retrieve),
            ("PUT", "/v1/trunks/{id}", "trunk", trunks.replace),
            ("DELETE", "/v1/trunks/{id}", "trunk", trunks.delete),
            ("GET", "/v1/profile/config", "balance", _balance),
            *_campaigns(),
        )
        return tuple(
            route(method, path, operation, partial(answer, self))
            for method, path, operation, answer in table
        )

    def open_account(self, credentials: Mapping[str, str], *, webhook_url: str) -> Account:
        """Make an account from `api_key`, which is all that names it."""
        if unknown := sorted(set(credentials) - {"api_key"}):
            raise ValueError(f"Wavix has no credential {unknown[0]}")
        key = credentials.get("api_key") or uuid.uuid4().hex
        return Account(self.slug, key, key, webhook_url)

    def credentials(self, account: Account) -> dict[str, str]:
        """Give the key."""
        return {"api_key": account.id}

    def admit(self, request: Request) -> Account:
        """Check the key; in the query, where it worked once, it is not looked at."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        account = self.world.account(self.slug, key) if scheme.lower() == "bearer" else None
        if account is None or not hmac.compare_digest(account.secret.encode(), key.encode()):
            raise Refusal(self.refused_credentials())
        return account

    def not_found(self, request: Request) -> Answer:
        """Answer a path that leads nowhere."""
        return error(404, "Record not found")

    def method_not_allowed(self, request: Request) -> Answer:
        """Answer a method the path does not take."""
        return error(405, "Method not allowed")

    def rate_limited(self, seconds: float) -> Answer:
        """Answer one request too many; how many are allowed is not published."""
        hint = {"Retry_After": str(max(1, round(seconds)))} if seconds else {}
        return error(429, "Too many requests", **hint)

    def refused_credentials(self) -> Answer:
        """Answer a wrong key."""
        return error(401, "Unauthorized")

    def page_of(self, call: Call) -> int:
        """Read the number of a page."""
        number = call.query.get("page", "1")
        return int(number) if number.isdigit() else 0

    def settle(self) -> None:
        """Look at documents, and at who wants to send."""
        papers.settle(self)
        campaigns.settle(self)

    def delivery(self, number: str) -> Delivery:
        """Follow what the number itself says: its SIP addresses by their priority."""
        digits = number.removeprefix("+")
        table = self.world.store.table(NUMBERS).values()
        mine = [record for record in table if record["number"] == digits]
        if not mine:
            return Delivery(delivered=False, reason="Nobody has bought the number.")
        if mine[0]["status"] != "active":
            return Delivery(delivered=False, reason="The number waits for documents.")
        rows = sorted(mine[0]["destination"], key=lambda row: int(row["priority"]))
        if rows and rows[0]["transport"] == numbers.OWN_TRUNK:
            return self._by_login(str(rows[0]["trunk_id"]))
        found = [_address(row) for row in rows]
        addresses = [address for address in found if address is not None]
        if not addresses:
            return Delivery(delivered=False, reason="The number goes to no SIP address.")
        return Delivery(
            delivered=True,
            request_user=addresses[0]["user"].replace("[did]", digits),
            gateways=tuple(_gateway(address, rank) for rank, address in enumerate(addresses, 1)),
        )

    def _by_login(self, trunk_id: str) -> Delivery:
        """Ring whoever has registered; the called number stands in `To`, where that is asked."""
        trunk = self.world.store.get(TRUNKS, trunk_id)
        if trunk is None:
            return Delivery(delivered=False, reason="The number goes to a trunk that is gone.")
        if not trunk["didinfo_enabled"]:
            return Delivery(delivered=False, reason="Its calls tell no called number.")
        return Delivery(delivered=True, request_user=trunk["name"])


Answerer = Callable[[WavixBase, Call], Answer]
Path = tuple[str, str, str | Callable[[Request], str], Answerer]


def _campaigns() -> tuple[Path, ...]:
    """List the paths about brands and campaigns; the first that fits counts."""
    every = "/v3/10dlc/brands"
    brand = f"{every}/{{brand_id}}"
    campaign = f"{brand}/campaigns/{{campaign_id}}"
    number = f"{campaign}/numbers/{{number}}"
    return (
        ("POST", every, "register", brands.create),
        ("GET", every, "standing", brands.listing),
        ("GET", f"{every}/campaigns", "standing", campaigns.list_campaigns),
        ("GET", brand, "standing", brands.show),
        ("PUT", brand, "register", brands.update),
        ("DELETE", brand, "register", brands.delete),
        ("POST", f"{brand}/campaigns", "register", campaigns.create_campaign),
        ("GET", f"{brand}/campaigns", "standing", campaigns.list_campaigns),
        ("GET", campaign, "standing", campaigns.show_campaign),
        ("PUT", campaign, "register", campaigns.update_campaign),
        ("DELETE", campaign, "register", campaigns.delete_campaign),
        ("GET", f"{campaign}/numbers", "standing", campaigns.numbers_of),
        ("POST", number, "register", campaigns.link),
        ("DELETE", number, "register", campaigns.unlink),
    )


def _address(row: Record) -> re.Match[str] | None:
    is_address = row["transport"] == numbers.SIP_ADDRESS
    return ADDRESS.fullmatch(row["destination"]) if is_address else None


def _gateway(address: re.Match[str], rank: int) -> Gateway:
    return Gateway(
        host=address["host"].strip("[]"),
        port=int(address["port"] or 5060),
        transport="udp",
        priority=rank,
        weight=1,
    )


def _balance(carrier: WavixBase, call: Call) -> Answer:
    limits = {"max_call_duration": 3600, "max_sip_channels": 8, "max_call_rate": "99.0"}
    balance = str(carrier.world.balance(call.account))
    return as_json({"balance": balance, "global_limits": limits})
