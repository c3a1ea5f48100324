from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organization
from accounts.tests.cast import Cast
from dids import inventory, nudging, tasks, timing
from dids.models import CarrierBinding, CarrierOrder, PhoneNumber
from dids.narrowing import Narrowing
from dids.states import BindingStatus, NumberStatus
from dids.tests.factories import MAIN, NOW, make_number, make_order
from dids.waiting import why_not_yet
from dids.workflows import holding, release, sweeps
from portal.celery import app
from trunks.tests.factories import make_trunk

pytestmark = pytest.mark.django_db


class TestNumbers:
    def test_shows_what_is_held_at_or_below(self, cast: Cast) -> None:
        held = {
            organization: make_number(holder=organization)
            for organization in (cast.provider, cast.dealer, cast.tenant, cast.rival_tenant)
        }
        assert inventory.numbers(cast.staff).count() == 4
        assert set(inventory.numbers(cast.dealer_owner)) == {held[cast.dealer], held[cast.tenant]}
        assert set(inventory.numbers(cast.tenant_owner)) == {held[cast.tenant]}
        with pytest.raises(PhoneNumber.DoesNotExist):
            inventory.number(cast.rival_dealer_owner, held[cast.tenant].e164)
        assert inventory.number(cast.dealer_owner, held[cast.tenant].e164) == held[cast.tenant]

    @pytest.mark.parametrize(
        ("search", "finds"),
        [
            ("+1312555", True),
            ("5550142", True),
            ("(312) 555-0142", True),
            ("555 01", True),
            ("+312", False),
            ("9999", False),
            ("00 1 312 555", True),
            ("()", True),
            ("front", True),
            ("Front d", True),
            ("100%", False),
            ("", True),
        ],
    )
    def test_finds_by_digits_and_label(self, cast: Cast, search: str, finds: bool) -> None:
        number = make_number(holder=cast.tenant, e164="+13125550142", label="Front desk")
        found = inventory.numbers(cast.tenant_owner, search=search)
        assert list(found) == ([number] if finds else [])

    def test_narrows(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant, country="GB", e164="+442079460123")
        make_number(holder=cast.dealer)
        for narrow in (
            {"status": "assigned"},
            {"country": "gb"},
            {"holder": cast.tenant},
        ):
            found = inventory.numbers(cast.dealer_owner, **narrow)
            assert list(found) == [number]
        assert inventory.numbers(cast.dealer_owner, type="local").count() == 2

    @pytest.mark.parametrize("search", ["020 7946 0123", "020 7946", "0044 20 79", "+44 (20)"])
    def test_finds_what_is_typed_as_at_home(self, cast: Cast, search: str) -> None:
        Organization.objects.filter(pk=cast.tenant.pk).update(country="GB")
        cast.tenant_owner.organization.refresh_from_db()
        number = make_number(holder=cast.tenant, country="GB", e164="+442079460123")
        make_number(holder=cast.tenant, e164="+13125550142")
        assert list(inventory.numbers(cast.tenant_owner, search=search)) == [number]

    def test_narrows_by_where_it_rings_and_comes_from(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant, destination=MAIN)
        trunk = make_trunk(account=number.carrier_account)
        CarrierBinding.objects.create(number=number, trunk=trunk, status_since=NOW, give_up_at=NOW)
        offered = make_number(holder=cast.dealer)
        holding.offer(number=offered, to=cast.tenant, actor=cast.dealer_owner, now=NOW)
        wanted: list[Narrowing] = [
            {"rings": True},
            {"destination": MAIN.kind},
            {"trunk": trunk},
            {"carrier_account": number.carrier_account, "offered": False},
            {"offered": False},
        ]
        for one in wanted:
            assert list(inventory.numbers(cast.staff, **one)) == [number], one
        for other in (Narrowing(rings=False), Narrowing(offered=True)):
            assert list(inventory.numbers(cast.staff, **other)) == [offered], other
        assert inventory.numbers(cast.staff, rings=None, offered=None, tag="").count() == 2

    def test_costs_the_same_queries_for_any_page(
        self, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(5):
            number = make_number(holder=cast.tenant, destination=MAIN)
            CarrierBinding.objects.create(
                number=number,
                trunk=make_trunk(account=number.carrier_account),
                status_since=NOW,
                give_up_at=NOW,
            )
        with django_assert_num_queries(3):
            for number in inventory.numbers(cast.dealer_owner):
                assert number.holder.name
                assert number.assignment.destination == MAIN
                assert number.binding.trunk.name
                assert number.carrier_account.name
                why_not_yet(number)


class TestWhyNotYet:
    def test_names_the_buyer_of_an_offer(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)
        assert why_not_yet(number) is None
        offer = holding.offer(number=number, to=cast.tenant, actor=cast.dealer_owner, now=NOW)
        waiting = why_not_yet(number)
        assert waiting is not None
        assert (waiting.who, waiting.since) == ("the buyer", NOW)
        assert why_not_yet(offer) is not None

    def test_names_the_carrier_while_it_binds(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant)
        row = CarrierBinding.objects.create(
            number=number,
            trunk=make_trunk(account=number.carrier_account),
            status_since=NOW,
            give_up_at=NOW,
        )
        waiting = why_not_yet(inventory.number(cast.tenant_owner, number.e164))
        assert waiting is not None
        assert waiting.who == "the carrier"
        CarrierBinding.objects.filter(pk=row.pk).update(status=BindingStatus.BOUND)
        assert why_not_yet(inventory.number(cast.tenant_owner, number.e164)) is None

    def test_tells_of_an_order_and_a_release(self, cast: Cast) -> None:
        order = make_order(actor=cast.staff)
        draft = why_not_yet(order)
        assert draft is not None
        assert draft.who == "you"
        make_order(actor=cast.staff, submit=True)
        submitted = why_not_yet(CarrierOrder.objects.get())
        assert submitted is not None
        assert submitted.who == "the carrier"
        number = make_number()
        release.schedule(
            number=number, on=NOW.date() + timedelta(days=9), actor=cast.staff, now=NOW
        )
        leaving = why_not_yet(number)
        assert leaving is not None
        assert leaving.who == "the calendar"
        assert number.status == NumberStatus.RELEASING


class TestSweeps:
    def test_nudge_once_and_leave_the_worker_its_time(self, cast: Cast) -> None:
        make_order(actor=cast.staff, submit=True)
        now = timezone.now() + timedelta(seconds=30)
        assert sweeps.sweep(now=now)["carrier_orders"] == 1
        assert sweeps.sweep(now=now)["carrier_orders"] == 0
        assert sweeps.carrier_orders(now=now + timedelta(seconds=30)) == 1

    @pytest.mark.parametrize("sender", ["sweep", "second try"])
    def test_messages_are_dropped_once_the_next_one_is_due(self, cast: Cast, sender: str) -> None:
        order = make_order(actor=cast.staff, submit=True)
        (row,) = order.carrier_orders.all()
        now = timezone.now()
        with app.connection_for_read() as broker, broker.SimpleQueue("purchase") as queue:
            queue.clear()
            if sender == "sweep":
                sweeps.carrier_orders(now=now + timedelta(seconds=30))
                again = now + timing.span("NUDGE_AGAIN_SECONDS")
            else:
                message = {"carrier_order_id": row.pk}
                again = nudging.soon(tasks.place, message, at=now + timedelta(seconds=3), now=now)
            expires = datetime.fromisoformat(queue.get(timeout=5).headers["expires"])
        assert abs(expires - again) < timedelta(seconds=5)

    def test_discard_previews_nobody_submitted(self, cast: Cast) -> None:
        order = make_order(actor=cast.staff)
        assert sweeps.discard_drafts(now=timezone.now()) == 0
        assert sweeps.discard_drafts(now=timezone.now() + timedelta(days=2)) == 1
        order.refresh_from_db()
        assert order.status == "DISCARDED"
