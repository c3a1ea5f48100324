"""What a carrier does for a number beside carrying calls, on its page."""

from __future__ import annotations

import pytest

from dids.models import CallerName, PhoneNumber
from dids.states import FeatureStatus
from portal.tests.api.world import LOOSE, TENANT_NUMBER, World
from portal.tests.web.visitor import Visitor, visitor_of

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
