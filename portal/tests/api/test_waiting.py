"""Why not yet, by API: complete for whoever asks, and discreet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dids.models import CarrierBinding, CarrierOrder, EmergencyRegistration, NumberOrder
from dids.states import (
    BindingStatus,
    CarrierOrderStatus,
    FeatureStatus,
    LineStatus,
    OrderStatus,
)
from dids.workflows import opening, release
from portal.tests.api.caller import Caller
from portal.tests.api.world import CARRIER_MARKS, STOCK, TENANT_NUMBER, World
from provisioning.models import InboundRoute, NodeAck, PbxNode


def router(world: World, name: str, *, version: int | None, ago: float = 0) -> None:
    """Store a router that has acknowledged a version so many seconds ago."""
    now = timezone.now()
    node = PbxNode.objects.create(
        pbx=world.pbx,
        name=name,
        role=PbxNode.Role.ROUTER,
        address="sip:192.0.2.90:5060",
        login=f"test_{name.lower()}",
        enrolled_at=now,
        created_at=now,
    )
    if version is not None:
        NodeAck.objects.create(
            node=node,
            table="inbound",
            version=version,
            rows=1,
            mode="delta",
            ready=True,
            seen_at=now - timedelta(seconds=ago),
        )


@pytest.fixture
def published(world: World) -> None:
    """Publish the tenant's route as it is wanted, of a number that is registered for help."""
    from provisioning import desired

    wanted = desired.inbound(world.pbx.pk, [TENANT_NUMBER]).routes[TENANT_NUMBER[1:]]
    InboundRoute.objects.update(value=wanted, version=7)
    EmergencyRegistration.objects.update(status=FeatureStatus.ACTIVE)


@pytest.fixture
def submitted(world: World) -> CarrierOrder:
    """Submit the provider's order, of which nobody knows yet what became."""
    now = timezone.now()
    row = CarrierOrder.objects.create(
        order=world.order,
        carrier_account=world.account,
        status=CarrierOrderStatus.UNCERTAIN,
        status_since=now,
        uncertain_since=now,
        next_attempt_at=now + timedelta(seconds=2),
        give_up_at=now,
    )
    NumberOrder.objects.filter(pk=world.order.pk).update(status=OrderStatus.SUBMITTED)
    world.order.lines.update(status=LineStatus.WAITING, carrier_order=row)
    return row


class TestANumber:
    def test_that_could_not_be_bound_names_whom_it_waits_for_and_no_carrier(
        self, world: World, staff: Caller, tenant: Caller
    ) -> None:
        row = CarrierBinding.objects.get(number=world.tenant_number)
        CarrierBinding.objects.update(status=BindingStatus.FAILED)
        opening.binding_failed(row, why="MARK-CARRIER said no", now=timezone.now())
        for caller in (staff, tenant):
            answer = caller.get(f"numbers/{TENANT_NUMBER}/waiting")
            first, second = answer.body["waiting"][:2]
            assert first["who"] == second["who"] == "the provider"
            assert first["next"].endswith("asked again.")
            assert caller.get(f"numbers/{TENANT_NUMBER}").body["waiting"] == first
        text = tenant.get(f"numbers/{TENANT_NUMBER}/waiting").text
        assert not [mark for mark in CARRIER_MARKS if mark in text]

    def test_that_is_being_bound_says_when_it_is_tried_again(
        self, world: World, tenant: Caller
    ) -> None:
        again = timezone.now() + timedelta(seconds=30)
        CarrierBinding.objects.update(status=BindingStatus.WANTED, next_attempt_at=again)
        (first, *_more) = tenant.get(f"numbers/{TENANT_NUMBER}/waiting").body["waiting"]
        assert first["who"] == "the carrier"
        assert first["again_at"] == again.isoformat().replace("+00:00", "Z")

    def test_that_is_leaving_waits_for_its_day(self, world: World, staff: Caller) -> None:
        day = (timezone.now() + timedelta(days=3)).date()
        release.schedule(number=world.stock, on=day, actor=world.cast.staff, now=timezone.now())
        (only,) = staff.get(f"numbers/{STOCK}/waiting").body["waiting"]
        assert only["who"] == "the calendar"
        assert only["again_at"].startswith(day.isoformat())

    def test_is_live_on_some_routers_of_all(
        self, world: World, published: None, staff: Caller, tenant: Caller
    ) -> None:
        for name, version, ago in (("A", 7, 0), ("B", 6, 0), ("C", 7, 600), ("D", None, 0)):
            router(world, name, version=version, ago=ago)
        body = staff.get(f"numbers/{TENANT_NUMBER}/waiting").body
        assert (body["live"]["live_on"], body["live"]["of"]) == (1, 2)
        known = {row["name"]: (row["is_up"], row["has_route"]) for row in body["routers"]}
        assert known == {
            "A": (True, True),
            "B": (True, False),
            "C": (False, False),
            "D": (False, False),
        }
        (only,) = body["waiting"]
        assert (only["what"], only["who"]) == ("The route", "the routers")
        others = tenant.get(f"numbers/{TENANT_NUMBER}/waiting").body
        assert others["waiting"] == body["waiting"]
        assert all("name" not in row for row in others["routers"])

    def test_waits_since_the_last_router_went(
        self, world: World, published: None, tenant: Caller
    ) -> None:
        router(world, "A", version=7, ago=600)
        seen = NodeAck.objects.get().seen_at
        number = world.tenant_number
        number.assignment.assigned_at = seen - timedelta(hours=1)
        number.assignment.save()
        (only,) = tenant.get(f"numbers/{TENANT_NUMBER}/waiting").body["waiting"]
        assert only["since"] == seen.isoformat().replace("+00:00", "Z")

    def test_that_is_live_waits_for_nothing(
        self, world: World, published: None, tenant: Caller
    ) -> None:
        router(world, "A", version=7)
        body = tenant.get(f"numbers/{TENANT_NUMBER}/waiting").body
        assert (body["waiting"], body["live"]["state"]) == ([], "LIVE")


class TestAnOrder:
    def test_and_its_lines_say_what_the_carrier_has_not_said(
        self, world: World, submitted: CarrierOrder, staff: Caller
    ) -> None:
        opening.order_uncertain(submitted, why="Nobody answers.", now=timezone.now())
        body = staff.get(f"orders/{world.order.uuid}/waiting").body
        task, doubt = body["waiting"]
        assert (task["who"], task["again_at"]) == ("the provider", None)
        assert "looked up" in doubt["next"]
        assert doubt["again_at"]
        (line,) = body["lines"]
        assert line["waiting"] == body["waiting"]
        whole = staff.get(f"orders/{world.order.uuid}").body
        assert whole["waiting"] == whole["lines"][0]["waiting"] == task

    def test_goes_on_with_the_number_until_that_is_live(self, world: World, staff: Caller) -> None:
        NumberOrder.objects.update(status=OrderStatus.COMPLETED)
        world.order.lines.update(
            status=LineStatus.BOUGHT,
            number=world.tenant_number,
            e164=TENANT_NUMBER,
            holder=world.cast.tenant,
        )
        CarrierBinding.objects.update(status=BindingStatus.WANTED)
        body = staff.get(f"orders/{world.order.uuid}/waiting").body
        assert body["waiting"] == []
        found = staff.get(f"numbers/{TENANT_NUMBER}/waiting").body["waiting"]
        assert body["lines"][0]["waiting"] == found
        assert found[0]["who"] == "the carrier"

    def test_costs_the_same_for_any_number_of_lines(
        self, world: World, submitted: CarrierOrder, staff: Caller
    ) -> None:
        path = f"orders/{world.order.uuid}/waiting"
        assert staff.get(path).status == 200
        with CaptureQueriesContext(connection) as few:
            staff.get(path)
        line = world.order.lines.get()
        for place in range(5):
            line.pk, line.e164 = None, f"+1312555019{place}"
            line.uuid = type(line)._meta.get_field("uuid").get_default()
            line.save(force_insert=True)
        with CaptureQueriesContext(connection) as many:
            assert len(staff.get(path).body["lines"]) == 6
        assert len(many) == len(few)
