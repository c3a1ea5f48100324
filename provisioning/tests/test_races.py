from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organization
from accounts.tests.factories import NOW, make_actor, make_tenant
from dids.destinations import Destination
from dids.models import Assignment
from dids.states import NumberStatus
from dids.workflows import assignment
from lib import pauses
from provisioning import dirty, publisher
from provisioning.models import DirtyRoute, Lane, RouteChange, TenantOnPbx
from provisioning.tests.scene import (
    Scene,
    make_numbers,
    make_pbx,
    number,
    place,
    routes,
    version,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

GAPS = ["locked", "read", "computed", "written", "followed", "settled", "committed"]
DID = "99900000000"


def in_thread(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def publish(scene: Scene) -> publisher.Run:
    return publisher.run(pbx_id=scene.pbx.pk, clock=timezone.now)


def point(e164: str, extension: str, holder: Organization) -> None:
    assignment.assign(
        number=number(e164),
        destination=Destination("EXTENSION", extension),
        actor=make_actor(organization=holder),
        now=NOW,
    )


@pytest.fixture
def e164(committed: Scene) -> str:
    publish(committed)
    (made,) = make_numbers(committed.account, committed.tenant, assigned=False)
    return made


class TestAWriterAtEveryGap:
    @pytest.mark.parametrize("gap", GAPS)
    def test_is_published_by_this_run_or_still_dirty(
        self, committed: Scene, e164: str, gap: str
    ) -> None:
        point(e164, "101", committed.tenant)
        with pauses.armed(f"publish.{gap}") as moment:
            thread = in_thread(lambda: publish(committed))
            moment.wait()
            other = in_thread(lambda: point(e164, "102", committed.tenant))
            other.join(0.3)  # behind the status of the number it may have to wait
            moment.release()
            other.join()
            thread.join()
        publish(committed)

        assert routes(committed.pbx) == {DID: "c,1,102@oak.pbx.example"}
        assert number(e164).status == NumberStatus.IN_SERVICE
        assert not DirtyRoute.objects.exists()

    @pytest.mark.parametrize("gap", GAPS)
    def test_takes_a_number_off_without_leaving_its_route(
        self, committed: Scene, e164: str, gap: str
    ) -> None:
        point(e164, "101", committed.tenant)
        actor = make_actor(organization=committed.tenant)
        with pauses.armed(f"publish.{gap}") as moment:
            thread = in_thread(lambda: publish(committed))
            moment.wait()
            other = in_thread(
                lambda: assignment.unassign(number=number(e164), actor=actor, now=NOW)
            )
            other.join(0.3)
            moment.release()
            other.join()
            thread.join()
        publish(committed)

        assert routes(committed.pbx) == {}
        assert number(e164).status == NumberStatus.ASSIGNED

    def test_that_commits_late_with_an_early_row_is_not_lost(
        self, committed: Scene, e164: str
    ) -> None:
        """Its row has the lowest id of all, and is seen by nobody until it commits."""
        (other,) = make_numbers(committed.account, committed.tenant, first=99_910_000_000)
        written, go = threading.Event(), threading.Event()

        def slow() -> None:
            with transaction.atomic():
                point(e164, "101", committed.tenant)
                written.set()
                go.wait(20)

        writer = in_thread(slow)
        written.wait(20)
        dirty.mark_numbers([other], lane=Lane.INTERACTIVE)
        publish(committed)
        seen = routes(committed.pbx)
        go.set()
        writer.join()
        publish(committed)

        assert set(seen) == {"99910000000"}
        assert set(routes(committed.pbx)) == {"99910000000", DID}


class TestTwoPublishers:
    def test_of_one_pbx_do_not_wait_for_each_other(self, committed: Scene, e164: str) -> None:
        point(e164, "101", committed.tenant)
        with pauses.armed("publish.computed") as moment:
            thread = in_thread(lambda: publish(committed))
            moment.wait()
            second = publish(committed)
            moment.release()
            thread.join()

        assert second == publisher.Run(0, unfinished=False)
        assert version(committed.pbx) == 1

    def test_leave_nothing_behind_when_a_nudge_came_while_the_first_held_the_lock(
        self, committed: Scene, e164: str
    ) -> None:
        point(e164, "101", committed.tenant)
        with pauses.armed("publish.settled") as moment:
            thread = in_thread(lambda: publish(committed))
            moment.wait()
            (other,) = make_numbers(committed.account, committed.tenant, first=99_910_000_000)
            dirty.mark_numbers([other], lane=Lane.INTERACTIVE)
            assert publish(committed).changed == 0
            moment.release()
            thread.join()

        assert set(routes(committed.pbx)) == {"99910000000", DID}

    def test_give_gapless_versions_to_many_writers(self, committed: Scene) -> None:
        publish(committed)
        numbers = make_numbers(committed.account, committed.tenant, count=40, assigned=False)

        def write(part: list[str]) -> None:
            for one in part:
                point(one, "101", committed.tenant)
                publish(committed)

        threads = [in_thread(partial(write, numbers[i::4])) for i in range(4)]
        for thread in threads:
            thread.join()
        publish(committed)

        versions = set(
            RouteChange.objects.filter(pbx=committed.pbx, table="inbound").values_list(
                "version", flat=True
            )
        )
        assert len(routes(committed.pbx)) == 40
        assert versions == set(range(1, version(committed.pbx) + 1))


class TestTwoPbxs:
    def test_agree_on_the_service_of_a_number_whose_tenant_moved_while_one_was_at_it(
        self, committed: Scene, e164: str
    ) -> None:
        """The old switch is about to withdraw while the new one puts the number in service."""
        elsewhere = make_pbx()
        there = make_tenant()
        place(there, elsewhere, domain="there.pbx.example")
        publisher.run(pbx_id=elsewhere.pk, clock=timezone.now)
        point(e164, "101", committed.tenant)
        publish(committed)
        Assignment.objects.all().delete()
        dirty.mark_numbers([e164], lane=Lane.INTERACTIVE)

        with pauses.armed("publish.written") as moment:
            thread = in_thread(lambda: publish(committed))
            moment.wait()
            TenantOnPbx.objects.filter(tenant=committed.tenant).update(pbx=elsewhere)
            point(e164, "201", committed.tenant)
            publisher.run(pbx_id=elsewhere.pk, clock=timezone.now)
            moment.release()
            thread.join()
        publish(committed)
        publisher.run(pbx_id=elsewhere.pk, clock=timezone.now)

        assert routes(committed.pbx) == {}
        assert set(routes(elsewhere)) == {DID}
        assert number(e164).status == NumberStatus.IN_SERVICE
