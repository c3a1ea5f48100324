"""What a carrier does for a number beside carrying calls, on its page."""

from __future__ import annotations

import pytest

from dids.models import (
    Brand,
    CallerName,
    Campaign,
    NumberCampaign,
    PhoneNumber,
    TollFreeVerification,
)
from dids.states import FeatureStatus
from dids.tests.factories import make_number
from dids.tests.words import BRAND_WORDS, CAMPAIGN_WORDS, VERIFICATION_WORDS
from portal.tests.api.world import LOOSE, TENANT_NUMBER, World
from portal.tests.web.visitor import Visitor, visitor_of
from trunks.tests.factories import make_carrier_account

HERE = f"/numbers/{LOOSE}/features/"


@pytest.fixture
def tenant(world: World) -> Visitor:
    """Give an owner of the tenant."""
    return visitor_of(world.cast.tenant)


def text_of(visitor: Visitor, path: str) -> str:
    """Look at a page."""
    answer = visitor.get(path)
    assert answer.status_code == 200
    shown: str = answer.content.decode()
    return shown


class TestCallerName:
    def test_is_asked_for_and_taken_back(self, world: World, tenant: Visitor) -> None:
        assert "reads the number alone" in text_of(tenant, HERE)
        answer = tenant.post(f"{HERE}caller-name/", text="Oak Dental", shows_callers="on")
        assert (answer.status_code, answer.url) == (302, HERE)
        row = CallerName.objects.get(number=world.loose)
        assert (row.text, row.shows_callers, row.status) == ("OAK DENTAL", True, "WANTED")
        shown = text_of(tenant, HERE)
        assert "The carrier is asked for it." in shown
        assert 'value="OAK DENTAL"' in shown

        tenant.post(f"{HERE}caller-name/", text="", shows_callers="")
        row.refresh_from_db()
        assert row.status == FeatureStatus.OFF

    def test_is_refused_beside_the_field(self, world: World, tenant: Visitor) -> None:
        answer = tenant.post(f"{HERE}caller-name/", text="Zähne am Eck")
        assert answer.status_code == 422
        assert "Leave out accents" in answer.content.decode()
        assert not CallerName.objects.filter(number=world.loose).exists()

    def test_says_why_a_number_cannot_have_one(self, world: World, tenant: Visitor) -> None:
        PhoneNumber.objects.filter(pk=world.loose.pk).update(country="GB")
        assert "United States only" in text_of(tenant, HERE)

    def test_of_a_refused_one_the_carriers_words_are_for_its_provider(
        self, world: World, tenant: Visitor
    ) -> None:
        here = f"/numbers/{TENANT_NUMBER}/features/"
        assert "Ask your provider" in text_of(tenant, here)
        assert "MARK-CARRIER" not in text_of(tenant, here)
        staff = text_of(visitor_of(world.cast.provider), here)
        assert "MARK-CARRIER" in staff
        assert "Save the name" not in staff

    def test_is_not_written_over_what_somebody_else_wrote(
        self, world: World, tenant: Visitor
    ) -> None:
        seen = text_of(tenant, HERE).split('name="seen" value="')[1].split('"')[0]
        tenant.post(f"{HERE}caller-name/", text="Oak Dental")
        answer = tenant.post(f"{HERE}caller-name/", text="Oak Desk", seen=seen)
        assert answer.status_code == 409
        assert CallerName.objects.get(number=world.loose).text == "OAK DENTAL"


class TestMessages:
    def test_are_gated_and_say_what_comes_first(self, world: World, tenant: Visitor) -> None:
        assert "Choose a campaign" in text_of(tenant, HERE)
        answer = tenant.post(f"{HERE}messages/", to="WEBHOOK", address="https://oak.example/in")
        assert answer.status_code == 422
        assert "block messages of unregistered numbers" in answer.content.decode()

    def test_go_to_an_address_once_the_campaign_is_in_force(
        self, world: World, tenant: Visitor
    ) -> None:
        tenant.post(f"{HERE}campaign/", campaign=str(world.campaign.uuid))
        link = NumberCampaign.objects.get(number=world.loose)
        assert link.status == FeatureStatus.WANTED
        NumberCampaign.objects.update(status=FeatureStatus.ACTIVE)
        Campaign.objects.update(status=FeatureStatus.ACTIVE)
        answer = tenant.post(f"{HERE}messages/", to="WEBHOOK", address="https://10.0.0.1/in")
        assert "Name a public one" in answer.content.decode()

        tenant.post(f"{HERE}messages/", to="WEBHOOK", address="https://oak.example/in")
        shown = text_of(tenant, HERE)
        assert "to https://oak.example/in by itself" in shown
        assert "MARK-ACCOUNT" not in shown
        assert "MARK-ACCOUNT" in text_of(visitor_of(world.cast.provider), HERE)

    def test_may_be_carried_by_another_account_than_calls(
        self, world: World, tenant: Visitor
    ) -> None:
        other = make_carrier_account(carrier="vonage", owner=world.cast.provider, name="Texts")
        staff = visitor_of(world.cast.provider)
        here = f"/numbers/{make_number(country='GB').e164}/features/"
        assert "Account that carries messages" in text_of(staff, here)
        assert "Account that carries messages" not in text_of(tenant, HERE)
        wish = {"to": "WEBHOOK", "address": "https://oak.example/in", "account": str(other.uuid)}
        staff.post(f"{here}messages/", **wish)
        assert "The account Texts carries them." in text_of(staff, here)
        assert f'value="{other.uuid}" selected' in text_of(staff, here)
        make_carrier_account(
            carrier="didww", credentials={"api_key": "k"}, owner=world.cast.provider, name="Panel"
        )
        shown = text_of(staff, here)
        assert "Texts, by its interface</option>" in shown
        assert "Panel, by a person</option>" in shown


class TestBrands:
    def test_teach_what_the_networks_ask(self, world: World) -> None:
        rival = visitor_of(world.cast.rival_tenant)
        assert "block messages of businesses" in text_of(rival, "/messaging/")
        assert rival.get(f"/messaging/brands/{world.brand.uuid}/").status_code == 404

    def test_are_registered_and_refused_beside_the_field(
        self, world: World, tenant: Visitor
    ) -> None:
        here = "/messaging/brands/create/"
        wrong = tenant.post(here, **{**BRAND_WORDS, "name": "Oak Eyes", "tax_id": "12"})
        assert wrong.status_code == 422
        assert "An EIN has nine digits" in wrong.content.decode()
        twice = tenant.post(here, **BRAND_WORDS)
        assert "You have a brand Oak Dental already" in twice.content.decode()

        made = tenant.post(here, **{**BRAND_WORDS, "name": "Oak Eyes"})
        brand = Brand.objects.get(name="Oak Eyes")
        assert made.url == f"/messaging/brands/{brand.uuid}/"
        assert brand.organization == world.cast.tenant

    def test_say_what_is_minded_and_are_corrected(self, world: World, tenant: Visitor) -> None:
        here = f"/messaging/brands/{world.brand.uuid}/"
        shown = text_of(tenant, here)
        assert "The registry minds this. Correct it." in shown
        assert "MARK-CARRIER" not in shown
        assert "MARK-CARRIER" in text_of(visitor_of(world.cast.provider), here)

        assert tenant.post(f"{here}correct/", **BRAND_WORDS).url == here
        world.brand.refresh_from_db()
        assert (world.brand.status, world.brand.problems) == (FeatureStatus.WANTED, [])

    def test_have_campaigns_that_say_what_is_sent(self, world: World, tenant: Visitor) -> None:
        here = f"/messaging/brands/{world.brand.uuid}/"
        words = {**CAMPAIGN_WORDS, "name": "News", "samples": "One message.\nAnother one."}
        short = tenant.post(f"{here}campaigns/create/", **{**words, "opt_in": "They agree."})
        assert "how people agree to it; less is refused" in short.content.decode()
        made = tenant.post(f"{here}campaigns/create/", **words)
        shown = text_of(tenant, made.url)
        assert "Another one." in shown
        assert "It waits until its brand is in force." in shown
        assert "End them first" in tenant.post(f"{here}end/").content.decode()


class TestVerification:
    WORDS = {**VERIFICATION_WORDS, "opt_in_urls": "https://oak.example/form.png"}

    def test_is_asked_for_on_the_page_of_a_toll_free_number(
        self, world: World, tenant: Visitor
    ) -> None:
        assert "Toll-free verification" not in text_of(tenant, HERE)
        PhoneNumber.objects.filter(pk=world.loose.pk).update(type="TOLL_FREE")
        shown = text_of(tenant, HERE)
        assert "Toll-free verification" in shown
        assert "messages go nowhere" in shown

        refused = tenant.post(f"{HERE}verification/", **{**self.WORDS, "summary": "Messages."})
        assert refused.status_code == 422
        assert "40 characters" in refused.content.decode()
        answer = tenant.post(f"{HERE}verification/", **self.WORDS)
        assert (answer.status_code, answer.url) == (302, HERE)
        row = TollFreeVerification.objects.get(number=world.loose)
        assert (row.status, row.opt_in_urls) == ("WANTED", ["https://oak.example/form.png"])

        assert "Take the verification back" in text_of(tenant, HERE)
        assert tenant.post(f"{HERE}verification/end/").status_code == 302
        row.refresh_from_db()
        assert row.status == FeatureStatus.OFF
