"""The list of numbers: any filter, chips, further columns, and no more than a reader may see."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.utils import timezone

from dids.workflows import tagging
from portal.tests.api.world import (
    DEALER_STOCK,
    LOOSE,
    MONTHLY,
    OFFERED,
    TENANT_NUMBER,
    World,
)
from portal.tests.web.visitor import Visitor, visitor_of
from portal.web import listing


@pytest.fixture
def staff(world: World) -> Visitor:
    """Give an owner of the provider."""
    return visitor_of(world.cast.provider)


@pytest.fixture
def dealer(world: World) -> Visitor:
    """Give an owner of the dealer."""
    return visitor_of(world.cast.dealer)


def numbers_on(page: str) -> set[str]:
    """Give the numbers of the rows of a list."""
    return set(re.findall(r'data-copy="([^"]*)"', page))


def chips_on(page: str) -> list[tuple[str, str]]:
    """Give address and words of the filters that can be taken off."""
    found = re.findall(r'<a class="chip" href="([^"]*)">(.*?)</a>', page)
    return [(where, re.sub(r"<[^>]*>", "", words)) for where, words in found]


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("search=0101", {TENANT_NUMBER}),
            ("search=(312) 555-0101", {TENANT_NUMBER}),
            ("status=RESERVED", {OFFERED}),
            ("rings=yes", {TENANT_NUMBER}),
            ("destination=EXTENSION", {TENANT_NUMBER}),
            ("destination=QUEUE", set()),
            ("offered=yes", {OFFERED}),
            ("offered=no&status=AVAILABLE", {DEALER_STOCK}),
            ("country=US&type=LOCAL&rings=no", {OFFERED, DEALER_STOCK, LOOSE}),
            ("country=GB", set()),
            ("type=MOBILE", set()),
        ],
    )
    def test_narrow_the_list(self, dealer: Visitor, query: str, found: set[str]) -> None:
        assert numbers_on(dealer.get(f"/numbers/?{quote(query, safe='=&')}").text) == found

    def test_know_what_is_below_an_organization_at_a_carrier_and_on_a_trunk(
        self, world: World, staff: Visitor
    ) -> None:
        tenants, held = {TENANT_NUMBER, LOOSE}, {OFFERED, DEALER_STOCK}
        for query, found in (
            (f"holder={world.cast.tenant.uuid}", tenants),
            (f"holder={world.cast.dealer.uuid}", tenants | held),
            (f"trunk={world.trunk.uuid}", {TENANT_NUMBER}),
            (f"carrier_account={world.paused.uuid}", set()),
        ):
            assert numbers_on(staff.get(f"/numbers/?{query}").text) == found, query

    def test_know_ones_own_tags(self, world: World, dealer: Visitor) -> None:
        tagging.tag(
            numbers=[world.loose], add=["Fax"], actor=world.cast.dealer_owner, now=timezone.now()
        )
        page = dealer.get("/numbers/?tag=fax&columns=tags").text
        assert numbers_on(page) == {LOOSE}
        assert '<td data-label="Tags">fax</td>' in page
        assert numbers_on(visitor_of(world.cast.tenant).get("/numbers/?tag=fax").text) == set()

    def test_are_chips_that_can_be_taken_off(self, world: World, dealer: Visitor) -> None:
        tenant = world.cast.tenant
        page = dealer.get(f"/numbers/?rings=no&holder={tenant.uuid}&sort=-number").text
        assert numbers_on(page) == {LOOSE}
        without, words = chips_on(page)[0]
        assert words == f"Take off Holder: {tenant.name} ×"
        assert without == "?rings=no&amp;sort=-number"
        assert chips_on(page)[-1] == ("?", "Take all off")

    def test_that_name_nothing_are_said_and_narrow_nothing(self, dealer: Visitor) -> None:
        page = dealer.get("/numbers/?status=MOON&holder=nobody&type=%00").text
        assert "not narrowed by status, holder" in page
        assert len(numbers_on(page)) == 4
        assert "No number matches" in dealer.get("/numbers/?tag=unheard").text

    def test_of_the_carrier_are_not_for_everybody(self, world: World, dealer: Visitor) -> None:
        page = dealer.get(f"/numbers/?panel=1&trunk={world.trunk.uuid}&columns=trunk,cost").text
        assert len(numbers_on(page)) == 4
        assert 'name="carrier_account"' not in page
        assert "MARK-TRUNK" not in page
        panel = visitor_of(world.cast.tenant).get("/numbers/?panel=1").text
        assert not re.search('id="(holder|offered|trunk)"', panel)


class TestPanel:
    def test_offers_what_there_is(self, world: World, staff: Visitor) -> None:
        closed, opened = staff.get("/numbers/").text, staff.get("/numbers/?panel=1").text
        assert 'id="holder"' not in closed
        assert f'<option value="{world.cast.sub_tenant.uuid}">' in opened
        assert '<option value="US">US</option>' in opened
        assert ">MARK-TRUNK</option>" in opened

    def test_keeps_sort_columns_and_filters_when_it_is_closed(self, staff: Visitor) -> None:
        page = staff.get("/numbers/?rings=no&sort=-number&columns=place&after=x").text
        form = page[page.index('id="filters"') :].partition("</form>")[0]
        kept = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
        assert kept == [("rings", "no"), ("sort", "-number"), ("columns", "place")]

    def test_shows_a_choice_that_a_long_list_would_leave_out(
        self, world: World, staff: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("portal.web.forms.MOST_CHOICES", 1)
        holder = world.cast.tenant
        page = staff.get(f"/numbers/?panel=1&holder={holder.uuid}").text
        assert f'<option value="{holder.uuid}" selected>{holder.name}</option>' in page


class TestColumns:
    def test_show_what_the_provider_pays_and_where_it_delivers(self, staff: Visitor) -> None:
        page = staff.get("/numbers/?columns=cost,trunk,account,type,country").text
        assert f"{MONTHLY:,.3f} USD" in page
        assert '<td data-label="Trunk">MARK-TRUNK</td>' in page
        assert '<td data-label="Country">US</td>' in page


class TestCount:
    def test_says_how_many_there_are(self, world: World, dealer: Visitor) -> None:
        assert "<strong>4</strong> numbers" in dealer.get("/numbers/").text
        assert "<strong>1</strong> number<" in dealer.get("/numbers/?search=0101").text
        assert "<strong>0</strong> numbers" in dealer.get("/numbers/?search=nothing").text

    def test_stops_counting_where_many_are_as_good_as_all(
        self, dealer: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listing, "MOST_COUNTED", 2)
        assert "<strong>More than 2</strong> numbers" in dealer.get("/numbers/").text


def test_parts_are_given_to_whoever_has_the_rest(world: World, staff: Visitor) -> None:
    for target, heading in (("list", "More filters"), ("rows", "<tbody>")):
        headers = {"HX-Request": "true", "HX-Target": target}
        part = staff.client.get("/numbers/", headers=headers).text
        assert heading in part
        assert ('id="filters"' in part) == (target == "list")
        assert "<html" not in part
