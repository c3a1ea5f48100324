"""What dealers and tenants find at home, and the first steps of everybody."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import Organization, Role
from accounts.tests.cast import Cast
from accounts.tests.factories import make_tenant
from billing.workflows import accounts
from dids.destinations import Destination
from dids.models import Offer
from dids.states import NumberStatus
from dids.tests.factories import make_number, make_order
from dids.workflows import holding
from portal.tests.api.world import SYSTEM, TENANT_NUMBER, World
from portal.tests.web.visitor import visitor_of
from portal.web.home import tenant
from provisioning.tests.scene import make_account, make_numbers, make_pbx

DESK = Destination("EXTENSION", "101")


def plain(text: str) -> str:
    """Give a page without its tags."""
    main = text[text.index("<main") :]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


class TestADealer:
    def test_sees_tenants_nearest_to_their_limit_first(self, cast: Cast) -> None:
        full = make_tenant(parent=cast.dealer, name="Zebra Cafe")
        for one, held, limit in ((full, 5, 5), (cast.tenant, 1, 10)):
            Organization.objects.filter(pk=one.pk).update(numbers_held=held, number_limit=limit)
        said = plain(visitor_of(cast.dealer).get("/").text)
        assert said.index("Zebra Cafe") < said.index("Oak Street") < said.index("Harbor Lines")
        assert "5 of 5" in said
        assert "no more numbers until its limit is raised" in said
        assert "It has no numbers yet: hand one out" in said
        assert "Pier Nine Fish" not in said

    def test_sees_ten_of_them(self, cast: Cast) -> None:
        for serial in range(12):
            make_tenant(parent=cast.dealer, name=f"Shop {serial}")
        text = visitor_of(cast.dealer).get("/").text
        assert text.count("Act for<span") == 10
        assert "These are the 10 nearest to their limit" in text

    def test_sees_stock_and_what_is_on_offer(self, cast: Cast) -> None:
        stock = [make_number(holder=cast.dealer) for _ in range(3)]
        make_number(holder=cast.sub_dealer)
        holding.offer(number=stock[0], to=cast.tenant, actor=cast.dealer_owner, now=timezone.now())
        said = plain(visitor_of(cast.dealer).get("/").text)
        assert "available 2 reserved 1 quarantine 0 Hand numbers out" in said
        assert "to Oak Street Dental until" in said

    def test_sees_limits_and_money(self, cast: Cast) -> None:
        now = timezone.now()
        account = accounts.open(
            organization=cast.dealer,
            currency="USD",
            credit_limit=Decimal(100),
            actor=SYSTEM,
            now=now,
        )
        type(account).objects.update(posted=Decimal(-30), reserved=Decimal(10))
        Organization.objects.filter(pk=cast.dealer.pk).update(tenant_limit=8, tenants_held=2)
        text = visitor_of(cast.dealer).get("/").text
        said = plain(text)
        assert "Tenants 2 of 8" in said
        assert "Credit used 40.00 USD of 100.00 USD" in said
        assert '<progress class="progress" value="40.0000" max="100.0000"' in text
        assert "May still be spent 60.00 USD" in said
        operator = plain(visitor_of(cast.dealer, Role.OPERATOR).get("/").text)
        assert "USD" not in operator

    def test_sees_what_is_being_bought_at_its_expense(self, cast: Cast) -> None:
        now = timezone.now()
        accounts.open(
            organization=cast.dealer,
            currency="USD",
            credit_limit=Decimal(1000),
            actor=SYSTEM,
            now=now,
        )
        make_order(payer=cast.dealer, holder=cast.tenant, actor=cast.staff, submit=True)
        said = plain(visitor_of(cast.dealer).get("/").text)
        assert "for Oak Street Dental since" in said
        assert "The number is bought or refused." in said


class TestATenant:
    def test_sees_numbers_by_name_and_who_answers(self, world: World) -> None:
        visitor = visitor_of(world.cast.tenant)
        make_number(holder=world.cast.tenant, label="Zoo")
        make_number(holder=world.cast.tenant, label="Aquarium", destination=DESK)
        text = visitor.get("/").text
        said = plain(text)
        assert said.index("Aquarium") < said.index("Zoo")
        assert "Extension 101" in said
        assert "nobody: calls to it reach no phone Say who answers : Zoo" in said
        assert "not live yet The route is about to be published." in said
        assert f'href="/numbers/{TENANT_NUMBER}/#h-change"' in text

    def test_may_only_look_as_a_viewer(self, world: World) -> None:
        text = visitor_of(world.cast.tenant, Role.VIEWER).get("/").text
        assert "#h-change" not in text
        assert TENANT_NUMBER in text

    def test_claims_what_is_offered(self, world: World) -> None:
        visitor = visitor_of(world.cast.tenant)
        assert "by Lakeside Telecom, until" in plain(visitor.get("/").text)
        Offer.objects.update(expires_at=timezone.now() - timedelta(days=1))
        answer = visitor.post(f"/offers/{world.offer.uuid}/claim/")
        assert answer.status_code == 409
        assert 'role="alert"' in answer.text

    def test_is_told_what_to_do_about_no_numbers(self, cast: Cast) -> None:
        assert "No numbers yet" in visitor_of(cast.tenant).get("/").text

    def test_prints_its_own_numbers(self, world: World) -> None:
        make_number(holder=world.cast.tenant, label="Aquarium", destination=DESK)
        text = visitor_of(world.cast.tenant).get("/numbers/print/").text
        rows = re.findall(r"<tr><td>(.*?)</td>", text)
        assert rows == ["", "", "Aquarium"]
        assert "Extension 101" in text
        assert "These are the first" not in text

    def test_prints_so_many_and_says_so(self, cast: Cast) -> None:
        make_numbers(make_account(), cast.tenant, count=tenant.ON_PAPER + 1)
        text = visitor_of(cast.tenant).get("/numbers/print/").text
        assert text.count("<tr><td>") == tenant.ON_PAPER
        assert "These are the first 500 by name" in text


class TestFirstSteps:
    def test_of_staff_lead_to_their_pages_until_all_are_done(self, cast: Cast) -> None:
        make_pbx()
        text = visitor_of(cast.provider).get("/").text
        assert '<a href="/carriers/new/">Connect an account' in text
        assert 'Add the PBX that rings the phones. <span class="badge' in text
        assert "First steps" not in visitor_of(cast.provider, Role.VIEWER).get("/").text

    def test_of_a_dealer_end_with_a_number_in_a_tenants_hands(self, cast: Cast) -> None:
        visitor = visitor_of(cast.dealer)
        assert "Create a tenant. <span" in visitor.get("/").text
        make_number(holder=cast.dealer)
        assert '?status=AVAILABLE">Hand a number' in visitor.get("/").text
        make_number(holder=cast.tenant)
        assert "First steps" not in visitor.get("/").text

    def test_of_a_tenant_end_with_somebody_who_answers(self, cast: Cast) -> None:
        visitor = visitor_of(cast.tenant)
        assert "Have a number" in visitor.get("/").text
        make_number(holder=cast.tenant, destination=DESK, status=NumberStatus.IN_SERVICE)
        assert "First steps" not in visitor.get("/").text
