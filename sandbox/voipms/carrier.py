"""VoIP.ms: its door, its one address, and where its calls go."""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Mapping

from sandbox.carrier import Delivery, Gateway
from sandbox.voipms import accounts, emergency, messaging, numbers, stock, uris
from sandbox.voipms.base import ACCOUNTS, NUMBERS, URIS, VoipMsBase, asked, given, refused, said
from sandbox.wire import Answer, Call, Request, Route, as_text, route
from sandbox.world import Account, World

PATH = "/rest.php"
METHODS = {**numbers.METHODS, **accounts.METHODS, **emergency.METHODS, **messaging.METHODS}


class VoipMs(VoipMsBase):
    """The carrier, as it answers at its one address."""

    def __init__(self, world: World, *, seed: int) -> None:
        """Set up shop."""
        super().__init__(world, stock.shelf(seed))

    def routes(self) -> tuple[Route, ...]:
        """Give the one path, below `/voipms`, which takes both ways of asking for anything."""
        return tuple(route(way, PATH, _operation, self._do) for way in ("GET", "POST"))

    def open_account(self, credentials: Mapping[str, str], *, webhook_url: str) -> Account:
        """Make an account from `api_username`, which is an e-mail address, and `api_password`."""
        if unknown := sorted(set(credentials) - {"api_username", "api_password"}):
            raise ValueError(f"VoIP.ms has no credential {unknown[0]}")
        name = credentials.get("api_username") or f"{uuid.uuid4().hex[:12]}@example.com"
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", name):
            raise ValueError("api_username must be an e-mail address")
        password = credentials.get("api_password") or uuid.uuid4().hex
        return Account(self.slug, name, password, webhook_url)

    def credentials(self, account: Account) -> dict[str, str]:
        """Give name and API password."""
        return {"api_username": account.id, "api_password": account.secret}

    def admit(self, request: Request) -> Account:
        """Check name and password, which are parameters like any other."""
        told = given(request)
        name, password = told.get("api_username", ""), told.get("api_password", "")
        if not name or not password:
            raise refused("missing_credentials")
        account = self.world.account(self.slug, name)
        if account is None or not hmac.compare_digest(account.secret.encode(), password.encode()):
            raise refused("invalid_credentials")
        return account

    def not_found(self, request: Request) -> Answer:
        """Answer a path that leads nowhere."""
        return as_text("<html><body>Not Found</body></html>", "text/html", status=404)

    def method_not_allowed(self, request: Request) -> Answer:
        """Answer a way of asking that the address does not take."""
        return Answer(405)

    def rate_limited(self, seconds: float) -> Answer:
        """Answer one request too many; when to come back is never said."""
        return said("api_limit_exceeded")

    def refused_credentials(self) -> Answer:
        """Answer wrong credentials."""
        return said("invalid_credentials")

    def page_of(self, call: Call) -> int:
        """Give the only page that there is."""
        return 1

    def delivery(self, number: str) -> Delivery:
        """Follow where a number is sent, and where it goes when nothing answers there."""
        did = number.removeprefix("+1")
        record = self.world.store.get(NUMBERS, did)
        if record is None:
            return Delivery(delivered=False, reason="Nobody has bought the number.")
        ways = (record["routing"], record["failover_unreachable"])
        there = [self._place(way, did, rank) for rank, way in enumerate(ways, 1)]
        if there[0] is None:
            return Delivery(delivered=False, reason="The number is sent to no SIP address.")
        found = [place for place in there if place is not None]
        return Delivery(
            delivered=True,
            request_user=found[0][0],
            gateways=tuple(gateway for _, gateway in found),
        )

    def _place(self, way: str, did: str, rank: int) -> tuple[str, Gateway] | None:
        """Say whom a call asks for on one of its ways, and where; None where it leads nowhere."""
        header, _, id_ = way.partition(":")
        if header == "account":
            sub_account = self.world.store.get(ACCOUNTS, id_)
            return (accounts.called(sub_account, did), accounts.PBX) if sub_account else None
        uri = self.world.store.get(URIS, id_)
        return None if uri is None else uris.gateway(uri, did, rank)

    def _do(self, call: Call) -> Answer:
        name = _method(call.request)
        if name == "getBalance":
            asked(call, takes=("advanced",))
            return said(balance={"current_balance": str(self.world.balance(call.account))})
        if name not in METHODS:
            raise refused("invalid_method" if name else "missing_method")
        return METHODS[name][1](self, call)


def _method(request: Request) -> str:
    return given(request).get("method", "")


def _operation(request: Request) -> str:
    """Name a call by its method; the list of numbers that is asked for one looks for it."""
    told = given(request)
    name = told.get("method", "")
    if name == "getDIDsInfo" and "did" in told:
        return "find"
    return METHODS[name][0] if name in METHODS else "balance"
