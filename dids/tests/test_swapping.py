"""Two numbers of one tenant exchange where they ring."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from accounts.tests.factories import make_actor, make_tenant
from dids import signals
from dids.destinations import Destination
from dids.models import Assignment, PhoneNumber
from dids.tests.carrier import Heard
from dids.tests.factories import make_number
from dids.workflows import swapping
from dids.workflows.assignment import UnableToAssign
from dids.workflows.standing import UnableToStandIn

FRONT, BACK = Destination("EXTENSION", "101"), Destination("QUEUE", "500")


def places(*numbers: PhoneNumber) -> list[Destination | None]:
    there = {row.number_id: row.destination for row in Assignment.objects.all()}
    return [there.get(number.pk) for number in numbers]


class TestSwap:
    def test_exchanges_two_destinations_in_one_change_of_routes(self, cast: Cast) -> None:
        first = make_number(holder=cast.tenant, destination=FRONT)
        second = make_number(holder=cast.tenant, destination=BACK)
        heard = Heard()
        signals.routing_changed.connect(heard, weak=False)
        try:
            swapping.swap(number=first, other=second, actor=cast.tenant_owner, now=timezone.now())
        finally:
            signals.routing_changed.disconnect(heard)
        assert places(first, second) == [BACK, FRONT]
        assert sorted(heard.numbers) == sorted([first.e164, second.e164])
        assert len(heard.lanes) == 1
        told = Event.objects.filter(action="dids.number.swapped").order_by("number")
        assert [event.number for event in told] == sorted([first.e164, second.e164])

    def test_moves_a_destination_to_a_number_that_points_nowhere(self, cast: Cast) -> None:
        first = make_number(holder=cast.tenant, destination=FRONT)
        second = make_number(holder=cast.tenant)
        swapping.swap(number=second, other=first, actor=cast.tenant_owner, now=timezone.now())
        assert places(first, second) == [None, FRONT]

    def test_refuses_a_number_with_itself(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant, destination=FRONT)
        with pytest.raises(UnableToAssign, match="another number"):
            swapping.swap(number=number, other=number, actor=cast.tenant_owner, now=timezone.now())

    def test_refuses_two_that_point_nowhere(self, cast: Cast) -> None:
        first, second = make_number(holder=cast.tenant), make_number(holder=cast.tenant)
        with pytest.raises(UnableToAssign, match="both point nowhere"):
            swapping.swap(number=first, other=second, actor=cast.tenant_owner, now=timezone.now())

    def test_refuses_stock(self, cast: Cast) -> None:
        first, second = make_number(holder=cast.dealer), make_number(holder=cast.dealer)
        with pytest.raises(UnableToAssign, match="cannot be swapped"):
            swapping.swap(number=first, other=second, actor=cast.dealer_owner, now=timezone.now())

    def test_refuses_numbers_of_others_and_of_two(self, cast: Cast) -> None:
        sibling = make_tenant(parent=cast.dealer)
        first = make_number(holder=cast.tenant, destination=FRONT)
        second = make_number(holder=sibling, destination=BACK)
        for actor in (make_actor(organization=sibling), cast.dealer_owner):
            with pytest.raises(UnableToStandIn):
                swapping.swap(number=first, other=second, actor=actor, now=timezone.now())
        assert places(first, second) == [FRONT, BACK]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_swaps_that_cross_each_other_neither_block_nor_lose_a_destination(cast: Cast) -> None:
    first = make_number(holder=cast.tenant, destination=FRONT)
    second = make_number(holder=cast.tenant, destination=BACK)
    barrier = Barrier(4)

    def work(pair: tuple[PhoneNumber, PhoneNumber]) -> None:
        try:
            barrier.wait(20)
            swapping.swap(
                number=pair[0], other=pair[1], actor=cast.tenant_owner, now=timezone.now()
            )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, [(first, second), (second, first)] * 2))
    # Four swaps are none.
    assert places(first, second) == [FRONT, BACK]
