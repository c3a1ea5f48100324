"""A carrier by hand on pages: from the account to numbers in stock."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from dids.models import NumberOrder, PhoneNumber, Task, TaskKind
from dids.states import NumberStatus, OrderStatus, TaskStatus
from dids.tests.factories import make_number
from dids.workflows import purchase, release
from portal.tests.api.world import World
from portal.tests.web.visitor import Visitor, visitor_of
from trunks.models import CarrierAccount

FIRST, SECOND = "+441617150001", "+441617150002"


@pytest.fixture
def staff(world: World) -> Visitor:
    """Give an owner of the provider."""
    return visitor_of(world.cast.provider)


@pytest.fixture
def gamma(world: World, staff: Visitor) -> CarrierAccount:
    """Connect an account at a carrier without an interface."""
    page = staff.get("/carriers/new/?carrier=gamma").text
    assert "worked by hand" in page
    staff.post("/carriers/connect/", carrier="gamma", name="Gamma UK")
    return CarrierAccount.objects.get(name="Gamma UK")


def quote(staff: Visitor, account: CarrierAccount, **more: str) -> str:
    """Enter a quote of two numbers; give where it leads."""
    until = (timezone.now() + timedelta(days=7)).date().isoformat()
    sent = {
        "numbers": "0161 715 0001; 2.00; 0.50\n0161 715 0002; 2.00; 0.50",
        "country": "gb",
        "type": "LOCAL",
        "currency": "gbp",
        "until": until,
        "capabilities": "VOICE",
        **more,
    }
    answer = staff.post(f"/carriers/{account.uuid}/quote/enter/", **sent)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def order_of(staff: Visitor, search: str) -> NumberOrder:
    """Choose all offers of a search and buy them."""
    page = staff.get(search).text
    offers = re.findall(r'name="offer" value="([0-9a-f-]{36})"', page)
    assert len(offers) == 2
    preview = staff.post(f"{search}order/", offer=offers).headers["Location"]
    staff.post(f"{preview}submit/")
    return NumberOrder.objects.latest("pk")


class TestTheAccount:
    def test_says_that_it_is_worked_by_hand(self, gamma: CarrierAccount, staff: Visitor) -> None:
        page = staff.get(f"/carriers/{gamma.uuid}/").text

        assert "Enter a quote" in page
        assert "Check now" not in page
        assert "by hand" in page
        assert staff.post(f"/carriers/{gamma.uuid}/check/").status_code == 409

    def test_wants_a_second_person_or_not(self, gamma: CarrierAccount, staff: Visitor) -> None:
        for wanted in ("yes", "no"):
            staff.post(f"/carriers/{gamma.uuid}/second/", wanted=wanted)
            gamma.refresh_from_db()
            assert gamma.needs_second == (wanted == "yes")

    def test_has_the_balance_that_somebody_wrote_down(
        self, gamma: CarrierAccount, staff: Visitor
    ) -> None:
        there = f"/carriers/{gamma.uuid}/"
        page = staff.get(there).text
        assert "Write the balance down" in page
        assert "Warn below" in page
        old = re.search(r'name="seen" value="(balance:[^"]+)"', page)
        assert old
        seen = {"amount": "12.40", "currency": "gbp", "at": "2026-11-20"}
        assert staff.post(f"{there}balance/", **seen, seen=old[1]).status_code == 302
        gamma.refresh_from_db()
        assert str(gamma.balance) == "12.40 GBP"
        assert "12.40" in staff.get(there).text
        again = staff.post(f"{there}balance/", **seen, seen=old[1])
        assert (again.status_code, "It has 12.40 GBP left now." in again.text) == (409, True)
        nonsense = staff.post(f"{there}balance/", amount="x", currency="pounds", at="2999-01-01")
        assert nonsense.status_code == 422
        ahead = staff.post(f"{there}balance/", **{**seen, "at": "2999-01-01"})
        assert (ahead.status_code, "that has come" in ahead.text) == (422, True)

        staff.post(f"{there}warn/", below="20")
        assert "Gamma UK has 12.40 GBP left" in staff.get("/").text

    def test_gets_an_interface(self, gamma: CarrierAccount, staff: Visitor) -> None:
        page = staff.get(f"/carriers/{gamma.uuid}/interface/").text
        assert "?carrier=telnyx" in page
        assert "?carrier=voxtelesys" not in page
        sent = {"carrier": "telnyx", "api_key": "KEY", "public_key": "PUB"}
        staff.post(f"/carriers/{gamma.uuid}/interface/use/", **sent)

        gamma.refresh_from_db()
        assert gamma.carrier == "telnyx"
        again = staff.post(f"/carriers/{gamma.uuid}/interface/use/", **sent)
        assert (again.status_code, "already" in again.text) == (422, True)


class TestAQuote:
    def test_that_cannot_be_read_says_where(self, gamma: CarrierAccount, staff: Visitor) -> None:
        sent = {"numbers": "0161 715 0001\nsoon", "country": "GB", "type": "LOCAL"}
        answer = staff.post(f"/carriers/{gamma.uuid}/quote/enter/", **sent)

        assert answer.status_code == 422
        assert "Line 2" in answer.text

    def test_is_valid_until_a_day_that_can_be_counted(
        self, gamma: CarrierAccount, staff: Visitor
    ) -> None:
        sent = {"numbers": FIRST, "country": "GB", "type": "LOCAL", "currency": "GBP"}
        more = {"until": "9999-12-31", "capabilities": "VOICE"}
        answer = staff.post(f"/carriers/{gamma.uuid}/quote/enter/", **sent, **more)

        assert (answer.status_code, "not so far away" in answer.text) == (422, True)

    def test_becomes_numbers_in_stock_by_a_persons_word(
        self, gamma: CarrierAccount, staff: Visitor
    ) -> None:
        order = order_of(staff, quote(staff, gamma))
        purchase.place(carrier_order_id=order.carrier_orders.get().pk, now=timezone.now())
        task = Task.objects.get(kind=TaskKind.CARRIER_ORDER)
        path = f"/tasks/{task.uuid}/"
        page = staff.get(path).text
        assert "To be copied" in page
        assert "Gamma Portal" in page
        assert "by hand" in staff.get(f"/orders/{order.uuid}/").text

        assert staff.post(f"{path}wait/", reference="INC-7").status_code == 302
        assert "The carrier has answered" in staff.get(path).text
        staff.post(f"{path}go-on/")
        nothing = staff.post(f"{path}outcomes/")
        assert (nothing.status_code, "one number at least" in nothing.text) == (422, True)
        staff.post(f"{path}outcomes/", **{f"outcome-{FIRST}": "FAILED:GONE"})
        task.refresh_from_db()
        assert task.status == TaskStatus.TAKEN
        last = {"rest": "BOUGHT", f"reference-{SECOND}": "DDI-2"}
        for _ in range(2):
            assert staff.post(f"{path}outcomes/", **last).status_code == 302

        task.refresh_from_db()
        order.refresh_from_db()
        assert (task.status, task.external_reference) == (TaskStatus.DONE, "INC-7")
        assert order.status == OrderStatus.PARTLY_COMPLETED
        assert PhoneNumber.objects.get(e164=SECOND).carrier_reference == "DDI-2"

    def test_is_entered_by_those_who_manage_carriers(
        self, world: World, gamma: CarrierAccount
    ) -> None:
        viewer = visitor_of(world.cast.provider, role=Role.VIEWER)
        assert viewer.get(f"/carriers/{gamma.uuid}/quote/").status_code == 403
        assert (
            visitor_of(world.cast.tenant).get(f"/carriers/{gamma.uuid}/quote/").status_code == 403
        )


class TestManyToBeCeased:
    def test_are_one_task_and_a_number_that_joined_since_is_left_alone(
        self, gamma: CarrierAccount, world: World, staff: Visitor
    ) -> None:
        now = timezone.now()
        numbers = [make_number(account=gamma, country="GB") for _ in range(3)]
        for number in numbers:
            release.schedule(number=number, on=None, actor=world.cast.staff, now=now)
        for number in numbers:
            release.carry_out(number_id=number.pk, now=now)
        task = Task.objects.get(kind=TaskKind.CARRIER_RELEASE)
        assert "3 numbers to be ceased by hand" in staff.get("/tasks/?whose=all").text
        path = f"/tasks/{task.uuid}/"
        page = staff.get(path).text
        assert "Ceased numbers are gone for good" in page
        assert "The carrier's number for it" not in page
        assert "Complete it" not in page

        shown = {f"outcome-{number.e164}": "" for number in numbers[:2]}
        staff.post(f"{path}outcomes/", rest="CEASED", **shown)

        gone = PhoneNumber.objects.filter(status=NumberStatus.RELEASED)
        assert set(gone) == set(numbers[:2])
        assert "ceased</span>" in staff.get(path).text
        staff.post(f"{path}outcomes/", **{f"outcome-{numbers[2].e164}": "FAILED:OTHER"})
        task.refresh_from_db()
        assert task.status == TaskStatus.DONE
