from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.limits import UnableToTake
from accounts.models import Event, Organization
from accounts.tests.cast import Cast
from accounts.tests.factories import make_actor, make_tenant
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


class TestOfferToAll:
    def _offer(self, cast: Cast) -> Offer:
        number = make_number(holder=cast.dealer)
        return holding.offer_to_all(number=number, actor=cast.dealer_owner, now=NOW)

    def test_is_seen_by_all_below_and_by_nobody_beside(self, cast: Cast) -> None:
        offer = self._offer(cast)
        assert offer.number.status == NumberStatus.RESERVED
        for actor in (cast.tenant_owner, cast.sub_dealer_owner, cast.sub_tenant_owner):
            assert list(Offer.objects.visible_to(actor).made_to(actor.reach)) == [offer]
        for actor in (cast.rival_dealer_owner, cast.rival_tenant_owner):
            assert not Offer.objects.visible_to(actor).exists()
            assert not Offer.objects.made_to(actor.reach).exists()
        for actor in (cast.staff, cast.dealer_owner):
            assert list(Offer.objects.visible_to(actor)) == [offer]
            assert not Offer.objects.made_to(actor.reach).exists()

    def test_of_somebody_below_is_not_seen_by_their_peers(self, cast: Cast) -> None:
        number = make_number(holder=cast.sub_dealer)
        holding.offer_to_all(number=number, actor=cast.sub_dealer_owner, now=NOW)
        assert Offer.objects.visible_to(cast.sub_tenant_owner).exists()
        assert not Offer.objects.visible_to(cast.tenant_owner).exists()

    def test_may_be_claimed_by_an_organization_created_later(self, cast: Cast) -> None:
        offer = self._offer(cast)
        late = make_actor(organization=make_tenant(parent=cast.sub_dealer))
        (seen,) = Offer.objects.visible_to(late)
        number = holding.claim(offer=seen, destination=MAIN, label="", actor=late, now=LATER)
        offer.refresh_from_db()
        assert (offer.status, offer.claimed_by) == (OfferStatus.CLAIMED, late.reach)
        assert history(number) == [cast.dealer, late.reach]
        owners = Event.objects.filter(subject=offer.subject).order_by("pk")
        assert [(row.action, row.organization) for row in owners] == [
            ("dids.number.offered", cast.dealer),
            ("dids.number.claimed", late.reach),
        ]

    def test_closes_the_offers_to_one_and_is_closed_by_them(self, cast: Cast) -> None:
        for to_all_wins in (True, False):
            every = self._offer(cast)
            one = holding.offer(
                number=every.number, to=cast.tenant, actor=cast.dealer_owner, now=NOW
            )
            won, lost = (every, one) if to_all_wins else (one, every)
            holding.claim(offer=won, destination=None, label="", actor=cast.tenant_owner, now=LATER)
            lost.refresh_from_db()
            assert (lost.status, lost.claimed_by) == (OfferStatus.TAKEN, None)

    def test_is_refused_by_name_once_somebody_has_it(self, cast: Cast) -> None:
        offer = self._offer(cast)
        holding.claim(offer=offer, destination=None, label="", actor=cast.tenant_owner, now=LATER)
        with pytest.raises(UnableToClaim, match="claimed by somebody else"):
            holding.claim(
                offer=offer, destination=MAIN, label="", actor=cast.sub_tenant_owner, now=LATER
            )

    def test_ends_like_any_other(self, cast: Cast) -> None:
        withdrawn, expired = self._offer(cast), self._offer(cast)
        with pytest.raises(UnableToStandIn):
            holding.withdraw(offer=withdrawn, actor=cast.tenant_owner, now=LATER)
        holding.withdraw(offer=withdrawn, actor=cast.dealer_owner, now=LATER)
        assert sweeps.end_offers(now=LATER + timedelta(days=30)) == 1
        for offer, status in ((withdrawn, "WITHDRAWN"), (expired, "EXPIRED")):
            offer.refresh_from_db()
            assert (offer.status, offer.number.status) == (status, NumberStatus.AVAILABLE)
            with pytest.raises(UnableToClaim, match=status.lower()):
                holding.claim(
                    offer=offer, destination=None, label="", actor=cast.tenant_owner, now=LATER
                )
        ended = Event.objects.filter(action__startswith="dids.offer.")
        assert [row.organization for row in ended] == [cast.dealer] * 2

    def test_refuses_a_second_one(self, cast: Cast) -> None:
        offer = self._offer(cast)
        with pytest.raises(UnableToOffer, match="already have") as refusal:
            holding.offer_to_all(number=offer.number, actor=cast.dealer_owner, now=NOW)
        assert refusal.value.field == "to_all"

    def test_refuses_somebody_elses_or_busy_stock(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)
        with pytest.raises(UnableToStandIn):
            holding.offer_to_all(number=number, actor=cast.rival_dealer_owner, now=NOW)
        busy = make_number(holder=cast.dealer, status=NumberStatus.QUARANTINE)
        with pytest.raises(UnableToOffer, match="quarantine"):
            holding.offer_to_all(number=busy, actor=cast.dealer_owner, now=NOW)

    def test_is_claimed_by_nobody_beside_above_or_without_room(self, cast: Cast) -> None:
        offer = self._offer(cast)
        for actor in (cast.rival_tenant_owner, cast.dealer_owner, cast.staff):
            with pytest.raises(UnableToStandIn, match="below Lakeside Telecom"):
                holding.claim(offer=offer, destination=None, label="", actor=actor, now=LATER)
        limit(cast.tenant, 0)
        with pytest.raises(UnableToTake):
            holding.claim(
                offer=offer, destination=None, label="", actor=cast.tenant_owner, now=LATER
            )
        Organization.objects.filter(pk=cast.sub_tenant.pk).update(status="SUSPENDED")
        with pytest.raises(UnableToClaim, match="not active"):
            holding.claim(
                offer=offer, destination=None, label="", actor=cast.sub_tenant_owner, now=LATER
            )
        offer.refresh_from_db()
        assert offer.status == OfferStatus.OPEN

    @pytest.mark.parametrize(
        "wrong",
        [
            {"to_all": False},
            {"status": OfferStatus.CLAIMED},
        ],
    )
    def test_is_to_all_or_to_one_and_claimed_by_somebody(
        self, cast: Cast, wrong: dict[str, object]
    ) -> None:
        offer = self._offer(cast)
        with pytest.raises(IntegrityError, match="offer_"), transaction.atomic():
            Offer.objects.filter(pk=offer.pk).update(**wrong)
        with pytest.raises(IntegrityError, match="offer_to_one"), transaction.atomic():
            Offer.objects.filter(pk=offer.pk).update(to=cast.tenant)


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
        assert (offer.status, offer.claimed_by) == (OfferStatus.CLAIMED, cast.tenant)
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


@contextmanager
def in_bulk() -> Iterator[None]:
    """Have the database compare holders with holdings at the end of each statement that adds."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('dids.in_bulk', 'on', true)")
        yield


class TestIntegrity:
    def test_a_holder_without_its_holding_cannot_be_committed(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)

        def commit_half() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                PhoneNumber.objects.filter(pk=number.pk).update(holder=cast.tenant)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        with pytest.raises(IntegrityError):
            commit_half()

    def test_numbers_of_a_bulk_without_their_holdings_cannot_be_added(self, cast: Cast) -> None:
        like = make_number(holder=cast.dealer)
        number = PhoneNumber.objects.get(pk=like.pk)
        number.pk, number.uuid, number.e164 = None, uuid4(), "+13125550999"
        with pytest.raises(IntegrityError, match="open holding of"), in_bulk():
            number.save(force_insert=True)

    def test_holdings_of_a_bulk_are_those_of_the_holders(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)

        def hold() -> None:
            with in_bulk():
                Holding.objects.filter(number=number).update(during=(NOW, LATER))
                Holding.objects.create(
                    number=number, organization=cast.tenant, during=(LATER, None)
                )

        with pytest.raises(IntegrityError, match=r"holder \d+ but open holding of \d"):
            hold()

    def test_what_a_bulk_changes_is_compared_at_its_commit(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)

        def commit_half() -> None:
            with in_bulk(), connection.cursor() as cursor:
                PhoneNumber.objects.filter(pk=number.pk).update(holder=cast.tenant)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        with pytest.raises(IntegrityError, match="open holding of"):
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
