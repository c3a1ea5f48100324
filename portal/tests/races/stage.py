"""One tenant on a switch, money, carriers on a real socket: all that a race can break."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from accounts import limits
from accounts.models import Organization
from accounts.tests.cast import Cast, make_cast
from billing import funds
from billing.models import Account
from dids.models import NumberOrder, PhoneNumber
from dids.tests.carrier import Shop, bought, drive, shop
from dids.tests.factories import MAIN, make_order
from lib.money import Money
from portal.testing.beat import Beat, beating
from portal.testing.health import assert_well
from provisioning import publisher
from provisioning.models import Pbx
from provisioning.tests.scene import SYSTEM, make_pbx, place, routes
from provisioning.workflows import trunks
from sandbox.server import Server
from trunks.models import Trunk

MONEY = Decimal("100.00")
NOTHING = Decimal(0)


@dataclass
class Stage:
    """What a test plays with."""

    cast: Cast
    market: Shop
    beat: Beat
    pbx: Pbx

    @property
    def money(self) -> tuple[Decimal, Decimal]:
        """What the dealer, who pays, has and has promised."""
        account = Account.objects.get(organization=self.cast.dealer)
        return account.posted, account.reserved

    @property
    def tenant(self) -> Organization:
        """The tenant, read anew."""
        return Organization.objects.get(pk=self.cast.tenant.pk)

    def trunk(self, carrier: str) -> Trunk:
        """Give a trunk that exists at the carrier and whose calls the switch lets in."""
        self.market.over_the_wire(carrier)
        trunk = self.market.trunk(carrier)
        trunks.attach(trunk=trunk, pbx=self.pbx, actor=SYSTEM, now=timezone.now())
        return trunk

    def order(self, carrier: str, *, trunk: Trunk | None = None) -> NumberOrder:
        """Submit an order from bought to live, which the dealer pays."""
        self.market.over_the_wire(carrier)
        return make_order(
            offers=self.market.offers(carrier),
            payer=self.cast.dealer,
            holder=self.cast.tenant,
            destination=MAIN,
            trunk=trunk,
            actor=self.cast.staff,
            submit=True,
        )

    def stock(self, carrier: str, *, trunk: Trunk | None = None) -> PhoneNumber:
        """Buy a number into the provider's stock."""
        self.market.over_the_wire(carrier)
        order = make_order(
            offers=self.market.offers(carrier), trunk=trunk, actor=self.cast.staff, submit=True
        )
        # Its clock must not run ahead of those of workers in other processes.
        drive(order, now=timezone.now())
        (number,) = bought(order)
        return number

    def routes(self) -> dict[str, str]:
        """What is published on the switch."""
        return routes(self.pbx)

    def assert_well(self) -> None:
        """Let doctor look."""
        assert_well(self.beat.now())


@contextmanager
def stage() -> Iterator[Stage]:
    """Set everything up."""
    with shop() as market, beating() as beat:
        server = Server(("127.0.0.1", 0), market.sandbox._app)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        market.url = server.url
        cast = make_cast()
        for tenant in (cast.tenant, cast.sub_tenant, cast.rival_tenant):
            limits.take_tenant(tenant)
        pbx = make_pbx()
        place(cast.tenant, pbx, domain="oak.pbx.example")
        Account.objects.create(organization=cast.dealer, currency="USD")
        funds.credit(
            organization=cast.dealer,
            amount=Money(MONEY, "USD"),
            subject="test.payment:1",
            actor=cast.staff,
            now=timezone.now(),
        )
        publisher.run(pbx_id=pbx.pk, clock=timezone.now)
        try:
            yield Stage(cast, market, beat, pbx)
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
