"""The control endpoint: what a test or a demo may ask of the sandbox that no carrier offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.carrier import Carrier
from sandbox.faults import Fault, Kind, Place
from sandbox.wire import Answer, Request, as_json
from sandbox.world import Account, World


class Misuse(Exception):
    """The request makes no sense; the message says why."""


class Control:
    """JSON in, JSON out, no authentication: the sandbox holds nothing worth protecting."""

    def __init__(
        self, world: World, carriers: dict[str, Carrier], open_demo_accounts: Callable[[], None]
    ) -> None:
        """Stand beside the carriers."""
        self._world = world
        self._carriers = carriers
        self._open_demo_accounts = open_demo_accounts
        self._table: dict[tuple[str, str], Callable[[Request], object]] = {
            ("GET", "/accounts"): self._list_accounts,
            ("POST", "/accounts"): self._open_account,
            ("POST", "/webhook"): self._set_webhook,
            ("GET", "/webhooks"): lambda _: world.courier.log(),
            ("GET", "/faults"): lambda _: world.faults.listed(),
            ("POST", "/faults"): self._add_fault,
            ("DELETE", "/faults"): lambda _: world.faults.clear(),
            ("GET", "/delivery"): self._delivery,
            ("POST", "/calls"): self._end_call,
            ("GET", "/seen"): self._seen,
            ("POST", "/reset"): self._reset,
        }

    def answer(self, request: Request, path: str) -> Answer:
        """Answer a control request."""
        action = self._table.get((request.method, path))
        if action is None:
            known = ", ".join(f"{method} /_control{there}" for method, there in self._table)
            return as_json({"detail": f"There are only: {known}."}, status=404)
        try:
            return as_json(action(request))
        except Misuse as misuse:
            return as_json({"detail": str(misuse)}, status=400)

    def _list_accounts(self, _: Request) -> object:
        return [
            self._described(Account(row["carrier"], row["id"], row["secret"], row["webhook_url"]))
            for row in self._world.store.table("accounts").values()
        ]

    def _open_account(self, request: Request) -> object:
        wish = _object(request)
        carrier = self._carrier(wish)
        try:
            balance = Decimal(str(wish.get("balance", "1000.00")))
            credentials = {str(k): str(v) for k, v in (wish.get("credentials") or {}).items()}
            account = carrier.open_account(
                credentials, webhook_url=str(wish.get("webhook_url") or "")
            )
        except (ValueError, InvalidOperation, AttributeError) as trouble:
            raise Misuse(f"No such account can be opened: {trouble}") from trouble
        self._world.open_account(account, balance=balance, currency=carrier.currency)
        return self._described(account)

    def _set_webhook(self, request: Request) -> object:
        wish = _object(request)
        carrier = self._carrier(wish)
        account = self._world.account(carrier.slug, str(wish.get("account", "")))
        if account is None:
            raise Misuse("account must be the id of an account of that carrier")
        account = replace(account, webhook_url=str(wish.get("url") or ""))
        balance = self._world.balance(account)
        self._world.open_account(account, balance=balance, currency=carrier.currency)
        return self._described(account)

    def _add_fault(self, request: Request) -> object:
        wish = _object(request)
        known = {field.name for field in fields(Fault) if field.init}
        if unknown := sorted(set(wish) - known):
            raise Misuse(f"unknown: {', '.join(unknown)}")
        slug = str(wish.get("carrier") or "")
        if slug and slug not in self._carriers:
            raise Misuse(f"carrier must be one of {', '.join(self._carriers)}")
        try:
            fault = Fault(
                carrier=slug,
                operation=str(wish.get("operation") or ""),
                kind=Kind(wish.get("kind", "")),
                times=int(wish.get("times", 1)),
                seconds=float(wish.get("seconds", 0)),
                probability=float(wish.get("probability", 1)),
                seed=int(wish.get("seed", 0)),
                page=int(wish.get("page", 0)),
            )
            self._world.faults.check(fault)
        except (ValueError, TypeError) as trouble:
            raise Misuse(str(trouble)) from trouble
        if fault.rule.place is Place.ANNOUNCEMENT and not self._announces_orders(slug):
            raise Misuse(f"{slug} announces no orders, so none of it can come early")
        self._world.faults.add(fault)
        return fault.described()

    def _announces_orders(self, slug: str) -> bool:
        return not slug or self._carriers[slug].announces_orders

    def _delivery(self, request: Request) -> object:
        number = dict(request.query).get("number", "").replace(" ", "+")
        for carrier in self._carriers.values():
            if number not in carrier.shelf.articles:
                continue
            carrier.settle()
            delivery = carrier.delivery(number)
            facts = {"number": number, "carrier": carrier.slug, **asdict(delivery)}
            return {**facts, "source_address": carrier.source_address}
        raise Misuse("number must be one that a sandbox carrier has, in E.164 with its plus")

    def _end_call(self, request: Request) -> object:
        number = str(_object(request).get("number", ""))
        told = [slug for slug, carrier in self._carriers.items() if carrier.call_ended(number)]
        return {"number": number, "told_by": told}

    def _seen(self, _: Request) -> object:
        counts: dict[str, dict[str, int]] = {slug: {} for slug in self._carriers}
        for (slug, operation), count in sorted(self._world.operations.items()):
            counts[slug][operation] = count
        return {"operations": counts, "purchases": dict(sorted(self._world.purchases.items()))}

    def _reset(self, _: Request) -> object:
        self._world.courier.forget()
        self._world.store.clear()
        self._world.faults.forget()
        self._world.operations.clear()
        self._world.purchases.clear()
        self._open_demo_accounts()
        return {"detail": "The sandbox is as new."}

    def _carrier(self, wish: dict[str, Any]) -> Carrier:
        carrier = self._carriers.get(str(wish.get("carrier", "")))
        if carrier is None:
            raise Misuse(f"carrier must be one of {', '.join(self._carriers)}")
        return carrier

    def _described(self, account: Account) -> dict[str, object]:
        return {
            "carrier": account.carrier,
            "account": account.id,
            "credentials": self._carriers[account.carrier].credentials(account),
            "balance": str(self._world.balance(account)),
            "webhook_url": account.webhook_url,
        }


def _object(request: Request) -> dict[str, Any]:
    try:
        value = request.json()
    except ValueError as trouble:
        raise Misuse("the body must be JSON") from trouble
    if not isinstance(value, dict):
        raise Misuse("the body must be a JSON object")
    return value
