from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.tests.cast import Cast
from accounts.tests.factories import NOW
from dids import inventory
from dids.destinations import Destination
from dids.models import CarrierBinding
from dids.workflows import assignment
from provisioning import (
    checks,
    delivery,
    explain,
    hops,
    live,
    publisher,
    route_state,
    tasks,
)
from provisioning.models import DirtyRoute, Lane, NodeAck, PbxNode, Scope
from provisioning.refusals import UnableToRoute
from provisioning.tests.scene import (
    SYSTEM,
    Scene,
    bind,
    make_account,
    make_numbers,
    make_pbx,
    make_trunk,
    number,
)
from provisioning.workflows import deliveries, trunks
from trunks.models import Trunk

pytestmark = pytest.mark.django_db


def router(scene: Scene, name: str) -> PbxNode:
    return PbxNode.objects.create(
        pbx=scene.pbx,
        name=name,
        role=PbxNode.Role.ROUTER,
        address="sip:192.0.2.20:5060;transport=udp",
        login=f"test_{name}",
        enrolled_at=NOW,
        created_at=NOW,
    )


def acknowledge(
    node: PbxNode, version: int, *, ago: float = 0, ready: bool = True, rows: int = 1
) -> None:
    NodeAck.objects.filter(node=node).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO provisioning_nodeack (node_id, "table", version, rows, mode, ready,'
            " seen_at) VALUES (%s, 'inbound', %s, %s, 'delta', %s,"
            " clock_timestamp() - make_interval(secs => %s))",
            [node.pk, version, rows, ready, ago],
        )


@pytest.fixture
def trunk(scene: Scene) -> Trunk:
    trunk = make_trunk(scene.account)
    trunks.attach(trunk=trunk, pbx=scene.pbx, actor=SYSTEM, now=NOW)
    return trunk


@pytest.fixture
def e164(scene: Scene, cast: Cast, trunk: Trunk) -> str:
    (made,) = make_numbers(scene.account, scene.tenant, assigned=False)
    bind(made, trunk)
    assign(cast, made, "101")
    publisher.run(pbx_id=scene.pbx.pk, clock=timezone.now)
    return made


def assign(cast: Cast, e164: str, extension: str) -> None:
    assignment.assign(
        number=number(e164),
        destination=Destination("EXTENSION", extension),
        actor=cast.tenant_owner,
        now=NOW,
    )


class TestStateOf:
    def test_is_live_when_bound_and_acknowledged_by_every_router(
        self, scene: Scene, e164: str
    ) -> None:
        for name in ("r1", "r2"):
            acknowledge(router(scene, name), 1)

        assert live.state_of([e164]) == {e164: live.LiveState(live.State.LIVE, 2, 2)}

    def test_is_partly_live_while_a_router_lags(self, scene: Scene, e164: str) -> None:
        acknowledge(router(scene, "r1"), 1)
        acknowledge(router(scene, "r2"), 0)

        state = live.state_of([e164])[e164]
        assert (state.state, state.live_on, state.of) == (live.State.PARTLY, 1, 2)
        assert state.waiting_for == "1 of 2 routers have the route."

    def test_does_not_wait_for_a_router_that_is_down(self, scene: Scene, e164: str) -> None:
        acknowledge(router(scene, "r1"), 1)
        acknowledge(router(scene, "r2"), 0, ago=3600)
        router(scene, "never seen")

        assert live.state_of([e164])[e164] == live.LiveState(live.State.LIVE, 1, 1)

    def test_waits_for_a_router_that_says_nothing_of_its_routes(
        self, scene: Scene, e164: str
    ) -> None:
        acknowledge(router(scene, "r1"), 1)
        stuck = router(scene, "r2")
        acknowledge(stuck, 1, ago=3600)
        NodeAck.objects.create(
            node=stuck,
            table="settings",
            version=1,
            rows=1,
            mode="delta",
            ready=True,
            seen_at=timezone.now(),
        )

        state = live.state_of([e164])[e164]
        assert (state.state, state.live_on, state.of) == (live.State.PARTLY, 1, 2)

    def test_does_not_count_a_router_that_is_not_ready(self, scene: Scene, e164: str) -> None:
        acknowledge(router(scene, "r1"), 1, ready=False)

        assert live.state_of([e164])[e164].live_on == 0

    def test_waits_when_no_router_is_up(self, e164: str) -> None:
        state = live.state_of([e164])[e164]

        assert (state.state, state.of) == (live.State.WAITING, 0)

    def test_waits_for_the_carrier(self, scene: Scene, e164: str) -> None:
        acknowledge(router(scene, "r1"), 1)
        CarrierBinding.objects.update(status="UNCERTAIN")

        state = live.state_of([e164])[e164]
        assert state.state == live.State.WAITING
        assert "carrier" in state.waiting_for

    def test_is_not_live_through_a_trunk_that_leads_elsewhere(
        self, scene: Scene, e164: str
    ) -> None:
        acknowledge(router(scene, "r1"), 1)
        CarrierBinding.objects.update(trunk=make_trunk(scene.account, address="192.0.2.99"))

        assert live.state_of([e164])[e164].state == live.State.WAITING

    def test_is_not_live_at_the_old_place_after_a_move(
        self, scene: Scene, cast: Cast, e164: str
    ) -> None:
        acknowledge(router(scene, "r1"), 1)
        assign(cast, e164, "102")

        state = live.state_of([e164])[e164]
        assert state.state == live.State.WAITING
        assert state.waiting_for == "The route is about to be published."

    def test_is_off_when_it_points_nowhere(self, scene: Scene) -> None:
        (made,) = make_numbers(scene.account, scene.tenant, first=99_910_000_000, assigned=False)

        assert live.state_of([made, "+99900009999"]) == {made: live.OFF, "+99900009999": live.OFF}

    def test_asks_the_same_number_of_questions_for_many(
        self, scene: Scene, e164: str, django_assert_num_queries: pytest.FixtureRequest
    ) -> None:
        many = make_numbers(scene.account, scene.tenant, first=99_910_000_000, count=50)
        with django_assert_num_queries(3):  # type: ignore[operator]
            live.state_of([e164, *many])


class TestRoute:
    def test_names_value_version_and_who_has_it(self, scene: Scene, e164: str) -> None:
        acknowledge(router(scene, "r1"), 1)
        acknowledge(router(scene, "r2"), 0)
        router(scene, "r3")

        said = explain.route(pbx=scene.pbx, number=e164)

        assert (said.value, said.version) == ("c,1,101@oak.pbx.example", 1)
        assert [(r.node, r.version, r.has_it) for r in said.routers] == [
            ("r1", 1, True),
            ("r2", 0, False),
            ("r3", None, False),
        ]

    def test_says_when_nothing_is_published(self, scene: Scene) -> None:
        assert explain.route(pbx=scene.pbx, number="+99900000009").value is None


class TestDelivery:
    def test_is_asked_of_the_carrier_when_a_number_out_of_stock_is_assigned(
        self, scene: Scene, cast: Cast, trunk: Trunk
    ) -> None:
        (made,) = make_numbers(scene.account, scene.tenant, assigned=False)
        assign(cast, made, "101")

        wanted = CarrierBinding.objects.get(number__e164=made)
        assert (wanted.trunk, wanted.status) == (trunk, "WANTED")

    def test_leaves_a_binding_alone_that_leads_there(
        self, scene: Scene, cast: Cast, e164: str
    ) -> None:
        assign(cast, e164, "102")

        assert CarrierBinding.objects.get(number__e164=e164).status == "BOUND"

    def test_is_asked_anew_when_it_leads_elsewhere(
        self, scene: Scene, cast: Cast, trunk: Trunk, e164: str
    ) -> None:
        CarrierBinding.objects.update(trunk=make_trunk(scene.account, address="192.0.2.99"))
        assign(cast, e164, "102")

        wanted = CarrierBinding.objects.get(number__e164=e164)
        assert (wanted.trunk, wanted.status) == (trunk, "WANTED")

    def test_does_not_stand_in_the_way_where_no_trunk_leads_there(
        self, scene: Scene, cast: Cast
    ) -> None:
        (made,) = make_numbers(scene.account, scene.tenant, assigned=False)
        assign(cast, made, "101")

        assert not CarrierBinding.objects.exists()

    def test_is_asked_anew_after_it_failed(
        self, scene: Scene, cast: Cast, trunk: Trunk, e164: str
    ) -> None:
        CarrierBinding.objects.update(status="FAILED")
        assign(cast, e164, "102")

        assert CarrierBinding.objects.get(number__e164=e164).status == "WANTED"

    def test_is_asked_for_numbers_that_rang_before_the_trunk_was_attached(
        self,
        scene: Scene,
        django_capture_on_commit_callbacks: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        (made,) = make_numbers(scene.account, scene.tenant)
        make_numbers(make_account(), scene.tenant, first=99_910_000_000)
        first = make_trunk(scene.account)
        monkeypatch.setattr(tasks.deliver, "delay", tasks.deliver)
        with django_capture_on_commit_callbacks(execute=True):
            trunks.attach(trunk=first, pbx=scene.pbx, actor=SYSTEM, now=NOW)

        wanted = CarrierBinding.objects.get()
        assert (wanted.number.e164, wanted.trunk, wanted.status) == (made, first, "WANTED")

    def test_that_was_forgotten_is_found_again(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        late = make_trunk(scene.account)
        Trunk.objects.filter(pk=late.pk).update(status="WANTED")
        trunks.attach(trunk=late, pbx=scene.pbx, actor=SYSTEM, now=NOW)
        (made,) = make_numbers(scene.account, scene.tenant)
        monkeypatch.setattr(tasks.deliver, "delay", tasks.deliver)
        tasks.deliver_forgotten()
        assert not CarrierBinding.objects.exists()

        Trunk.objects.filter(pk=late.pk).update(status="READY")
        tasks.deliver_forgotten()

        wanted = CarrierBinding.objects.get()
        assert (wanted.number.e164, wanted.trunk, wanted.status) == (made, late, "WANTED")
        assert deliveries.forgotten(10) == []

    def test_of_a_bulk_is_asked_for_by_a_task(self, scene: Scene, trunk: Trunk) -> None:
        made = make_numbers(scene.account, scene.tenant, count=3)
        tasks.deliver(numbers=made)

        assert CarrierBinding.objects.count() == 3


class TestTrunkFor:
    def test_finds_the_trunk_that_reaches_the_tenant(
        self, scene: Scene, cast: Cast, trunk: Trunk
    ) -> None:
        found = delivery.trunk_for(account=scene.account, holder=cast.tenant)

        assert found == trunk

    def test_refuses_a_holder_that_is_on_no_pbx(self, scene: Scene, cast: Cast) -> None:
        with pytest.raises(UnableToRoute, match="on no PBX"):
            delivery.trunk_for(account=scene.account, holder=cast.rival_tenant)

    def test_refuses_when_no_ready_trunk_leads_there(
        self, scene: Scene, cast: Cast, trunk: Trunk
    ) -> None:
        Trunk.objects.update(status="FAILED")
        with pytest.raises(UnableToRoute, match="No trunk"):
            delivery.trunk_for(account=scene.account, holder=cast.tenant)


class TestChecks:
    def test_find_nothing_when_all_is_well(self, scene: Scene, e164: str) -> None:
        assert checks.heads() == checks.small_tables() == checks.old_dirty() == []

    def test_find_a_route_that_no_head_counted(self, scene: Scene, e164: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM provisioning_inboundroute")

        assert checks.heads() == [
            f"{scene.pbx.name}: the head of inbound says 1 rows, the table has 0."
        ]

    def test_find_what_waits_for_too_long(self, scene: Scene, e164: str, cast: Cast) -> None:
        assign(cast, e164, "102")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE provisioning_dirtyroute SET at = at - interval '5 minutes'")

        assert "1 changes wait too long to be published" in checks.old_dirty()[0]

    @pytest.mark.parametrize(("minutes", "said"), [(9, 0), (11, 1)])
    def test_give_what_follows_a_first_publish_ten_minutes(
        self, scene: Scene, e164: str, minutes: int, said: int
    ) -> None:
        DirtyRoute.objects.create(
            pbx=scene.pbx,
            scope=Scope.SERVICE,
            value=e164,
            lane=Lane.AFTER,
            at=timezone.now() - timedelta(minutes=minutes),
        )

        assert len(checks.old_dirty()) == said

    def test_find_small_tables_that_nobody_published(self, scene: Scene, e164: str) -> None:
        scene.account.trunks.get().source_addresses.create(address="192.0.2.77")

        assert checks.small_tables() == [
            f"{scene.pbx.name}: the published sources are not what is set up."
        ]

    def test_find_a_router_that_is_behind_or_down(self, scene: Scene, e164: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE provisioning_routehead SET published_at = now() - interval '1 hour'"
            )
        acknowledge(router(scene, "behind"), 0)
        acknowledge(router(scene, "down"), 1, ago=3600)

        found = checks.nodes()
        assert f"Router behind of {scene.pbx.name} has inbound 0, published is 1." in found
        assert any("Router down" in sentence and "not seen" in sentence for sentence in found)


def test_a_switch_of_its_own_knows_nothing_of_the_number(scene: Scene, e164: str) -> None:
    assert explain.route(pbx=make_pbx(), number=e164).value is None


def way(e164: str, *, shows_carrier: bool = True) -> dict[str, tuple[str, str]]:
    """Give state and sentence of each place that a call to a number passes."""
    found = hops.of(
        inventory.number(SYSTEM, e164),
        live.state_of([e164])[e164],
        shows_carrier=shows_carrier,
    )
    return {str(hop.place): (str(hop.state), hop.why) for hop in found}


class TestTheWayOfACall:
    def test_is_live_from_carrier_to_phone(self, scene: Scene, e164: str) -> None:
        acknowledge(router(scene, "r1"), 1)

        assert {place: state for place, (state, _) in way(e164).items()} == {
            "CARRIER": "LIVE",
            "TRUNK": "LIVE",
            "ROUTERS": "LIVE",
            "DESTINATION": "LIVE",
        }

    def test_names_no_trunk_to_those_who_see_no_carrier(self, e164: str) -> None:
        CarrierBinding.objects.update(status="FAILED", failure="MARK said no")

        assert list(way(e164, shows_carrier=False)) == ["CARRIER", "ROUTERS", "DESTINATION"]
        assert "MARK" not in str(way(e164, shows_carrier=False))
        assert way(e164)["CARRIER"] == (
            "BROKEN",
            "MARK said no Somebody of the provider must ask for the binding again.",
        )

    @pytest.mark.parametrize(
        ("status", "state"), [("WANTED", "WAITING"), ("UNCERTAIN", "WAITING"), ("BOUND", "LIVE")]
    )
    def test_waits_for_the_carrier(self, e164: str, status: str, state: str) -> None:
        CarrierBinding.objects.update(status=status)

        assert way(e164)["CARRIER"][0] == state

    def test_is_broken_where_nobody_asked_the_carrier(self, e164: str) -> None:
        CarrierBinding.objects.all().delete()

        assert way(e164)["CARRIER"][0] == "BROKEN"
        assert "TRUNK" not in way(e164)

    def test_is_broken_at_a_trunk_that_the_switch_does_not_know(
        self, scene: Scene, e164: str
    ) -> None:
        CarrierBinding.objects.update(trunk=make_trunk(scene.account))

        state, why = way(e164)["TRUNK"]
        assert state == "BROKEN"
        assert f"{scene.pbx.name} refuses its calls" in why

    @pytest.mark.parametrize(("status", "state"), [("FAILED", "BROKEN"), ("MAKING", "WAITING")])
    def test_tells_of_a_trunk_that_is_not_made(self, e164: str, status: str, state: str) -> None:
        Trunk.objects.update(status=status, failure="No such gateway.")

        assert way(e164)["TRUNK"][0] == state

    def test_waits_for_routers_that_lag_and_breaks_without_any(
        self, scene: Scene, e164: str
    ) -> None:
        assert way(e164)["ROUTERS"] == ("BROKEN", "No router of it is up.")
        acknowledge(router(scene, "r1"), 0)
        assert way(e164)["ROUTERS"] == ("WAITING", "0 of 1 routers have the route.")

    def test_leads_nowhere_while_it_points_nowhere(self, cast: Cast, e164: str) -> None:
        assignment.unassign(number=number(e164), actor=cast.tenant_owner, now=NOW)

        found = way(e164)
        assert (found["ROUTERS"][0], found["DESTINATION"]) == (
            "OFF",
            ("OFF", "Choose where it rings."),
        )
        CarrierBinding.objects.all().delete()
        assert way(e164)["CARRIER"][0] == "OFF"

    def test_of_stock_leads_nowhere(self, scene: Scene, cast: Cast) -> None:
        (stock,) = make_numbers(
            scene.account, cast.dealer, first=999_7000_0000, assigned=False, status="AVAILABLE"
        )

        assert {state for state, _ in way(stock).values()} == {"OFF"}

    def test_is_broken_for_a_tenant_on_no_switch(self, scene: Scene, cast: Cast) -> None:
        (made,) = make_numbers(scene.account, cast.sub_tenant, first=999_7000_0000)

        assert way(made)["ROUTERS"] == (
            "BROKEN",
            f"{cast.sub_tenant.name} is on no PBX yet, so nothing of its can ring.",
        )


class TestNodesOf:
    def test_tells_what_each_router_acknowledged(self, scene: Scene, e164: str) -> None:
        acknowledge(router(scene, "r1"), 1)
        acknowledge(router(scene, "r2"), 0)
        router(scene, "r3")

        told = [(n.name, n.has_route, n.version, n.wants) for n in route_state.nodes_of(e164)]
        assert told == [("r1", True, 1, 1), ("r2", False, 0, 1), ("r3", False, None, 1)]
