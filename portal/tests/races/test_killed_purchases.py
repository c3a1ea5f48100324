"""Workers killed, or stopped for longer than their call may take, at carriers of other kinds."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone

from dids import timing
from dids.models import NumberOrder, OrderLine, PhoneNumber
from dids.states import CarrierOrderStatus, OrderStatus
from dids.tests.carrier import carrier_orders, drive
from lib.e164 import E164
from portal.testing.workers import Workers
from portal.tests.races.accidents import FATES, Accidents, is_over
from portal.tests.races.stage import MONEY, NOTHING, Stage
from trunks.deadlines import Deadline
from trunks.roles import ListsNumbers, SellsNumbers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wire, pytest.mark.race]

LONG = timedelta(minutes=5)
"""So long after it was found, an offer is looked at again."""


Blow = tuple[str, str]
COMES: dict[Blow, bool] = {
    ("carrier.leaving", "stopped"): False,
    ("carrier.answered", "killed"): True,
    ("purchase.called", "stopped"): True,
}
"""Where and how a worker ends, and whether the payer gets the number all the same."""


class TestAPurchase:
    # Each number is decided later; an order shows no numbers; sold at once, by our reference.
    @pytest.mark.parametrize("carrier", ["bandwidth", "didww", "voip_innovations"])
    def test_is_made_once_or_not_at_all(self, stage: Stage, workers: Workers, carrier: str) -> None:
        orders = {blow: stage.order(carrier) for blow in COMES}

        with Accidents(stage, workers) as accidents:
            for blow, order in orders.items():
                _befall(accidents, blow, order)
            accidents.settle()

        for blow, order in orders.items():
            assert order.status == (OrderStatus.COMPLETED if COMES[blow] else OrderStatus.FAILED)
        _assert_paid(stage, [order for blow, order in orders.items() if COMES[blow]])
        _assert_the_books_are_equal(stage, carrier)
        _the_next_one_brings_itself_alone(stage, carrier)

    @pytest.mark.parametrize("blow", COMES)
    def test_out_of_a_cart_is_made_once_or_not_at_all(
        self, stage: Stage, workers: Workers, blow: Blow
    ) -> None:
        order = stage.order("wavix")

        with Accidents(stage, workers) as accidents:
            _befall(accidents, blow, order)
            accidents.settle()

        assert order.status == (OrderStatus.COMPLETED if COMES[blow] else OrderStatus.FAILED)
        _assert_paid(stage, [order] if COMES[blow] else [])
        _assert_the_books_are_equal(stage, "wavix")
        _the_next_one_brings_itself_alone(stage, "wavix")


def _befall(accidents: Accidents, blow: Blow, order: NumberOrder) -> None:
    (row,) = carrier_orders(order)
    settled = partial(is_over, order)
    accidents.befall(*blow, "dids.tasks.place", settled, carrier_order_id=row.pk)


def _assert_paid(stage: Stage, orders: list[NumberOrder]) -> None:
    assert stage.money == (MONEY - sum(order.total().amount for order in orders), NOTHING)


def _the_next_one_brings_itself_alone(stage: Stage, carrier: str) -> None:
    before = _stock()
    following = stage.order(carrier)
    _bring_to_an_end(stage, following)

    assert len(_stock() - before) == 1
    _assert_the_books_are_equal(stage, carrier)


class TestALookBeforeThePurchase:
    def test_leads_to_one_purchase_or_one_refusal(self, stage: Stage, workers: Workers) -> None:
        kept = [stage.order("twilio") for _ in FATES]
        gone = [stage.order("twilio") for _ in FATES]
        found_long_ago = timezone.now() + timing.span("FOUND_OFFER_SECONDS") - LONG
        OrderLine.objects.update(offer_expires_at=found_long_ago)
        for order in gone:
            _sell_to_somebody_else(stage, order.lines.get().e164)

        with Accidents(stage, workers) as accidents:
            for fate, order in [*zip(FATES, kept, strict=True), *zip(FATES, gone, strict=True)]:
                _befall(accidents, ("purchase.rechecked", fate), order)
            accidents.settle()

        assert {order.status for order in kept} == {OrderStatus.COMPLETED}
        assert {order.status for order in gone} == {OrderStatus.FAILED}
        assert all("no longer for sale" in order.lines.get().failure for order in gone)
        _assert_paid(stage, kept)
        assert set(stage.market.sandbox.purchases().values()) == {1}
        # Those of somebody else and those that were kept: for what is gone, nothing is sent.
        assert stage.market.sandbox.seen("twilio")["order"] == len(gone) + len(kept)
        _assert_the_books_are_equal(stage, "twilio")


def _sell_to_somebody_else(stage: Stage, number: str) -> None:
    other = stage.market.sandbox.adapter("twilio")
    assert isinstance(other, SellsNumbers)
    other.order([E164(number)], reference=str(uuid4()), binding="", deadline=Deadline(10))


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
