"""Everything a purchase needs on the carrier's side, with the sandbox on the wire."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Organization
from accounts.tests.factories import make_provider
from billing.models import Account
from dids.models import CarrierBinding, CarrierOrder, FoundOffer, NumberOrder, PhoneNumber
from dids.tests.factories import make_found_offer
from dids.workflows import binding_work, purchase
from lib.transitions import UnableToMove
from trunks.connect import speaking_through
from trunks.deadlines import Deadline
from trunks.models import CarrierAccount, Trunk
from trunks.offers import GatewaySpec, TrunkSpec, Wanted
from trunks.roles import ManagesTrunks, SearchesNumbers
from trunks.tests.carriers.sandbox import CarrierSandbox, sandboxed
from trunks.tests.factories import make_carrier_account, make_trunk
from trunks.transport import DeadlineTransport

WITHIN = {"questblue": "312", "voip_innovations": "312"}
"""Where some carriers must be told to look."""


class Heard:
    """A listener to the routing signal that notes which numbers were named."""

    def __init__(self) -> None:
        self.numbers: list[str] = []
        self.lanes: list[str] = []

    def __call__(self, sender: object, *, numbers: Sequence[str], lane: str, **_more: Any) -> None:
        self.numbers += numbers
        self.lanes.append(lane)


class Shop:
    """A sandbox with an account of ours at each carrier."""

    def __init__(self, sandbox: CarrierSandbox) -> None:
        self.sandbox = sandbox
        self.accounts: dict[str, CarrierAccount] = {}
        self.url = ""
        """Where the sandbox listens, if it does so on a socket."""
        self._shown: set[str] = set()

    def account(self, carrier: str = "telnyx", *, balance: str = "1000.00") -> CarrierAccount:
        """Give our account at a carrier, opened when first asked for."""
        if carrier not in self.accounts:
            opened = self.sandbox.account(carrier, balance=balance)
            self.accounts[carrier] = make_carrier_account(
                carrier=carrier,
                credentials=opened["credentials"],
                owner=make_provider(),
                base_url=f"{self.url}/{carrier}" if self.url else None,
            )
        return self.accounts[carrier]

    def over_the_wire(self, carrier: str) -> CarrierAccount:
        """Have our account at a carrier name the real socket, for workers in other processes."""
        account = self.account(carrier)
        account.base_url = f"{self.url}/{carrier}"
        account.save(update_fields=["base_url"])
        return account

    def offers(
        self, carrier: str = "telnyx", *, count: int = 1, area_code: str = ""
    ) -> list[FoundOffer]:
        """Give offers of numbers that the carrier really has, never the same twice."""
        account = self.account(carrier)
        adapter = self.sandbox.adapter_for(carrier, dict(account.credentials))
        assert isinstance(adapter, SearchesNumbers)
        wanted = Wanted(country="US", area_code=area_code or WITHIN.get(carrier, ""), limit=60)
        found = adapter.search(wanted, deadline=Deadline(10))
        fresh = [number for number in found if number.number not in self._shown][:count]
        assert len(fresh) == count
        self._shown.update(number.number for number in fresh)
        return [
            make_found_offer(
                account=account,
                e164=number.number,
                setup=str(number.setup.amount) if number.setup else None,
                monthly=str(number.monthly.amount) if number.monthly else "1.00",
            )
            for number in fresh
        ]

    def trunk(self, carrier: str = "telnyx") -> Trunk:
        """Give a trunk that exists at the carrier."""
        account = self.account(carrier)
        adapter = self.sandbox.adapter_for(carrier, dict(account.credentials))
        assert isinstance(adapter, ManagesTrunks)
        spec = TrunkSpec(name="Main", gateways=(GatewaySpec(host="127.0.0.1", port=5070),))
        trunk = make_trunk(account=account)
        made = adapter.create_trunk(spec, reference=str(trunk.uuid), deadline=Deadline(10))
        Trunk.objects.filter(pk=trunk.pk).update(carrier_reference=made.carrier_reference)
        trunk.refresh_from_db()
        return trunk


@contextmanager
def shop(*, order_seconds: float = 0.0) -> Iterator[Shop]:
    """Open a sandbox for the time of a test."""
    with sandboxed(order_seconds=order_seconds) as sandbox:
        yield Shop(sandbox)


@contextmanager
def shop_on_the_wire() -> Iterator[Shop]:
    """Open a sandbox for the time of a test, and call it over a real socket."""
    sandbox = CarrierSandbox()
    with sandbox.served() as url, speaking_through(DeadlineTransport()):
        opened = Shop(sandbox)
        opened.url = url
        yield opened
    sandbox.close()


def carrier_orders(order: NumberOrder) -> list[CarrierOrder]:
    """Read an order's outside writes anew."""
    return list(CarrierOrder.objects.filter(order=order).order_by("pk"))


def drive(order: NumberOrder, *, now: datetime, rounds: int = 3) -> None:
    """Do what the workers would do for an order, one step after the other."""
    for step in range(rounds):
        at = now + timedelta(milliseconds=step)
        for row in carrier_orders(order):
            work = purchase.place if row.status == "WAITING" else purchase.settle
            try:
                work(carrier_order_id=row.pk, now=at)
            except UnableToMove:
                continue
        for bound in CarrierBinding.objects.filter(number__order_lines__order=order):
            binding_work.bind(binding_id=bound.pk, now=at)
    order.refresh_from_db()


def bought(order: NumberOrder) -> list[PhoneNumber]:
    """Give the numbers that an order brought."""
    return list(PhoneNumber.objects.filter(order_lines__order=order).order_by("e164"))


def open_money(organization: Organization, *, posted: str = "100.00") -> Account:
    """Give an organization an account with money in it."""
    return Account.objects.create(organization=organization, currency="USD", posted=Decimal(posted))
