"""DIDWW: its door, its paths, and where its calls go."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import partial

from sandbox.carrier import Delivery, Gateway
from sandbox.didww import (
    coverage,
    dids,
    emergency,
    emergency_rules,
    files,
    orders,
    regulation,
    reservations,
    stock,
    trunks,
)
from sandbox.didww.base import VERSION, DidwwBase, Row, error, said
from sandbox.store import Record
from sandbox.wire import Answer, Call, Refusal, Request, Route, route
from sandbox.world import Account, World

Operation = str | Callable[[Request], str]
Answerer = Callable[[DidwwBase, Call], Answer]
TRANSPORTS = {1: "udp", 2: "tcp", 3: "tls"}


class Didww(DidwwBase):
    """The carrier, as it answers on its one host."""

    def __init__(self, world: World, *, seed: int, order_seconds: float) -> None:
        """Set up shop."""
        super().__init__(world, stock.shelf(seed))
        self.order_seconds = order_seconds

    def routes(self) -> tuple[Route, ...]:
        """List the paths below `/didww`; what a search asks for first counts as its prices."""
        did, order = "/v3/dids/{id}", "/v3/orders/{id}"
        hold = "/v3/did_reservations/{id}"
        table: list[tuple[str, str, Operation, Answerer]] = [
            ("GET", "/v3/countries", "prices", coverage.countries),
            ("GET", "/v3/did_group_types", "prices", coverage.types),
            ("GET", "/v3/regions", "prices", coverage.regions),
            ("GET", "/v3/cities", "prices", coverage.cities),
            ("GET", "/v3/available_dids", "search", coverage.available),
            ("POST", "/v3/did_reservations", "hold", reservations.create),
            ("GET", "/v3/did_reservations", "held", reservations.listing),
            ("GET", hold, "held", reservations.retrieve),
            ("DELETE", hold, "hold", reservations.delete),
            ("POST", "/v3/orders", "order", orders.create),
            ("GET", "/v3/orders", "find", orders.listing),
            ("GET", order, "find", orders.retrieve),
            ("GET", "/v3/dids", dids.list_operation, dids.listing),
            ("GET", did, "binding", dids.retrieve),
            ("PATCH", did, _change_operation, dids.update),
            ("GET", "/v3/balance", "balance", self._balance),
        ]
        for kind in (trunks.TRUNKS, trunks.GROUPS):
            table += [
                ("POST", f"/v3/{kind}", "trunk", trunks.create),
                ("GET", f"/v3/{kind}", "trunk", trunks.listing),
                ("GET", f"/v3/{kind}/{{id}}", "trunk", trunks.retrieve),
                ("PATCH", f"/v3/{kind}/{{id}}", "trunk", trunks.update),
            ]
        table += [*_regulation_routes(), *_emergency_routes()]
        return tuple(
            route(method, path, operation, partial(answer, self))
            for method, path, operation, answer in table
        )

    def open_account(self, credentials: Mapping[str, str], *, webhook_url: str) -> Account:
        """Make an account from `api_key`, and `callback_secret` where that signs its messages."""
        if unknown := sorted(set(credentials) - {"api_key", "callback_secret"}):
            raise ValueError(f"DIDWW has no credential {unknown[0]}")
        key = credentials.get("api_key") or uuid.uuid4().hex
        return Account(self.slug, key, credentials.get("callback_secret") or key, webhook_url)

    def credentials(self, account: Account) -> dict[str, str]:
        """Give the key, and the secret for messages where that is another one."""
        secret = {} if account.secret == account.id else {"callback_secret": account.secret}
        return {"api_key": account.id, **secret}

    def admit(self, request: Request) -> Account:
        """Check the key; a version that does not exist is ignored, as the real one does."""
        key = request.headers.get("api-key", "")
        account = self.world.account(self.slug, key)
        if account is None:
            raise Refusal(self.refused_credentials())
        return account

    def not_found(self, request: Request) -> Answer:
        """Answer a path that leads nowhere."""
        return error(404, "404", "Not found")

    def method_not_allowed(self, request: Request) -> Answer:
        """Answer a method the path does not take."""
        return error(405, "405", "Method not allowed")

    def rate_limited(self, seconds: float) -> Answer:
        """Answer one request too many of a second."""
        answer = error(429, "429", "Too Many Requests")
        hint = (("Retry-After", str(max(1, round(seconds)))),) if seconds else ()
        return Answer(429, answer.body, (*answer.headers, *hint))

    def refused_credentials(self) -> Answer:
        """Answer a wrong key."""
        return error(401, "401", "Unauthorized")

    def page_of(self, call: Call) -> int:
        """Read the number of a page."""
        number = call.query.get("page[number]", "1")
        return int(number) if number.isdigit() else 0

    def settle(self) -> None:
        """Decide the orders and reviews that are due."""
        orders.settle(self)
        regulation.settle(self)
        emergency.settle(self)

    def announce_now(self) -> None:
        """Decide and announce every order that waits."""
        orders.hurry(self)

    def resume(self) -> None:
        """Announce in time what an earlier run left pending."""
        orders.resume(self)

    def row_of(self, call: Call, kind: str, id_: str) -> Row | None:
        """Find any row that another one may be linked to."""
        if kind in (trunks.TRUNKS, trunks.GROUPS):
            record = trunks.found(self, call, kind, id_)
            return None if record is None else trunks.row(kind, record)
        if kind == "orders":
            return orders.row(self.world.store.table(orders.TABLE)[id_])
        if kind in (emergency_rules.RULES, emergency.REVIEWS, emergency.SERVICES):
            return emergency.known(self, kind, id_)
        if kind == "dids":
            return dids.row(self.world.store.table(dids.TABLE)[id_])
        there = coverage.known(self.shelf).get((kind, id_))
        return there or regulation.known(self, call, kind, id_)

    def delivery(self, number: str) -> Delivery:
        """Follow number, group and trunks."""
        table = self.world.store.table(dids.TABLE).values()
        digits = number.removeprefix("+")
        mine = [one for one in table if one["attributes"]["number"] == digits]
        if not mine:
            return Delivery(delivered=False, reason="Nobody has bought the number.")
        (record,) = mine
        if record["attributes"]["awaiting_registration"]:
            return Delivery(delivered=False, reason="The number awaits its registration.")
        groups = self.world.store.table(f"didww.{trunks.GROUPS}")
        group = groups.get(record["voice_in_trunk_group"] or "")
        ids = [record["voice_in_trunk"]] if record["voice_in_trunk"] else []
        members = self.world.store.table(f"didww.{trunks.TRUNKS}")
        there = [members[id_] for id_ in (group["trunks"] if group else ids)]
        if not there:
            return Delivery(delivered=False, reason="The number is on no trunk.")
        user = str(there[0]["attributes"]["configuration"]["attributes"]["username"])
        gateways = tuple(sorted(map(_gateway, there), key=lambda one: one.priority))
        return Delivery(
            delivered=True, request_user=user.replace("{DID}", digits), gateways=gateways
        )

    def _balance(self, _carrier: DidwwBase, call: Call) -> Answer:
        balance = str(self.world.balance(call.account))
        told = {"balance": balance, "credit": "0.00", "total_balance": balance}
        row = {"id": str(uuid.uuid4()), "type": "balances", "attributes": told}
        return said({"data": row, "meta": {"api_version": VERSION}})


def _regulation_routes() -> list[tuple[str, str, Operation, Answerer]]:
    """List the paths of documents, and of whoever is shown with them."""
    rule, file = "/v3/address_requirements", "/v3/encrypted_files"
    table: list[tuple[str, str, Operation, Answerer]] = [
        ("GET", rule, "filing", regulation.requirements),
        ("GET", f"{rule}/{{id}}", "filing", regulation.requirement),
        ("POST", "/v3/address_requirement_validations", "filing", regulation.validate),
        ("GET", "/v3/public_keys", "filing", files.public_keys),
        ("GET", file, "filing", files.listing),
        ("POST", file, "filing", files.upload),
    ]
    for kind in regulation.TEXTS:
        table += [
            ("GET", f"/v3/{kind}", "filing", regulation.listing),
            ("POST", f"/v3/{kind}", "filing", regulation.create),
            ("GET", f"/v3/{kind}/{{id}}", "filing", regulation.retrieve),
        ]
    for kind in (regulation.IDENTITIES, regulation.PROOFS, regulation.DOCUMENTS):
        table.append(("DELETE", f"/v3/{kind}/{{id}}", "filing", regulation.delete))
    return table


def _emergency_routes() -> list[tuple[str, str, Operation, Answerer]]:
    """List the paths of emergency calling; what only reads is no registration."""
    review, service = f"/v3/{emergency.REVIEWS}", f"/v3/{emergency.SERVICES}"
    return [
        ("GET", f"/v3/{emergency_rules.RULES}", "address", emergency.requirements),
        ("POST", f"/v3/{emergency.CHECKS}", "address", emergency.validate),
        ("POST", review, "emergency", emergency.create),
        ("GET", review, "address", emergency.reviews),
        ("GET", f"{review}/{{id}}", "address", emergency.retrieve),
        ("GET", service, "address", emergency.services),
        ("GET", f"{service}/{{id}}", "address", emergency.retrieve),
        ("DELETE", f"{service}/{{id}}", "emergency", emergency.cancel),
    ]


def _change_operation(request: Request) -> str:
    """Name a change of a number: it binds it, gives it back, or ends where help is sent."""
    if dids.SERVICE.encode() in request.body:
        return "emergency"
    return "release" if b'"terminated"' in request.body else "bind"


def _gateway(record: Record) -> Gateway:
    told = record["attributes"]
    sip = told["configuration"]["attributes"]
    return Gateway(
        host=sip["host"],
        port=int(sip.get("port") or 5060),
        transport=TRANSPORTS[sip["transport_protocol_id"]],
        priority=int(told["priority"]),
        weight=int(told["weight"]),
    )
