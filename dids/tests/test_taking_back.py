from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.limits import UnableToTake
from accounts.models import Event, Organization
from accounts.tests.cast import Cast
from dids.destinations import Destination, UnableToPoint
from dids.models import Holding, PhoneNumber
from dids.states import NumberStatus
from dids.tests.carrier import Heard
from dids.tests.factories import MAIN, NOW, make_number
from dids.workflows import assignment, holding, taking_back
from dids.workflows.standing import UnableToStandIn
from dids.workflows.taking_back import UnableToTakeBack

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def rested(cast: Cast) -> PhoneNumber:
    """Give a number that the tenant used and gave back."""
    number = make_number(holder=cast.dealer)
    holding.allot(number=number, to=cast.tenant, actor=cast.dealer_owner, now=NOW)
    PhoneNumber.objects.filter(pk=number.pk).update(used_since=NOW)
    holding.give_back(number=number, actor=cast.tenant_owner, now=LATER)
    assert number.status == NumberStatus.QUARANTINE
    return number


def read(number: PhoneNumber) -> PhoneNumber:
    """Read a number anew."""
    return PhoneNumber.objects.select_related("holder").get(pk=number.pk)


class TestReclaim:
    def test_takes_a_number_again_with_where_it_rang(self, cast: Cast, heard: Heard) -> None:
        number = rested(cast)
        heard.numbers.clear()
        taking_back.reclaim(
            number=number, destination=MAIN, label="Bar", actor=cast.tenant_owner, now=LATER
        )
        row = read(number)
        assert (row.holder, row.status, row.label) == (cast.tenant, NumberStatus.ASSIGNED, "Bar")
        assert row.quarantine_until is None
        assert row.assignment.destination == MAIN
        assert heard.numbers == [number.e164]
        there = Holding.objects.open().get(number=number)
        assert (there.organization, there.source) == (cast.tenant, cast.dealer)
        assert Organization.objects.get(pk=cast.tenant.pk).numbers_held == 1
        assert Organization.objects.get(pk=cast.dealer.pk).numbers_held == 0
        event = Event.objects.get(action="dids.number.reclaimed")
        assert event.organization == cast.tenant

    def test_is_for_whoever_gave_it_back_alone(self, cast: Cast) -> None:
        number = rested(cast)
        for actor in (cast.rival_tenant_owner, cast.dealer_owner, cast.staff):
            with pytest.raises(UnableToStandIn):
                taking_back.reclaim(number=number, actor=actor, now=LATER)

    def test_comes_too_late_once_it_has_rested(self, cast: Cast) -> None:
        number = rested(cast)
        PhoneNumber.objects.filter(pk=number.pk).update(status=NumberStatus.AVAILABLE)
        with pytest.raises(UnableToTakeBack, match="does not rest any more"):
            taking_back.reclaim(number=number, actor=cast.tenant_owner, now=LATER)

    def test_stays_within_the_limit(self, cast: Cast) -> None:
        number = rested(cast)
        Organization.objects.filter(pk=cast.tenant.pk).update(number_limit=0)
        with pytest.raises(UnableToTake):
            taking_back.reclaim(number=number, actor=cast.tenant_owner, now=LATER)
        assert read(number).status == NumberStatus.QUARANTINE

    def test_refuses_what_is_no_destination(self, cast: Cast) -> None:
        with pytest.raises(UnableToPoint):
            taking_back.reclaim(
                number=rested(cast),
                destination=Destination("MOON"),
                actor=cast.tenant_owner,
                now=LATER,
            )

    def test_into_stock_rings_nowhere(self, cast: Cast) -> None:
        number = make_number(holder=cast.provider)
        holding.allot(number=number, to=cast.dealer, actor=cast.staff, now=NOW)
        PhoneNumber.objects.filter(pk=number.pk).update(used_since=NOW)
        holding.give_back(number=number, actor=cast.dealer_owner, now=LATER)
        with pytest.raises(UnableToTakeBack, match="Leave the destination out"):
            taking_back.reclaim(number=number, destination=MAIN, actor=cast.dealer_owner, now=LATER)
        taking_back.reclaim(number=number, actor=cast.dealer_owner, now=LATER)
        assert (read(number).holder, read(number).status) == (cast.dealer, NumberStatus.AVAILABLE)


class TestGivenBack:
    def test_is_found_by_its_last_holder_and_those_above(self, cast: Cast) -> None:
        number = rested(cast)
        for actor in (cast.tenant_owner, cast.dealer_owner, cast.staff):
            assert taking_back.given_back(actor, number.e164) == number
        for actor in (cast.rival_tenant_owner, cast.rival_dealer_owner):
            assert taking_back.given_back(actor, number.e164) is None


class TestRecall:
    def allotted(self, cast: Cast) -> PhoneNumber:
        """Give a number that the dealer has just allotted to its tenant."""
        number = make_number(holder=cast.dealer)
        holding.allot(number=number, to=cast.tenant, actor=cast.dealer_owner, now=NOW)
        return number

    def test_returns_an_unused_number_to_the_stock_it_came_from(
        self, cast: Cast, heard: Heard
    ) -> None:
        number = self.allotted(cast)
        taking_back.recall(number=number, actor=cast.dealer_owner, now=LATER)
        assert (number.holder, number.status) == (cast.dealer, NumberStatus.AVAILABLE)
        assert read(number).holder == cast.dealer
        assert Organization.objects.get(pk=cast.tenant.pk).numbers_held == 0
        event = Event.objects.get(action="dids.number.recalled")
        assert event.organization == cast.tenant
        holding.allot(number=number, to=cast.tenant, actor=cast.dealer_owner, now=LATER)

    def test_leaves_what_rings_somewhere(self, cast: Cast) -> None:
        number = self.allotted(cast)
        assignment.assign(number=number, destination=MAIN, actor=cast.tenant_owner, now=LATER)
        with pytest.raises(UnableToTakeBack, match="has pointed"):
            taking_back.recall(number=number, actor=cast.dealer_owner, now=LATER)

    def test_leaves_what_was_in_use(self, cast: Cast) -> None:
        number = self.allotted(cast)
        PhoneNumber.objects.filter(pk=number.pk).update(used_since=NOW)
        with pytest.raises(UnableToTakeBack, match="must rest"):
            taking_back.recall(number=number, actor=cast.dealer_owner, now=LATER)

    def test_leaves_what_is_offered_on(self, cast: Cast) -> None:
        number = make_number(holder=cast.provider)
        holding.allot(number=number, to=cast.dealer, actor=cast.staff, now=NOW)
        holding.offer(number=number, to=cast.tenant, actor=cast.dealer_owner, now=NOW)
        with pytest.raises(UnableToTakeBack, match="is offered there"):
            taking_back.recall(number=number, actor=cast.staff, now=LATER)

    def test_is_for_whoever_handed_it_down(self, cast: Cast) -> None:
        number = self.allotted(cast)
        for actor in (cast.staff, cast.tenant_owner, cast.rival_dealer_owner):
            with pytest.raises(UnableToStandIn):
                taking_back.recall(number=number, actor=actor, now=LATER)
