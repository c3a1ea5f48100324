"""Counters that nobody can push over the limit, however many try at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import limits
from accounts.actors import System
from accounts.limits import CounterMismatch, UnableToTake
from accounts.models import Kind, Organization
from accounts.tests.factories import NOW, make_dealer, make_provider, make_tenant
from accounts.workflows import organizations

Job = TypeVar("Job")


def _held(organization: Organization) -> int:
    return Organization.objects.get(pk=organization.pk).numbers_held


@pytest.mark.django_db
class TestTakeNumber:
    def test_counts_up_to_the_limit_and_not_beyond(self) -> None:
        tenant = make_tenant(number_limit=3)
        limits.take_number(tenant, 2)

        with pytest.raises(UnableToTake, match="may hold 3 numbers and holds 2"):
            limits.take_number(tenant, 2)
        limits.take_number(tenant)
        assert _held(tenant) == 3

    def test_counts_without_end_where_there_is_no_limit(self) -> None:
        tenant = make_tenant()
        limits.take_number(tenant, 10_000)

        assert _held(tenant) == 10_000

    def test_refuses_everything_at_a_limit_of_nothing(self) -> None:
        with pytest.raises(UnableToTake):
            limits.take_number(make_tenant(number_limit=0))

    def test_does_not_count_the_provider(self) -> None:
        provider = make_provider()
        limits.take_number(provider, 5)
        limits.give_number(provider, 7)

        assert _held(provider) == 0


@pytest.mark.django_db
class TestGiveNumber:
    def test_makes_room(self) -> None:
        tenant = make_tenant(number_limit=1)
        limits.take_number(tenant)
        limits.give_number(tenant)

        limits.take_number(tenant)
        assert _held(tenant) == 1

    def test_never_goes_below_nothing(self) -> None:
        with pytest.raises(CounterMismatch):
            limits.give_number(make_tenant())


@pytest.mark.django_db
class TestMoveNumber:
    def test_counts_at_both_ends(self) -> None:
        dealer = make_dealer()
        tenant = make_tenant(parent=dealer)
        limits.take_number(dealer, 5)

        limits.move_number(dealer, tenant, 2)
        assert (_held(dealer), _held(tenant)) == (3, 2)

    def test_locks_from_the_leaf_to_the_root_as_everybody_does(self) -> None:
        dealer = make_dealer()
        tenant = make_tenant(parent=dealer)
        limits.take_number(dealer)

        with CaptureQueriesContext(connection) as asked:
            limits.move_number(dealer, tenant)
        assert '"path" DESC FOR NO KEY UPDATE' in asked.captured_queries[0]["sql"]

    def test_changes_nothing_when_the_target_is_full(self) -> None:
        dealer = make_dealer()
        tenant = make_tenant(parent=dealer, number_limit=1)
        limits.take_number(dealer, 5)

        with pytest.raises(UnableToTake), transaction.atomic():
            limits.move_number(dealer, tenant, 2)
        assert (_held(dealer), _held(tenant)) == (5, 0)


def _all_at_once(jobs: Sequence[Job], work: Callable[[Job], None]) -> list[bool]:
    start = Barrier(len(jobs))

    def run(job: Job) -> bool:
        start.wait()
        try:
            work(job)
        except UnableToTake:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_eight_takers_of_three_places_leave_three_winners(self) -> None:
        tenant = make_tenant(number_limit=3)

        def take(_: int) -> None:
            with transaction.atomic():
                limits.take_number(tenant)

        assert sum(_all_at_once(range(8), take)) == 3
        assert _held(tenant) == 3

    def test_movers_in_opposite_directions_do_not_block_each_other_for_good(self) -> None:
        one, other = make_tenant(), make_tenant()
        for tenant in (one, other):
            limits.take_number(tenant, 40)

        def move(pair: tuple[Organization, Organization]) -> None:
            source, target = pair
            for _ in range(10):
                with transaction.atomic():
                    limits.move_number(source, target)

        assert all(_all_at_once([(one, other), (other, one)] * 2, move))
        assert (_held(one), _held(other)) == (40, 40)

    def test_eight_creators_of_two_tenants_leave_two(self) -> None:
        dealer = make_dealer(tenant_limit=2)
        sub_dealer = make_dealer(parent=dealer)

        def create(parent: Organization) -> None:
            organizations.create(
                kind=Kind.TENANT,
                parent=parent,
                name="Twin",
                country="US",
                currency="USD",
                time_zone="UTC",
                actor=System("test"),
                now=NOW,
            )

        assert sum(_all_at_once([dealer, sub_dealer] * 4, create)) == 2
        dealer.refresh_from_db()
        assert dealer.tenants_held == 2
        assert Organization.objects.filter(kind=Kind.TENANT).count() == 2
