"""Buying on the pages: asked, chosen, previewed, bought once, and replaced where it failed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Event
from dids import search_stream
from dids.models import (
    CarrierHold,
    EmergencyLocation,
    FoundOffer,
    NumberOrder,
    NumberSearch,
    OrderLine,
)
from dids.search_stream import CarrierState
from dids.states import HoldStatus, LineStatus, LocationStatus, OrderStatus
from dids.tests.factories import make_found_offer
from portal.tests.api.world import FOUND, World
from portal.tests.web.visitor import REQUESTS, Visitor, visitor_of
from portal.web.forms.buying import PlanForm
from trunks.models import CarrierAccount
from trunks.tests.factories import make_carrier_account


@pytest.fixture
def staff(world: World) -> Visitor:
    """Give an owner of the provider."""
    return visitor_of(world.cast.provider)


def made_from(answer: object) -> NumberOrder:
    """Read the order to which an answer leads."""
    found = re.fullmatch(r"/orders/([0-9a-f-]+)/", getattr(answer, "url", ""))
    assert found, answer
    return NumberOrder.objects.get(uuid=found[1])


class TestSearch:
    def test_asks_the_carriers_what_was_filled_in(self, world: World, staff: Visitor) -> None:
        form = {**REQUESTS["begin_search"](world)[1], "pattern": "Pizza", "begins_with": "555"}
        answer = staff.post("/buy/search/", **form)
        search = NumberSearch.objects.latest("pk")
        assert answer.url == f"/buy/{search.uuid}/"
        asked = search.question()
        assert (asked.country, asked.area_code, asked.prefix, asked.contains, asked.limit) == (
            *("US", "312", "555", "74992", 5),
        )

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"country": "USA"}, "country"),
            ({"country": "1x"}, "country"),
            ({"area_code": "3a"}, "area_code"),
            ({"begins_with": "-"}, "begins_with"),
            ({"pattern": "?"}, "pattern"),
            ({"limit": "0"}, "limit"),
            ({"months": "999"}, "months"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(
        self, world: World, staff: Visitor, change: dict[str, str], field: str
    ) -> None:
        form = {**REQUESTS["begin_search"](world)[1], **change}
        answer = staff.post("/buy/search/", **form)
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in answer.text
        assert 'value="312"' in answer.text or field == "area_code"

    def test_shows_what_came_and_goes_on_asking_for_the_rest(
        self, world: World, staff: Visitor
    ) -> None:
        path = f"/buy/{world.search.uuid}/"
        search_stream.tell(world.search, world.paused, CarrierState.WAITING)
        assert 'hx-trigger="every 1s"' in staff.get(path).text
        search_stream.tell(world.search, world.paused, CarrierState.DONE)
        page = staff.get(path).text
        assert "hx-trigger" not in page.partition('id="offers"')[2]
        assert f'value="{world.found.uuid}"' in page
        assert "MARK-CARRIER said no" in page

    def test_leads_back_to_its_question(self, world: World, staff: Visitor) -> None:
        NumberSearch.objects.filter(pk=world.search.pk).update(
            wanted={**world.search.wanted, "prefix": "555", "capabilities": ["SMS"]}
        )
        there = re.findall(r'href="(/buy/\?[^"]*)"', staff.get(f"/buy/{world.search.uuid}/").text)
        (again,) = set(there)
        page = staff.get(again.replace("&amp;", "&")).text
        assert 'name="begins_with" value="555"' in page
        assert re.search(r'value="SMS"[^>]*checked', page)

    def test_offers_nothing_that_has_expired(self, world: World, staff: Visitor) -> None:
        NumberSearch.objects.filter(pk=world.search.pk).update(expires_at=timezone.now())
        page = staff.get(f"/buy/{world.search.uuid}/").text
        assert "Search again" in page
        assert 'name="offer"' not in page


class TestOrder:
    def test_makes_a_preview_with_the_plan(self, world: World, staff: Visitor) -> None:
        path, form = REQUESTS["order_offers"](world)
        made = made_from(staff.post(path, **form))
        (line,) = made.lines.all()
        assert (line.e164, line.holder, line.label) == (FOUND, world.cast.tenant, "Fax")
        assert str(line.destination) == "Extension 102"
        assert line.trunk is not None
        page = staff.get(f"/orders/{made.uuid}/").text
        assert "1 number will be bought for" in page

    @pytest.mark.parametrize(
        ("change", "field"),
        [({"value": "a b"}, "value"), ({"holder": ""}, "kind"), ({"holder": "x"}, "holder")],
    )
    def test_says_beside_the_field_why_not(
        self, world: World, staff: Visitor, change: dict[str, str], field: str
    ) -> None:
        path, form = REQUESTS["order_offers"](world)
        answer = staff.post(path, **{**form, **change})
        assert answer.status_code == 422, answer
        assert re.search(rf'id="id_{field}_error"|role="alert"', answer.text)
        assert re.search(rf'value="{world.found.uuid}"[^>]*checked', answer.text)

    def test_plans_where_help_is_sent(self, world: World, staff: Visitor) -> None:
        path, form = REQUESTS["order_offers"](world)
        made = made_from(staff.post(path, **form, emergency_location=str(world.branch.uuid)))
        (line,) = made.lines.all()
        assert line.emergency_location == world.branch
        assert f"help is sent to {world.branch.label}" in staff.get(f"/orders/{made.uuid}/").text

    def test_plans_that_none_is_sent_and_why(self, world: World, staff: Visitor) -> None:
        path, form = REQUESTS["order_offers"](world)
        form = {**form, "emergency_location": "INBOUND_ONLY", "reason": "A fax"}
        made = made_from(staff.post(path, **form))
        (line,) = made.lines.all()
        assert (line.waiver_kind, line.waiver_reason) == ("INBOUND_ONLY", "A fax")
        assert "nobody calls from it" in staff.get(f"/orders/{made.uuid}/").text

    def test_groups_locations_by_whose_they_are(self, world: World, staff: Visitor) -> None:
        text = staff.get(f"/buy/{world.search.uuid}/").text
        chosen = text.partition('name="emergency_location"')[2].partition("</select>")[0]
        theirs = chosen.partition(f'<optgroup label="{world.cast.tenant.name}">')[2]
        assert str(world.branch.uuid) in theirs.partition("</optgroup>")[0]

    def test_says_how_there_will_be_a_location(self, world: World) -> None:
        EmergencyLocation.objects.update(status=LocationStatus.RETIRED, is_default=False)
        path, form = REQUESTS["order_offers"](world)
        answer = visitor_of(world.cast.provider).post(path, **form)
        assert answer.status_code == 409
        assert 'id="id_emergency_location_error"' in answer.text
        assert 'href="/acting/"' in answer.text.partition('id="id_emergency_location_helptext"')[2]
        tenant = PlanForm(actor=world.cast.tenant_owner)
        assert 'href="/emergency/new/"' in str(tenant.fields["emergency_location"].help_text)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"emergency_location": "nonsense"}, "emergency_location"),
            ({"emergency_location": "COVERED_BY"}, "emergency_location"),
            ({"emergency_location": "PERSON"}, "reason"),
            ({"emergency_location": "PERSON", "kind": ""}, "emergency_location"),
            ({"reason": "A fax"}, "reason"),
        ],
    )
    def test_names_what_is_wrong_about_help(
        self, world: World, staff: Visitor, change: dict[str, str], field: str
    ) -> None:
        path, form = REQUESTS["order_offers"](world)
        answer = staff.post(path, **{**form, **change})
        assert answer.status_code == 422, answer
        assert f'id="id_{field}_error"' in answer.text

    def test_sends_no_help_to_somebody_elses_place(self, world: World, staff: Visitor) -> None:
        rivals = EmergencyLocation.objects.filter(organization=world.cast.rival_tenant)[0]
        path, form = REQUESTS["order_offers"](world)
        answer = staff.post(path, **form, emergency_location=str(rivals.uuid))
        assert answer.status_code == 422
        assert f"is no location of {world.cast.tenant.name}" in answer.text
        form = {**form, "holder": "", "kind": "", "value": ""}
        answer = staff.post(path, **form, emergency_location=str(rivals.uuid))
        assert 'id="id_emergency_location_error"' in answer.text

    def test_wants_a_number_to_be_chosen(self, world: World, staff: Visitor) -> None:
        path, form = REQUESTS["order_offers"](world)
        answer = staff.post(path, **{**form, "offer": "nonsense"})
        assert answer.status_code == 422
        assert "Choose at least one number" in answer.text


class TestPick:
    def test_chooses_into_a_preview_and_says_what_was_found(
        self, world: World, staff: Visitor
    ) -> None:
        path, form = REQUESTS["order_offers"](world)
        form.pop("offer")
        sent = staff.post(path, **form, pick="1", count="3", consecutive="on")
        made = made_from(sent)
        (line,) = made.lines.all()
        assert (line.e164, line.holder) == (FOUND, world.cast.tenant)
        assert "1 of 3." in staff.get(f"/orders/{made.uuid}/").text

    def test_says_that_nothing_can_be_chosen(self, world: World, staff: Visitor) -> None:
        world.found.delete()
        path, form = REQUESTS["order_offers"](world)
        answer = staff.post(path, **form, pick="1", count="3")
        assert answer.status_code == 409
        assert 'id="id_count_error"' in answer.text
        assert staff.post(path, **form, pick="1", count="0").status_code == 422


class TestTheNextBest:
    @pytest.fixture
    def other(self, world: World, silent: CarrierAccount) -> FoundOffer:
        """Have the first account fall silent, and another one offer the same kind."""
        return make_found_offer(
            search=world.found.search, e164=f"{FOUND[:-1]}9", account=make_carrier_account()
        )

    def test_is_proposed_by_name_on_the_preview(
        self, world: World, staff: Visitor, other: FoundOffer
    ) -> None:
        path, form = REQUESTS["order_offers"](world)
        made = made_from(staff.post(path, **form))

        text = staff.get(f"/orders/{made.uuid}/").text

        assert "did not answer several times in a row" in text
        assert f'data-copy="{other.e164}"' in text or other.e164 in text

    def test_is_taken_where_the_buyer_allows_its_price(
        self, world: World, staff: Visitor, other: FoundOffer
    ) -> None:
        path, form = REQUESTS["order_offers"](world)
        form = {**form, "holder": "", "kind": "", "value": ""}

        dear = made_from(staff.post(path, **form, next_best="0.01"))
        assert [line.e164 for line in dear.lines.all()] == [FOUND]
        made = made_from(staff.post(path, **form, next_best="500"))
        assert [line.e164 for line in made.lines.all()] == [other.e164]
        assert Event.objects.filter(action="dids.order.passed_over", number=other.e164).exists()


class TestSubmit:
    def test_buys_once_however_often_it_is_sent(self, world: World, staff: Visitor) -> None:
        path, form = REQUESTS["order_offers"](world)
        made = made_from(staff.post(path, **form))
        for _ in range(3):
            assert staff.post(f"/orders/{made.uuid}/submit/").url == f"/orders/{made.uuid}/"
        made.refresh_from_db()
        assert made.status == OrderStatus.SUBMITTED
        assert made.carrier_orders.count() == 1
        page = staff.get(f"/orders/{made.uuid}/").text
        assert "submitted already" in page
        assert 'hx-trigger="every 2s"' in page

    def test_tells_why_it_cannot_be_bought(self, world: World, staff: Visitor) -> None:
        OrderLine.objects.filter(order=world.order).update(
            offer_expires_at=timezone.now() - timedelta(minutes=1)
        )
        answer = staff.post(f"/orders/{world.order.uuid}/submit/")
        assert answer.status_code == 409
        assert "have expired" in answer.text
        assert "Buy for" not in answer.text

    def test_throws_a_preview_away(self, world: World, staff: Visitor) -> None:
        assert staff.post(f"/orders/{world.order.uuid}/discard/").url == "/orders/"
        world.order.refresh_from_db()
        assert world.order.status == OrderStatus.DISCARDED
        assert staff.post(f"/orders/{world.order.uuid}/discard/").status_code == 409


class TestHold:
    def ask(self, world: World, staff: Visitor) -> Any:
        path, form = REQUESTS["order_offers"](world)
        return staff.post(path, **form, hold="on")

    def test_is_asked_for_with_the_preview_and_told_there(
        self, world: World, staff: Visitor
    ) -> None:
        order = made_from(self.ask(world, staff))
        hold = CarrierHold.objects.get(e164=world.found.e164)
        page = staff.get(f"/orders/{order.uuid}/").text
        assert "The carrier is asked to hold it" in page
        assert 'hx-trigger="every 2s"' in page
        until = timezone.now() + timedelta(minutes=30)
        CarrierHold.objects.filter(pk=hold.pk).update(status=HoldStatus.HELD, until=until)
        page = staff.get(f"/orders/{order.uuid}/").text
        assert "Held for you until" in page
        assert "hx-trigger" not in page.partition('id="lines"')[2]

    def test_of_somebody_else_leaves_no_preview(self, world: World, staff: Visitor) -> None:
        assert self.ask(world, visitor_of(world.cast.provider)).status_code == 302
        before = NumberOrder.objects.count()
        answer = self.ask(world, staff)
        assert answer.status_code == 409
        assert world.found.e164 in answer.text
        assert NumberOrder.objects.count() == before

    def test_is_not_asked_for_unasked(self, world: World, staff: Visitor) -> None:
        path, form = REQUESTS["order_offers"](world)
        assert staff.post(path, **form).status_code == 302
        assert not CarrierHold.objects.filter(e164=world.found.e164).exists()


class TestReplace:
    def test_asks_for_numbers_like_those_that_failed(self, world: World, staff: Visitor) -> None:
        order = world.failed_line.order
        page = staff.get(f"/orders/{order.uuid}/").text
        assert "1 number could not be bought" in page
        answer = staff.post(f"/orders/{order.uuid}/search-again/")
        search = NumberSearch.objects.latest("pk")
        assert answer.url == f"/buy/{search.uuid}/?replaces={order.uuid}"
        assert search.question().area_code == world.failed_line.e164[2:5]
        assert world.failed_line.e164[-4:] in staff.get(answer.url).text

    def test_puts_the_chosen_offer_in_its_place(self, world: World, staff: Visitor) -> None:
        path, form = REQUESTS["replace_lines"](world)
        made = made_from(staff.post(path, **form))
        (line,) = made.lines.all()
        assert (line.e164, line.replaces) == (FOUND, world.failed_line)
        old = staff.get(f"/orders/{world.failed_line.order.uuid}/").text
        assert f'href="/orders/{made.uuid}/"' in old
        assert staff.post(path, **form).status_code in {409, 422}

    def test_wants_an_offer_to_be_chosen(self, world: World, staff: Visitor) -> None:
        answer = staff.post(REQUESTS["replace_lines"](world)[0])
        assert answer.status_code == 422
        assert "Choose at least one number" in answer.text


class TestOrders:
    def test_lists_them_by_status(self, world: World, staff: Visitor) -> None:
        assert staff.get("/orders/").text.count('data-label="Total"') == 2
        only = staff.get(f"/orders/?status={LineStatus.FAILED}").text
        assert only.count('data-label="Total"') == 1
        assert "No order is in this status" in staff.get("/orders/?status=COMPLETED").text
