"""Workers, buyers and tenants that meet at the worst moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from accounts.actors import Member
from accounts.models import Event
from accounts.tests.cast import Cast
from accounts.tests.factories import make_actor, make_dealer, make_tenant
from billing.models import Account
from dids import search_stream
from dids.models import (
    Assignment,
    BackOrder,
    CarrierHold,
    FoundOffer,
    Holding,
    NumberOrder,
    NumberSearch,
    Offer,
    OrderLine,
    PhoneNumber,
    Task,
    TaskKind,
)
from dids.search_stream import CarrierState
from dids.states import (
    BackOrderStatus,
    CarrierOrderStatus,
    LineStatus,
    OfferStatus,
    OrderStatus,
)
from dids.tests.carrier import Shop, bought, carrier_orders, drive, open_money
from dids.tests.factories import (
    MAIN,
    make_back_order,
    make_failed_line,
    make_found_offer,
    make_number,
    make_order,
)
from dids.workflows import (
    assignment,
    back_order_work,
    back_ordering,
    carrier_holds,
    doing,
    holding,
    late,
    opening,
    ordering,
    purchase,
    replacing,
)
from dids.workflows.offering import UnableToClaim
from dids.workflows.ordering import UnableToOrder
from dids.workflows.refusals import UnableToHold
from dids.workflows.replacing import Replacement
from lib import pauses
from lib.refusals import UnableTo
from lib.transitions import LostRace, UnableToMove
from portal.tests.races.threads import crowd
from trunks.models import CarrierAccount
from trunks.offers import LineStatus as Answer
from trunks.offers import OrderedNumber, PlacedOrder
from trunks.tests.factories import make_carrier_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

EIGHT = 8


def apart(work: Callable[[], object]) -> object:
    """Do work in a thread with a database connection of its own; gives the refusal, if any."""
    try:
        return work()
    except UnableTo as refusal:
        return refusal
    finally:
        connections.close_all()


def at_once(works: Sequence[Callable[[], object]]) -> list[object]:
    """Do everything at the same moment."""
    barrier = Barrier(len(works))

    def wait_and(work: Callable[[], object]) -> object:
        barrier.wait(20)
        return apart(work)

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(wait_and, works))


def beside(pool: ThreadPoolExecutor, work: Callable[[], object]) -> Future[object]:
    """Start work in another thread."""
    return pool.submit(apart, work)


def test_of_eight_buyers_of_one_offer_exactly_one_wins(market: Shop, cast: Cast) -> None:
    offers = market.offers()
    orders = [make_order(offers=offers, actor=cast.staff) for _ in range(EIGHT)]

    results = at_once(
        [
            lambda order=order: ordering.submit(  # type: ignore[misc]
                order=order, actor=cast.staff, now=timezone.now()
            )
            for order in orders
        ]
    )

    refusals = [result for result in results if result is not None]
    assert len(refusals) == EIGHT - 1
    for refusal in refusals:
        assert isinstance(refusal, UnableToOrder)
        assert refusal.conflict
        assert "somebody else" in str(refusal)
    (winner,) = [order for order in orders if carrier_orders(order)]
    drive(winner, now=timezone.now())
    assert len(bought(winner)) == 1
    assert list(market.sandbox.purchases().values()) == [1]


def test_of_eight_people_who_want_one_number_held_exactly_one_wins(
    market: Shop, cast: Cast
) -> None:
    offers = market.offers(count=2)
    people = [make_actor(organization=cast.provider) for _ in range(EIGHT)]

    results = at_once(
        [
            lambda person=person: carrier_holds.want(  # type: ignore[misc]
                offers=offers, organization=cast.provider, actor=person, now=timezone.now()
            )
            for person in people
        ]
    )

    refusals = [result for result in results if isinstance(result, UnableToHold)]
    assert len(refusals) == EIGHT - 1
    for refusal in refusals:
        assert refusal.conflict
        assert "Choose another number" in str(refusal)
    holds = CarrierHold.objects.all()
    assert {hold.e164 for hold in holds} == {offer.e164 for offer in offers}
    assert len({hold.held_by for hold in holds}) == 1


def test_eight_people_hold_no_more_numbers_together_than_their_organization_may(
    market: Shop, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrier_holds, "MOST", 2)
    offers = market.offers(count=EIGHT)
    people = [make_actor(organization=cast.provider) for _ in range(EIGHT)]

    results = at_once(
        [
            lambda offer=offer, person=person: carrier_holds.want(  # type: ignore[misc]
                offers=[offer], organization=cast.provider, actor=person, now=timezone.now()
            )
            for offer, person in zip(offers, people, strict=True)
        ]
    )

    refusals = [result for result in results if isinstance(result, UnableToHold)]
    assert len(refusals) == EIGHT - 2
    assert all("At most 2 numbers" in str(refusal) for refusal in refusals)
    assert CarrierHold.objects.live().count() == 2


def test_of_eight_tenants_claiming_one_number_exactly_one_wins(cast: Cast) -> None:
    number = make_number(holder=cast.dealer)
    tenants = [make_tenant(parent=cast.dealer) for _ in range(EIGHT)]
    actors = [make_actor(organization=tenant) for tenant in tenants]
    now = timezone.now()
    offers = [
        holding.offer(number=number, to=tenant, actor=cast.dealer_owner, now=now)
        for tenant in tenants
    ]

    results = at_once(
        [
            lambda offer=offer, actor=actor: holding.claim(  # type: ignore[misc]
                offer=offer, destination=MAIN, label="", actor=actor, now=timezone.now()
            )
            for offer, actor in zip(offers, actors, strict=True)
        ]
    )

    (won,) = [result for result in results if isinstance(result, PhoneNumber)]
    refusals = [result for result in results if result is not won]
    assert all(isinstance(refusal, UnableToClaim) for refusal in refusals)
    assert all("somebody else" in str(refusal) for refusal in refusals)
    assert Assignment.objects.count() == 1
    assert Holding.objects.open().get(number=number).organization == won.holder
    held = [type(tenant).objects.get(pk=tenant.pk).numbers_held for tenant in tenants]
    assert sorted(held) == [0] * (EIGHT - 1) + [1]
    for offer in offers:
        offer.refresh_from_db()
    assert [offer.status for offer in offers].count(OfferStatus.CLAIMED) == 1


def test_of_eight_tenants_of_different_dealers_claiming_an_offer_to_all_one_wins(
    cast: Cast,
) -> None:
    number = make_number(holder=cast.provider)
    dealers = [cast.dealer, cast.sub_dealer, cast.rival_dealer, make_dealer(parent=cast.provider)]
    tenants = [make_tenant(parent=dealer) for dealer in dealers * 2]
    offer = holding.offer_to_all(number=number, actor=cast.staff, now=timezone.now())

    def claim(actor: Member) -> PhoneNumber:
        return holding.claim(
            offer=Offer.objects.visible_to(actor).get(),
            destination=MAIN,
            label="",
            actor=actor,
            now=timezone.now(),
        )

    actors = [make_actor(organization=tenant) for tenant in tenants]
    results = at_once([partial(claim, actor) for actor in actors])

    (won,) = [result for result in results if isinstance(result, PhoneNumber)]
    refusals = [result for result in results if result is not won]
    assert all(isinstance(refusal, UnableToClaim) for refusal in refusals)
    assert all("somebody else" in str(refusal) for refusal in refusals)
    offer.refresh_from_db()
    assert (offer.status, offer.claimed_by) == (OfferStatus.CLAIMED, won.holder)
    assert Holding.objects.open().get(number=number).organization == won.holder
    held = [type(tenant).objects.get(pk=tenant.pk).numbers_held for tenant in tenants]
    assert sorted(held) == [0] * (EIGHT - 1) + [1]


def test_of_eight_replacements_of_one_failed_line_exactly_one_is_made(cast: Cast) -> None:
    line = make_failed_line(actor=cast.staff)
    offers = [make_found_offer() for _ in range(EIGHT)]

    def replace(offer: FoundOffer) -> NumberOrder:
        return replacing.replace(
            order=line.order,
            lines=[Replacement(line_id=line.uuid, offer_id=offer.uuid)],
            actor=cast.staff,
            now=timezone.now(),
        )

    results = at_once([partial(replace, offer) for offer in offers])

    (made,) = [result for result in results if isinstance(result, NumberOrder)]
    refusals = [result for result in results if result is not made]
    assert all(isinstance(refusal, UnableToOrder) and refusal.conflict for refusal in refusals)
    assert all(f"replaced by order {made.uuid} already" in str(one) for one in refusals)
    assert line.replacements.get().order == made


def test_a_replacement_submitted_while_the_failed_line_comes_in_late_is_refused(
    cast: Cast,
) -> None:
    line = make_failed_line(actor=cast.staff)
    made = replacing.replace(
        order=line.order,
        lines=[Replacement(line_id=line.uuid, offer_id=make_found_offer().uuid)],
        actor=cast.staff,
        now=timezone.now(),
    )
    row = line.carrier_order
    assert row is not None
    said = PlacedOrder(
        carrier_reference="",
        numbers=(OrderedNumber(number=line.e164, status=Answer.BOUGHT),),  # type: ignore[arg-type]
    )

    def come_in() -> int:
        return late.bought(row, said, now=timezone.now())

    def submit() -> None:
        ordering.submit(order=made, actor=cast.staff, now=timezone.now())

    with crowd() as threads:
        taken, refusal = threads.while_held("purchase.came_late", come_in, submit)

    assert taken == 1
    assert isinstance(refusal, UnableToOrder)
    assert f"{line.e164} was bought late after all" in str(refusal)
    made.refresh_from_db()
    assert made.status == OrderStatus.DRAFT
    assert carrier_orders(made) == []


def test_a_number_limit_holds_against_claims_at_once(cast: Cast) -> None:
    type(cast.tenant).objects.filter(pk=cast.tenant.pk).update(number_limit=3)
    now = timezone.now()
    offers = [
        holding.offer(
            number=make_number(holder=cast.dealer),
            to=cast.tenant,
            actor=cast.dealer_owner,
            now=now,
        )
        for _ in range(EIGHT)
    ]
    results = at_once(
        [
            lambda offer=offer: holding.claim(  # type: ignore[misc]
                offer=offer, destination=MAIN, label="", actor=cast.tenant_owner, now=now
            )
            for offer in offers
        ]
    )
    assert sum(isinstance(result, PhoneNumber) for result in results) == 3
    assert PhoneNumber.objects.filter(holder=cast.tenant).count() == 3


def test_moves_and_returns_of_one_number_at_once_leave_it_whole(cast: Cast) -> None:
    number = make_number(holder=cast.tenant)
    now = timezone.now()

    def move() -> None:
        assignment.assign(
            number=PhoneNumber.objects.get(pk=number.pk),
            destination=MAIN,
            actor=cast.tenant_owner,
            now=now,
        )

    def give_back() -> None:
        holding.give_back(
            number=PhoneNumber.objects.get(pk=number.pk), actor=cast.tenant_owner, now=now
        )

    at_once([move, give_back] * 3)
    number.refresh_from_db()
    assert number.holder == cast.dealer
    assert not Assignment.objects.exists()
    assert Holding.objects.open().get(number=number).organization == cast.dealer


def test_an_order_delivered_twice_buys_once(market: Shop, cast: Cast) -> None:
    order = make_order(offers=market.offers(), actor=cast.staff, submit=True)
    (row,) = carrier_orders(order)
    for name in ("purchase.claimed",):
        with pauses.armed(name) as moment, ThreadPoolExecutor(1) as pool:
            first = beside(
                pool,
                lambda: purchase.place(carrier_order_id=row.pk, now=timezone.now()),
            )
            moment.wait()
            with pytest.raises(UnableToMove):
                purchase.place(carrier_order_id=row.pk, now=timezone.now())
            moment.release()
            assert first.result(20) is None
    drive(order, now=timezone.now())
    assert order.status == OrderStatus.COMPLETED
    assert list(market.sandbox.purchases().values()) == [1]


def test_two_answers_recorded_at_once_are_recorded_once(market: Shop, cast: Cast) -> None:
    market.sandbox.fault("twilio", "order", "timeout_after")
    order = make_order(offers=market.offers("twilio"), actor=cast.staff, submit=True)
    (row,) = carrier_orders(order)
    purchase.place(carrier_order_id=row.pk, now=timezone.now())
    with pauses.armed("purchase.looked_up") as moment, ThreadPoolExecutor(1) as pool:
        first = beside(pool, lambda: purchase.settle(carrier_order_id=row.pk, now=timezone.now()))
        moment.wait()
        purchase.settle(carrier_order_id=row.pk, now=timezone.now())
        moment.release()
        assert isinstance(first.result(20), LostRace)
    order.refresh_from_db()
    assert order.status == OrderStatus.COMPLETED
    assert len(bought(order)) == 1


def test_a_worker_that_wakes_too_late_sends_nothing(market: Shop, cast: Cast) -> None:
    order = make_order(offers=market.offers(), actor=cast.staff, submit=True)
    (row,) = carrier_orders(order)
    with pauses.armed("purchase.claimed") as moment, ThreadPoolExecutor(1) as pool:
        # Its claim ended before it was held: as if the process had been stopped for a minute.
        sleeper = beside(
            pool,
            lambda: purchase.place(
                carrier_order_id=row.pk, now=timezone.now() - timedelta(minutes=1)
            ),
        )
        moment.wait()
        purchase.settle(carrier_order_id=row.pk, now=timezone.now())
        row.refresh_from_db()
        assert row.status == CarrierOrderStatus.FAILED
        moment.release()
        assert isinstance(sleeper.result(20), LostRace)
    assert market.sandbox.purchases() == {}
    assert order.lines.get().status == LineStatus.FAILED


def test_an_answer_after_the_row_was_settled_is_kept_as_evidence(
    market: Shop, cast: Cast, settings: Any
) -> None:
    settings.PURCHASE_GRACE_SECONDS = 30.0
    (offer,) = market.offers("twilio")
    market.sandbox.fault("twilio", "find", "timeout_before", times=0 + 1)
    order = make_order(offers=[offer], actor=cast.staff, submit=True)
    (row,) = carrier_orders(order)
    with pauses.armed("purchase.claimed") as moment, ThreadPoolExecutor(1) as pool:
        late = beside(pool, lambda: purchase.place(carrier_order_id=row.pk, now=timezone.now()))
        moment.wait()
        # For everybody else two minutes have passed: nothing is there, and the line fails.
        for minutes in (2, 3):
            purchase.settle(
                carrier_order_id=row.pk, now=timezone.now() + timedelta(minutes=minutes)
            )
        order.refresh_from_db()
        assert order.status == OrderStatus.FAILED
        moment.release()
        assert isinstance(late.result(20), LostRace)
    number = PhoneNumber.objects.get(e164=offer.e164)
    assert number.holder == cast.provider
    line = order.lines.get()
    assert line.status == LineStatus.FAILED
    assert line.late_success_at is not None


def test_of_two_people_taking_one_task_exactly_one_gets_it(cast: Cast) -> None:
    number = make_number()
    opening.open_task(
        TaskKind.BOUGHT_LATE,
        about=number.subject,
        what=number.e164,
        organization=cast.provider,
        number=number,
        now=timezone.now(),
    )
    people = [cast.staff, make_actor(organization=cast.provider)]
    tasks = [Task.objects.get() for _ in people]

    with pauses.armed("task.taking") as moment, ThreadPoolExecutor(1) as pool:
        first = beside(pool, lambda: doing.take(task=tasks[0], actor=people[0], now=timezone.now()))
        moment.wait()
        doing.take(task=tasks[1], actor=people[1], now=timezone.now())
        moment.release()
        refusal = first.result(20)

    assert isinstance(refusal, doing.UnableToDo)
    assert refusal.conflict
    task = Task.objects.get()
    assert (task.status, task.taken_by) == ("TAKEN", people[1].name)
    assert Event.objects.filter(action="dids.task.taken").count() == 1


def test_the_same_trouble_met_by_eight_workers_opens_one_task(cast: Cast) -> None:
    account = make_number().carrier_account
    at_once(
        [
            lambda: opening.credentials_refused(account, why="No.", now=timezone.now())
            for _ in range(EIGHT)
        ]
    )
    assert Task.objects.count() == 1
    assert Event.objects.filter(action="dids.task.opened").count() == 1


def looked_for(row: BackOrder, *, count: int) -> BackOrder:
    """Have a back-order looked for, and so many numbers found."""
    back_order_work.step(back_order_id=row.pk, now=timezone.now())
    found = BackOrder.objects.select_related("search").get(pk=row.pk)
    assert found.search is not None
    account = CarrierAccount.objects.earliest("pk")
    for _ in range(count):
        make_found_offer(search=found.search, account=account)
    search_stream.tell(found.search, account, CarrierState.DONE)
    return found


def test_a_back_order_is_bought_once_by_eight_workers(cast: Cast) -> None:
    open_money(cast.dealer)
    make_carrier_account(carrier="twilio")
    row = make_back_order(payer=cast.dealer, actor=cast.staff)
    steps = [
        lambda: back_order_work.step(back_order_id=row.pk, now=timezone.now()) for _ in range(EIGHT)
    ]
    at_once(steps)
    assert NumberSearch.objects.count() == 1
    row.refresh_from_db()
    assert row.search is not None
    for _ in range(4):
        make_found_offer(search=row.search)
    search_stream.tell(row.search, CarrierAccount.objects.earliest("pk"), CarrierState.DONE)

    at_once(steps)

    assert NumberOrder.objects.count() == 1
    assert OrderLine.objects.filter(status=LineStatus.WAITING).count() == 2
    assert Account.objects.get().reserved == 4


def test_a_back_order_that_is_cancelled_meanwhile_buys_nothing(cast: Cast) -> None:
    open_money(cast.dealer)
    make_carrier_account(carrier="twilio")
    row = looked_for(make_back_order(payer=cast.dealer, actor=cast.staff), count=2)

    with pauses.armed("back_order.locking") as moment, ThreadPoolExecutor(1) as pool:
        late = beside(pool, lambda: back_order_work.step(back_order_id=row.pk, now=timezone.now()))
        moment.wait()
        back_ordering.cancel(back_order=row, actor=cast.staff, now=timezone.now())
        moment.release()
        assert late.result(20) is None

    assert not NumberOrder.objects.exists()
    assert Account.objects.get().reserved == 0


def test_a_preview_is_submitted_or_thrown_away_with_its_back_order(cast: Cast) -> None:
    open_money(cast.dealer)
    make_carrier_account(carrier="twilio")
    wanted = make_back_order(payer=cast.dealer, actor=cast.staff, when_found="OFFER")
    row = looked_for(wanted, count=2)
    back_order_work.step(back_order_id=row.pk, now=timezone.now())
    row.refresh_from_db()
    order = NumberOrder.objects.select_related("payer").get()

    refusals = at_once(
        [
            lambda: ordering.submit(order=order, actor=cast.staff, now=timezone.now()),
            lambda: back_ordering.cancel(back_order=row, actor=cast.staff, now=timezone.now()),
        ]
    )

    order.refresh_from_db()
    row.refresh_from_db()
    assert row.status == BackOrderStatus.CANCELLED
    assert (refusals[0] is None) is (order.status == OrderStatus.SUBMITTED)
    assert order.status in {OrderStatus.SUBMITTED, OrderStatus.DISCARDED}
    assert bool(Account.objects.get().reserved) is (order.status == OrderStatus.SUBMITTED)
