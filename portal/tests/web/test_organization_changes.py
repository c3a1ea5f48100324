"""Organizations are changed on pages: by those above, told to two, undone."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from accounts.models import Organization, Role
from accounts.tests.factories import make_member
from billing.models import Account
from portal.tests.api.world import World
from portal.tests.web.test_two_people import seen_on, text_of, way_back
from portal.tests.web.visitor import Visitor, visitor_of


@pytest.fixture
def ann(world: World) -> Visitor:
    """Give an owner of the dealer."""
    return Visitor(make_member(organization=world.cast.dealer, name="Ann Miller", role=Role.OWNER))


@pytest.fixture
def bob(world: World) -> Visitor:
    """Give a manager of the dealer."""
    return Visitor(make_member(organization=world.cast.dealer, name="Bob Stone", role=Role.MANAGER))


def page_of(organization: Organization) -> str:
    """Give the address of an organization's page."""
    return f"/organizations/{organization.uuid}/"


def form_of(organization: Organization, **changes: str) -> dict[str, str]:
    """Give what the form sends."""
    now = {
        "name": organization.name,
        "country": organization.country,
        "time_zone": organization.time_zone,
        "number_limit": "",
    }
    return {**now, **changes}


class TestThePage:
    def test_leads_to_what_is_counted(self, world: World, ann: Visitor) -> None:
        text = text_of(ann, page_of(world.cast.dealer))
        key = world.cast.dealer.uuid
        assert f"/organizations/?below={key}&amp;kind=TENANT" in text
        assert ">3 tenants<" in text
        assert ">1 dealer<" in text
        for place in (f"/numbers/?holder={key}", f"/people/?organization={key}"):
            assert place in text
        assert f"/journal/?organization={key}" in text
        assert f"/api-clients/?organization={key}" in text

    def test_lists_those_below_it_alone(self, world: World, ann: Visitor) -> None:
        text = text_of(ann, f"/organizations/?below={world.cast.sub_dealer.uuid}")
        found = re.findall(r'class="depth-\d"><a href="[^"]*">([^<]*)<', text)
        assert found == [world.cast.sub_tenant.name]
        assert "Show all" in text

    def test_says_why_it_may_not_work(self, world: World, ann: Visitor) -> None:
        assert "Suspended since" in text_of(ann, page_of(world.halted))
        assert "(Unpaid)" in text_of(ann, page_of(world.halted))
        ann.post(f"{page_of(world.cast.sub_dealer)}suspend/", reason="")
        told = text_of(ann, page_of(world.cast.sub_tenant))
        assert f"{world.cast.sub_dealer.name} is suspended since" in told
        below = text_of(visitor_of(world.cast.sub_tenant), page_of(world.cast.sub_tenant))
        assert "An organization above yours is suspended since" in below
        assert f"{world.cast.sub_dealer.name} is suspended since" not in below

    def test_tells_what_happened_to_those_who_may_read_it(self, world: World, ann: Visitor) -> None:
        ann.post(f"{page_of(world.cast.tenant)}change/", **form_of(world.cast.tenant, name="Oak"))
        told = "Ann Miller changed the organization&#x27;s name to Oak."
        assert told in text_of(ann, page_of(world.cast.tenant))
        assert told not in text_of(
            visitor_of(world.cast.dealer, Role.VIEWER), page_of(world.cast.tenant)
        )


class TestChange:
    def test_changes_what_is_entered_and_undoes_it(self, world: World, ann: Visitor) -> None:
        tenant = world.cast.tenant
        text = text_of(ann, f"{page_of(tenant)}edit/")
        assert 'name="tenant_limit"' not in text
        sent = form_of(tenant, name="Oak Smiles", number_limit="12", country="gb")
        answer = ann.post(f"{page_of(tenant)}change/", **sent)
        assert answer.url == page_of(tenant)
        fresh = Organization.objects.get(pk=tenant.pk)
        assert (fresh.name, fresh.number_limit, fresh.country) == ("Oak Smiles", 12, "GB")
        action, fields = way_back(ann, page_of(tenant))
        assert ann.post(action, **fields).status_code == 302
        fresh.refresh_from_db()
        assert (fresh.name, fresh.number_limit, fresh.country) == (tenant.name, None, "US")

    def test_gives_dealers_a_tenant_limit(self, world: World, ann: Visitor) -> None:
        dealer = world.cast.sub_dealer
        ann.post(f"{page_of(dealer)}change/", **form_of(dealer, tenant_limit="3"))
        assert Organization.objects.get(pk=dealer.pk).tenant_limit == 3

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"name": ""}, "name"),
            ({"country": "XX"}, "country"),
            ({"time_zone": "Mars"}, "time_zone"),
            ({"number_limit": "-1"}, "number_limit"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(
        self, world: World, ann: Visitor, change: dict[str, str], field: str
    ) -> None:
        sent = form_of(world.cast.tenant, **{"name": "Oak Smiles", **change})
        answer = ann.post(f"{page_of(world.cast.tenant)}change/", **sent)
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in answer.text
        assert Organization.objects.get(pk=world.cast.tenant.pk).name == world.cast.tenant.name

    def test_tells_the_second_who_changed_what(
        self, world: World, ann: Visitor, bob: Visitor
    ) -> None:
        path = page_of(world.cast.tenant)
        seen = seen_on(text_of(bob, f"{path}edit/"), f"{path}change/")
        ann.post(f"{path}change/", **form_of(world.cast.tenant, number_limit="7"))
        sent = form_of(world.cast.tenant, name="Oak Smiles", number_limit="9")
        answer = bob.post(f"{path}change/", **sent, seen=seen)
        assert answer.status_code == 409
        assert "Ann Miller set the number limit of" in answer.text
        assert "Its number limit is 7 now. Send it again to do it anyway." in answer.text
        assert 'value="Oak Smiles"' in answer.text
        again = seen_on(answer.text, f"{path}change/")
        assert bob.post(f"{path}change/", **sent, seen=again).status_code == 302
        assert Organization.objects.get(pk=world.cast.tenant.pk).number_limit == 9

    def test_is_not_for_ones_own_nor_for_strangers(self, world: World, ann: Visitor) -> None:
        own, other = page_of(world.cast.dealer), page_of(world.cast.rival_tenant)
        assert f"{own}edit/" not in text_of(ann, own)
        assert ann.get(f"{own}edit/").status_code == 404
        answer = ann.post(f"{own}change/", **form_of(world.cast.dealer, name="Mine"))
        assert answer.status_code == 422
        assert "Only an organization above can change this one." in answer.text
        assert ann.get(f"{other}edit/").status_code == 404
        sent = form_of(world.cast.rival_tenant, name="Mine")
        assert ann.post(f"{other}change/", **sent).status_code == 404

    def test_lets_the_provider_change_itself(self, world: World) -> None:
        staff, path = visitor_of(world.cast.provider), page_of(world.cast.provider)
        text = text_of(staff, f"{path}edit/")
        assert 'name="number_limit"' not in text
        sent = form_of(world.cast.provider, name="North")
        assert staff.post(f"{path}change/", **sent).status_code == 302
        assert Organization.objects.get(pk=world.cast.provider.pk).name == "North"


class TestMoney:
    def test_opens_an_account_once(self, world: World, ann: Visitor) -> None:
        path = f"{page_of(world.halted)}money/"
        assert "No account yet" in text_of(ann, path)
        assert "no account yet" in text_of(ann, page_of(world.halted))
        sent = {"currency": "usd", "credit_limit": "20"}
        assert ann.post(f"{path}open/", **sent).url == path
        account = Account.objects.get(organization=world.halted)
        assert (account.currency, account.credit_limit) == ("USD", Decimal(20))
        assert ann.post(f"{path}open/", **sent).status_code == 422

    def test_sets_the_credit_limit_and_undoes_it(self, world: World, ann: Visitor) -> None:
        path = f"{page_of(world.cast.tenant)}money/"
        assert ann.post(f"{path}limit/", credit_limit="250").url == path
        account = Account.objects.get(organization=world.cast.tenant)
        assert account.credit_limit == 250
        action, fields = way_back(ann, path)
        assert ann.post(action, **fields).status_code == 302
        account.refresh_from_db()
        assert account.credit_limit == 100
        assert "set the credit limit to 250 USD" in text_of(ann, path)

    def test_credits_once_however_often_it_is_clicked(
        self, world: World, ann: Visitor, bob: Visitor
    ) -> None:
        path = f"{page_of(world.cast.tenant)}money/"
        sent = {"amount": "12.50", "reason": "Transfer 7"}
        sent["seen"] = seen_on(text_of(ann, path), f"{path}credit/")
        assert ann.post(f"{path}credit/", **sent).status_code == 302
        for visitor in (ann, bob):
            answer = visitor.post(f"{path}credit/", **sent)
            assert answer.status_code == 409
            assert "Ann Miller credited 12.5" in answer.text
            assert "The balance is 12.50 USD now." in answer.text
        assert Account.objects.get(organization=world.cast.tenant).posted == Decimal("12.5")

    @pytest.mark.parametrize("amount", ["", "-1", "0", "x", "1e99"])
    def test_refuses_what_is_no_amount(self, world: World, ann: Visitor, amount: str) -> None:
        path = f"{page_of(world.cast.tenant)}money/"
        answer = ann.post(f"{path}credit/", amount=amount)
        assert answer.status_code == 422
        assert 'id="id_amount_error"' in answer.text
        assert Account.objects.get(organization=world.cast.tenant).posted == 0

    def test_is_nobodys_own(self, world: World, ann: Visitor) -> None:
        for organization in (world.cast.dealer, world.cast.rival_tenant):
            path = f"{page_of(organization)}money/"
            assert ann.get(path).status_code == 404
            assert ann.post(f"{path}credit/", amount="5").status_code == 404
            assert ann.post(f"{path}limit/", credit_limit="5").status_code == 404
            assert ann.post(f"{path}open/", currency="USD", credit_limit="0").status_code == 404
        assert f"{page_of(world.cast.dealer)}money/" not in text_of(ann, page_of(world.cast.dealer))
