"""Plivo: its door, its paths, and where its calls go."""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Mapping
from functools import partial

from sandbox.carrier import Delivery, Gateway
from sandbox.plivo import errors, numbers, stock, trunks
from sandbox.plivo.base import LARGEST_PAGE, NUMBERS, TRUNKS, PlivoBase
from sandbox.wire import Answer, Call, Request, Route, route
from sandbox.world import Account, World

AUTH_ID = re.compile(r"MA[A-Z0-9]{18}")


class Plivo(PlivoBase):
    """The carrier, as it answers on its one host."""

    def __init__(self, world: World, *, seed: int) -> None:
        """Set up shop."""
        super().__init__(world, stock.shelf(seed))

    def routes(self) -> tuple[Route, ...]:
        """List the paths below `/plivo`, each of which ends with a slash."""
        table = (
            ("GET", "PhoneNumber/", "search", numbers.search),
            ("POST", "PhoneNumber/{number}/", "order", numbers.buy),
            ("GET", "Number/", "list", numbers.listing),
            ("GET", "Number/{number}/", "find", numbers.retrieve),
            ("POST", "Number/{number}/", "bind", numbers.update),
            ("DELETE", "Number/{number}/", "release", numbers.release),
            ("POST", "Zentrunk/URI/", "trunk", trunks.make_uri),
            ("GET", "Zentrunk/URI/", "trunk", trunks.list_uris),
            ("POST", "Zentrunk/Trunk/", "trunk", trunks.make_trunk),
            ("GET", "Zentrunk/Trunk/", "trunk", trunks.list_trunks),
            ("GET", "", "balance", _money),
        )
        return tuple(
            route(method, f"/v1/Account/{{account}}/{path}", operation, partial(answer, self))
            for method, path, operation, answer in table
        )

    def open_account(self, credentials: Mapping[str, str], *, webhook_url: str) -> Account:
        """Make an account from `auth_id` and `auth_token`."""
        if unknown := sorted(set(credentials) - {"auth_id", "auth_token"}):
            raise ValueError(f"Plivo has no credential {unknown[0]}")
        id_ = credentials.get("auth_id") or f"MA{uuid.uuid4().hex[:18].upper()}"
        if not AUTH_ID.fullmatch(id_):
            raise ValueError("auth_id must be MA and 18 letters or digits")
        secret = credentials.get("auth_token") or uuid.uuid4().hex
        return Account(self.slug, id_, secret, webhook_url)

    def credentials(self, account: Account) -> dict[str, str]:
        """Give id and token."""
        return {"auth_id": account.id, "auth_token": account.secret}

    def admit(self, request: Request) -> Account:
        """Check id and token, and that the address names the same account."""
        id_, token = request.signed_in()
        account = self.world.account(self.slug, id_)
        if account is None or not hmac.compare_digest(account.secret.encode(), token.encode()):
            raise errors.unauthenticated()
        if f"/v1/Account/{id_}/" not in request.path:
            raise errors.not_found()
        return account

    def not_found(self, request: Request) -> Answer:
        """Answer a path that leads nowhere."""
        return errors.not_found().answer

    def method_not_allowed(self, request: Request) -> Answer:
        """Answer a method the path does not take."""
        return errors.said(405, error="method not allowed")

    def rate_limited(self, seconds: float) -> Answer:
        """Answer one request too many."""
        answer = errors.said(429, error="too many requests")
        hint = (("Retry-After", str(max(1, round(seconds)))),) if seconds else ()
        return Answer(answer.status, answer.body, (*answer.headers, *hint))

    def refused_credentials(self) -> Answer:
        """Answer wrong credentials."""
        return errors.unauthenticated().answer

    def page_of(self, call: Call) -> int:
        """Count pages by their offset."""
        limit, offset = (
            call.query.get(name, default)
            for name, default in (("limit", str(LARGEST_PAGE)), ("offset", "0"))
        )
        if not (limit.isdigit() and offset.isdigit() and int(limit)):
            return 0
        return int(offset) // int(limit) + 1

    def delivery(self, number: str) -> Delivery:
        """Follow a number's trunk to its first address, and then to its second."""
        record = self.world.store.get(NUMBERS, number.removeprefix("+"))
        if record is None:
            return Delivery(delivered=False, reason="Nobody has bought the number.")
        if not record["shown"]["active"]:
            return Delivery(delivered=False, reason="The number waits for its documents.")
        trunk = self.world.store.get(TRUNKS, record["trunk"] or "")
        if trunk is None or trunk["shown"]["trunk_status"] != "enabled":
            return Delivery(delivered=False, reason="The number has no trunk.")
        gateways = [
            _gateway(uri, rank)
            for rank, uri in enumerate(trunks.uris_of(self, trunk["shown"]), start=1)
        ]
        return Delivery(
            delivered=True, request_user=number.removeprefix("+"), gateways=tuple(gateways)
        )


def _money(carrier: PlivoBase, call: Call) -> Answer:
    """Show the account; an amount is text."""
    return errors.said(
        account_type="standard",
        auth_id=call.account.id,
        auto_recharge=False,
        billing_mode="prepaid",
        cash_credits=f"{carrier.world.balance(call.account):.5f}",
    )


def _gateway(uri: str, rank: int) -> Gateway:
    match = trunks.URI.fullmatch(uri)
    if match is None:
        raise ValueError(f"no address: {uri}")
    transport = match["transport"] or "udp"
    port = int(match["port"] or (5061 if transport == "tls" else 5060))
    host = match["host"].strip("[]")
    return Gateway(host=host, port=port, transport=transport, priority=rank, weight=1)
