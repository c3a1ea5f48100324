from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from billing.models import ExchangeRate
from billing.rates import Conversion
from billing.workflows import rates
from dids import extras
from dids.found import streamed
from dids.models import FoundOffer, NumberSearch
from dids.picking import candidates_of
from dids.tests.factories import make_found_offer, make_order, make_search
from dids.workflows import quoting
from dids.workflows.quoting import Quote, Quoted
from lib.e164 import E164
from lib.money import Money
from trunks.fees import Fee, FeeFor
from trunks.models import CarrierAccount
from trunks.numbering import Capability, NumberType
from trunks.offers import FoundNumber
from trunks.tests.factories import make_carrier_account
from trunks.workflows import fees

NO_RATE: dict[str, Conversion] = {}
EURO = Conversion(base="EUR", quote="USD", rate=Decimal("1.1"), on=date(2026, 11, 20))


def fee(what: FeeFor = FeeFor.CHANNEL, *, monthly: str = "1", once: str = "0", **more: Any) -> Fee:
    currency = more.pop("currency", "USD")
    return Fee(what=what, monthly=Decimal(monthly), once=Decimal(once), currency=currency, **more)


def found(
    country: str = "US",
    kind: NumberType = NumberType.LOCAL,
    *capabilities: Capability,
    needs_documents: bool = False,
) -> FoundNumber:
    return FoundNumber(
        number=E164("+13125550123"),
        country=country,
        type=kind,
        capabilities=frozenset(capabilities),
        monthly=Money(Decimal(1), "USD"),
        needs_documents=needs_documents,
    )


class TestRequired:
    @pytest.mark.parametrize(
        ("number", "counts"),
        [
            (found(), True),
            (found("GB"), True),
            (found("FR"), False),
            (found("US", NumberType.TOLL_FREE), False),
            (found("US", NumberType.LOCAL, Capability.SMS), False),
        ],
    )
    def test_counts_emergency_only_where_a_location_is_asked(
        self, number: FoundNumber, counts: bool
    ) -> None:
        asked = fee(FeeFor.EMERGENCY, monthly="1.50")
        assert extras.required([asked], number) == ([asked] if counts else [])

    def test_counts_no_emergency_for_a_number_that_needs_none_by_somebodys_word(self) -> None:
        assert extras.required([fee(FeeFor.EMERGENCY)], found(), is_waived=True) == []

    def test_counts_documents_only_where_the_offer_needs_them(self) -> None:
        asked = fee(FeeFor.DOCUMENTS, once="5")
        assert extras.required([asked], found()) == []
        assert extras.required([asked], found(needs_documents=True)) == [asked]

    def test_takes_the_one_closest_to_the_kind_and_leaves_out_what_is_nothing(self) -> None:
        anywhere, here = fee(), fee(monthly="2", country="US")
        free = fee(monthly="0", country="US", type="TOLL_FREE")
        other = fee(FeeFor.OTHER, label="number portability")
        asked = [free, here, anywhere, other]
        assert extras.required(asked, found()) == [here, other]
        assert extras.required(asked, found("FR")) == [anywhere, other]
        assert extras.required(asked, found("US", NumberType.TOLL_FREE)) == [other]


class TestPriced:
    def test_counts_as_price_only_where_the_carrier_tells_none(self) -> None:
        kept = fee(FeeFor.NUMBER, once="1", monthly="2", currency="EUR", country="US")
        search = NumberSearch(fees=extras.kept_by_account({7: [kept, fee()]}))
        untold = replace(found(), setup=None, monthly=None)
        told = replace(untold, monthly=Money(Decimal(9), "USD"))

        (priced, as_told) = extras.priced(search, 7, [untold, told], untold=set(NumberType))

        assert (priced.setup, priced.monthly) == (
            Money(Decimal(1), "EUR"),
            Money(Decimal(2), "EUR"),
        )
        assert as_told == told
        assert extras.priced(search, 8, [untold], untold=set(NumberType)) == [untold]
        assert extras.priced(search, 7, [untold], untold=set()) == [untold]
        assert extras.required([kept], untold) == []


class TestInAll:
    def test_adds_once_and_months_in_the_buyers_currency(self) -> None:
        asked = [fee(monthly="1.50"), fee(once="10", monthly="0", currency="EUR")]
        cost = extras.in_all(
            Money(Decimal(12), "USD"),
            asked,
            months=12,
            currency="USD",
            by={"EUR": EURO}.get,
        )
        assert cost.amount == Money(Decimal("41.00"), "USD")
        assert cost.by is None

    def test_names_the_currency_that_lacks_a_rate(self) -> None:
        asked = [fee(currency="CHF")]
        price = Money(Decimal(1), "EUR")
        cost = extras.in_all(price, asked, months=1, currency="USD", by={"EUR": EURO}.get)
        assert (cost.amount, cost.lacks) == (None, "CHF")
        assert extras.in_all(price, [], months=1, currency="USD", by=NO_RATE.get).lacks == "EUR"

    def test_makes_no_total_of_extras_alone(self) -> None:
        cost = extras.in_all(None, [fee()], months=1, currency="USD", by=NO_RATE.get)
        assert (cost.amount, cost.lacks) == (None, "")

    def test_is_read_back_as_it_was_kept(self) -> None:
        asked = [fee(FeeFor.OTHER, label="portability", once="0.0100", country="US", type="LOCAL")]
        assert extras.read_back(extras.kept(asked)) == asked


def enter(cast: Cast, account: CarrierAccount, one: Fee, *, days_ago: int = 0) -> None:
    now = timezone.now()
    day = (now - timedelta(days=days_ago)).date()
    fees.enter(account=account, fee=one, valid_from=day, actor=cast.staff, now=now)


@pytest.mark.django_db
class TestARanking:
    def test_goes_by_the_total_with_extras_and_charges_none(self, cast: Cast) -> None:
        cheap, fair = make_carrier_account(), make_carrier_account()
        search = make_search()
        search.currency = "USD"
        search.fees = extras.kept_by_account({cheap.pk: [fee(FeeFor.EMERGENCY, monthly="1.50")]})
        search.save()
        offers = [
            make_found_offer(search=search, account=cheap, setup="0", monthly="1"),
            make_found_offer(search=search, account=fair, setup="0", monthly="2"),
        ]
        costs = {one.offer: (one.cost, one.charge) for one in candidates_of(search)}
        assert costs[offers[0].uuid] == (Decimal(30), Decimal(1))
        assert costs[offers[1].uuid] == (Decimal(24), Decimal(2))
        shown = streamed(search, cheap, found())
        assert (shown["total"], shown["cost"]) == ("12", "30.00")
        (extra,) = shown["extras"]
        assert (extra["name"], extra["once"], extra["monthly"]) == (
            "emergency registration",
            None,
            "1.50",
        )


@pytest.mark.django_db
class TestAPreview:
    def test_freezes_what_was_asked_and_the_rate_beside_the_price(self, cast: Cast) -> None:
        account = make_carrier_account()
        enter(cast, account, fee(FeeFor.EMERGENCY, monthly="9"), days_ago=2)
        enter(cast, account, fee(FeeFor.EMERGENCY, monthly="1", currency="EUR"), days_ago=1)
        rate = rates.Wish(base="EUR", quote="USD", rate=EURO.rate, valid_from=EURO.on)
        rates.enter(rates=[rate], owner=cast.provider, actor=cast.staff, now=timezone.now())
        offer = make_found_offer(account=account)
        order = make_order(offers=[offer], actor=cast.staff, submit=True)

        enter(cast, account, fee(FeeFor.EMERGENCY, monthly="5", currency="EUR"))
        ExchangeRate.objects.update(rate=Decimal(3))
        (line,) = order.lines.all()
        assert [(one.monthly, one.currency) for one in line.fees] == [(Decimal("1.0000"), "EUR")]
        assert line.in_all.amount == Money(Decimal("26.20"), "USD")
        assert order.total() == Money(Decimal(2), "USD")

    def test_says_what_lacks_a_rate_and_orders_all_the_same(self, cast: Cast) -> None:
        account = make_carrier_account()
        enter(cast, account, fee(currency="CHF"))
        offer = make_found_offer(account=account)
        (line,) = make_order(offers=[offer], actor=cast.staff).lines.all()
        assert (line.in_all.amount, line.in_all.lacks) == (None, "CHF")


@pytest.mark.django_db
class TestAQuote:
    def test_is_shown_with_what_the_account_asks_in_the_countries_of_its_numbers(
        self, cast: Cast
    ) -> None:
        account = make_carrier_account(carrier="gamma", credentials={}, base_url="")
        enter(cast, account, fee(FeeFor.EMERGENCY, monthly="0.25", currency="GBP", country="GB"))
        enter(cast, account, fee(country="US"))
        now = timezone.now()
        search: NumberSearch = quoting.enter(
            account=account,
            quote=Quote(type=NumberType.LOCAL, currency="GBP", until=now + timedelta(days=7)),
            numbers=[Quoted(number=E164("+441617150001"), monthly=Decimal("0.50"))],
            actor=cast.staff,
            now=now,
        )
        offer = FoundOffer.objects.get(search=search)
        (asked,) = extras.of_found(search, account.pk, offer)
        assert (asked.what, asked.country) == (FeeFor.EMERGENCY, "GB")
