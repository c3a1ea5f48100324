"""One number: handed on, given back, released, delivered; what cannot be done is explained."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from accounts.tests.factories import make_member
from dids.destinations import Destination
from dids.models import CarrierBinding, Offer, PhoneNumber, Release
from dids.states import BindingStatus, NumberStatus, OfferStatus, ReleaseStatus
from dids.workflows import assignment, holding
from portal.tests.api.world import (
    DEALER_STOCK,
    LEAVING,
    LOOSE,
    OFFERED,
    STOCK,
    TENANT_NUMBER,
    World,
    make_account,
)
from portal.tests.web.visitor import Visitor, visitor_of


@pytest.fixture
def tenant(world: World) -> Visitor:
    """Give an owner of the tenant."""
    return visitor_of(world.cast.tenant)


@pytest.fixture
def dealer(world: World) -> Visitor:
    """Give an owner of the dealer."""
    return visitor_of(world.cast.dealer)


@pytest.fixture
def staff(world: World) -> Visitor:
    """Give an owner of the provider."""
    return visitor_of(world.cast.provider)


def number(e164: str) -> PhoneNumber:
    """Read a number anew."""
    return PhoneNumber.objects.select_related("holder").get(e164=e164)


def text_of(visitor: Visitor, path: str) -> str:
    """Look at a page."""
    answer = visitor.get(path)
    assert answer.status_code == 200
    shown: str = answer.content.decode()
    return shown


def undo(visitor: Visitor, path: str) -> int:
    """Press Undo in the message that a page shows."""
    page = text_of(visitor, path).split('role="status"')[1].split("</form>")[0]
    assert ">Undo</button>" in page
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    action = re.search(r'action="([^"]+)"', page)
    assert action
    status: int = visitor.post(action[1], **fields).status_code
    return status


class TestHandingOn:
    def test_allots_and_takes_back(self, world: World, dealer: Visitor) -> None:
        here, to = f"/numbers/{DEALER_STOCK}/", str(world.cast.tenant.uuid)
        assert "Allot it" in text_of(dealer, f"{here}hand-on/")
        assert dealer.post(f"{here}allot/", to=to)["Location"] == here
        assert number(DEALER_STOCK).holder == world.cast.tenant
        assert undo(dealer, here) == 302
        assert number(DEALER_STOCK).holder == world.cast.dealer
        assert undo(dealer, here) == 302
        assert number(DEALER_STOCK).holder == world.cast.tenant

    def test_is_not_undone_once_the_number_rings(
        self, world: World, dealer: Visitor, tenant: Visitor
    ) -> None:
        here, to = f"/numbers/{DEALER_STOCK}/", str(world.cast.tenant.uuid)
        dealer.post(f"{here}allot/", to=to)
        tenant.post(f"{here}assign/", kind="EXTENSION", value="101", label="")
        assert undo(dealer, here) == 409
        assert "has pointed" in text_of(dealer, here)
        assert number(DEALER_STOCK).holder == world.cast.tenant

    def test_offers_and_withdraws(self, world: World, dealer: Visitor) -> None:
        here, to = f"/numbers/{DEALER_STOCK}/", str(world.cast.tenant.uuid)
        assert dealer.post(f"{here}offer/", to=to).status_code == 302
        page = text_of(dealer, here)
        assert "Offered to Oak Street Dental" in page
        assert number(DEALER_STOCK).status == NumberStatus.RESERVED
        made = Offer.objects.latest("pk")
        assert dealer.post(f"/offers/{made.uuid}/withdraw/").status_code == 302
        assert number(DEALER_STOCK).status == NumberStatus.AVAILABLE
        assert undo(dealer, here) == 302
        assert Offer.objects.open().filter(number__e164=DEALER_STOCK, to=world.cast.tenant)

    def test_offers_to_all_and_undoes_it(self, dealer: Visitor) -> None:
        here = f"/numbers/{DEALER_STOCK}/"
        assert dealer.post(f"{here}offer-to-all/").status_code == 302
        assert undo(dealer, here) == 302
        assert Offer.objects.latest("pk").status == OfferStatus.WITHDRAWN

    def test_is_refused_beside_the_field(self, world: World, dealer: Visitor) -> None:
        here = f"/numbers/{DEALER_STOCK}/"
        assert dealer.post(f"{here}allot/", to="").status_code == 422
        assert dealer.post(f"{here}allot/", to=str(world.cast.rival_tenant.uuid)).status_code == 422
        to = str(world.cast.tenant.uuid)
        dealer.post(f"{here}offer/", to=to)
        answer = dealer.post(f"{here}offer/", to=to)
        assert answer.status_code == 422
        assert 'id="id_to_error"' in answer.content.decode()

    def test_is_told_when_somebody_was_faster(self, world: World, dealer: Visitor) -> None:
        here = f"/numbers/{DEALER_STOCK}/"
        page = text_of(dealer, f"{here}hand-on/")
        seen = re.findall(r'name="seen" value="([^"]+)"', page)[0]
        colleague = Visitor(make_member(organization=world.cast.dealer, name="Cy Young"))
        colleague.post(f"{here}allot/", to=str(world.cast.sub_dealer.uuid))
        answer = dealer.post(f"{here}allot/", to=str(world.cast.tenant.uuid), seen=seen)
        assert answer.status_code == 409
        assert f"Cy Young allotted {DEALER_STOCK} to Harbor Lines" in answer.content.decode()


class TestGivingBack:
    def used(self, world: World) -> None:
        """Let the loose number have been in use."""
        row = number(LOOSE)
        PhoneNumber.objects.filter(pk=row.pk).update(used_since=timezone.now())
        there = Destination("EXTENSION", "107")
        assignment.assign(
            number=row,
            destination=there,
            label="Bar",
            actor=world.cast.tenant_owner,
            now=timezone.now(),
        )

    def test_says_what_will_happen(self, world: World, tenant: Visitor) -> None:
        assert "never in use" in text_of(tenant, f"/numbers/{LOOSE}/give-back/ask/")
        self.used(world)
        page = text_of(tenant, f"/numbers/{LOOSE}/give-back/ask/")
        assert "Calls to it no longer reach Extension 107." in page
        assert "it rests until" in page
        assert "Its label “Bar” goes." in page

    def test_is_undone_while_it_rests(self, world: World, tenant: Visitor) -> None:
        self.used(world)
        assert tenant.post(f"/numbers/{LOOSE}/give-back/")["Location"] == "/numbers/"
        assert number(LOOSE).status == NumberStatus.QUARANTINE
        assert undo(tenant, "/numbers/") == 302
        row = number(LOOSE)
        assert (row.holder, row.label) == (world.cast.tenant, "Bar")
        assert str(row.assignment.destination) == "Extension 107"

    def test_leaves_a_page_from_which_it_is_taken_again(
        self, world: World, tenant: Visitor
    ) -> None:
        self.used(world)
        tenant.post(f"/numbers/{LOOSE}/give-back/")
        assert "Take it again" in text_of(tenant, f"/numbers/{LOOSE}/")
        rival = visitor_of(world.cast.rival_tenant)
        assert rival.get(f"/numbers/{LOOSE}/").status_code == 404
        assert rival.post(f"/numbers/{LOOSE}/reclaim/").status_code == 404
        assert tenant.post(f"/numbers/{LOOSE}/reclaim/").status_code == 302
        assert number(LOOSE).holder == world.cast.tenant

    def test_of_a_number_that_somebody_moved_meanwhile_is_told(
        self, world: World, tenant: Visitor
    ) -> None:
        self.used(world)
        page = text_of(tenant, f"/numbers/{LOOSE}/give-back/ask/")
        seen = re.findall(r'name="seen" value="([^"]+)"', page)[0]
        tenant.post(f"/numbers/{LOOSE}/assign/", kind="EXTENSION", value="108", label="")
        answer = tenant.post(f"/numbers/{LOOSE}/give-back/", seen=seen)
        assert answer.status_code == 409
        assert number(LOOSE).holder == world.cast.tenant


class TestReleasing:
    def test_is_planned_after_a_question_and_undone(self, staff: Visitor) -> None:
        here = f"/numbers/{STOCK}/"
        assert "you can keep it after all" in text_of(staff, f"{here}release/ask/")
        day = (timezone.now() + timedelta(days=3)).date().isoformat()
        assert staff.post(f"{here}release/", on=day).status_code == 302
        assert "Keep it after all" in text_of(staff, here)
        assert number(STOCK).status == NumberStatus.RELEASING
        assert staff.post(f"{here}release/cancel/").status_code == 302
        assert number(STOCK).status == NumberStatus.AVAILABLE
        assert Release.objects.get(number__e164=STOCK).status == ReleaseStatus.CANCELLED

    def test_refuses_a_day_that_is_over(self, staff: Visitor) -> None:
        answer = staff.post(f"/numbers/{STOCK}/release/", on="2020-01-01")
        assert answer.status_code == 422
        assert "Choose today or a day to come." in answer.content.decode()
        assert staff.post(f"/numbers/{STOCK}/release/", on="some day").status_code == 422

    def test_is_refused_in_words_where_somebody_holds_it(self, staff: Visitor) -> None:
        answer = staff.post(f"/numbers/{TENANT_NUMBER}/release/", on="")
        assert answer.status_code == 409
        assert "must be given back first" in answer.content.decode()

    def test_of_what_is_not_released_is_not_cancelled(self, staff: Visitor) -> None:
        assert staff.post(f"/numbers/{STOCK}/release/cancel/").status_code == 409
        assert staff.post(f"/numbers/{LEAVING}/release/cancel/").status_code == 302


class TestDelivery:
    def test_moves_to_another_trunk(self, world: World, staff: Visitor) -> None:
        here = f"/numbers/{TENANT_NUMBER}/delivery/"
        assert "locked: nobody deletes it" in text_of(staff, here)
        answer = staff.post(f"{here}change/", trunk=str(world.spare_trunk.uuid))
        assert answer.status_code == 302
        there = CarrierBinding.objects.get(number__e164=TENANT_NUMBER)
        assert (there.trunk, there.status) == (world.spare_trunk, BindingStatus.WANTED)
        assert "it is locked once it is delivered" in text_of(staff, here)

    def test_says_what_to_do_where_there_is_no_trunk(self, world: World, staff: Visitor) -> None:
        bare = make_account(world.cast, name="Bare")
        PhoneNumber.objects.filter(e164=STOCK).update(carrier_account=bare)
        shown = text_of(staff, f"/numbers/{STOCK}/delivery/")
        assert "Bare has no trunk for calls yet" in shown
        assert "Have it delivered there" not in shown

    def test_is_asked_for_again_after_it_failed(self, world: World, staff: Visitor) -> None:
        CarrierBinding.objects.update(status=BindingStatus.FAILED)
        here = f"/numbers/{TENANT_NUMBER}/delivery/"
        assert staff.post(f"{here}change/", trunk=str(world.trunk.uuid)).status_code == 302
        there = CarrierBinding.objects.get(number__e164=TENANT_NUMBER)
        assert there.status == BindingStatus.WANTED

    def test_is_refused_without_a_trunk_and_for_what_leaves(
        self, world: World, staff: Visitor
    ) -> None:
        assert staff.post(f"/numbers/{STOCK}/delivery/change/").status_code == 422
        answer = staff.post(f"/numbers/{LEAVING}/delivery/change/", trunk=str(world.trunk.uuid))
        assert answer.status_code == 422
        assert "Cancel its release to keep it" in answer.content.decode()


class TestWhatCannotBeDone:
    @pytest.mark.parametrize(
        ("e164", "sentence"),
        [
            (OFFERED, "Withdraw its offers first."),
            (DEALER_STOCK, ""),
        ],
    )
    def test_is_explained(self, dealer: Visitor, e164: str, sentence: str) -> None:
        page = text_of(dealer, f"/numbers/{e164}/")
        assert sentence in page
        assert ("Not now:" in page) is bool(sentence)

    def test_for_want_of_a_right_names_who_gives_it(self, world: World) -> None:
        viewer = visitor_of(world.cast.tenant, Role.VIEWER)
        page = text_of(viewer, f"/numbers/{LOOSE}/")
        assert "Your role does not include it. Ask an owner" in page
        assert "Your role does not include the journal" in page

    def test_of_what_leaves_says_so(self, staff: Visitor) -> None:
        page = text_of(staff, f"/numbers/{LEAVING}/")
        assert "needs no trunk any more" in page


class TestThePast:
    def test_tells_who_had_it_within_ones_own_reach(
        self, world: World, tenant: Visitor, dealer: Visitor
    ) -> None:
        assert "Lakeside Telecom</div>" not in text_of(tenant, f"/numbers/{LOOSE}/")
        held = text_of(dealer, f"/numbers/{LOOSE}/").split("Who had it")[1]
        assert held.index("Oak Street Dental") < held.index("Lakeside Telecom</div>")

    def test_is_told_page_by_page(self, world: World, tenant: Visitor) -> None:
        row = number(LOOSE)
        for extension in range(300, 330):
            assignment.assign(
                number=row,
                destination=Destination("EXTENSION", str(extension)),
                actor=world.cast.tenant_owner,
                now=timezone.now(),
            )
        here = f"/numbers/{LOOSE}/"
        page = text_of(tenant, here)
        assert "at Extension 329" in page
        assert "at Extension 309" not in page
        after = re.findall(r'href="(\?after=[^"]+)#past"', page)[0]
        page = text_of(tenant, here + after)
        assert "at Extension 309" in page
        assert "at Extension 310" not in page
        assert "Newest" in page


def test_a_resting_number_of_ones_stock_is_shown_as_ever(world: World, dealer: Visitor) -> None:
    row = number(LOOSE)
    PhoneNumber.objects.filter(pk=row.pk).update(used_since=timezone.now())
    holding.give_back(number=row, actor=world.cast.tenant_owner, now=timezone.now())
    assert "Who had it" in text_of(dealer, f"/numbers/{LOOSE}/")
    assert dealer.post(f"/numbers/{LOOSE}/reclaim/").status_code == 422
