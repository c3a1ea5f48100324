"""What is found gone or dearer just before it is bought is not bought, and costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from billing.models import Account
from dids.models import NumberOrder
from dids.states import LineStatus, OrderStatus
from dids.tests.carrier import Shop, carrier_orders, open_money, shop
from dids.tests.factories import make_order
from dids.workflows import purchase
from lib.e164 import E164
from trunks.deadlines import Deadline
from trunks.roles import SellsNumbers

OLD = timedelta(minutes=5)
"""So long after it was found, an offer is looked at again."""


@pytest.fixture
def market(cast: Cast) -> Iterator[Shop]:
    """Open the carriers, and give the buyer money."""
    open_money(cast.dealer)
    with shop() as opened:
        yield opened


def ordered(market: Shop, cast: Cast, carrier: str = "twilio", *, seen_at: str = "") -> NumberOrder:
    """Order one number; what the buyer saw may have been another price than today's."""
    (offer,) = market.offers(carrier)
    if seen_at:
        offer.monthly = Decimal(seen_at)
        offer.save(update_fields=["monthly"])
    return make_order(offers=[offer], payer=cast.dealer, actor=cast.staff, submit=True)


def place(order: NumberOrder, *, now: datetime) -> None:
    (row,) = carrier_orders(order)
    purchase.place(carrier_order_id=row.pk, now=now)
    order.refresh_from_db()


def sell_to_somebody_else(market: Shop, carrier: str, number: str) -> None:
    other = market.sandbox.adapter(carrier)
    assert isinstance(other, SellsNumbers)
    other.order([E164(number)], reference=str(uuid4()), binding="", deadline=Deadline(10))


def assert_refused(order: NumberOrder, *, word: str) -> None:
    line = order.lines.get()
    assert (order.status, line.status) == (OrderStatus.FAILED, LineStatus.FAILED)
    assert word in line.failure
    money = Account.objects.get(organization=order.payer)
    assert money.reserved == 0
    assert money.posted == 100


class TestPlace:
    @pytest.mark.parametrize("carrier", ["twilio", "vonage"])
    def test_refuses_what_is_gone_before_anything_is_sent(
        self, market: Shop, cast: Cast, carrier: str
    ) -> None:
        order = ordered(market, cast, carrier)
        sell_to_somebody_else(market, carrier, order.lines.get().e164)
        before = market.sandbox.seen(carrier)

        place(order, now=timezone.now() + OLD)

        assert_refused(order, word="no longer for sale")
        assert market.sandbox.seen(carrier)["order"] == before["order"]

    def test_refuses_what_is_dearer_and_names_both_prices(self, market: Shop, cast: Cast) -> None:
        order = ordered(market, cast, seen_at="0.10")

        place(order, now=timezone.now() + OLD)

        assert_refused(order, word="changed from 0.10 USD to")
        assert "order" not in market.sandbox.seen("twilio")

    def test_buys_what_is_still_there_at_its_price_or_a_lower_one(
        self, market: Shop, cast: Cast
    ) -> None:
        order = ordered(market, cast, seen_at="9.99")

        place(order, now=timezone.now() + OLD)

        assert order.status == OrderStatus.COMPLETED
        assert list(market.sandbox.purchases().values()) == [1]

    def test_buys_where_the_look_fails(self, market: Shop, cast: Cast) -> None:
        order = ordered(market, cast)
        market.sandbox.fault("twilio", "search", "error_before", times=3)

        place(order, now=timezone.now() + OLD)

        assert order.status == OrderStatus.COMPLETED

    def test_looks_at_nothing_that_was_found_a_moment_ago_or_can_be_held(
        self, market: Shop, cast: Cast
    ) -> None:
        fresh, held = ordered(market, cast), ordered(market, cast, "telnyx")
        before = [market.sandbox.seen(carrier)["search"] for carrier in ("twilio", "telnyx")]

        place(fresh, now=timezone.now())
        place(held, now=timezone.now() + OLD)

        after = [market.sandbox.seen(carrier)["search"] for carrier in ("twilio", "telnyx")]
        assert after == before
