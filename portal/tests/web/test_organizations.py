"""Organizations on pages: a tree to look at, whom to create, invite, halt and let go on."""

from __future__ import annotations

import re

import pytest

from accounts.models import Invitation, Kind, Organization, OrganizationStatus
from billing.models import Account
from portal.tests.api.world import World
from portal.tests.web.visitor import REQUESTS, Visitor, visitor_of


@pytest.fixture
def dealer(world: World) -> Visitor:
    """Give an owner of the dealer."""
    return visitor_of(world.cast.dealer)


class TestIndex:
    def test_shows_the_tree_from_ones_own_downwards(self, world: World, dealer: Visitor) -> None:
        page = dealer.get("/organizations/").text
        rows = re.findall(r'class="depth-(\d)"><a href="[^"]*">([^<]*)<', page)
        assert rows[0] == ("0", world.cast.dealer.name)
        assert ("1", world.cast.tenant.name) in rows
        assert world.cast.provider.name not in {name for _, name in rows}

    def test_narrows_it_by_name_and_kind(self, world: World, dealer: Visitor) -> None:
        page = dealer.get("/organizations/?search=oak&kind=TENANT").text
        assert re.findall(r'class="depth-\d"', page) == ['class="depth-1"']
        assert "No organization matches" in dealer.get("/organizations/?search=nobody").text


class TestCreate:
    def test_creates_a_tenant_and_invites_its_owner(self, world: World, dealer: Visitor) -> None:
        path, form = REQUESTS["create_tenant"](world)
        answer = dealer.post(path, **form)
        made = Organization.objects.get(name="New Tenant")
        assert answer.url == f"/organizations/{made.uuid}/"
        assert (made.parent, made.country, made.number_limit) == (world.cast.dealer, "US", None)
        assert Invitation.objects.filter(organization=made, email="new@example.com").exists()
        assert "gets an invitation" in dealer.get(answer.url).text

    def test_creates_a_dealer_with_an_account(self, world: World, dealer: Visitor) -> None:
        path, form = REQUESTS["create_dealer"](world)
        dealer.post(path, **{**form, "credit_limit": "12.5"})
        made = Organization.objects.get(name="New Dealer")
        assert made.kind == Kind.DEALER
        assert Account.objects.get(organization=made).credit_limit == 12.5

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"name": ""}, "name"),
            ({"country": "XXX"}, "country"),
            ({"time_zone": "Mars"}, "time_zone"),
            ({"sip_domain": "not a domain"}, "sip_domain"),
            ({"owner_email": "nobody"}, "owner_email"),
            ({"pbx": "x"}, "pbx"),
            ({"number_limit": "-1"}, "number_limit"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(
        self, world: World, dealer: Visitor, change: dict[str, str], field: str
    ) -> None:
        path, form = REQUESTS["create_tenant"](world)
        before = Organization.objects.count()
        answer = dealer.post(path, **{**form, **change})
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in answer.text
        assert 'value="new.example.com"' in answer.text or field == "sip_domain"
        assert Organization.objects.count() == before

    def test_has_no_place_below_a_tenant(self, world: World, dealer: Visitor) -> None:
        tenant = world.cast.tenant.uuid
        assert dealer.get(f"/organizations/{tenant}/tenants/new/").status_code == 404


class TestHalt:
    def test_asks_first_and_lets_go_on(self, world: World, dealer: Visitor) -> None:
        path = f"/organizations/{world.cast.tenant.uuid}/"
        page = dealer.get(f"{path}suspend/ask/").text
        assert "Calls to its numbers go on as they are." in page
        dealer.post(f"{path}suspend/", reason="unpaid")
        world.cast.tenant.refresh_from_db()
        assert world.cast.tenant.status == OrganizationStatus.SUSPENDED
        assert "Let it go on" in dealer.get(path).text
        assert dealer.post(f"{path}suspend/").status_code == 409
        assert dealer.post(f"{path}resume/").url == path
        world.cast.tenant.refresh_from_db()
        assert world.cast.tenant.status == OrganizationStatus.ACTIVE

    def test_is_not_offered_for_ones_own(self, world: World, dealer: Visitor) -> None:
        own = f"/organizations/{world.cast.dealer.uuid}/"
        assert "suspend/ask" not in dealer.get(own).text
        assert dealer.post(f"{own}suspend/").status_code in {409, 422}
