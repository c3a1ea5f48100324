from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from billing.models import Account
from billing.workflows import rates
from dids import search_stream
from dids.models import BackOrder, CarrierHold, FoundOffer, NumberOrder, OrderLine
from dids.search_stream import CarrierState
from dids.states import BackOrderStatus, LineStatus, OrderStatus
from dids.tests.carrier import open_money
from dids.tests.factories import make_back_order, make_found_offer, make_number, make_order
from dids.workflows import back_order_work, back_ordering, ordering, recording, replacing, sweeps
from dids.workflows.back_ordering import UnableToBackOrder
from dids.workflows.ordering import UnableToOrder
from dids.workflows.replacing import Replacement
from lib.transitions import UnableToMove
from trunks.models import CarrierAccount
from trunks.offers import LineStatus as Answer
from trunks.offers import OrderedNumber, PlacedOrder
from trunks.tests.factories import make_carrier_account

pytestmark = pytest.mark.django_db

S = BackOrderStatus


@pytest.fixture
def account(cast: Cast) -> CarrierAccount:
    """Give the one account that can be asked; the dealer, who pays, has money."""
    open_money(cast.dealer)
    return make_carrier_account(carrier="twilio")


def want(cast: Cast, **changes: Any) -> BackOrder:
    return make_back_order(payer=cast.dealer, actor=cast.staff, **changes)


def step(row: BackOrder, *, later: timedelta = timedelta()) -> BackOrder:
    back_order_work.step(back_order_id=row.pk, now=timezone.now() + later)
    return BackOrder.objects.select_related("search").get(pk=row.pk)


def find(row: BackOrder, account: CarrierAccount, *prices: str, **more: Any) -> list[FoundOffer]:
    """Have the search that is under way answered with a number at each price."""
    row.refresh_from_db()
    search = row.search
    assert search is not None
    found = [
        make_found_offer(search=search, account=account, setup=None, monthly=price, **more)
        for price in prices
    ]
    search_stream.tell(search, account, CarrierState.DONE)
    return found


def look(row: BackOrder, account: CarrierAccount, *prices: str, **more: Any) -> BackOrder:
    """Search, find, and choose."""
    assert step(row).status == S.LOOKING
    find(row, account, *prices, **more)
    return step(row)


def settle(order: NumberOrder, *, bought: int) -> None:
    """Have the carrier sell the first lines of an order and refuse the others."""
    sold = bought
    for row in order.carrier_orders.order_by("pk"):
        lines = list(row.lines.order_by("e164"))
        answers = []
        for line in lines:
            answers.append(
                OrderedNumber(
                    number=line.e164,  # type: ignore[arg-type]
                    status=Answer.BOUGHT if sold > 0 else Answer.FAILED,
                )
            )
            sold -= 1
        type(row).objects.filter(pk=row.pk).update(
            status="PLACING", attempt=row.reference, call_before=timezone.now()
        )
        row.refresh_from_db()
        placed = PlacedOrder(carrier_reference="", numbers=tuple(answers))
        recording.placed(row, placed, attempt=row.attempt, now=timezone.now())


class TestWant:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"quantity": 0}, "quantity"),
            ({"quantity": 201}, "quantity"),
            ({"most_each": None}, "most_each"),
            ({"most_total": Decimal("NaN")}, "most_total"),
            ({"when_found": "PRAY"}, "when_found"),
            ({"until": timezone.now() - timedelta(days=1)}, "until"),
            ({"until": timezone.now() + timedelta(days=400)}, "until"),
        ],
    )
    def test_refuses_what_makes_no_sense(
        self, cast: Cast, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(UnableToBackOrder) as refusal:
            want(cast, **changes)
        assert refusal.value.field == field

    def test_refuses_somebody_elses_money(self, cast: Cast) -> None:
        with pytest.raises(UnableToOrder) as refusal:
            make_back_order(payer=cast.dealer, actor=cast.rival_dealer_owner)
        assert refusal.value.field == "payer"

    def test_is_seen_by_the_payer_and_nobody_beside(self, cast: Cast) -> None:
        want(cast)
        assert BackOrder.objects.visible_to(cast.staff).count() == 1
        assert BackOrder.objects.visible_to(cast.dealer_owner).count() == 1
        assert not BackOrder.objects.visible_to(cast.rival_dealer_owner).exists()


class TestBuying:
    def test_buys_what_it_finds_by_an_ordinary_order(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        row = look(want(cast), account, "1.00", "2.00", "3.00")
        assert row.status == S.ORDERING
        order = NumberOrder.objects.get(back_order=row)
        assert (order.status, order.payer) == (OrderStatus.SUBMITTED, cast.dealer)
        assert {line.monthly for line in order.lines.all()} == {Decimal(1), Decimal(2)}
        assert Account.objects.get(organization=cast.dealer).reserved == Decimal(3)
        told = Event.objects.get(action="dids.back_order.ordered")
        assert (told.subject, told.after["order"]) == (row.subject, str(order.uuid))
        settle(order, bought=2)
        assert step(row).status == S.FULFILLED
        assert Event.objects.get(action="dids.back_order.ended").after["bought"] == 2

    def test_looks_for_the_rest_after_an_order_that_brought_a_part(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        row = look(want(cast), account, "1.00", "1.00")
        settle(NumberOrder.objects.get(), bought=1)
        row = step(row)
        assert (row.status, row.says) == (S.WAITING, "1 of 2 are still to be found.")
        row = look(row, account, "1.00", "1.00", "1.00")
        assert row.status == S.ORDERING
        assert NumberOrder.objects.latest("pk").lines.count() == 1
        settle(NumberOrder.objects.latest("pk"), bought=1)
        assert step(row).status == S.FULFILLED

    def test_waits_where_nothing_is_found_within_the_limit(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        row = look(want(cast), account, "5.01", "9.00")
        assert (row.status, row.says) == (S.WAITING, "Nothing within the limits was found.")
        assert row.next_attempt_at is not None
        assert row.next_attempt_at > timezone.now() + timedelta(minutes=10)
        assert not NumberOrder.objects.exists()

    def test_never_spends_more_than_the_total(self, cast: Cast, account: CarrierAccount) -> None:
        row = look(want(cast, quantity=5, most_total=Decimal(5)), account, *["2.00"] * 5)
        order = NumberOrder.objects.get()
        assert order.lines.count() == 2
        settle(order, bought=2)
        row = look(step(row), account, "1.50", "0.75")
        assert sum(line.amount for line in OrderLine.objects.all()) == Decimal("4.75")
        assert row.status == S.ORDERING

    def test_pauses_where_the_balance_does_not_allow_it_and_says_so_once(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        Account.objects.update(posted=Decimal(1))
        row = look(want(cast), account, "4.00", "4.00")
        assert row.status == S.PAUSED
        assert "8.00 USD is needed" in row.says
        assert not NumberOrder.objects.exists()
        assert not OrderLine.objects.exists()
        row = look(row, account, "4.00", "4.00")
        assert row.status == S.PAUSED
        assert Event.objects.filter(action="dids.back_order.paused").count() == 1
        Account.objects.update(posted=Decimal(100))
        assert look(row, account, "4.00", "4.00").status == S.ORDERING

    def test_leaves_out_what_is_ours_or_being_bought(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        row = step(want(cast))
        ours, coming, free = find(row, account, "1.00", "1.00", "3.00")
        make_number(e164=ours.e164)
        make_order(offers=[coming], actor=cast.staff, submit=True)
        assert step(row).status == S.ORDERING
        order = NumberOrder.objects.get(back_order=row)
        assert [line.e164 for line in order.lines.all()] == [free.e164]

    def test_waits_for_all_answers_but_not_for_ever(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        row = step(want(cast))
        assert step(row).status == S.LOOKING
        late = step(row, later=timedelta(minutes=2))
        assert late.status == S.WAITING

    def test_looks_at_the_price_again_when_a_rate_was_corrected(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        enter_euro(cast, "1.00")
        row = step(want(cast, most_each="1"))
        find(row, account, "1.00", currency="EUR")
        enter_euro(cast, "3.00")
        row = step(row)
        assert (row.status, "costs more" in row.says) == (S.WAITING, True)
        assert not NumberOrder.objects.exists()

    def test_takes_a_run_where_it_is_wanted(self, cast: Cast, account: CarrierAccount) -> None:
        row = step(want(cast, consecutive=True))
        search = row.search
        assert search is not None
        for last, price in ((10, "1.00"), (20, "2.00"), (21, "2.00")):
            make_found_offer(
                search=search, account=account, e164=f"+122455501{last}", setup=None, monthly=price
            )
        search_stream.tell(search, account, CarrierState.DONE)
        step(row)
        numbers = OrderLine.objects.order_by("e164").values_list("e164", flat=True)
        assert list(numbers) == ["+12245550120", "+12245550121"]

    def test_has_nothing_replaced_while_it_looks_itself(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        row = look(want(cast), account, "1.00")
        order = NumberOrder.objects.get()
        settle(order, bought=0)
        step(row)
        order.refresh_from_db()
        swap = Replacement(line_id=order.lines.get().uuid, offer_id=make_found_offer().uuid)
        with pytest.raises(UnableToOrder, match="looks for others by itself"):
            replacing.replace(order=order, lines=[swap], actor=cast.staff, now=timezone.now())


def enter_euro(cast: Cast, rate: str) -> None:
    now = timezone.now()
    euro = rates.Wish(base="EUR", quote="USD", rate=Decimal(rate), valid_from=now.date())
    rates.enter(rates=[euro], owner=cast.provider, actor=cast.staff, now=now)


class TestOffering:
    def test_makes_a_preview_and_follows_what_its_buyer_does(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        row = look(want(cast, when_found="OFFER"), account, "1.00", "1.00")
        assert row.status == S.OFFERED
        order = NumberOrder.objects.get()
        assert order.status == OrderStatus.DRAFT
        assert step(row).status == S.OFFERED
        ordering.submit(order=order, actor=cast.staff, now=timezone.now())
        assert step(row).status == S.ORDERING
        settle(order, bought=2)
        assert step(row).status == S.FULFILLED

    def test_goes_on_after_a_preview_that_was_thrown_away(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        row = look(want(cast, when_found="OFFER"), account, "1.00")
        ordering.discard(order=NumberOrder.objects.get(), actor=cast.staff, now=timezone.now())
        row = step(row)
        assert (row.status, row.says) == (S.WAITING, "Its preview was thrown away.")
        assert row.next_attempt_at is not None
        assert row.next_attempt_at > timezone.now() + timedelta(hours=20)

    def test_throws_a_preview_away_whose_prices_expired(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        row = look(want(cast, when_found="OFFER"), account, "1.00")
        row = step(row, later=timedelta(minutes=20))
        assert row.status == S.WAITING
        assert NumberOrder.objects.get().status == OrderStatus.DISCARDED

    def test_has_numbers_held_for_whoever_wanted_them(self, cast: Cast) -> None:
        open_money(cast.dealer)
        holds = make_carrier_account(carrier="telnyx")
        row = look(want(cast, when_found="RESERVE", quantity=1), holds, "1.00")
        assert row.status == S.OFFERED
        assert CarrierHold.objects.get().held_by == cast.staff.name
        ordering.submit(order=NumberOrder.objects.get(), actor=cast.staff, now=timezone.now())


class TestEnding:
    def test_expires_with_its_preview(self, cast: Cast, account: CarrierAccount) -> None:
        row = look(want(cast, when_found="OFFER"), account, "1.00")
        BackOrder.objects.update(until=timezone.now())
        row = step(row)
        assert (row.status, row.next_attempt_at) == (S.EXPIRED, None)
        assert NumberOrder.objects.get().status == OrderStatus.DISCARDED

    def test_lets_an_order_run_that_was_sent(self, cast: Cast, account: CarrierAccount) -> None:
        row = look(want(cast), account, "1.00")
        back_ordering.cancel(back_order=row, actor=cast.staff, now=timezone.now())
        row.refresh_from_db()
        assert (row.status, row.next_attempt_at) == (S.CANCELLED, None)
        assert NumberOrder.objects.get().status == OrderStatus.SUBMITTED
        assert step(row).status == S.CANCELLED
        with pytest.raises(UnableToMove):
            back_ordering.cancel(back_order=row, actor=cast.staff, now=timezone.now())

    def test_cancels_its_preview(self, cast: Cast, account: CarrierAccount) -> None:
        row = look(want(cast, when_found="OFFER"), account, "1.00")
        back_ordering.cancel(back_order=row, actor=cast.staff, now=timezone.now())
        assert NumberOrder.objects.get().status == OrderStatus.DISCARDED

    def test_is_hurried_only_while_it_waits(self, cast: Cast, account: CarrierAccount) -> None:
        row = look(want(cast), account, "9.00")
        back_ordering.hurry(back_order=row, actor=cast.staff, now=timezone.now())
        assert step(row).status == S.LOOKING
        with pytest.raises(UnableToBackOrder, match="being looked for"):
            back_ordering.hurry(back_order=row, actor=cast.staff, now=timezone.now())


class TestTheDatabase:
    def test_holds_one_open_order_for_each(self, cast: Cast, account: CarrierAccount) -> None:
        row = look(want(cast), account, "1.00")
        other = make_order(actor=cast.staff)
        with pytest.raises(IntegrityError, match="one_open_order"), transaction.atomic():
            NumberOrder.objects.filter(pk=other.pk).update(back_order=row)

    def test_counts_what_is_being_bought_as_bought(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        row = look(want(cast, quantity=3), account, "1.00", "1.00")
        assert back_order_work.left(row) == 1
        OrderLine.objects.filter(status=LineStatus.WAITING).update(status=LineStatus.FAILED)
        assert back_order_work.left(row) == 3


class TestTheSweep:
    def test_nudges_what_is_due_and_nothing_that_ended(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        row = want(cast)
        assert sweeps.back_orders(now=timezone.now()) == 0
        assert sweeps.back_orders(now=timezone.now() + timedelta(minutes=1)) == 1
        back_ordering.cancel(back_order=row, actor=cast.staff, now=timezone.now())
        assert sweeps.back_orders(now=timezone.now() + timedelta(days=1)) == 0
