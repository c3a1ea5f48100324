"""Workers killed, or stopped for longer than their call may take, at carriers of other kinds."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.utils import timezone

from dids.models import NumberOrder, PhoneNumber
from dids.states import CarrierOrderStatus, OrderStatus
from dids.tests.carrier import carrier_orders, drive
from portal.testing.workers import Workers
from portal.tests.races.accidents import Accident, is_over
from portal.tests.races.stage import MONEY, NOTHING, Stage
from trunks.deadlines import Deadline
from trunks.roles import ListsNumbers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wire, pytest.mark.race]


@dataclass(frozen=True)
class Case:
    """What befalls a worker, and whether the payer gets the number all the same."""

    carrier: str
    point: str
    fate: str
    comes: bool

    def __str__(self) -> str:
        return f"{self.carrier}-{self.point}-{self.fate}"


CASES = (
    # Decides later, each number for itself.
    Case("bandwidth", "carrier.leaving", "stopped", comes=False),
    Case("bandwidth", "carrier.answered", "killed", comes=True),
    Case("bandwidth", "purchase.called", "stopped", comes=True),
    # Has an order whose numbers are found elsewhere.
    Case("didww", "carrier.leaving", "stopped", comes=False),
    Case("didww", "carrier.answered", "killed", comes=True),
    Case("didww", "purchase.called", "stopped", comes=True),
    # Sells at once, by our reference.
    Case("voip_innovations", "carrier.leaving", "stopped", comes=False),
    Case("voip_innovations", "carrier.answered", "killed", comes=True),
    Case("voip_innovations", "purchase.called", "stopped", comes=True),
    # Fills a cart, from which the checkout buys.
    Case("wavix", "carrier.leaving", "stopped", comes=False),
    Case("wavix", "carrier.answered", "killed", comes=True),
    Case("wavix", "purchase.called", "killed", comes=True),
)


class TestAPurchase:
    @pytest.mark.parametrize("case", CASES, ids=str)
    def test_is_made_once_or_not_at_all(self, stage: Stage, workers: Workers, case: Case) -> None:
        order = stage.order(case.carrier)
        (row,) = carrier_orders(order)

        Accident(stage, workers, case.point, case.fate).befall(
            "dids.tasks.place", lambda: is_over(order), carrier_order_id=row.pk
        )

        assert order.status == (OrderStatus.COMPLETED if case.comes else OrderStatus.FAILED)
        paid = order.total().amount if case.comes else NOTHING
        assert stage.money == (MONEY - paid, NOTHING)
        _assert_the_books_are_equal(stage, case.carrier)
        self._the_next_one_brings_itself_alone(stage, case.carrier)

    def _the_next_one_brings_itself_alone(self, stage: Stage, carrier: str) -> None:
        before = _stock()
        following = stage.order(carrier)
        _bring_to_an_end(stage, following)

        assert len(_stock() - before) == 1
        _assert_the_books_are_equal(stage, carrier)


def _bring_to_an_end(stage: Stage, order: NumberOrder) -> None:
    drive(order, now=timezone.now())
    stage.beat.until(lambda: is_over(order))
    (row,) = carrier_orders(order)
    assert row.status == CarrierOrderStatus.DONE


def _assert_the_books_are_equal(stage: Stage, carrier: str) -> None:
    account = stage.market.account(carrier)
    adapter = stage.market.sandbox.adapter_for(carrier, dict(account.credentials))
    assert isinstance(adapter, ListsNumbers)
    assert {owned.number for owned in adapter.owned(deadline=Deadline(10))} == _stock()
    assert set(stage.market.sandbox.purchases().values()) <= {1}


def _stock() -> set[str]:
    return set(PhoneNumber.objects.live().values_list("e164", flat=True))
