"""What a carrier asks for that its interface does not tell: written down on pages."""

from __future__ import annotations

import re

import pytest

from accounts.models import Role
from dids.models import FoundOffer, RequirementList
from portal.tests.api.world import World
from portal.tests.web.test_by_hand import quote
from portal.tests.web.visitor import Visitor, visitor_of
from trunks.models import CarrierAccount
from trunks.tests.factories import make_carrier_account


@pytest.fixture
def staff(world: World) -> Visitor:
    """Give an owner of the provider."""
    return visitor_of(world.cast.provider)


@pytest.fixture
def gamma(world: World) -> CarrierAccount:
    """Store an account at a carrier without an interface."""
    return make_carrier_account(carrier="gamma", credentials={}, base_url="", name="Gamma UK")


def page(account: CarrierAccount, step: str = "") -> str:
    """Give the address of the list, or of a step."""
    return f"/carriers/{account.uuid}/requirements/{step}"


def seen_on(text: str) -> str:
    """Give what a form carries of what its reader saw."""
    found = re.search(r'name="seen" value="([^"]*)"', text)
    assert found
    return found[1]


def keep(staff: Visitor, account: CarrierAccount, **more: str) -> int:
    """Write down a proof of address, and more."""
    form = {
        "country": "gb",
        "type": "LOCAL",
        "name_0": "Proof of address",
        "asks_0": "DOCUMENT:ADDRESS",
        **more,
    }
    return int(staff.post(page(account, "keep/"), **form).status_code)


class TestThePage:
    def test_teaches_while_nothing_is_written_down(
        self, gamma: CarrierAccount, staff: Visitor
    ) -> None:
        text = staff.get(page(gamma)).text
        assert "Nothing is written down yet" in text
        assert "Start from what is common" in text
        assert page(gamma) in staff.get(f"/carriers/{gamma.uuid}/").text

    def test_suggests_and_keeps_nothing_by_itself(
        self, gamma: CarrierAccount, staff: Visitor
    ) -> None:
        text = staff.get(page(gamma, "edit/?country=ES&type=LOCAL")).text
        assert "nothing of it is kept yet" in text
        assert 'value="Tax number"' in text
        assert not RequirementList.objects.exists()

    def test_keeps_what_is_written_and_shows_it_again(
        self, gamma: CarrierAccount, staff: Visitor
    ) -> None:
        more = {"name_2": "Born on", "asks_2": "DATE", "words_2": "Of the owner."}
        assert keep(staff, gamma, **more) == 302
        row = RequirementList.objects.get()
        assert [(one["asks"], one["accepts"]) for one in row.requirements] == [
            ("DOCUMENT", ["ADDRESS"]),
            ("DATE", []),
        ]
        assert "Proof of address, Born on" in staff.get(page(gamma)).text
        text = staff.get(page(gamma, "edit/?country=GB&type=LOCAL")).text
        assert '<option value="DOCUMENT:ADDRESS" selected>' in text
        assert 'value="Of the owner."' in text

    def test_marks_the_offers_of_quotes(self, gamma: CarrierAccount, staff: Visitor) -> None:
        keep(staff, gamma)
        text = staff.get(quote(staff, gamma)).text
        assert "needs documents" in text
        assert FoundOffer.objects.filter(carrier_account=gamma, needs_documents=True).count() == 2

    def test_strikes_out(self, gamma: CarrierAccount, staff: Visitor) -> None:
        keep(staff, gamma)
        staff.post(page(gamma, "forget/"), country="GB", type="LOCAL")
        assert not RequirementList.objects.exists()
        assert staff.post(page(gamma, "forget/"), country="GB", type="?").status_code == 404

    def test_says_beside_the_row_what_must_change(
        self, gamma: CarrierAccount, staff: Visitor
    ) -> None:
        form = {"country": "gb", "type": "LOCAL", "words_3": "Of the owner."}
        answer = staff.post(page(gamma, "keep/"), **form)
        assert answer.status_code == 422
        assert 'id="id_name_3_error"' in answer.text
        assert staff.post(page(gamma, "keep/"), country="g1", type="LOCAL").status_code == 422

    def test_tells_the_second_of_two_what_the_first_wrote(
        self, gamma: CarrierAccount, staff: Visitor
    ) -> None:
        seen = seen_on(staff.get(page(gamma, "edit/")).text)
        assert keep(staff, gamma, seen=seen) == 302
        again = {"country": "gb", "type": "LOCAL", "name_0": "Tax number", "asks_0": "TEXT"}
        refused = staff.post(page(gamma, "keep/"), **again, seen=seen)
        assert refused.status_code == 409
        assert "Proof of address now" in refused.text
        assert keep(staff, gamma, seen=seen_on(refused.text)) == 302

    def test_writes_nothing_down_where_the_interface_tells_it(
        self, world: World, staff: Visitor
    ) -> None:
        account = make_carrier_account(carrier="telnyx", name="By interface")
        text = staff.get(page(account)).text
        assert "Nothing was read yet" in text
        assert "Write it down" not in text
        assert keep(staff, account) == 409

    def test_is_for_those_who_manage_carriers(self, world: World, gamma: CarrierAccount) -> None:
        assert visitor_of(world.cast.provider, Role.FINANCE).get(page(gamma)).status_code == 403
        assert visitor_of(world.cast.dealer).get(page(gamma)).status_code in {403, 404}
