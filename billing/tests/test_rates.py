from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Event
from accounts.tests.cast import Cast
from billing.models import ExchangeRate
from billing.rates import Book, Conversion, Dated
from billing.workflows import rates
from billing.workflows.rates import UnableToEnter, Wish
from lib.money import Money

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
EARLIER = TODAY - timedelta(days=10)


def dated(base: str, quote: str, rate: str, on: date = TODAY) -> Dated:
    return Dated(base=base, quote=quote, rate=Decimal(rate), on=on)


def book(*known: Dated) -> Book:
    return Book(known, home="USD")


class TestConversion:
    def test_takes_the_rate_of_the_pair(self) -> None:
        found = book(dated("EUR", "USD", "1.0843")).conversion("EUR", "USD")
        assert found is not None
        assert found.of(Money(Decimal("1.20"), "EUR")) == Money(Decimal("1.30"), "USD")
        assert str(found) == "at 1.0843 of 2026-11-23"

    def test_takes_the_inverse_where_only_that_is_there(self) -> None:
        found = book(dated("EUR", "USD", "1.25")).conversion("USD", "EUR")
        assert found is not None
        assert (found.rate, found.via) == (Decimal("0.8"), "")

    def test_prefers_the_rate_of_the_pair_to_an_inverse(self) -> None:
        known = book(dated("EUR", "USD", "1.25"), dated("USD", "EUR", "0.79"))
        found = known.conversion("USD", "EUR")
        assert found is not None
        assert found.rate == Decimal("0.79")

    def test_goes_through_the_providers_currency_and_says_so(self) -> None:
        known = book(dated("EUR", "USD", "1.1"), dated("GBP", "USD", "1.25", EARLIER))
        found = known.conversion("EUR", "GBP")
        assert found is not None
        assert (found.rate, found.on, found.via) == (Decimal("0.88"), EARLIER, "USD")
        assert str(found).endswith("through USD")

    def test_goes_through_no_other_currency(self) -> None:
        known = book(dated("GBP", "EUR", "1.15"), dated("EUR", "CHF", "0.95"))
        assert known.conversion("GBP", "CHF") is None

    def test_needs_none_within_a_currency(self) -> None:
        assert book(dated("EUR", "USD", "1.1")).conversion("USD", "USD") is None

    def test_rounds_to_the_smallest_unit(self) -> None:
        yen = Conversion(base="USD", quote="JPY", rate=Decimal("151.237"), on=TODAY)
        assert yen.of(Money(Decimal("1.50"), "USD")) == Money(Decimal(227), "JPY")

    def test_refuses_an_amount_of_another_currency(self) -> None:
        with pytest.raises(ValueError, match="CHF"):
            Conversion(base="EUR", quote="USD", rate=Decimal(1), on=TODAY).of(
                Money(Decimal(1), "CHF")
            )

    def test_knows_every_way_into_a_currency(self) -> None:
        known = book(dated("EUR", "USD", "1.1"), dated("USD", "JPY", "151"))
        assert set(known.into("USD")) == {"EUR", "JPY"}


def wish(base: str = "EUR", quote: str = "USD", rate: str = "1.08", on: date = TODAY) -> Wish:
    return Wish(base=base, quote=quote, rate=Decimal(rate), valid_from=on)


def enter(cast: Cast, *wishes: Wish) -> list[ExchangeRate]:
    return rates.enter(rates=wishes, owner=cast.provider, actor=cast.staff, now=NOW)


@pytest.mark.django_db
class TestEnter:
    def test_counts_from_its_day_until_a_later_one(self, cast: Cast) -> None:
        enter(cast, wish(rate="1.05", on=EARLIER), wish(rate="1.09"))
        for day, rate in ((EARLIER, "1.05"), (TODAY - timedelta(1), "1.05"), (TODAY, "1.09")):
            (found,) = ExchangeRate.objects.of(day)
            assert found.rate == Decimal(rate)
        assert not list(ExchangeRate.objects.of(EARLIER - timedelta(1)))

    def test_corrects_by_a_new_row_and_keeps_the_old_one(self, cast: Cast) -> None:
        (old,) = enter(cast, wish(rate="1.8"))
        enter(cast, wish(rate="1.08"))
        old.refresh_from_db()
        assert (old.rate, old.corrected_at) == (Decimal("1.8"), NOW)
        (standing,) = ExchangeRate.objects.standing()
        assert standing.rate == Decimal("1.08")
        assert list(Event.objects.order_by("pk").values_list("action", flat=True)[:2]) == [
            "billing.rate.entered",
            "billing.rate.corrected",
        ]

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            (wish(base="eur"), "rates[0].base"),
            (wish(quote="EUR"), "rates[0].quote"),
            (wish(rate="0"), "rates[0].rate"),
            (wish(rate="NaN"), "rates[0].rate"),
            (wish(rate="0.00000000001"), "rates[0].rate"),
            (wish(on=date(1999, 1, 1)), "rates[0].valid_from"),
            (wish(on=TODAY + timedelta(days=400)), "rates[0].valid_from"),
        ],
    )
    def test_refuses_what_is_no_rate(self, cast: Cast, wrong: Wish, field: str) -> None:
        with pytest.raises(UnableToEnter) as refusal:
            enter(cast, wrong)
        assert refusal.value.field == field

    def test_enters_all_or_none(self, cast: Cast) -> None:
        with pytest.raises(UnableToEnter, match="twice"):
            enter(cast, wish(), wish())
        assert not ExchangeRate.objects.exists()

    def test_is_kept_by_the_provider_alone(self, cast: Cast) -> None:
        with pytest.raises(UnableToEnter, match="provider"):
            rates.enter(rates=[wish()], owner=cast.dealer, actor=cast.dealer_owner, now=NOW)
        enter(cast, wish())
        assert not ExchangeRate.objects.visible_to(cast.dealer_owner).exists()

    def test_lets_the_database_hold_one_rate_a_day(self, cast: Cast) -> None:
        (made,) = enter(cast, wish())
        made.pk = None
        made.uuid = None  # type: ignore[assignment]
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save()
