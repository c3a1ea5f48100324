from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from accounts.tests.factories import NOW
from dids.destinations import Destination
from dids.models import Assignment
from dids.states import NumberStatus
from dids.workflows import assignment, holding, swapping
from provisioning import backlog, dirty, publisher, tasks
from provisioning.models import DirtyRoute, Lane, RouteChange, RouteHead, Scope, TenantOnPbx
from provisioning.refusals import UnableToRoute
from provisioning.tests.scene import (
    Scene,
    make_numbers,
    make_pbx,
    number,
    place,
    routes,
    version,
)

pytestmark = pytest.mark.django_db


def run(scene: Scene) -> int:
    return publisher.run(pbx_id=scene.pbx.pk, clock=timezone.now).changed


def assign(cast: Cast, e164: str, extension: str) -> None:
    assignment.assign(
        number=number(e164),
        destination=Destination("EXTENSION", extension),
        actor=cast.tenant_owner,
        now=NOW,
    )


@pytest.fixture
def e164(scene: Scene) -> str:
    run(scene)  # the small tables of the new switch
    (made,) = make_numbers(scene.account, scene.tenant, assigned=False)
    return made


def test_the_sweep_nudges_only_where_something_waits(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_pbx()
    DirtyRoute.objects.all().delete()
    dirty.mark_facts(scene.pbx.pk)
    nudged: list[int] = []
    monkeypatch.setattr(tasks.publish, "delay", lambda *, pbx_id: nudged.append(pbx_id))

    tasks.sweep()

    assert nudged == [scene.pbx.pk]


class TestPublish:
    def test_routes_an_assigned_number_and_puts_it_in_service(
        self, scene: Scene, cast: Cast, e164: str
    ) -> None:
        assign(cast, e164, "101")
        run(scene)

        assert routes(scene.pbx) == {"99900000000": "c,1,101@oak.pbx.example"}
        assert number(e164).status == NumberStatus.IN_SERVICE

    def test_moves_a_route_in_a_version_of_its_own_with_old_and_new_value(
        self, scene: Scene, cast: Cast, e164: str
    ) -> None:
        assign(cast, e164, "101")
        run(scene)
        assign(cast, e164, "102")
        run(scene)

        change = RouteChange.objects.get(pbx=scene.pbx, table="inbound", version=2)
        assert (change.old, change.new) == ("c,1,101@oak.pbx.example", "c,1,102@oak.pbx.example")
        assert version(scene.pbx) == 2

    def test_publishes_both_routes_of_a_swap_in_one_version(
        self, scene: Scene, cast: Cast, e164: str
    ) -> None:
        (other,) = make_numbers(scene.account, scene.tenant, first=999_0000_0001, assigned=False)
        assign(cast, e164, "101")
        assign(cast, other, "102")
        run(scene)
        swapping.swap(number=number(e164), other=number(other), actor=cast.tenant_owner, now=NOW)
        before = version(scene.pbx)
        run(scene)

        assert version(scene.pbx) == before + 1
        changes = RouteChange.objects.filter(pbx=scene.pbx, table="inbound", version=before + 1)
        assert {change.key: change.new for change in changes} == {
            e164[1:]: "c,1,102@oak.pbx.example",
            other[1:]: "c,1,101@oak.pbx.example",
        }

    def test_withdraws_what_points_nowhere_any_more(
        self, scene: Scene, cast: Cast, e164: str
    ) -> None:
        assign(cast, e164, "101")
        run(scene)
        assignment.unassign(number=number(e164), actor=cast.tenant_owner, now=NOW)
        run(scene)

        assert routes(scene.pbx) == {}
        assert number(e164).status == NumberStatus.ASSIGNED
        assert RouteHead.objects.get(pbx=scene.pbx, table="inbound").rows == 0

    def test_withdraws_a_number_that_is_given_back(
        self, scene: Scene, cast: Cast, e164: str
    ) -> None:
        assign(cast, e164, "101")
        run(scene)
        holding.give_back(number=number(e164), actor=cast.tenant_owner, now=NOW)
        run(scene)

        assert number(e164).status == NumberStatus.QUARANTINE
        assert routes(scene.pbx) == {}

    def test_writes_nothing_when_nothing_differs(self, scene: Scene, cast: Cast, e164: str) -> None:
        assign(cast, e164, "101")
        run(scene)
        dirty.mark_pbx(scene.pbx.pk)
        changed = run(scene)

        assert (changed, version(scene.pbx)) == (0, 1)
        assert not DirtyRoute.objects.exists()

    def test_writes_a_hang_up(self, scene: Scene, cast: Cast, e164: str) -> None:
        assignment.assign(
            number=number(e164),
            destination=Destination("HANG_UP"),
            actor=cast.tenant_owner,
            now=NOW,
        )
        run(scene)

        assert routes(scene.pbx) == {"99900000000": "h,0,"}

    def test_serves_persons_before_bulk(self, scene: Scene, e164: str) -> None:
        others = make_numbers(scene.account, scene.tenant, first=99_910_000_000, count=5)
        dirty.mark_numbers(others, lane=Lane.BULK)
        dirty.mark_numbers([e164], lane=Lane.INTERACTIVE)

        assert backlog.read(scene.pbx.pk, 1).numbers == [e164]

    def test_walks_a_wide_change_in_slices_that_let_others_pass(self, scene: Scene) -> None:
        run(scene)
        made = make_numbers(scene.account, scene.tenant, count=25)
        dirty.mark_pbx(scene.pbx.pk)
        sizes = []
        while backlog.waiting(scene.pbx.pk):
            done = publisher.batch(pbx_id=scene.pbx.pk, now=NOW, size=10)
            assert done is not None
            sizes.append(done.changed)

        assert len(routes(scene.pbx)) == len(made)
        assert max(sizes) == 10

    def test_removes_by_a_wide_change_what_should_not_be_there(self, scene: Scene) -> None:
        run(scene)
        make_numbers(scene.account, scene.tenant, count=25)
        dirty.mark_organization(scene.tenant.pk, lane=Lane.BULK)
        run(scene)
        Assignment.objects.all().delete()
        dirty.mark_pbx(scene.pbx.pk)
        while backlog.waiting(scene.pbx.pk):
            publisher.batch(pbx_id=scene.pbx.pk, now=NOW, size=10)

        assert routes(scene.pbx) == {}


class TestMove:
    def test_withdraws_the_old_route_of_a_number_that_moves_to_a_tenant_on_another_pbx(
        self, scene: Scene, cast: Cast, e164: str
    ) -> None:
        elsewhere = make_pbx()
        place(cast.rival_tenant, elsewhere, domain="ridge.pbx.example")
        assign(cast, e164, "101")
        run(scene)
        holding.give_back(number=number(e164), actor=cast.tenant_owner, now=NOW)
        there = make_numbers_move(e164, cast)
        publisher.run(pbx_id=elsewhere.pk, clock=timezone.now)
        run(scene)

        assert routes(scene.pbx) == {}
        assert routes(elsewhere) == {"99900000000": "c,1,201@ridge.pbx.example"}
        assert there == NumberStatus.ASSIGNED
        assert number(e164).status == NumberStatus.IN_SERVICE

    def test_looks_at_the_switch_of_a_past_holder_whose_route_is_not_visible_yet(
        self, scene: Scene, cast: Cast, e164: str
    ) -> None:
        holding.give_back(number=number(e164), actor=cast.tenant_owner, now=NOW)
        DirtyRoute.objects.all().delete()
        dirty.mark_numbers([e164], lane=Lane.INTERACTIVE)

        assert DirtyRoute.objects.get().pbx_id == scene.pbx.pk


def make_numbers_move(e164: str, cast: Cast) -> str:
    """Hand a number that was given back over to the rival tenant, and have it ring there."""
    from dids.models import PhoneNumber

    PhoneNumber.objects.filter(e164=e164).update(
        status=NumberStatus.AVAILABLE, quarantine_until=None
    )
    row = number(e164)
    if row.holder != cast.provider:
        holding.give_back(number=row, actor=cast.dealer_owner, now=NOW)
        PhoneNumber.objects.filter(e164=e164).update(status=NumberStatus.AVAILABLE)
    holding.allot(number=number(e164), to=cast.rival_tenant, actor=cast.staff, now=NOW)
    status = number(e164).status
    assignment.assign(
        number=number(e164),
        destination=Destination("EXTENSION", "201"),
        actor=cast.rival_tenant_owner,
        now=NOW,
    )
    return status


class TestRefusals:
    def test_undoes_an_assignment_that_no_pbx_could_carry_out(
        self, scene: Scene, cast: Cast, e164: str
    ) -> None:
        TenantOnPbx.objects.all().delete()

        with pytest.raises(UnableToRoute, match="is on no PBX yet"):
            assign(cast, e164, "101")

        assert not Assignment.objects.exists()
        assert not DirtyRoute.objects.filter(scope=Scope.NUMBER).exists()
