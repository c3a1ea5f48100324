"""Vonage: its door, its paths, and where its calls go."""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Mapping
from functools import partial

from sandbox.carrier import Delivery, Gateway
from sandbox.vonage import emergency, errors, numbers, stock
from sandbox.vonage.base import TABLE, VonageBase
from sandbox.wire import Answer, Call, Request, Route, as_text, route
from sandbox.world import Account, World

KEY = re.compile(r"[0-9a-f]{8}")
SIP = re.compile(
    r"sip:(?P<user>[^@]+)@(?P<host>\[[^\]]+\]|[^:;]+)(?::(?P<port>\d+))?"
    r"(?:;transport=(?P<transport>udp|tcp|tls))?(?:;timeout=\d+)?"
)


class Vonage(VonageBase):
    """The carrier, as it answers on one host for numbers and money and on one for addresses."""

    def __init__(self, world: World, *, seed: int) -> None:
        """Set up shop."""
        super().__init__(world, stock.shelf(seed))

    def routes(self) -> tuple[Route, ...]:
        """List the paths below `/vonage`."""
        listing = partial(numbers.listing, self)
        return (
            route("GET", "/number/search", "search", partial(numbers.search, self)),
            route("POST", "/number/buy", "order", partial(numbers.buy, self)),
            route("GET", "/account/numbers", numbers.list_operation, listing),
            route("POST", "/number/update", "bind", partial(numbers.update, self)),
            route("POST", "/number/cancel", "release", partial(numbers.cancel, self)),
            route("GET", "/account/get-balance", "balance", self._balance),
            *self._emergency(),
        )

    def _emergency(self) -> tuple[Route, ...]:
        number = "/v1/emergency/numbers/{number}"
        rows = (
            ("POST", "/v1/addresses", "address", emergency.create),
            ("GET", "/v1/addresses", "address", emergency.listing),
            ("GET", "/v1/addresses/{id}", "address", emergency.retrieve),
            ("GET", number, "standing", emergency.configuration),
            ("PATCH", number, "emergency", emergency.assign),
            ("DELETE", number, "emergency", emergency.unassign),
        )
        return tuple(route(*row[:3], partial(row[3], self)) for row in rows)

    def open_account(self, credentials: Mapping[str, str], *, webhook_url: str) -> Account:
        """Make an account from `api_key` and `api_secret`."""
        if unknown := sorted(set(credentials) - {"api_key", "api_secret"}):
            raise ValueError(f"Vonage has no credential {unknown[0]}")
        key = credentials.get("api_key") or uuid.uuid4().hex[:8]
        if not KEY.fullmatch(key):
            raise ValueError("api_key must be 8 hexadecimal digits")
        secret = credentials.get("api_secret") or uuid.uuid4().hex[:16]
        return Account(self.slug, key, secret, webhook_url)

    def credentials(self, account: Account) -> dict[str, str]:
        """Give key and secret."""
        return {"api_key": account.id, "api_secret": account.secret}

    def admit(self, request: Request) -> Account:
        """Check key and secret; in the query, where they would work too, they are not looked at."""
        key, secret = request.signed_in()
        account = self.world.account(self.slug, key)
        if account is None or not hmac.compare_digest(account.secret.encode(), secret.encode()):
            raise errors.unauthenticated()
        return account

    def not_found(self, request: Request) -> Answer:
        """Answer a path that leads nowhere."""
        return errors.said(404, "Not Found")

    def method_not_allowed(self, request: Request) -> Answer:
        """Answer a method the path does not take."""
        return errors.said(405, "Method Not Allowed")

    def rate_limited(self, seconds: float) -> Answer:
        """Answer one request too many."""
        hint = {"Retry_After": str(max(1, round(seconds)))} if seconds else {}
        return errors.said(429, "Too Many Requests", **hint)

    def refused_credentials(self) -> Answer:
        """Answer wrong credentials."""
        return errors.unauthenticated().answer

    def page_of(self, call: Call) -> int:
        """Read `index`, which counts from one."""
        number = call.query.get("index", "1")
        return int(number) if number.isdigit() else 0

    def delivery(self, number: str) -> Delivery:
        """Follow what the number itself says: its SIP addresses are tried one after the other."""
        record = self.world.store.get(TABLE, number.removeprefix("+"))
        if record is None:
            return Delivery(delivered=False, reason="Nobody has bought the number.")
        value = record.get("voiceCallbackValue", "")
        if record.get("voiceCallbackType") != "sip":
            return Delivery(delivered=False, reason="The number is not forwarded by SIP.")
        found = [SIP.fullmatch(address) for address in value.split(",")]
        addresses = [address for address in found if address is not None]
        if len(addresses) < len(found):
            return Delivery(delivered=False, reason="The SIP addresses cannot be read.")
        return Delivery(
            delivered=True,
            request_user=addresses[0]["user"],
            gateways=tuple(_gateway(address, rank) for rank, address in enumerate(addresses, 1)),
        )

    def _balance(self, call: Call) -> Answer:
        # Written by hand: an amount is a number here, but none that is rounded.
        body = f'{{"value": {self.world.balance(call.account)}, "autoReload": false}}'
        return as_text(body, "application/json")


def _gateway(address: re.Match[str], rank: int) -> Gateway:
    transport = address["transport"] or "udp"
    default = 5061 if transport == "tls" else 5060
    return Gateway(
        host=address["host"].strip("[]"),
        port=int(address["port"] or default),
        transport=transport,
        priority=rank,
        weight=1,
    )
