from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.limits import UnableToTake
from accounts.models import Event, Organization
from accounts.tests.cast import Cast
from dids.destinations import Destination, UnableToPoint
from dids.models import Assignment, Holding, Offer, PhoneNumber
from dids.states import NumberStatus, OfferStatus
from dids.tests.carrier import Heard
from dids.tests.factories import MAIN, NOW, make_number
from dids.workflows import holding, sweeps
from dids.workflows.assignment import UnableToLabel
from dids.workflows.holding import UnableToAllot, UnableToGiveBack
from dids.workflows.offering import UnableToClaim, UnableToOffer
from dids.workflows.standing import UnableToStandIn
from lib.transitions import UnableToMove

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def limit(organization: Organization, numbers: int) -> None:
    Organization.objects.filter(pk=organization.pk).update(number_limit=numbers)


def history(number: PhoneNumber) -> list[Organization]:
    return [row.organization for row in Holding.objects.filter(number=number).order_by("during")]


class TestAllot:
    def test_goes_down_the_chain_step_by_step(self, cast: Cast, heard: Heard) -> None:
        number = make_number(holder=cast.provider)
        holding.allot(number=number, to=cast.dealer, actor=cast.staff, now=LATER)
        assert (number.status, number.holder) == (NumberStatus.AVAILABLE, cast.dealer)
        holding.allot(
            number=number,
            to=cast.tenant,
            actor=cast.dealer_owner,
            now=LATER + timedelta(minutes=1),
        )
        assert (number.status, number.holder) == (NumberStatus.ASSIGNED, cast.tenant)
        assert history(number) == [cast.provider, cast.dealer, cast.tenant]
        cast.dealer.refresh_from_db()
        cast.tenant.refresh_from_db()
        assert (cast.dealer.numbers_held, cast.tenant.numbers_held) == (0, 1)
        assert heard.numbers == [number.e164] * 2
        assert Event.objects.filter(action="dids.number.allotted").count() == 2

    def test_of_many_is_all_or_nothing(self, cast: Cast) -> None:
        numbers = [make_number(holder=cast.provider) for _ in range(3)]
        limit(cast.tenant, 2)
        with pytest.raises(UnableToTake):
            holding.allot_many(numbers=numbers, to=cast.tenant, actor=cast.staff, now=LATER)
        assert PhoneNumber.objects.filter(holder=cast.provider).count() == 3
        limit(cast.tenant, 3)
        holding.allot_many(numbers=numbers, to=cast.tenant, actor=cast.staff, now=LATER)
        assert PhoneNumber.objects.filter(holder=cast.tenant).count() == 3

    def test_refuses_an_organization_that_is_not_below(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)
        for to in (cast.rival_tenant, cast.provider, cast.dealer):
            with pytest.raises(UnableToAllot) as refusal:
                holding.allot(number=number, to=to, actor=cast.dealer_owner, now=LATER)
            assert refusal.value.field == "to"

    def test_refuses_somebody_elses_stock(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)
        with pytest.raises(UnableToStandIn):
            holding.allot(number=number, to=cast.tenant, actor=cast.staff, now=LATER)
        holding.allot(
            number=number,
            to=cast.tenant,
            actor=cast.staff.on_behalf_of(cast.dealer),
            now=LATER,
        )

    def test_refuses_a_suspended_organization(self, cast: Cast) -> None:
        Organization.objects.filter(pk=cast.tenant.pk).update(status="SUSPENDED")
        cast.tenant.refresh_from_db()
        number = make_number(holder=cast.dealer)
        with pytest.raises(UnableToAllot, match="suspended"):
            holding.allot(number=number, to=cast.tenant, actor=cast.dealer_owner, now=LATER)

    @pytest.mark.parametrize(
        "status", [NumberStatus.RESERVED, NumberStatus.QUARANTINE, NumberStatus.RELEASING]
    )
    def test_refuses_a_number_that_is_not_free(self, cast: Cast, status: NumberStatus) -> None:
        number = make_number(holder=cast.dealer, status=status)
        with pytest.raises(UnableToAllot) as refusal:
            holding.allot(number=number, to=cast.tenant, actor=cast.dealer_owner, now=LATER)
        assert refusal.value.conflict


class TestOffer:
    def test_reserves_the_number_until_it_is_withdrawn(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)
        offer = holding.offer(number=number, to=cast.tenant, actor=cast.dealer_owner, now=LATER)
        assert number.status == NumberStatus.RESERVED
        assert list(Offer.objects.visible_to(cast.tenant_owner)) == [offer]
        assert not Offer.objects.visible_to(cast.rival_tenant_owner).exists()
        holding.withdraw(offer=offer, actor=cast.dealer_owner, now=LATER)
        number.refresh_from_db()
        assert number.status == NumberStatus.AVAILABLE
        with pytest.raises(UnableToMove):
            holding.withdraw(offer=offer, actor=cast.dealer_owner, now=LATER)

    def test_may_be_made_to_several_buyers(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)
        first = holding.offer(number=number, to=cast.tenant, actor=cast.dealer_owner, now=LATER)
        holding.offer(number=number, to=cast.sub_tenant, actor=cast.dealer_owner, now=LATER)
        holding.withdraw(offer=first, actor=cast.dealer_owner, now=LATER)
        number.refresh_from_db()
        assert number.status == NumberStatus.RESERVED

    def test_refuses_the_same_buyer_twice(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)
        holding.offer(number=number, to=cast.tenant, actor=cast.dealer_owner, now=LATER)
        with pytest.raises(UnableToOffer, match="already has"):
            holding.offer(number=number, to=cast.tenant, actor=cast.dealer_owner, now=LATER)

    def test_refuses_a_buyer_who_is_not_below(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)
        with pytest.raises(UnableToOffer) as refusal:
            holding.offer(number=number, to=cast.rival_tenant, actor=cast.dealer_owner, now=LATER)
        assert refusal.value.field == "to"

    def test_refuses_somebody_elses_stock(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)
        with pytest.raises(UnableToStandIn):
            holding.offer(
                number=number, to=cast.rival_tenant, actor=cast.rival_dealer_owner, now=LATER
            )

    def test_refuses_a_number_in_use(self, cast: Cast) -> None:
        number = make_number(holder=cast.provider, status=NumberStatus.QUARANTINE)
        with pytest.raises(UnableToOffer, match="quarantine"):
            holding.offer(number=number, to=cast.tenant, actor=cast.staff, now=LATER)

    def test_ends_by_itself(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)
        offer = holding.offer(number=number, to=cast.tenant, actor=cast.dealer_owner, now=LATER)
        assert sweeps.end_offers(now=LATER) == 0
        assert sweeps.end_offers(now=LATER + timedelta(days=30)) == 1
        offer.refresh_from_db()
        number.refresh_from_db()
        assert (offer.status, number.status) == (OfferStatus.EXPIRED, NumberStatus.AVAILABLE)


class TestClaim:
    def _offer(self, cast: Cast, to: Organization | None = None) -> Offer:
        number = make_number(holder=cast.dealer)
        return holding.offer(number=number, to=to or cast.tenant, actor=cast.dealer_owner, now=NOW)

    def test_takes_and_points_the_number_in_one_step(self, cast: Cast, heard: Heard) -> None:
        offer = self._offer(cast)
        number = holding.claim(
            offer=offer, destination=MAIN, label="Desk", actor=cast.tenant_owner, now=LATER
        )
        assert (number.holder, number.status) == (cast.tenant, NumberStatus.ASSIGNED)
        assert number.label == "Desk"
        assert Assignment.objects.get(number=number).destination == MAIN
        assert offer.status == OfferStatus.CLAIMED
        assert heard.numbers == [number.e164]

    def test_closes_the_other_offers(self, cast: Cast) -> None:
        offer = self._offer(cast)
        other = holding.offer(
            number=offer.number, to=cast.sub_tenant, actor=cast.dealer_owner, now=NOW
        )
        holding.claim(offer=offer, destination=None, label="", actor=cast.tenant_owner, now=LATER)
        with pytest.raises(UnableToClaim, match="somebody else"):
            holding.claim(
                offer=other, destination=MAIN, label="", actor=cast.sub_tenant_owner, now=LATER
            )
        other.refresh_from_db()
        assert other.status == OfferStatus.TAKEN

    def test_lets_a_dealer_take_stock(self, cast: Cast) -> None:
        offer = self._offer(cast, to=cast.sub_dealer)
        number = holding.claim(
            offer=offer, destination=None, label="", actor=cast.sub_dealer_owner, now=LATER
        )
        assert (number.holder, number.status) == (cast.sub_dealer, NumberStatus.AVAILABLE)

    def test_refuses_a_destination_for_a_dealer(self, cast: Cast) -> None:
        offer = self._offer(cast, to=cast.sub_dealer)
        with pytest.raises(UnableToClaim) as refusal:
            holding.claim(
                offer=offer, destination=MAIN, label="", actor=cast.sub_dealer_owner, now=LATER
            )
        assert refusal.value.field == "destination"

    def test_refuses_beyond_the_limit_and_leaves_the_offer_open(self, cast: Cast) -> None:
        offer = self._offer(cast)
        limit(cast.tenant, 0)
        with pytest.raises(UnableToTake):
            holding.claim(
                offer=offer, destination=MAIN, label="", actor=cast.tenant_owner, now=LATER
            )
        offer.refresh_from_db()
        assert offer.status == OfferStatus.OPEN
        assert not Assignment.objects.exists()

    def test_refuses_an_expired_or_withdrawn_offer(self, cast: Cast) -> None:
        offer = self._offer(cast)
        with pytest.raises(UnableToClaim, match="expired"):
            holding.claim(
                offer=offer,
                destination=MAIN,
                label="",
                actor=cast.tenant_owner,
                now=NOW + timedelta(days=30),
            )
        holding.withdraw(offer=offer, actor=cast.dealer_owner, now=NOW)
        with pytest.raises(UnableToClaim, match="withdrawn"):
            holding.claim(
                offer=offer, destination=MAIN, label="", actor=cast.tenant_owner, now=LATER
            )

    def test_refuses_somebody_elses_offer(self, cast: Cast) -> None:
        offer = self._offer(cast)
        with pytest.raises(UnableToStandIn):
            holding.claim(
                offer=offer, destination=MAIN, label="", actor=cast.rival_tenant_owner, now=LATER
            )

    def test_refuses_bad_input(self, cast: Cast) -> None:
        offer = self._offer(cast)
        with pytest.raises(UnableToPoint):
            holding.claim(
                offer=offer,
                destination=Destination("EXTENSION", "1 0 1"),
                label="",
                actor=cast.tenant_owner,
                now=LATER,
            )
        with pytest.raises(UnableToLabel):
            holding.claim(
                offer=offer,
                destination=MAIN,
                label="x" * 101,
                actor=cast.tenant_owner,
                now=LATER,
            )


class TestGiveBack:
    def test_puts_a_used_number_into_quarantine(self, cast: Cast, heard: Heard) -> None:
        number = make_number(holder=cast.tenant, used=True, destination=MAIN, label="Desk")
        holding.give_back(number=number, actor=cast.tenant_owner, now=LATER)
        assert (number.holder, number.status) == (cast.dealer, NumberStatus.QUARANTINE)
        assert number.quarantine_until == LATER + timedelta(days=45)
        assert number.label == ""
        assert not Assignment.objects.exists()
        assert heard.numbers == [number.e164]
        cast.tenant.refresh_from_db()
        assert cast.tenant.numbers_held == 0

        assert sweeps.end_quarantines(now=LATER + timedelta(days=44)) == 0
        assert sweeps.end_quarantines(now=LATER + timedelta(days=46)) == 1
        number.refresh_from_db()
        assert number.status == NumberStatus.AVAILABLE

    def test_lets_a_number_that_has_rested_pass_on_at_once(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant, used=True)
        holding.give_back(number=number, actor=cast.tenant_owner, now=LATER)
        sweeps.end_quarantines(now=LATER + timedelta(days=46))

        holding.give_back(number=number, actor=cast.dealer_owner, now=LATER + timedelta(days=47))
        assert (number.holder, number.status) == (cast.provider, NumberStatus.AVAILABLE)

    def test_returns_a_number_never_used_to_stock_at_once(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant)
        holding.give_back(number=number, actor=cast.tenant_owner, now=LATER)
        assert (number.holder, number.status) == (cast.dealer, NumberStatus.AVAILABLE)

    def test_goes_to_whoever_gave_it_and_on_from_there(self, cast: Cast) -> None:
        number = make_number(holder=cast.provider)
        holding.allot(number=number, to=cast.dealer, actor=cast.staff, now=NOW)
        holding.allot(number=number, to=cast.sub_tenant, actor=cast.dealer_owner, now=LATER)
        holding.give_back(number=number, actor=cast.sub_tenant_owner, now=LATER)
        assert number.holder == cast.dealer
        holding.give_back(number=number, actor=cast.dealer_owner, now=LATER)
        assert number.holder == cast.provider

    def test_refuses_what_came_from_nobody(self, cast: Cast) -> None:
        with pytest.raises(UnableToGiveBack, match="Release it"):
            holding.give_back(number=make_number(holder=cast.provider), actor=cast.staff, now=LATER)

    def test_refuses_an_offered_number(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)
        holding.offer(number=number, to=cast.tenant, actor=cast.dealer_owner, now=NOW)
        with pytest.raises(UnableToGiveBack, match=r"offered .* Withdraw its offers first\."):
            holding.give_back(number=number, actor=cast.dealer_owner, now=LATER)

    def test_refuses_somebody_elses_number(self, cast: Cast) -> None:
        with pytest.raises(UnableToStandIn):
            holding.give_back(
                number=make_number(holder=cast.tenant), actor=cast.rival_dealer_owner, now=LATER
            )


class TestIntegrity:
    def test_a_holder_without_its_holding_cannot_be_committed(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)

        def commit_half() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                PhoneNumber.objects.filter(pk=number.pk).update(holder=cast.tenant)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        with pytest.raises(IntegrityError):
            commit_half()

    def test_two_open_holdings_cannot_be(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)
        with pytest.raises(IntegrityError), transaction.atomic():
            Holding.objects.create(number=number, organization=cast.tenant, during=(LATER, None))

    def test_a_live_number_is_there_once_and_history_does_not_block_it(self, cast: Cast) -> None:
        number = make_number(holder=cast.provider)
        with pytest.raises(IntegrityError), transaction.atomic():
            make_number(holder=cast.provider, e164=number.e164)
        PhoneNumber.objects.filter(pk=number.pk).update(status=NumberStatus.RELEASED)
        make_number(holder=cast.provider, e164=number.e164)
        Holding.objects.filter(number=number).delete()
