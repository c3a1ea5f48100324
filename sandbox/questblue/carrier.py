"""QuestBlue: its door, its paths, and where its calls go."""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Mapping
from functools import partial

from sandbox.carrier import Delivery, Gateway
from sandbox.questblue import numbers, stock, trunks
from sandbox.questblue.base import NUMBERS, TRUNKS, QuestBlueBase
from sandbox.wire import Answer, Call, Refusal, Request, Route, as_json, route
from sandbox.world import Account, World


class QuestBlue(QuestBlueBase):
    """The carrier, as it answers on its one host."""

    def __init__(self, world: World, *, seed: int) -> None:
        """Set up shop."""
        super().__init__(world, stock.shelf(seed))

    def routes(self) -> tuple[Route, ...]:
        """List the paths below `/questblue`."""
        table = (
            ("GET", "/did/available", "search", numbers.search),
            ("GET", "/did", numbers.list_operation, numbers.listing),
            ("POST", "/did", "order", numbers.buy),
            ("PUT", "/did", numbers.update_operation, numbers.update),
            ("DELETE", "/did", "release", numbers.release),
            ("GET", "/siptrunk", "trunk", trunks.listing),
            ("POST", "/siptrunk", "trunk", trunks.create),
            ("PUT", "/siptrunk", "trunk", trunks.update),
        )
        return (
            *(route(way, path, name, partial(answer, self)) for way, path, name, answer in table),
            route("GET", "/account/getbalance", "balance", self._balance),
            route("GET", "/account/rates", "rates", self._rates),
        )

    def open_account(self, credentials: Mapping[str, str], *, webhook_url: str) -> Account:
        """Make an account from `username`, `password` and `security_key`."""
        if unknown := sorted(set(credentials) - {"username", "password", "security_key"}):
            raise ValueError(f"QuestBlue has no credential {unknown[0]}")
        name = credentials.get("username") or f"api{uuid.uuid4().hex[:12]}"
        secrets = [credentials.get(key) or uuid.uuid4().hex for key in ("password", "security_key")]
        if any(not re.fullmatch(r"[^:\s]+", text) for text in (name, *secrets)):
            raise ValueError("Credentials of QuestBlue have no colon and no space")
        return Account(self.slug, name, ":".join(secrets), webhook_url)

    def credentials(self, account: Account) -> dict[str, str]:
        """Give the API user and the key that goes beside it."""
        password, key = account.secret.split(":")
        return {"username": account.id, "password": password, "security_key": key}

    def admit(self, request: Request) -> Account:
        """Check user, password and key: all three are needed."""
        name, password = request.signed_in()
        account = self.world.account(self.slug, name)
        told = f"{password}:{request.headers.get('security-key', '')}"
        if account is None or not hmac.compare_digest(account.secret.encode(), told.encode()):
            raise Refusal(self.refused_credentials())
        return account

    def not_found(self, request: Request) -> Answer:
        """Answer a path that leads nowhere."""
        return as_json({"error": "Not found"}, status=404)

    def method_not_allowed(self, request: Request) -> Answer:
        """Answer a method the path does not take."""
        return as_json({"error": "Method not allowed"}, status=405)

    def rate_limited(self, seconds: float) -> Answer:
        """Answer one request too many; that there is such an answer is assumed only."""
        hint = {"Retry-After": str(max(1, round(seconds)))} if seconds else {}
        return as_json({"error": "Too many requests"}, status=429, headers=hint)

    def refused_credentials(self) -> Answer:
        """Answer wrong credentials."""
        return as_json({"error": "Unauthorized"}, status=401)

    def page_of(self, call: Call) -> int:
        """Read `page`, which counts from one."""
        number = call.query.get("page", "1")
        return int(number) if number.isdigit() else 0

    def delivery(self, number: str) -> Delivery:
        """Follow number and trunk."""
        did = number.removeprefix("+1")
        record = self.world.store.get(NUMBERS, did)
        if record is None:
            return Delivery(delivered=False, reason="Nobody has bought the number.")
        trunk = self.world.store.get(TRUNKS, f"{record['_account']}:{record['route2trunk']}")
        if trunk is None or trunk["status"] != "on":
            return Delivery(delivered=False, reason="The number is on no trunk that is on.")
        gateway = Gateway(trunk["ip_address"], 5060, "udp", priority=1, weight=1)
        return Delivery(delivered=True, request_user=did, gateways=(gateway,))

    def _rates(self, _call: Call) -> Answer:
        (_, monthly) = stock.PRICES["US", "local"]
        rates = {"inbound_call_rate": "0.0060", "vps_server_rate": "25.00", "ccrf": "2.00"}
        return as_json({"local_did_cost": monthly, **rates})

    def _balance(self, call: Call) -> Answer:
        told = {"balance": str(self.world.balance(call.account)), "allowed_credit": "0.00"}
        return as_json({"data": told})
