from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.limits import UnableToTake
from accounts.models import Event, Organization
from accounts.tests.cast import Cast
from accounts.tests.factories import make_tenant
from billing.funds import UnableToReserve
from dids.destinations import Destination
from dids.models import CarrierOrder, OrderLine
from dids.states import LineStatus, OrderStatus
from dids.tests.carrier import open_money
from dids.tests.factories import (
    MAIN,
    make_found_offer,
    make_number,
    make_order,
    make_search,
    new_e164,
)
from dids.workflows import ordering
from dids.workflows.ordering import LineWish, UnableToOrder
from lib.refusals import UnableTo
from lib.transitions import UnableToMove
from trunks.models import CarrierAccount
from trunks.tests.factories import make_carrier_account, make_trunk

pytestmark = pytest.mark.django_db


class TestDraft:
    def test_freezes_prices_and_plan(self, cast: Cast) -> None:
        account = make_carrier_account()
        offers = [
            make_found_offer(account=account, setup="1.50", monthly="0.80"),
            make_found_offer(account=account, setup=None, monthly="1.20"),
        ]
        order = make_order(
            offers=offers,
            holder=cast.tenant,
            destination=MAIN,
            trunk=make_trunk(account=account),
            label=" Front   desk ",
            actor=cast.staff,
        )
        assert order.status == OrderStatus.DRAFT
        assert order.total().amount == Decimal("3.50")
        for line in order.lines.all():
            assert line.label == "Front desk"
            assert line.destination == MAIN
            assert line.holder == cast.tenant
        offers[0].delete()
        assert order.total().amount == Decimal("3.50")

    @pytest.mark.parametrize(
        ("wish", "field"),
        [
            (LineWish(offer_id=uuid4()), "lines[0].offer"),
            (LineWish(offer_id=uuid4(), label="x" * 101), "lines[0].offer"),
        ],
    )
    def test_refuses_an_unknown_offer(self, cast: Cast, wish: LineWish, field: str) -> None:
        with pytest.raises(UnableToOrder) as refusal:
            ordering.draft(lines=[wish], payer=cast.provider, actor=cast.staff, now=timezone.now())
        assert refusal.value.field == field

    def test_asks_the_database_once_for_all_lines(self, cast: Cast) -> None:
        account = make_carrier_account()
        counts = []
        for count in (1, 9):
            offers = [make_found_offer(account=account) for _ in range(count)]
            with CaptureQueriesContext(connection) as queries:
                make_order(
                    offers=offers,
                    payer=cast.provider,
                    holder=cast.tenant,
                    destination=MAIN,
                    actor=cast.staff,
                )
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_refuses_an_empty_order(self, cast: Cast) -> None:
        with pytest.raises(UnableToOrder) as refusal:
            ordering.draft(lines=[], payer=cast.provider, actor=cast.staff, now=timezone.now())
        assert refusal.value.field == "lines"

    def test_refuses_somebody_elses_money(self, cast: Cast) -> None:
        search = make_search(organization=cast.rival_dealer)
        offer = make_found_offer(search=search)
        with pytest.raises(UnableToOrder) as refusal:
            make_order(offers=[offer], payer=cast.dealer, actor=cast.rival_dealer_owner)
        assert refusal.value.field == "payer"

    def test_does_not_know_a_rivals_offers(self, cast: Cast) -> None:
        offer = make_found_offer(search=make_search(organization=cast.rival_dealer))
        with pytest.raises(UnableToOrder, match="unknown"):
            make_order(offers=[offer], payer=cast.dealer, actor=cast.dealer_owner)

    def test_refuses_an_expired_offer(self, cast: Cast) -> None:
        offer = make_found_offer(expires_at=timezone.now() - timedelta(seconds=1))
        with pytest.raises(UnableToOrder, match="expired"):
            make_order(offers=[offer], actor=cast.staff)

    def test_refuses_the_same_number_twice(self, cast: Cast) -> None:
        offer = make_found_offer()
        twin = make_found_offer(e164=offer.e164)
        with pytest.raises(UnableToOrder, match="twice"):
            make_order(offers=[offer, twin], actor=cast.staff)

    def test_refuses_another_currency_without_a_rate(self, cast: Cast) -> None:
        offers = [make_found_offer(currency="USD"), make_found_offer(currency="EUR")]
        with pytest.raises(UnableToOrder, match="no rate from EUR to USD") as refusal:
            make_order(offers=offers, actor=cast.staff)
        assert refusal.value.field == "lines[1].offer"

    def test_refuses_a_number_whose_carrier_takes_no_documents(self, cast: Cast) -> None:
        offer = make_found_offer(
            account=make_carrier_account(carrier="vonage"), needs_documents=True
        )
        with pytest.raises(UnableToOrder, match="documents"):
            make_order(offers=[offer], actor=cast.staff)

    def test_refuses_a_number_without_price_to_those_who_pay(self, cast: Cast) -> None:
        offer = make_found_offer(setup=None, monthly=None)
        with pytest.raises(UnableToOrder, match="no price"):
            make_order(offers=[offer], payer=cast.dealer, actor=cast.staff)
        make_order(offers=[offer], actor=cast.staff)

    def test_refuses_a_number_that_is_ours(self, cast: Cast) -> None:
        number = make_number(holder=cast.provider)
        with pytest.raises(UnableToOrder, match="already been bought") as refusal:
            make_order(offers=[make_found_offer(e164=number.e164)], actor=cast.staff)
        assert refusal.value.conflict

    def test_refuses_a_paused_carrier_account(self, cast: Cast) -> None:
        account = make_carrier_account(status=CarrierAccount.Status.PAUSED)
        with pytest.raises(UnableToOrder, match="cannot be used"):
            make_order(offers=[make_found_offer(account=account)], actor=cast.staff)

    def test_refuses_a_holder_who_is_not_below_the_payer(self, cast: Cast) -> None:
        with pytest.raises(UnableToOrder) as refusal:
            make_order(payer=cast.dealer, holder=cast.rival_tenant, actor=cast.staff)
        assert refusal.value.field == "lines[0].holder"

    def test_refuses_a_destination_for_stock(self, cast: Cast) -> None:
        with pytest.raises(UnableToOrder) as refusal:
            make_order(holder=cast.dealer, destination=MAIN, actor=cast.staff)
        assert refusal.value.field == "lines[0].destination"

    @pytest.mark.parametrize("kind", ["SIP_URI", "EXTERNAL_NUMBER", "NOWHERE"])
    def test_refuses_a_destination_that_is_closed(self, cast: Cast, kind: str) -> None:
        with pytest.raises(UnableToOrder) as refusal:
            make_order(holder=cast.tenant, destination=Destination(kind, "101"), actor=cast.staff)
        assert refusal.value.field == "lines[0].destination.kind"

    def test_refuses_another_accounts_trunk(self, cast: Cast) -> None:
        with pytest.raises(UnableToOrder, match="another carrier account"):
            make_order(trunk=make_trunk(), actor=cast.staff)

    def test_refuses_a_trunk_that_is_not_ready(self, cast: Cast) -> None:
        account = make_carrier_account()
        trunk = make_trunk(account=account, status="WANTED")
        with pytest.raises(UnableToOrder, match="not ready"):
            make_order(offers=[make_found_offer(account=account)], trunk=trunk, actor=cast.staff)


class TestDiscard:
    def test_throws_a_preview_away(self, cast: Cast) -> None:
        order = make_order(actor=cast.staff)
        ordering.discard(order=order, actor=cast.staff, now=timezone.now())
        assert order.status == OrderStatus.DISCARDED
        assert order.lines.get().status == LineStatus.DISCARDED

    def test_refuses_a_submitted_order(self, cast: Cast) -> None:
        order = make_order(actor=cast.staff, submit=True)
        with pytest.raises(UnableToMove):
            ordering.discard(order=order, actor=cast.staff, now=timezone.now())


class TestSubmit:
    def test_reserves_the_money_and_counts_the_numbers(self, cast: Cast) -> None:
        account = open_money(cast.dealer)
        order = make_order(payer=cast.dealer, holder=cast.tenant, actor=cast.staff, submit=True)
        account.refresh_from_db()
        cast.tenant.refresh_from_db()
        assert account.reserved == Decimal(2)
        assert cast.tenant.numbers_held == 1
        assert order.status == OrderStatus.SUBMITTED
        assert order.lines.get().status == LineStatus.WAITING

    def _assert_nothing_happened(self, cast: Cast) -> None:
        assert not CarrierOrder.objects.exists()
        assert not OrderLine.objects.filter(status=LineStatus.WAITING).exists()
        cast.tenant.refresh_from_db()
        assert cast.tenant.numbers_held == 0
        assert Event.objects.filter(action="dids.order.refused").count() == 1

    def test_refuses_those_who_were_suspended_since_the_preview(self, cast: Cast) -> None:
        open_money(cast.dealer)
        order = make_order(payer=cast.dealer, holder=cast.tenant, actor=cast.staff)
        for organization, field in ((cast.tenant, "lines"), (cast.dealer, "payer")):
            Organization.objects.filter(pk=organization.pk).update(status="SUSPENDED")
            order.payer.refresh_from_db()
            with pytest.raises(UnableToOrder, match="not active") as refusal:
                ordering.submit(order=order, actor=cast.staff, now=timezone.now())
            assert refusal.value.field == field
        assert not CarrierOrder.objects.exists()

    def test_locks_counters_from_the_leaf_to_the_root(self, cast: Cast) -> None:
        leaf = make_tenant(parent=cast.dealer)
        wishes = [
            LineWish(offer_id=make_found_offer().uuid, holder=holder)
            for holder in (cast.dealer, leaf, cast.tenant)
        ]
        order = ordering.draft(
            lines=wishes, payer=cast.provider, actor=cast.staff, now=timezone.now()
        )
        with CaptureQueriesContext(connection) as queries:
            ordering.submit(order=order, actor=cast.staff, now=timezone.now())
        taken = [
            int(found[1])
            for query in queries
            if (found := re.search(r"numbers_held\" \+ 1.*\"id\" = (\d+)", query["sql"]))
        ]
        paths = [Organization.objects.get(pk=key).path for key in taken]
        assert paths == sorted(paths, reverse=True)
        assert len(paths) == 3

    def test_refuses_without_money(self, cast: Cast) -> None:
        open_money(cast.dealer, posted="1.00")
        with pytest.raises(UnableToReserve):
            make_order(payer=cast.dealer, holder=cast.tenant, actor=cast.staff, submit=True)
        self._assert_nothing_happened(cast)

    def test_refuses_beyond_the_number_limit(self, cast: Cast) -> None:
        account = open_money(cast.dealer)
        Organization.objects.filter(pk=cast.tenant.pk).update(number_limit=0)
        with pytest.raises(UnableToTake):
            make_order(payer=cast.dealer, holder=cast.tenant, actor=cast.staff, submit=True)
        account.refresh_from_db()
        assert account.reserved == 0
        self._assert_nothing_happened(cast)

    def test_refuses_the_second_time(self, cast: Cast) -> None:
        order = make_order(actor=cast.staff, submit=True)
        stale = type(order).objects.get(pk=order.pk)
        with pytest.raises(UnableToMove):
            ordering.submit(order=stale, actor=cast.staff, now=timezone.now())
        assert CarrierOrder.objects.count() == 1

    def test_refuses_a_number_that_somebody_is_buying(self, cast: Cast) -> None:
        e164 = new_e164()
        make_order(offers=[make_found_offer(e164=e164)], actor=cast.staff, submit=True)
        with pytest.raises(UnableToOrder, match="being bought") as refusal:
            make_order(offers=[make_found_offer(e164=e164)], actor=cast.staff, submit=True)
        assert refusal.value.conflict

    def test_refuses_a_number_that_was_bought_since_the_preview(self, cast: Cast) -> None:
        order = make_order(actor=cast.staff)
        make_number(holder=cast.provider, e164=order.lines.get().e164)
        with pytest.raises(UnableToOrder, match="already been bought"):
            ordering.submit(order=order, actor=cast.staff, now=timezone.now())
        self._assert_nothing_happened(cast)

    def test_refuses_expired_prices(self, cast: Cast) -> None:
        order = make_order(actor=cast.staff)
        with pytest.raises(UnableToOrder, match="expired"):
            ordering.submit(order=order, actor=cast.staff, now=timezone.now() + timedelta(hours=1))
        self._assert_nothing_happened(cast)


def test_every_refusal_is_a_sentence_for_people(cast: Cast) -> None:
    wish = replace(LineWish(offer_id=uuid4()), label="x")
    with pytest.raises(UnableTo) as refusal:
        ordering.draft(lines=[wish], payer=cast.provider, actor=cast.staff, now=timezone.now())
    assert str(refusal.value).endswith(".")
