"""Eight at once: tenants at a limit, one order, one number, sweeps, publishers, sealers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts import limits, sealing, verification
from accounts.models import EventSeal, Organization, PendingSeal
from accounts.tests.factories import make_actor, make_tenant
from accounts.workflows import organizations
from dids.destinations import Destination
from dids.models import NumberBlock, NumberOrder, NumberTag, Offer, PhoneNumber
from dids.states import NumberStatus, OfferStatus, OrderStatus
from dids.tests.carrier import bought, carrier_orders
from dids.tests.factories import MAIN, make_number, make_order
from dids.workflows import (
    assignment,
    blocks,
    holding,
    ordering,
    purchase,
    swapping,
    sweeps,
    tagging,
)
from lib.refusals import UnableTo
from portal.testing.beat import at_once
from portal.tests.races.stage import MONEY, NOTHING, Stage
from portal.tests.races.threads import Crowd, crowd
from provisioning import publisher
from provisioning.models import DirtyRoute, RouteChange, TenantOnPbx
from provisioning.tests.scene import version
from provisioning.workflows import tenants
from trunks.models import CarrierEvent
from trunks.tests.factories import make_carrier_account
from trunks.workflows import intake

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wire, pytest.mark.race]

EIGHT = 8


@pytest.fixture
def eight() -> Iterator[Crowd]:
    """Give eight threads."""
    with crowd(EIGHT) as threads:
        yield threads


def parted(results: Sequence[object]) -> tuple[list[object], list[UnableTo]]:
    """Part what was done from what was refused."""
    refusals = [result for result in results if isinstance(result, UnableTo)]
    return [result for result in results if result not in refusals], refusals


def new_tenant(stage: Stage, number: int, *, domain: str = "", parent: Organization) -> object:
    """Create a tenant on the switch."""
    return tenants.create(
        name="Twin",
        country="US",
        time_zone="America/Chicago",
        sip_domain=domain or f"twin{number}.pbx.example",
        pbx=stage.pbx,
        number_limit=None,
        owner_email=f"owner{number}@twin.example",
        parent=parent,
        actor=stage.cast.staff,
        now=timezone.now(),
    )


class TestTenantsCreatedAtOnce:
    def test_stay_within_the_limit_of_every_dealer_above(self, stage: Stage, eight: Crowd) -> None:
        cast = stage.cast
        there = Organization.objects.get(pk=cast.dealer.pk).tenants_held
        Organization.objects.filter(pk=cast.dealer.pk).update(tenant_limit=there + 3)
        parents = [cast.dealer, cast.sub_dealer] * (EIGHT // 2)

        done, refused = parted(
            eight.at_once(
                [partial(new_tenant, stage, n, parent=above) for n, above in enumerate(parents)]
            )
        )

        assert len(done) == 3
        assert {type(refusal).__name__ for refusal in refused} == {"UnableToTake"}
        assert all("Ask for a higher tenant limit." in str(refusal) for refusal in refused)
        assert TenantOnPbx.objects.exclude(tenant=cast.tenant).count() == 3
        stage.assert_well()

    def test_have_names_of_their_own(self, stage: Stage, eight: Crowd) -> None:
        parent = stage.cast.dealer
        done, refused = parted(
            eight.at_once([partial(new_tenant, stage, n, parent=parent) for n in range(EIGHT)])
        )

        assert refused == []
        slugs = {one.slug for one in done if isinstance(one, Organization)}
        assert slugs == {"twin", *(f"twin-{n}" for n in range(2, EIGHT + 1))}
        stage.assert_well()

    @pytest.mark.parametrize("spread", [False, True])
    def test_never_share_a_sip_domain(self, stage: Stage, eight: Crowd, spread: bool) -> None:
        cast = stage.cast
        parents = [cast.dealer, cast.rival_dealer if spread else cast.dealer] * (EIGHT // 2)
        done, refused = parted(
            eight.at_once(
                [
                    partial(new_tenant, stage, n, domain="twin.pbx.example", parent=above)
                    for n, above in enumerate(parents)
                ]
            )
        )

        assert len(done) == 1
        assert {str(refusal) for refusal in refused} == {
            "The SIP domain twin.pbx.example is taken. Choose another one."
        }
        assert {refusal.field for refusal in refused} == {"sip_domain"}
        assert TenantOnPbx.objects.filter(sip_domain="twin.pbx.example").count() == 1
        stage.assert_well()

    def test_and_a_parent_suspended_meanwhile_agree(self, stage: Stage, eight: Crowd) -> None:
        cast = stage.cast

        def suspend() -> None:
            organizations.suspend(
                organization=Organization.objects.get(pk=cast.dealer.pk),
                reason="unpaid",
                actor=cast.staff,
                now=timezone.now(),
            )

        works: list[Callable[[], object]] = [
            partial(new_tenant, stage, n, parent=cast.dealer) for n in range(EIGHT - 1)
        ]
        results = eight.at_once([*works, suspend])

        _, refused = parted(results)
        assert {str(refusal) for refusal in refused} <= {
            f"{cast.dealer.name} is suspended; let it go on first."
        }
        stage.assert_well()


def _anew(order: NumberOrder) -> NumberOrder:
    return NumberOrder.objects.select_related("payer").get(pk=order.pk)


class TestOneOrder:
    def test_submitted_eight_times_is_submitted_once(self, stage: Stage, eight: Crowd) -> None:
        cast = stage.cast
        order = make_order(
            offers=stage.market.offers("telnyx"),
            payer=cast.dealer,
            holder=cast.tenant,
            actor=cast.staff,
        )

        def submit() -> None:
            ordering.submit(order=_anew(order), actor=cast.staff, now=timezone.now())

        _, refused = parted(eight.at_once([submit] * EIGHT))

        assert len(refused) == EIGHT - 1
        assert all(refusal.conflict for refusal in refused)
        assert len(carrier_orders(order)) == 1
        assert stage.money == (MONEY, order.total().amount)
        stage.beat.until(lambda: len(bought(order)) == 1)
        assert list(stage.market.sandbox.purchases().values()) == [1]
        stage.assert_well()

    def test_submitted_and_discarded_at_once_is_one_of_both(
        self, stage: Stage, eight: Crowd
    ) -> None:
        cast = stage.cast
        orders = [
            make_order(offers=stage.market.offers("telnyx"), payer=cast.dealer, actor=cast.staff)
            for _ in range(EIGHT // 2)
        ]

        def submit(order: NumberOrder) -> None:
            ordering.submit(order=_anew(order), actor=cast.staff, now=timezone.now())

        def discard(order: NumberOrder) -> None:
            ordering.discard(order=_anew(order), actor=cast.staff, now=timezone.now())

        works = [partial(work, order) for order in orders for work in (submit, discard)]
        done, refused = parted(eight.at_once(works))

        assert len(done) == len(refused) == EIGHT // 2
        stage.assert_well()

    def test_read_by_webhook_poll_and_sweep_at_once_comes_in_once(
        self, stage: Stage, eight: Crowd
    ) -> None:
        stage.market.sandbox.fault("telnyx", "order", "timeout_after")
        order = stage.order("telnyx", trunk=stage.trunk("telnyx"))
        (row,) = carrier_orders(order)
        purchase.place(carrier_order_id=row.pk, now=timezone.now())
        event = CarrierEvent.objects.create(
            account=row.carrier_account,
            event_id="one",
            kind="number_order.complete",
            body=(
                '{"data": {"id": "one", "event_type": "number_order.complete", "payload": '
                f'{{"id": "unknown", "customer_reference": "{row.reference}"}}}}}}'
            ),
            received_at=timezone.now(),
            status=CarrierEvent.Status.RECEIVED,
            status_since=timezone.now(),
            next_attempt_at=timezone.now(),
            give_up_at=timezone.now() + timedelta(hours=24),
        )

        def hear() -> None:
            intake.process(event_id=event.pk, now=timezone.now())

        def read() -> None:
            purchase.settle(carrier_order_id=row.pk, now=timezone.now())

        def sweep() -> None:
            sweeps.sweep(now=timezone.now() + timedelta(seconds=30))

        with at_once():
            _, refused = parted(eight.at_once([hear, hear, read, read, read, read, sweep, sweep]))

        assert {type(refusal).__name__ for refusal in refused} <= {"LostRace", "UnableToMove"}
        event.refresh_from_db()
        assert event.status == CarrierEvent.Status.HANDLED
        order.refresh_from_db()
        assert order.status == OrderStatus.COMPLETED
        (number,) = bought(order)
        assert number.holder == stage.cast.tenant
        assert list(stage.market.sandbox.purchases().values()) == [1]
        assert stage.money == (MONEY - order.total().amount, NOTHING)
        stage.beat.until(lambda: not DirtyRoute.objects.exists())
        stage.assert_well()


class TestOneNumber:
    def test_offered_to_all_eight_times_has_one_such_offer(
        self, stage: Stage, eight: Crowd
    ) -> None:
        number = make_number(holder=stage.cast.provider)

        def offer() -> None:
            holding.offer_to_all(number=_seen(number), actor=stage.cast.staff, now=timezone.now())

        _, refused = parted(eight.at_once([offer] * EIGHT))

        assert {type(refusal).__name__ for refusal in refused} == {"UnableToOffer"}
        assert len(refused) == EIGHT - 1
        assert Offer.objects.filter(number=number, to_all=True).count() == 1
        stage.assert_well()

    def test_offered_to_all_goes_to_one_of_eight_tenants(self, stage: Stage, eight: Crowd) -> None:
        cast = stage.cast
        buyers = [make_tenant(parent=cast.dealer, name=f"Buyer {n}") for n in range(EIGHT)]
        for buyer in buyers:
            limits.take_tenant(buyer)
        number = make_number(holder=cast.provider)
        offer = holding.offer_to_all(number=number, actor=cast.staff, now=timezone.now())
        actors = [make_actor(organization=buyer) for buyer in buyers]

        def claim(place: int) -> Organization:
            seen = Offer.objects.select_related("number", "offered_by").get(pk=offer.pk)
            holding.claim(
                offer=seen, destination=None, label="", actor=actors[place], now=timezone.now()
            )
            return buyers[place]

        done, refused = parted(eight.at_once([partial(claim, place) for place in range(EIGHT)]))

        assert {type(refusal).__name__ for refusal in refused} == {"UnableToClaim"}
        assert len(refused) == EIGHT - 1
        assert done == [_seen(number).holder]
        assert Offer.objects.get(pk=offer.pk).claimed_by == done[0]
        stage.assert_well()

    def test_takes_no_more_tags_than_one_may_have(self, stage: Stage, eight: Crowd) -> None:
        number = make_number(holder=stage.cast.tenant)

        def tag(place: int) -> None:
            words = [f"word {place} {n}" for n in range(3)]
            tagging.tag(
                numbers=[number], add=words, actor=stage.cast.tenant_owner, now=timezone.now()
            )

        done, refused = parted(eight.at_once([partial(tag, place) for place in range(EIGHT)]))

        assert (len(done), len(refused)) == (6, 2)
        assert NumberTag.objects.filter(number=number).count() == 18
        stage.assert_well()

    def test_and_another_swapped_eight_times_ring_where_they_rang(
        self, stage: Stage, eight: Crowd
    ) -> None:
        cast = stage.cast
        one, other = (
            make_number(holder=cast.tenant, destination=destination)
            for destination in (MAIN, Destination("EXTENSION", "102"))
        )

        def swap(first: PhoneNumber, second: PhoneNumber) -> None:
            swapping.swap(number=first, other=second, actor=cast.tenant_owner, now=timezone.now())

        works = [partial(swap, one, other), partial(swap, other, one)] * (EIGHT // 2)
        _, refused = parted(eight.at_once(works))

        assert refused == []
        stage.beat.until(lambda: not DirtyRoute.objects.exists())
        for number, extension in ((one, "101"), (other, "102")):
            assert _seen(number).assignment.value == extension
            assert stage.routes()[number.e164[1:]].endswith(f",{extension}@oak.pbx.example")
        stage.assert_well()

    def test_lies_in_one_of_eight_blocks_defined_over_it(self, stage: Stage, eight: Crowd) -> None:
        cast, account = stage.cast, make_carrier_account()
        numbers = [
            make_number(holder=cast.provider, e164=f"+4416329609{n:02}", account=account)
            for n in range(EIGHT + 1)
        ]

        def define(size: int) -> NumberBlock:
            return blocks.define(
                first=numbers[0].e164,
                last=numbers[size].e164,
                divisible=False,
                actor=cast.staff,
                now=timezone.now(),
            )

        done, refused = parted(eight.at_once([partial(define, n + 1) for n in range(EIGHT)]))

        assert {type(refusal).__name__ for refusal in refused} == {"UnableToDefine"}
        assert len(refused) == EIGHT - 1
        (block,) = NumberBlock.objects.all()
        assert done == [block]
        assert block.numbers.count() == block.size
        stage.assert_well()


def _seen(number: PhoneNumber) -> PhoneNumber:
    return PhoneNumber.objects.select_related("holder", "assignment").get(pk=number.pk)


class TestTwoSweeps:
    def test_end_each_thing_once(self, stage: Stage, eight: Crowd) -> None:
        cast, now = stage.cast, timezone.now()
        offered = [make_number(holder=cast.provider) for _ in range(10)]
        offers = [
            holding.offer(number=number, to=cast.tenant, actor=cast.staff, now=now)
            for number in offered
        ]
        resting = [
            make_number(holder=cast.provider, status=NumberStatus.QUARANTINE, used=True)
            for _ in range(10)
        ]
        order = stage.order("telnyx")
        late = now + timedelta(days=60)

        with at_once():
            eight.at_once([lambda: sweeps.sweep(now=late)] * EIGHT)

        for offer in offers:
            offer.refresh_from_db()
        assert {offer.status for offer in offers} == {OfferStatus.EXPIRED}
        stock = PhoneNumber.objects.filter(pk__in=[number.pk for number in [*offered, *resting]])
        assert set(stock.values_list("status", flat=True)) == {NumberStatus.AVAILABLE}
        order.refresh_from_db()
        assert order.status == OrderStatus.COMPLETED
        assert list(stage.market.sandbox.purchases().values()) == [1]
        stage.assert_well()


class TestPublishersAndSealers:
    def test_eight_of_each_leave_no_gap(self, stage: Stage, eight: Crowd) -> None:
        cast = stage.cast
        numbers = [make_number(holder=cast.tenant) for _ in range(12)]

        def write(part: int) -> None:
            for number in numbers[part::4]:
                mine = PhoneNumber.objects.get(pk=number.pk)
                assignment.assign(
                    number=mine, destination=MAIN, actor=cast.tenant_owner, now=timezone.now()
                )

        def publish() -> None:
            for _ in range(5):
                publisher.run(pbx_id=stage.pbx.pk, clock=timezone.now)

        def seal() -> None:
            for _ in range(5):
                sealing.seal_pending(timezone.now())

        works: list[Callable[[], object]] = [*(partial(write, n) for n in range(4)), publish]
        eight.at_once([*works, publish, seal, seal])
        publish()
        seal()

        assert len(stage.routes()) == len(numbers)
        versions = RouteChange.objects.filter(pbx=stage.pbx, table="inbound")
        assert set(versions.values_list("version", flat=True)) == set(
            range(1, version(stage.pbx) + 1)
        )
        assert not PendingSeal.objects.exists()
        positions = list(EventSeal.objects.order_by("position").values_list("position", flat=True))
        assert positions == list(range(1, len(positions) + 1))
        assert verification.problems() == []
        stage.assert_well()
