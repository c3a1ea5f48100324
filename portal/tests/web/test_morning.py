"""What staff find in the morning: what is in doubt, what stands still, what comes soon."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Event, PendingSeal, Role
from accounts.tests.cast import Cast
from dids.models import BackOrder, CarrierBinding, CarrierHold, CarrierOrder, PhoneNumber, TaskKind
from dids.states import BindingStatus, CarrierOrderStatus, HoldStatus, NumberStatus, ReleaseStatus
from dids.tests.factories import make_back_order, make_number, make_order
from dids.workflows import holding, opening, release
from portal.tests.web.visitor import Visitor, visitor_of
from provisioning.models import DirtyRoute, Lane, PbxNode, RouteHead, Scope
from provisioning.tests.scene import make_account, make_pbx, make_trunk
from trunks.models import CarrierAccount, Trunk

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def staff(cast: Cast) -> Visitor:
    return visitor_of(cast.provider)


def lines(visitor: Visitor) -> list[str]:
    """Give the lines of the page as plain text."""
    text = visitor.get("/").text
    found = re.findall(r'<li class="list-group-item matter">(.*?)</li>', text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in found]


def line(visitor: Visitor) -> str:
    """Give the only line of the page."""
    (found,) = lines(visitor)
    return found


def doubtful_order(now: datetime) -> CarrierOrder:
    order = make_order(submit=True)
    rows = CarrierOrder.objects.filter(order=order)
    rows.update(
        status=CarrierOrderStatus.UNCERTAIN, uncertain_since=now - HOUR, next_attempt_at=now
    )
    return rows.get()


def doubtful_delivery(now: datetime) -> PhoneNumber:
    number = make_number()
    CarrierBinding.objects.create(
        number=number,
        trunk=make_trunk(make_account()),
        status=BindingStatus.UNCERTAIN,
        status_since=now - HOUR,
        next_attempt_at=now,
        give_up_at=now + DAY,
    )
    return number


def router(name: str, now: datetime) -> PbxNode:
    pbx = make_pbx()
    RouteHead.objects.filter(pbx=pbx).update(version=7, published_at=now - HOUR)
    return PbxNode.objects.create(
        pbx=pbx,
        name=name,
        role="ROUTER",
        address="sip:192.0.2.9:5060",
        login=name,
        enrolled_at=now - DAY,
        created_at=now - DAY,
    )


def acknowledge(node: PbxNode, version: int, *, ago: timedelta = timedelta(0)) -> None:
    """Have a router say of every table that it holds a version."""
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO provisioning_nodeack (node_id, "table", version, rows, mode, ready,'
            " seen_at) SELECT %s, \"table\", %s, 1, 'full', true,"
            " clock_timestamp() - make_interval(secs => %s)"
            " FROM provisioning_routehead WHERE pbx_id = %s",
            [node.pk, version, ago.total_seconds(), node.pbx_id],
        )


class TestNothing:
    def test_is_told_kindly(self, staff: Visitor) -> None:
        text = staff.get("/").text
        assert "All is well" in text
        assert "Nothing needs anybody." in text


class TestADoubt:
    def test_about_an_order_leads_to_the_order(self, staff: Visitor, now: datetime) -> None:
        doubt = doubtful_order(now)
        assert "is not known whether" in line(staff)
        assert "(1 number). Since" in line(staff)
        assert "nothing is sent again" in line(staff)
        assert f'href="/orders/{doubt.order.uuid}/"' in staff.get("/").text

    def test_stands_as_the_task_where_a_person_was_asked(
        self, staff: Visitor, cast: Cast, now: datetime
    ) -> None:
        doubt = doubtful_order(now)
        opening.open_task(
            TaskKind.ORDER_UNCERTAIN,
            about="dids.carrier_order:x",
            what="+13125550100",
            organization=cast.provider,
            carrier_order=doubt,
            now=now,
        )
        assert line(staff).startswith("It is not known whether +13125550100 was bought")

    @pytest.mark.parametrize(
        ("status", "words"), [("OFFERED", "was found. Since"), ("PAUSED", "is paused. Since")]
    )
    def test_about_a_back_order_leads_to_it(
        self, staff: Visitor, cast: Cast, status: str, words: str
    ) -> None:
        row = make_back_order(payer=cast.dealer, actor=cast.staff)
        assert lines(staff) == []
        BackOrder.objects.filter(pk=row.pk).update(status=status)
        assert words in line(staff)
        assert f'href="/back-orders/{row.uuid}/"' in staff.get("/").text

    def test_about_a_delivery_names_the_number(self, staff: Visitor, now: datetime) -> None:
        number = doubtful_delivery(now)
        assert "whether the carrier delivers it to us. Since" in line(staff)
        assert f'href="/numbers/{number.e164}/"' in staff.get("/").text

    def test_about_a_return_too(self, staff: Visitor, cast: Cast, now: datetime) -> None:
        number = make_number()
        release.schedule(
            number=number, on=(now + 20 * DAY).date(), actor=cast.staff, now=now
        ).number.releases.update(status=ReleaseStatus.UNCERTAIN)
        assert "whether the carrier took it back. Since" in line(staff)

    def test_is_told_of_five_and_counted_of_all(self, staff: Visitor, now: datetime) -> None:
        for _ in range(7):
            doubtful_delivery(now)
        assert len(lines(staff)) == 5
        assert "And 2 more like it" in lines(staff)[-1]
        assert "7 things need somebody." in staff.get("/").text

    def test_is_nobodys_business_below(self, cast: Cast, now: datetime) -> None:
        doubtful_order(now)
        doubtful_delivery(now)
        for below in (cast.dealer, cast.tenant):
            assert "not known" not in visitor_of(below).get("/").text
            assert "not known" not in visitor_of(below).get("/attention/").text


class TestARouter:
    def test_that_is_silent_or_behind_is_told(self, staff: Visitor, now: datetime) -> None:
        router("fresh", now)
        acknowledge(router("silent", now), 7, ago=HOUR)
        acknowledge(router("late", now), 4)
        acknowledge(router("good", now), 7)
        told = " ".join(lines(staff))
        assert "Router fresh of" in told
        assert "has not reported yet. Since" in told
        assert "is silent. Since" in told
        assert "is 3 changes behind. Since" in told
        assert "Router good" not in told


class TestChanges:
    def test_that_nobody_publishes_are_told(self, staff: Visitor, now: datetime) -> None:
        pbx = make_pbx()
        DirtyRoute.objects.all().delete()
        waiting = DirtyRoute(pbx=pbx, scope=Scope.PBX, lane=Lane.BULK, at=now - HOUR)
        DirtyRoute.objects.bulk_create([waiting])
        assert "are not published. Since" in lines(staff)[0]


class TestACarrier:
    def test_that_refuses_our_credentials_leads_to_new_ones(self, staff: Visitor) -> None:
        account = make_account()
        CarrierAccount.objects.filter(pk=account.pk).update(status="BROKEN")
        assert "refuses our credentials. Since" in line(staff)
        assert f'href="/carriers/{account.uuid}/credentials/"' in staff.get("/").text

    def test_that_is_silent_or_poor_is_told(self, staff: Visitor, now: datetime) -> None:
        account = make_account()
        CarrierAccount.objects.filter(pk=account.pk).update(
            reachable=False,
            checked_at=now,
            balance_amount="-2.5",
            balance_currency="USD",
            balance_at=now,
        )
        silent, poor = lines(staff)
        assert "does not answer. It is asked again" in silent
        CarrierAccount.objects.filter(pk=account.pk).update(trouble_since=now - HOUR)
        assert "does not answer. Since" in lines(staff)[0]
        assert "has -2.50 USD left" in poor

    def test_that_has_less_than_wanted_is_told(self, staff: Visitor) -> None:
        account = make_account()
        rows = CarrierAccount.objects.filter(pk=account.pk)
        rows.update(balance_amount="20", balance_currency="USD")
        assert not lines(staff)
        rows.update(warn_below="20")
        assert "has 20.00 USD left" in line(staff)

    def test_hides_its_money_from_whoever_may_not_see_costs(self, cast: Cast) -> None:
        account = make_account()
        CarrierAccount.objects.filter(pk=account.pk).update(
            balance_amount="-2.5", balance_currency="USD"
        )
        assert not lines(visitor_of(cast.provider, Role.VIEWER))

    def test_that_would_not_make_a_trunk_is_told(self, staff: Visitor) -> None:
        trunk = make_trunk(make_account())
        Trunk.objects.filter(pk=trunk.pk).update(status="FAILED")
        assert "could not be made" in line(staff)


class TestWork:
    def test_that_is_due_and_picked_up_by_nobody_is_told(
        self, staff: Visitor, cast: Cast, now: datetime
    ) -> None:
        number = make_number()
        release.schedule(number=number, on=(now + 20 * DAY).date(), actor=cast.staff, now=now)
        assert not any("not picked up" in said for said in lines(staff))
        number.releases.update(next_attempt_at=now - HOUR)
        assert "is not picked up. Since" in lines(staff)[0]
        assert "not picked up" not in visitor_of(cast.dealer).get("/").text

    def test_of_every_kind_is_told(self, staff: Visitor, now: datetime) -> None:
        make_back_order()
        BackOrder.objects.update(next_attempt_at=now)
        assert not any("not picked up" in said for said in lines(staff))
        BackOrder.objects.update(next_attempt_at=now - HOUR)
        assert any("not picked up" in said for said in lines(staff))


class TestTheJournal:
    def test_that_is_not_sealed_is_told(self, staff: Visitor, cast: Cast, now: datetime) -> None:
        PendingSeal.objects.all().delete()
        assert not lines(staff)
        event = Event.objects.create(
            at=now - HOUR, organization=cast.provider, actor="tests", action="x", subject="x"
        )
        PendingSeal.objects.create(event=event)
        assert "The journal is not sealed. Since" in line(staff)


class TestWhatComes:
    def test_is_one_line_of_each_kind(self, staff: Visitor, cast: Cast, now: datetime) -> None:
        for _ in range(2):
            number = make_number()
            release.schedule(number=number, on=(now + DAY).date(), actor=cast.staff, now=now)
        make_number(status=NumberStatus.QUARANTINE, now=now - 44 * DAY)
        make_number(status=NumberStatus.QUARANTINE, now=now)
        CarrierHold.objects.create(
            organization=cast.provider,
            held_by="tests",
            carrier_account=make_account(),
            e164="+13125550100",
            status=HoldStatus.HELD,
            status_since=now,
            created_at=now,
            give_up_at=now,
            until=now + HOUR,
        )
        offer = holding.offer(number=make_number(), to=cast.dealer, actor=cast.staff, now=now)
        type(offer).objects.update(expires_at=now + HOUR)
        told = lines(staff)
        assert [said.partition(". From")[0] for said in told] == [
            "1 number will not be held for you any more",
            "2 numbers will go back to the carrier",
            "1 number offered by you will not be on offer any more",
            "1 number will have rested long enough",
        ]
        assert "Nothing needs anybody." in staff.get("/").text


class TestNews:
    def test_are_not_sent_twice(self, staff: Visitor, now: datetime) -> None:
        doubtful_delivery(now)
        seen = re.search(r"/attention/\?seen=(\w+)", staff.get("/").text)
        assert seen is not None
        assert staff.get(seen[0]).status_code == 204
        number = doubtful_delivery(now)
        answer = staff.get(seen[0])
        assert answer.status_code == 200
        assert number.e164 in answer.text
        assert "2 things need somebody." in answer.text
        assert "<h1" not in answer.text
