"""Switching on pages: between one's own seats, and to organizations one acts for."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from accounts.models import Event, Membership, Organization, Role
from accounts.tests.factories import make_member, make_tenant
from portal.tests.api.world import TENANT_NUMBER, World
from portal.tests.web.visitor import Visitor, visitor_of


@pytest.fixture
def two_seats(world: World) -> tuple[Visitor, Membership, Membership]:
    """Give somebody with a seat at the tenant and one at its rival."""
    first = make_member(organization=world.cast.tenant, role=Role.OWNER)
    second = make_member(organization=world.cast.rival_tenant, user=first.user, role=Role.OPERATOR)
    return Visitor(first), first, second


def sit(visitor: Visitor, seat: Membership) -> int:
    """Take a seat."""
    status: int = visitor.post("/acting/seat/", seat=str(seat.uuid)).status_code
    return status


def offered(visitor: Visitor, text: str = "") -> list[str]:
    """Give the organizations that the switch lists to act for."""
    page = visitor.get(f"/acting/?q={text}").text.split("Act for</p>")[-1]
    return re.findall(r'<button class="btn">([^<]*)</button></form></li>', page)


class TestTheSwitch:
    def test_lists_whom_one_may_act_for_by_name(self, world: World) -> None:
        dealer = visitor_of(world.cast.dealer)
        assert offered(dealer) == sorted(
            [
                world.cast.tenant.name,
                world.cast.sub_dealer.name,
                world.cast.sub_tenant.name,
                world.halted.name,
            ]
        )
        assert offered(dealer, "OAK") == [world.cast.tenant.name]
        assert offered(dealer, world.cast.rival_tenant.name) == []

    def test_lists_a_few_and_says_that_there_are_more(self, world: World) -> None:
        for number in range(15):
            make_tenant(parent=world.cast.dealer, name=f"Shop {number:02}")
        page = visitor_of(world.cast.dealer).get("/acting/?q=shop").text
        assert page.count("Shop ") == 12
        assert "type part of a name" in page

    def test_marks_the_one_acted_for_and_passes_on_from_it(self, world: World) -> None:
        dealer = visitor_of(world.cast.dealer)
        told = Event.objects.filter(action__contains="acting").order_by("pk")
        before = told.count()
        for organization in (world.cast.tenant, world.cast.tenant, world.cast.sub_dealer):
            dealer.post(f"/acting/{organization.uuid}/")
        page = dealer.get("/acting/").text
        assert f'aria-current="true">✓ {world.cast.sub_dealer.name}' in page
        assert "You are acting for" in page
        happened = list(told.values_list("action", "organization__name"))[before:]
        assert happened == [
            ("accounts.acting.started", world.cast.tenant.name),
            ("accounts.acting.stopped", world.cast.tenant.name),
            ("accounts.acting.started", world.cast.sub_dealer.name),
        ]

    def test_leaves_out_the_closed(self, world: World) -> None:
        Organization.objects.filter(pk=world.halted.pk).update(status="CLOSED")
        assert world.halted.name not in offered(visitor_of(world.cast.dealer))

    def test_stands_on_every_page_of_those_who_can_switch(self, world: World) -> None:
        assert 'class="switcher"' in visitor_of(world.cast.dealer).get("/numbers/").text
        for alone in (visitor_of(world.cast.tenant), visitor_of(world.cast.dealer, Role.VIEWER)):
            assert 'class="switcher"' not in alone.get("/numbers/").text
            page = alone.get("/acting/").text
            assert "may act for nobody else" in page
            assert "Act for" not in page

    def test_answers_htmx_with_the_list_alone(self, world: World) -> None:
        dealer = visitor_of(world.cast.dealer).client
        answer = dealer.get("/acting/?q=oak", headers={"HX-Request": "true"})
        assert "<html" not in answer.text
        assert world.cast.tenant.name in answer.text


class TestSeats:
    def test_are_chosen_between_before_the_first_home(
        self, world: World, two_seats: tuple[Visitor, Membership, Membership]
    ) -> None:
        visitor, _, second = two_seats
        assert visitor.get("/")["Location"] == "/acting/"
        page = visitor.get("/acting/").text
        assert "You have several seats." in page
        assert f"{world.cast.rival_tenant.name}, operator" in page
        assert sit(visitor, second) == 302
        assert visitor.get("/").status_code == 200
        assert visitor.get(f"/numbers/{TENANT_NUMBER}/").status_code == 404
        assert visitor.get("/people/").status_code == 403

    def test_are_passed_between_at_any_time(
        self, two_seats: tuple[Visitor, Membership, Membership]
    ) -> None:
        visitor, first, second = two_seats
        for seat, status in ((second, 404), (first, 200), (second, 404)):
            sit(visitor, seat)
            assert visitor.get(f"/numbers/{TENANT_NUMBER}/").status_code == status
            shown = f'aria-current="true">✓ {seat.organization.name}'
            assert shown in visitor.get("/acting/").text

    def test_that_are_others_are_not_taken(
        self, world: World, two_seats: tuple[Visitor, Membership, Membership]
    ) -> None:
        visitor, first, _ = two_seats
        sit(visitor, first)
        for seat in (str(world.cast.staff.membership.uuid), "x", ""):
            answer = visitor.post("/acting/seat/", seat=seat)
            assert answer.status_code == 422
            assert "You have no such seat" in answer.text
        assert visitor.get(f"/numbers/{TENANT_NUMBER}/").status_code == 200

    @pytest.mark.parametrize("ended", ["membership", "organization"])
    def test_that_ended_do_nothing_and_say_so_once(
        self, world: World, two_seats: tuple[Visitor, Membership, Membership], ended: str
    ) -> None:
        visitor, _, second = two_seats
        sit(visitor, second)
        if ended == "membership":
            Membership.objects.filter(pk=second.pk).update(ended_at=timezone.now())
        else:
            rival = Organization.objects.filter(pk=world.cast.rival_tenant.pk)
            rival.update(status="CLOSED")
        path = f"/numbers/{TENANT_NUMBER}/label/"
        answer = visitor.post(path, label="Not in this seat")
        assert answer.status_code == 403
        assert "Your seat has ended" in answer.text
        assert f"Go on for {world.cast.tenant.name}" in answer.text
        assert visitor.get("/").status_code == 200
        assert visitor.post(path, label="In this seat").status_code == 302

    def test_end_what_is_done_for_others(self, world: World) -> None:
        dealer = make_member(organization=world.cast.dealer, role=Role.OWNER)
        other = make_member(organization=world.cast.rival_tenant, user=dealer.user)
        visitor = Visitor(dealer)
        visitor.post(f"/acting/{world.cast.tenant.uuid}/")
        assert "You are acting for" in visitor.get("/").text
        sit(visitor, other)
        assert "You are acting for" not in visitor.get("/").text
        stopped = Event.objects.filter(action="accounts.acting.stopped").latest("pk")
        assert stopped.organization == world.cast.tenant
        assert visitor.post(f"/acting/{world.cast.tenant.uuid}/").status_code in {403, 404}

    def test_let_switch_also_who_may_act_for_nobody(
        self, two_seats: tuple[Visitor, Membership, Membership]
    ) -> None:
        visitor, first, _ = two_seats
        sit(visitor, first)
        assert 'class="switcher"' in visitor.get("/numbers/").text


def test_a_page_opened_for_another_organization_does_nothing(world: World) -> None:
    staff = Visitor(make_member(organization=world.cast.dealer), checks_csrf=True)
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', staff.get("/acting/").text)[0]
    tenant = world.cast.tenant.uuid
    assert staff.post(f"/acting/{tenant}/", csrfmiddlewaretoken=token).status_code == 302
    late = staff.post(f"/acting/{world.halted.uuid}/", csrfmiddlewaretoken=token)
    # Nothing was done, and what was entered is kept.
    assert late["Location"].startswith("/kept/")
    assert world.cast.tenant.name in staff.get("/").text
