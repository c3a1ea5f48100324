"""Carriers, workers and routers behind the pages: what they do when a test says so."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import Organization
from dids.models import CarrierBinding, NumberOrder, NumberSearch
from dids.states import BindingStatus, CarrierOrderStatus
from dids.tests.carrier import Shop
from dids.workflows import binding_work, purchase, searching
from provisioning import publisher
from provisioning.models import NodeAck, Pbx, PbxNode
from provisioning.tests.scene import SYSTEM, make_pbx, place, version
from provisioning.workflows import trunks
from trunks.models import CarrierAccount

_ENOUGH = 5
"""So often a carrier is asked until it has done what it was told."""


def make_switch(market: Shop, tenant: Organization) -> Pbx:
    """Store a PBX to which a carrier delivers, with a router and a tenant."""
    pbx, now = make_pbx(name="Main PBX"), timezone.now()
    trunks.attach(trunk=market.trunk(), pbx=pbx, actor=SYSTEM, now=now)
    place(tenant, pbx)
    PbxNode.objects.create(
        pbx=pbx,
        name="router-1",
        role=PbxNode.Role.ROUTER,
        address="sip:192.0.2.20:5060",
        login="router_1",
        enrolled_at=now,
        created_at=now,
    )
    return pbx


def carriers_answer() -> None:
    """Have every account asked, as a worker would."""
    search = NumberSearch.objects.latest("pk")
    everybody = list(CarrierAccount.objects.values_list("pk", flat=True))
    now = timezone.now()
    searching.ask(search_id=search.pk, account_ids=everybody, until=now.timestamp() + 60, now=now)


def carriers_sell(order: NumberOrder) -> None:
    """Have an order placed and settled, as workers would."""
    for one in order.carrier_orders.all():
        purchase.place(carrier_order_id=one.pk, now=timezone.now())
        one.refresh_from_db()
        if one.status == CarrierOrderStatus.PLACED:
            purchase.settle(carrier_order_id=one.pk, now=timezone.now())


def routers_follow(pbx: Pbx) -> None:
    """Have what was bought delivered and published, and the router say that it has it."""
    for _ in range(_ENOUGH):
        for one in CarrierBinding.objects.exclude(status=BindingStatus.BOUND):
            binding_work.bind(binding_id=one.pk, now=timezone.now())
    publisher.run(pbx_id=pbx.pk, clock=timezone.now)
    NodeAck.objects.create(
        node=PbxNode.objects.get(pbx=pbx),
        table="inbound",
        version=version(pbx),
        rows=1,
        mode="delta",
        ready=True,
        seen_at=timezone.now(),
    )
