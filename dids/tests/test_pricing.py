from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Organization
from accounts.tests.cast import Cast
from billing.models import Account
from billing.workflows import rates
from dids.models import OrderLine
from dids.tests.carrier import open_money
from dids.tests.factories import make_found_offer, make_order
from dids.workflows import ordering, recording
from dids.workflows.ordering import UnableToOrder
from trunks.offers import LineStatus, OrderedNumber, PlacedOrder

pytestmark = pytest.mark.django_db


def enter(cast: Cast, base: str, quote: str, rate: str, *, days_ago: int = 0) -> None:
    now = timezone.now()
    wish = rates.Wish(
        base=base,
        quote=quote,
        rate=Decimal(rate),
        valid_from=(now - timedelta(days=days_ago)).date(),
    )
    rates.enter(rates=[wish], owner=cast.provider, actor=cast.staff, now=now)


def in_euro(organization: Organization) -> Account:
    account = open_money(organization)
    account.currency = "EUR"
    account.save()
    return account


class TestAnOrderInAnotherCurrency:
    def test_is_charged_in_the_payers_by_the_rate_of_the_day(self, cast: Cast) -> None:
        enter(cast, "EUR", "USD", "1.08", days_ago=1)
        account = open_money(cast.dealer)
        offers = [
            make_found_offer(currency="EUR", setup="1.00", monthly="0.50"),
            make_found_offer(currency="USD", setup="1.00", monthly="0.50"),
        ]
        order = make_order(offers=offers, payer=cast.dealer, actor=cast.staff, submit=True)
        assert (order.currency, order.total().amount) == ("USD", Decimal("3.12"))
        account.refresh_from_db()
        assert account.reserved == Decimal("3.12")
        euro = order.lines.get(currency="EUR")
        assert (euro.setup, euro.monthly, euro.asked) == (
            Decimal(1),
            Decimal("0.5"),
            Decimal("1.5"),
        )
        assert euro.charged == Decimal("1.62")
        assert str(euro.converted).startswith("at 1.08 of ")
        assert order.lines.get(currency="USD").converted is None

    def test_keeps_its_rate_when_that_is_corrected(self, cast: Cast) -> None:
        enter(cast, "EUR", "USD", "1.08")
        order = make_order(offers=[make_found_offer(currency="EUR")], actor=cast.staff)
        enter(cast, "EUR", "USD", "1.50")
        ordering.submit(order=order, actor=cast.staff, now=timezone.now())
        assert order.total().amount == Decimal("2.16")

    def test_posts_what_was_frozen_and_keeps_the_carriers_terms(self, cast: Cast) -> None:
        enter(cast, "EUR", "USD", "1.10")
        account = open_money(cast.dealer)
        order = make_order(
            offers=[make_found_offer(currency="EUR", setup="1", monthly="2")],
            payer=cast.dealer,
            actor=cast.staff,
            submit=True,
        )
        (row,) = order.carrier_orders.all()
        (line,) = order.lines.all()
        answer = OrderedNumber(
            number=line.e164,  # type: ignore[arg-type]
            status=LineStatus.BOUGHT,
        )
        placed = PlacedOrder(carrier_reference="", numbers=(answer,))
        claimed = type(row).objects.filter(pk=row.pk)
        claimed.update(status="PLACING", attempt=row.reference, call_before=timezone.now())
        row.refresh_from_db()
        recording.placed(row, placed, attempt=row.attempt, now=timezone.now())
        account.refresh_from_db()
        assert (account.posted, account.reserved) == (Decimal("96.70"), Decimal(0))
        number = OrderLine.objects.select_related("number").get(pk=line.pk).number
        assert number is not None
        assert (number.currency, number.monthly) == ("EUR", Decimal(2))

    def test_goes_through_the_providers_currency_and_says_so(self, cast: Cast) -> None:
        enter(cast, "GBP", "USD", "1.25")
        enter(cast, "USD", "EUR", "0.80", days_ago=3)
        in_euro(cast.dealer)
        order = make_order(
            offers=[make_found_offer(currency="GBP")], payer=cast.dealer, actor=cast.staff
        )
        assert (order.currency, order.total().amount) == ("EUR", Decimal(2))
        assert str(order.lines.get().converted).endswith("through USD")

    def test_is_refused_to_who_pays_where_no_rate_leads_to_it(self, cast: Cast) -> None:
        in_euro(cast.dealer)
        with pytest.raises(UnableToOrder, match="no rate from USD to EUR") as refusal:
            make_order(offers=[make_found_offer()], payer=cast.dealer, actor=cast.staff)
        assert refusal.value.field == "lines[0].offer"

    def test_stays_in_the_carriers_for_the_provider_without_a_rate(self, cast: Cast) -> None:
        order = make_order(offers=[make_found_offer(currency="EUR")], actor=cast.staff)
        assert (order.currency, order.total().amount) == ("EUR", Decimal(2))
        assert order.lines.get().charged is None

    def test_has_a_conversion_whole_or_not_at_all(self, cast: Cast) -> None:
        order = make_order(offers=[make_found_offer()], actor=cast.staff)
        with pytest.raises(IntegrityError, match="line_conversion_is_whole"), transaction.atomic():
            order.lines.update(charged=Decimal(1))
