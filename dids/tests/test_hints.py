from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from dids import hints, tasks
from dids.states import CarrierOrderStatus, FeatureStatus, OrderStatus
from dids.tests import test_emergency as emergencies
from dids.tests.carrier import Shop, bought, carrier_orders, shop
from dids.tests.factories import MAIN, make_order
from dids.workflows import assignment, locations, purchase
from portal.celery import app
from trunks.offers import Hint

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def market(cast: Cast) -> Iterator[Shop]:
    """Open the carriers, with workers that do at once what they are told."""
    with shop() as opened:
        app.conf.task_always_eager = True
        yield opened
        app.conf.task_always_eager = False


def hint(**about: Any) -> Hint:
    return Hint(event_id=uuid4().hex, kind="number_order.complete", **about)


def placed(market: Shop, cast: Cast) -> Any:
    app.conf.task_always_eager = False
    order = make_order(offers=market.offers("telnyx"), actor=cast.staff, submit=True)
    (row,) = carrier_orders(order)
    purchase.place(carrier_order_id=row.pk, now=timezone.now())
    row.refresh_from_db()
    assert row.status == CarrierOrderStatus.PLACED
    app.conf.task_always_eager = True
    return row


@pytest.mark.parametrize("by", ["our_reference", "carrier_reference", "numbers"])
def test_a_hint_has_the_order_read_again(market: Shop, cast: Cast, by: str) -> None:
    row = placed(market, cast)
    value: Any = {
        "our_reference": str(row.reference),
        "carrier_reference": row.carrier_reference,
        "numbers": tuple(row.lines.values_list("e164", flat=True)),
    }[by]
    about = hint(**{by: value})
    assert hints.order_moved(row.carrier_account, about, timezone.now())
    # Doubled, it does no harm.
    assert hints.order_moved(row.carrier_account, about, timezone.now())
    row.order.refresh_from_db()
    assert row.order.status == OrderStatus.COMPLETED
    assert len(bought(row.order)) == 1


def test_a_hint_is_not_believed(market: Shop, cast: Cast) -> None:
    with shop(order_seconds=60) as slow:
        row = placed(slow, cast)
        about = hint(our_reference=str(row.reference))
        assert hints.order_moved(row.carrier_account, about, timezone.now())
        row.refresh_from_db()
        assert row.status == CarrierOrderStatus.PLACED
        assert bought(row.order) == []


def test_a_lost_hint_is_made_up_for_by_reading(market: Shop, cast: Cast) -> None:
    row = placed(market, cast)
    tasks.settle.apply(kwargs={"carrier_order_id": row.pk})
    row.refresh_from_db()
    assert row.status == CarrierOrderStatus.DONE


def test_a_hint_has_the_registration_read_again(market: Shop, cast: Cast) -> None:
    app.conf.task_always_eager = False
    number, now = emergencies.owned(market, cast, "didww"), timezone.now()
    # DIDWW does not look at addresses; another one does.
    market.account()
    place = emergencies.checked(cast)
    locations.make_default(location=place, actor=cast.tenant_owner, now=now)
    assignment.assign(number=number, destination=MAIN, actor=cast.tenant_owner, now=now)
    emergencies.work(number, now=timezone.now())
    row = emergencies.of(number)
    assert row.status == FeatureStatus.SUBMITTED
    app.conf.task_always_eager = True
    about = hint(carrier_reference=row.carrier_reference)
    while emergencies.of(number).status == FeatureStatus.SUBMITTED:
        assert hints.registration_moved(row.account, about, timezone.now())
    assert emergencies.of(number).status == FeatureStatus.ACTIVE
    for told in (about, hint()):
        assert not hints.registration_moved(row.account, told, timezone.now())


def test_strange_hints_are_not_known(market: Shop, cast: Cast) -> None:
    row = placed(market, cast)
    other = market.account("twilio")
    for about, account in [
        (hint(our_reference="not-a-uuid"), row.carrier_account),
        (hint(our_reference=str(uuid4())), row.carrier_account),
        (hint(numbers=("garbage",)), row.carrier_account),
        (hint(our_reference=str(row.reference)), other),
        (hint(), row.carrier_account),
    ]:
        assert not hints.order_moved(account, about, timezone.now())
