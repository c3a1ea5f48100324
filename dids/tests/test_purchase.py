from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from dids.models import Holding, OrderLine, PhoneNumber
from dids.states import BindingStatus, CarrierOrderStatus, LineStatus, NumberStatus, OrderStatus
from dids.tests.carrier import Shop, bought, carrier_orders, drive, open_money, shop
from dids.tests.factories import MAIN, make_order
from dids.workflows import purchase
from lib.transitions import UnableToMove
from trunks.offers import LineStatus as Answer
from trunks.offers import OrderedNumber, PlacedOrder

CARRIERS = ["telnyx", "twilio"]


@pytest.fixture
def market(cast: Cast) -> Iterator[Shop]:
    """Open the carriers."""
    with shop() as opened:
        yield opened


@pytest.fixture(autouse=True)
def _quick(settings: pytest.FixtureRequest) -> None:
    settings.PURCHASE_GRACE_SECONDS = 1.0  # type: ignore[attr-defined]
    settings.PURCHASE_DEADLINE_SECONDS = 1.0  # type: ignore[attr-defined]


class TestPlace:
    @pytest.mark.parametrize("carrier", CARRIERS)
    def test_buys_binds_and_assigns_as_the_plan_says(
        self, market: Shop, cast: Cast, carrier: str
    ) -> None:
        trunk = market.trunk(carrier)
        order = make_order(
            offers=market.offers(carrier, count=2),
            holder=cast.tenant,
            destination=MAIN,
            trunk=trunk,
            label="Front desk",
            actor=cast.staff,
            submit=True,
        )
        drive(order, now=timezone.now())

        assert order.status == OrderStatus.COMPLETED
        numbers = bought(order)
        assert len(numbers) == 2
        for number in numbers:
            assert number.holder == cast.tenant
            assert number.status == NumberStatus.ASSIGNED
            assert number.label == "Front desk"
            assert number.assignment.destination == MAIN
            assert number.binding.status == BindingStatus.BOUND
            assert market.sandbox.delivery(number.e164)["delivered"]
            holding = Holding.objects.open().get(number=number)
            assert (holding.organization, holding.source) == (cast.tenant, cast.provider)
        cast.tenant.refresh_from_db()
        assert cast.tenant.numbers_held == 2
        assert set(market.sandbox.purchases().values()) == {1}

    def test_makes_one_write_for_each_number_where_the_carrier_takes_one(
        self, market: Shop, cast: Cast
    ) -> None:
        offers = market.offers("telnyx", count=3) + market.offers("twilio", count=2)
        order = make_order(offers=offers, actor=cast.staff, submit=True)
        sizes = sorted(row.lines.count() for row in carrier_orders(order))
        assert sizes == [1, 1, 3]

    def test_refuses_an_order_that_was_sent(self, market: Shop, cast: Cast) -> None:
        order = make_order(offers=market.offers(), actor=cast.staff, submit=True)
        (row,) = carrier_orders(order)
        purchase.place(carrier_order_id=row.pk, now=timezone.now())
        with pytest.raises(UnableToMove):
            purchase.place(carrier_order_id=row.pk, now=timezone.now())
        assert sum(market.sandbox.purchases().values()) == 1

    def test_charges_what_was_bought_and_returns_the_rest(self, market: Shop, cast: Cast) -> None:
        account = open_money(cast.dealer)
        market.sandbox.fault("twilio", "order", "number_gone")
        offers = market.offers("twilio", count=2)
        order = make_order(offers=offers, payer=cast.dealer, actor=cast.staff, submit=True)
        account.refresh_from_db()
        assert account.reserved == order.total().amount

        drive(order, now=timezone.now())

        assert order.status == OrderStatus.PARTLY_COMPLETED
        lost = order.lines.get(status=LineStatus.FAILED)
        kept = order.lines.get(status=LineStatus.BOUGHT)
        assert "no longer for sale" in lost.failure
        account.refresh_from_db()
        assert account.reserved == Decimal(0)
        assert account.posted == Decimal(100) - kept.amount
        cast.dealer.refresh_from_db()
        assert cast.dealer.numbers_held == 1

    def test_fails_an_order_of_which_nothing_was_bought(self, market: Shop, cast: Cast) -> None:
        market.sandbox.fault("twilio", "order", "number_gone")
        order = make_order(offers=market.offers("twilio"), actor=cast.staff, submit=True)
        drive(order, now=timezone.now())
        assert order.status == OrderStatus.FAILED
        assert bought(order) == []

    def test_tries_again_after_trouble_in_which_nothing_happened(
        self, market: Shop, cast: Cast
    ) -> None:
        market.sandbox.fault("telnyx", "order", "rate_limited")
        order = make_order(offers=market.offers(), actor=cast.staff, submit=True)
        (row,) = carrier_orders(order)
        purchase.place(carrier_order_id=row.pk, now=timezone.now())
        row.refresh_from_db()
        assert row.status == CarrierOrderStatus.WAITING
        assert row.next_attempt_at is not None
        assert row.next_attempt_at > timezone.now() - timedelta(seconds=5)

    def test_gives_up_when_the_time_is_over(self, market: Shop, cast: Cast) -> None:
        account = open_money(cast.dealer)
        order = make_order(offers=market.offers(), payer=cast.dealer, actor=cast.staff, submit=True)
        (row,) = carrier_orders(order)
        purchase.place(carrier_order_id=row.pk, now=timezone.now() + timedelta(hours=2))
        order.refresh_from_db()
        assert order.status == OrderStatus.FAILED
        account.refresh_from_db()
        assert (account.posted, account.reserved) == (Decimal(100), Decimal(0))
        assert market.sandbox.purchases() == {}

    def test_keeps_a_purchase_whose_plan_became_impossible(self, market: Shop, cast: Cast) -> None:
        from dids.signals import routing_changed
        from lib.refusals import UnableTo

        def refuse(sender: object, **_more: object) -> None:
            raise UnableTo("The tenant is on no PBX.")

        order = make_order(
            offers=market.offers("twilio"),
            holder=cast.tenant,
            destination=MAIN,
            actor=cast.staff,
            submit=True,
        )
        routing_changed.connect(refuse)
        try:
            drive(order, now=timezone.now())
        finally:
            routing_changed.disconnect(refuse)
        (number,) = bought(order)
        assert order.status == OrderStatus.COMPLETED
        assert not hasattr(number, "assignment")
        assert "no PBX" in order.lines.get().failure


class TestSettle:
    def test_finds_a_purchase_whose_answer_was_lost(self, market: Shop, cast: Cast) -> None:
        for carrier in CARRIERS:
            market.sandbox.fault(carrier, "order", "timeout_after")
            order = make_order(offers=market.offers(carrier), actor=cast.staff, submit=True)
            (row,) = carrier_orders(order)
            purchase.place(carrier_order_id=row.pk, now=timezone.now())
            row.refresh_from_db()
            assert row.status == CarrierOrderStatus.UNCERTAIN
            assert row.uncertain_since is not None

            drive(order, now=timezone.now())
            assert order.status == OrderStatus.COMPLETED
        assert set(market.sandbox.purchases().values()) == {1}

    def test_believes_that_nothing_is_there_only_after_the_lag(
        self, market: Shop, cast: Cast
    ) -> None:
        market.sandbox.fault("telnyx", "order", "timeout_before")
        order = make_order(offers=market.offers(), actor=cast.staff, submit=True)
        (row,) = carrier_orders(order)
        purchase.place(carrier_order_id=row.pk, now=timezone.now())

        purchase.settle(carrier_order_id=row.pk, now=timezone.now())
        row.refresh_from_db()
        assert row.status == CarrierOrderStatus.UNCERTAIN

        purchase.settle(carrier_order_id=row.pk, now=timezone.now() + timedelta(seconds=30))
        row.refresh_from_db()
        order.refresh_from_db()
        assert row.status == CarrierOrderStatus.FAILED
        assert order.status == OrderStatus.FAILED
        assert market.sandbox.seen("telnyx")["order"] == 1
        with pytest.raises(UnableToMove):
            purchase.place(carrier_order_id=row.pk, now=timezone.now())

    def test_reads_an_order_until_the_carrier_is_done(self, cast: Cast) -> None:
        with shop(order_seconds=0.2) as market:
            order = make_order(offers=market.offers(), actor=cast.staff, submit=True)
            (row,) = carrier_orders(order)
            purchase.place(carrier_order_id=row.pk, now=timezone.now())
            row.refresh_from_db()
            assert row.status == CarrierOrderStatus.PLACED
            assert bought(order) == []
            deadline = timezone.now() + timedelta(seconds=5)
            while row.status == CarrierOrderStatus.PLACED and timezone.now() < deadline:
                purchase.settle(carrier_order_id=row.pk, now=timezone.now())
                row.refresh_from_db()
            assert row.status == CarrierOrderStatus.DONE
            assert len(bought(order)) == 1

    def test_reads_an_order_ever_more_seldom(self, cast: Cast) -> None:
        with shop(order_seconds=3600.0) as market:
            order = make_order(offers=market.offers(), actor=cast.staff, submit=True)
            (row,) = carrier_orders(order)
            purchase.place(carrier_order_id=row.pk, now=timezone.now())
            for waited, pause in ((10, 2), (600, 60), (86_400, 300)):
                at = timezone.now() + timedelta(seconds=waited)
                purchase.settle(carrier_order_id=row.pk, now=at)
                row.refresh_from_db()
                assert row.status == CarrierOrderStatus.PLACED
                assert row.next_attempt_at is not None
                assert (row.next_attempt_at - at).total_seconds() == pytest.approx(pause, abs=1)

    def test_waits_for_a_person_where_the_carrier_refuses_our_credentials(
        self, market: Shop, cast: Cast
    ) -> None:
        market.sandbox.fault("telnyx", "order", "timeout_after")
        order = make_order(offers=market.offers(), actor=cast.staff, submit=True)
        (row,) = carrier_orders(order)
        purchase.place(carrier_order_id=row.pk, now=timezone.now())
        account = market.account()
        account.credentials = {**account.credentials, "api_key": "KEYwrong"}
        account.save()

        purchase.settle(carrier_order_id=row.pk, now=timezone.now())
        row.refresh_from_db()
        assert row.status == CarrierOrderStatus.UNCERTAIN
        assert row.next_attempt_at is not None
        assert row.next_attempt_at > timezone.now() + timedelta(seconds=50)

    def test_leaves_a_fresh_claim_alone(self, market: Shop, cast: Cast) -> None:
        order = make_order(offers=market.offers(), actor=cast.staff, submit=True)
        (row,) = carrier_orders(order)
        row.status, row.attempt = CarrierOrderStatus.PLACING, row.reference
        row.call_before = timezone.now() + timedelta(seconds=1)
        row.save()
        purchase.settle(carrier_order_id=row.pk, now=timezone.now())
        row.refresh_from_db()
        assert row.status == CarrierOrderStatus.PLACING


class TestLateSuccess:
    @pytest.mark.parametrize("carrier", CARRIERS)
    def test_is_kept_and_enters_the_providers_stock(
        self, market: Shop, cast: Cast, carrier: str
    ) -> None:
        account = open_money(cast.dealer)
        market.sandbox.fault(carrier, "order", "timeout_before")
        (offer,) = market.offers(carrier)
        order = make_order(offers=[offer], payer=cast.dealer, actor=cast.staff, submit=True)
        (row,) = carrier_orders(order)
        purchase.place(carrier_order_id=row.pk, now=timezone.now())
        purchase.settle(carrier_order_id=row.pk, now=timezone.now() + timedelta(minutes=2))
        order.refresh_from_db()
        assert order.status == OrderStatus.FAILED

        # The worker that had been stopped before sending wakes up and buys after all.
        row = carrier_orders(order)[0]
        seller = purchase._seller(row, timezone.now())
        purchase._order(seller, row, timezone.now() + timedelta(seconds=5))
        purchase.settle(carrier_order_id=row.pk, now=timezone.now())

        number = PhoneNumber.objects.get(e164=offer.e164)
        line = OrderLine.objects.get(order=order)
        assert number.holder == cast.provider
        assert number.status == NumberStatus.AVAILABLE
        assert line.status == LineStatus.FAILED
        assert line.late_success_at is not None
        assert line.number == number
        account.refresh_from_db()
        assert (account.posted, account.reserved) == (Decimal(100), Decimal(0))
        assert Event.objects.filter(action="dids.line.bought_late").count() == 1

        purchase.settle(carrier_order_id=row.pk, now=timezone.now())
        assert PhoneNumber.objects.filter(e164=offer.e164).count() == 1

    def test_is_awaited_ever_more_seldom(self, cast: Cast) -> None:
        from dids.workflows import late

        order = make_order(actor=cast.staff, submit=True)
        (row,) = carrier_orders(order)
        row.status, row.status_since = CarrierOrderStatus.FAILED, timezone.now()
        row.save()
        at = row.status_since + timedelta(hours=3)
        late.look_again(row, now=at, soon=True)
        row.refresh_from_db()
        assert row.next_attempt_at == at + timedelta(minutes=5)

    def test_of_a_number_that_another_line_bought_changes_nothing(
        self, market: Shop, cast: Cast
    ) -> None:
        from dids.workflows import late

        market.sandbox.fault("twilio", "order", "timeout_before")
        (offer,) = market.offers("twilio")
        first = make_order(offers=[offer], actor=cast.staff, submit=True)
        (row,) = carrier_orders(first)
        purchase.place(carrier_order_id=row.pk, now=timezone.now())
        purchase.settle(carrier_order_id=row.pk, now=timezone.now() + timedelta(minutes=2))
        second = make_order(offers=[offer], actor=cast.staff, submit=True)
        said = PlacedOrder(
            carrier_reference="",
            numbers=(OrderedNumber(number=offer.e164, status=Answer.BOUGHT),),  # type: ignore[arg-type]
        )
        assert late.bought(carrier_orders(first)[0], said, now=timezone.now()) == 0
        drive(second, now=timezone.now())
        assert late.bought(carrier_orders(first)[0], said, now=timezone.now()) == 0
        assert second.status == OrderStatus.COMPLETED
