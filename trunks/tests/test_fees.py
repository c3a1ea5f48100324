"""Staff enter what carriers ask besides the price of a number."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts import sentences
from accounts.models import Event
from accounts.tests.cast import Cast
from trunks.fees import Fee, FeeFor
from trunks.models import CarrierFee
from trunks.tests.factories import NOW, make_carrier_account
from trunks.workflows import fees
from trunks.workflows.fees import UnableToEnter

TODAY = NOW.date()
FEE = Fee(what=FeeFor.EMERGENCY, once=Decimal(0), monthly=Decimal("1.50"), currency="USD")


@pytest.mark.django_db
class TestEnter:
    def test_corrects_the_fee_of_its_day_and_journals_both(self, cast: Cast) -> None:
        account = make_carrier_account()
        for monthly in ("1.50", "1.75"):
            wish = replace(FEE, monthly=Decimal(monthly))
            fees.enter(account=account, fee=wish, valid_from=TODAY, actor=cast.staff, now=NOW)
        (stands,) = CarrierFee.objects.of(TODAY)
        assert (stands.monthly, CarrierFee.objects.count()) == (Decimal("1.75"), 2)
        event = Event.objects.get(action="trunks.account.fee_corrected")
        assert event.subject == account.subject
        assert "emergency registration: 1.75 USD a month" in sentences.sentence(event, cast.staff)

    def test_takes_over_from_its_day_on(self, cast: Cast) -> None:
        account = make_carrier_account()
        for days, monthly in ((-9, "1"), (-1, "2"), (1, "3")):
            wish = replace(FEE, monthly=Decimal(monthly))
            day = TODAY + timedelta(days=days)
            fees.enter(account=account, fee=wish, valid_from=day, actor=cast.staff, now=NOW)
        assert [row.monthly for row in CarrierFee.objects.of(TODAY)] == [Decimal(2)]
        coming = [row.monthly for row in CarrierFee.objects.all().now_and_to_come(TODAY)]
        assert coming == [Decimal(2), Decimal(3)]

    def test_has_one_that_stands_of_each_kind_and_day(self, cast: Cast) -> None:
        account = make_carrier_account()
        made = fees.enter(account=account, fee=FEE, valid_from=TODAY, actor=cast.staff, now=NOW)
        made.pk = None
        made._state.adding = True
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save()


@pytest.mark.django_db
class TestThePriceOfTheNumberItself:
    def test_is_kept_only_where_the_carrier_tells_none(self, cast: Cast) -> None:
        wish = replace(FEE, what=FeeFor.NUMBER)
        silent = make_carrier_account(carrier="bandwidth", credentials={})
        fees.enter(account=silent, fee=wish, valid_from=TODAY, actor=cast.staff, now=NOW)
        for carrier, type_ in (("telnyx", ""), ("questblue", "LOCAL"), ("gamma", "")):
            account = make_carrier_account(carrier=carrier, credentials={})
            with pytest.raises(UnableToEnter) as told:
                fees.enter(
                    account=account,
                    fee=replace(wish, type=type_),
                    valid_from=TODAY,
                    actor=cast.staff,
                    now=NOW,
                )
            assert told.value.field == "what"


class TestSense:
    @pytest.mark.parametrize(
        ("wish", "field"),
        [
            (replace(FEE, what=FeeFor.OTHER), "label"),
            (replace(FEE, label="911"), "label"),
            (replace(FEE, country="usa"), "country"),
            (replace(FEE, currency="$"), "currency"),
            (replace(FEE, once=Decimal(-1)), "once"),
            (replace(FEE, monthly=Decimal("0.00001")), "monthly"),
            (replace(FEE, monthly=Decimal("NaN")), "monthly"),
        ],
    )
    def test_is_asked_of_every_field(self, wish: Fee, field: str) -> None:
        with pytest.raises(UnableToEnter) as refusal:
            fees.require_sense(wish)
        assert refusal.value.field == field
