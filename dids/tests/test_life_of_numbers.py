"""Numbers, orders and money in random hands: whatever happens in whatever order, all adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import stamina
from celery.signals import before_task_publish
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts import sealing
from accounts.actors import Member
from accounts.models import Kind as Organizations
from accounts.models import Organization
from accounts.tests.cast import Cast, make_cast
from accounts.workflows import organizations
from billing.models import Account
from billing.workflows import accounts as billing
from dids.destinations import Destination
from dids.models import (
    CarrierHold,
    CarrierOrder,
    FoundOffer,
    NumberOrder,
    Offer,
    OrderLine,
    PhoneNumber,
    Task,
)
from dids.signals import routing_changed
from dids.states import LineStatus, NumberStatus, OrderStatus
from dids.tests.carrier import Heard, Shop, shop
from dids.tests.passing_time import let_pass
from dids.workflows import (
    assignment,
    binding,
    binding_work,
    carrier_hold_work,
    carrier_holds,
    doing,
    holding,
    ordering,
    purchase,
    release,
    searching,
    service,
    swapping,
    sweeps,
    tagging,
    taking_back,
)
from dids.workflows.standing import UnableToStandIn
from lib.money import Money
from lib.refusals import UnableTo
from portal.doctor import CHECKS
from portal.testing.chance import lives
from trunks import pacing
from trunks.deadlines import Deadline
from trunks.http import READ_ATTEMPTS
from trunks.models import CarrierAccount
from trunks.offers import Wanted

CARRIERS = ("telnyx", "twilio")
PURSE = Decimal(100)

which = st.integers(0, 999)
"""Picks one of what there is; how many there are must not change what is drawn."""
carriers = st.sampled_from(CARRIERS)
words_of_tags = st.lists(st.sampled_from(["desk", "Night", "", "x" * 60]), max_size=2)

WORK: dict[str, Callable[..., object]] = {
    "dids.tasks.search": searching.ask,
    "dids.tasks.place": purchase.place,
    "dids.tasks.settle": purchase.settle,
    "dids.tasks.bind": binding_work.bind,
    "dids.tasks.hold": carrier_hold_work.hold,
    "dids.tasks.carry_out_release": release.carry_out,
}
"""What each message has a worker do; other messages are no part of a number's life."""

FAULTS = [
    (operation, kind)
    for operation in ("search", "order", "find", "bind", "binding", "release", "hold", "held")
    for kind in (
        *("timeout_before", "timeout_after", "error_before", "error_after"),
        *("rate_limited", "wrong_credentials", "garbage"),
    )
] + [("order", "number_gone"), ("order", "no_funds"), ("order", "unknown_word")]


def faults_of(*operations: str) -> st.SearchStrategy[tuple[str, str]]:
    """Draw one of the faults of some operations."""
    return st.sampled_from([fault for fault in FAULTS if fault[0] in operations])


DESTINATIONS = [
    Destination("EXTENSION", "101"),
    Destination("RING_GROUP", "600"),
    Destination("HANG_UP", ""),
]


@contextmanager
def undone() -> Iterator[None]:
    """Undo what is done inside; carriers may be called as in any test that ends with a rollback."""
    atomic = transaction.atomic()
    setattr(atomic, "_from_testcase", True)  # noqa: B010 - as Django's own test case does
    with atomic:
        yield
        transaction.set_rollback(True)


class LifeOfNumbers(RuleBasedStateMachine):
    """Steps that people, workers, sweeps and carriers take, in any order."""

    def __init__(self) -> None:
        """Open the carriers, and give everybody a seat and the dealers money."""
        super().__init__()
        self.now = timezone.now()
        self.messages: list[tuple[str, dict[str, Any]]] = []
        self._world = ExitStack()
        self._world.enter_context(undone())
        self._world.enter_context(stamina.set_testing(True, attempts=READ_ATTEMPTS))
        self.market: Shop = self._world.enter_context(shop())
        before_task_publish.connect(self._note)
        self._world.callback(before_task_publish.disconnect, self._note)
        self.heard = Heard()
        routing_changed.connect(self.heard)
        self._world.callback(routing_changed.disconnect, self.heard)
        self.cast: Cast = make_cast()
        self.seats = {
            seat.organization.pk: seat
            for seat in vars(self.cast).values()
            if isinstance(seat, Member)
        }
        for dealer in (self.cast.dealer, self.cast.sub_dealer, self.cast.rival_dealer):
            self._furnish(dealer)
        self.trunks = {carrier: self.market.trunk(carrier) for carrier in CARRIERS}

    def _furnish(self, dealer: Organization) -> None:
        below = Organization.objects.below(dealer).filter(kind=Organizations.TENANT)
        Organization.objects.filter(pk=dealer.pk).update(tenants_held=below.count())
        account = billing.open(
            organization=dealer,
            currency="USD",
            credit_limit=Decimal(0),
            actor=self.cast.staff,
            now=self.now,
        )
        money = Money(PURSE, "USD")
        billing.credit(
            account=account, amount=money, reason="Paid.", actor=self.cast.staff, now=self.now
        )

    def _note(self, sender: str, body: Any, **_more: Any) -> None:
        self.messages.append((sender, dict(body[1])))

    def _commit(self) -> None:
        """Let leave what would leave after a commit, and check what a commit would check."""
        connection.check_constraints()
        waiting, connection.run_on_commit = connection.run_on_commit, []
        for what in waiting:
            what[1]()

    def _do(self, work: Callable[..., object], **what: Any) -> bool:
        """Take a step of the product, which may say no, but may not break."""
        # A call leaves by the clock on the wall, which must not be ahead of ours.
        self.now = max(self.now, timezone.now())
        # The pace goes by the clock of Redis, for which no time has passed.
        for account in self.market.accounts.values():
            pacing.forget(account)
        try:
            work(now=self.now, **what)
        except UnableTo:
            return False
        finally:
            self._commit()
        return True

    def _seat(self, organization: Organization) -> Member:
        return self.seats[organization.pk]

    @staticmethod
    def _one_of(rows: Any, place: int) -> Any:
        there = list(rows.order_by("pk"))
        return there[place % len(there)] if there else None

    def _number(self, place: int, *statuses: NumberStatus) -> PhoneNumber | None:
        """Pick a number of ours, most often one of those statuses."""
        numbers = PhoneNumber.objects.live().select_related("holder", "carrier_account")
        fitting = numbers.filter(status__in=statuses) if place % 5 else numbers
        found: PhoneNumber | None = self._one_of(fitting, place) or self._one_of(numbers, place)
        return found

    def _anybody(self, place: int, *, below: Organization | None = None) -> Organization:
        """Pick an organization, most often one below another."""
        everybody = Organization.objects.all()
        fitting = Organization.objects.below(below) if below and place % 5 else everybody
        found: Organization = self._one_of(fitting, place) or self._one_of(everybody, place)
        return found

    # Buying

    @initialize(carrier=carriers, buyer=which, count=st.integers(3, 5))
    def begin_with_some_numbers(self, carrier: str, buyer: int, count: int) -> None:
        """Search, order and have all messages delivered as they come, as on most days."""
        self.search(carrier, 0)
        self.deliver_all()
        self.order(buyer, 0, count, with_trunk=False)
        self.deliver_all()

    @rule(carrier=carriers, place=which)
    def search(self, carrier: str, place: int) -> None:
        """Ask a carrier what it offers."""
        account = self.market.account(carrier)
        wanted = Wanted(country="US", limit=4 + place % 3)
        self._do(searching.start, wanted=wanted, accounts=[account], actor=self.cast.staff)

    @rule(payer=which, first=which, count=st.integers(1, 3), with_trunk=st.booleans())
    def order(self, payer: int, first: int, count: int, with_trunk: bool) -> None:
        """Order some of the newest offers, whether or not they are still to be had."""
        offers = list(FoundOffer.objects.select_related("carrier_account").order_by("-pk"))
        chosen = [offers[(first + step) % len(offers)] for step in range(count)] if offers else []
        holder = self._anybody(payer)
        buyer = holder.parent if holder.kind == Organizations.TENANT else holder
        wishes = [
            ordering.LineWish(
                offer_id=offer.uuid,
                holder=holder,
                destination=DESTINATIONS[0] if holder.kind == Organizations.TENANT else None,
                trunk=self.trunks[offer.carrier_account.carrier] if with_trunk else None,
            )
            for offer in {offer.pk: offer for offer in chosen}.values()
        ]
        self._do(ordering.draft, lines=wishes, payer=buyer, actor=self.cast.staff)
        draft = NumberOrder.objects.filter(status=OrderStatus.DRAFT).order_by("pk").last()
        if draft is not None:
            self._do(ordering.submit, order=draft, actor=self.cast.staff)

    @rule(first=which, count=st.integers(1, 2), by_staff=st.booleans())
    def hold(self, first: int, count: int, by_staff: bool) -> None:
        """Have some of the newest offers held, by whoever orders or by somebody else."""
        offers = list(FoundOffer.objects.select_related("carrier_account").order_by("-pk"))
        chosen = [offers[(first + step) % len(offers)] for step in range(count)] if offers else []
        wanted = list({offer.e164: offer for offer in chosen}.values())
        seat = self.cast.staff if by_staff else self.cast.dealer_owner
        self._do(carrier_holds.want, offers=wanted, organization=seat.organization, actor=seat)

    @rule(place=which)
    def let_go(self, place: int) -> None:
        """Give up a hold, even one that is over."""
        if held := self._one_of(CarrierHold.objects.select_related("organization"), place):
            self._do(carrier_holds.let_go, hold=held, actor=self.cast.staff)

    @rule(buyer=which, fault=faults_of("hold", "held"), strike=st.booleans())
    def order_what_is_held(self, buyer: int, fault: tuple[str, str], strike: bool) -> None:
        """Search, have the newest offers held, well or not, and order them."""
        self.search("telnyx", 0)
        self.deliver_all()
        if strike:
            self.strike("telnyx", fault, times=1, seed=buyer)
        self.hold(0, 2, by_staff=True)
        self.deliver_all()
        self.order(buyer, 0, 2, with_trunk=False)
        self.deliver_all()

    # Workers and carriers

    @rule(place=which, fate=st.sampled_from(["delivered", "delivered", "doubled", "lost"]))
    def deliver(self, place: int, fate: str) -> None:
        """Have one of the waiting messages delivered, twice or not at all."""
        if not self.messages:
            return
        name, what = self.messages.pop(place % len(self.messages))
        if name in WORK and fate != "lost":
            self._do(WORK[name], **what)
        if name in WORK and fate == "doubled":
            self._do(WORK[name], **what)

    @rule()
    def deliver_all(self) -> None:
        """Have what waits now delivered in its order."""
        waiting, self.messages = self.messages, []
        for name, what in waiting:
            if name in WORK:
                self._do(WORK[name], **what)

    @rule(
        carrier=carriers,
        fault=st.sampled_from(FAULTS),
        times=st.sampled_from([1, 1, READ_ATTEMPTS]),
        seed=which,
    )
    def strike(self, carrier: str, fault: tuple[str, str], times: int, seed: int) -> None:
        """Have a carrier's next call of a sort go wrong."""
        operation, kind = fault
        self.market.sandbox.fault(carrier, operation, kind, times=times, seed=seed)

    @rule(carrier=carriers, fault=faults_of("order"), buyer=which, looked_up=faults_of("find"))
    def buy_while_it_goes_wrong(
        self, carrier: str, fault: tuple[str, str], buyer: int, looked_up: tuple[str, str]
    ) -> None:
        """Have a purchase, and then its first look-up, meet faults."""
        self.search(carrier, 0)
        self.deliver_all()
        self.strike(carrier, fault, times=1, seed=buyer)
        self.strike(carrier, looked_up, times=1, seed=buyer)
        self.order(buyer, 0, 2, with_trunk=bool(buyer % 2))
        self.deliver_all()

    @rule(fault=faults_of("release", "bind", "binding"), place=which)
    def release_while_it_goes_wrong(self, fault: tuple[str, str], place: int) -> None:
        """Have a number's return to its carrier meet a fault."""
        if number := self._number(place, *release.RELEASABLE):
            self.strike(number.carrier_account.carrier, fault, times=1, seed=place)
            self.schedule_release(place, None)
            self.deliver_all()

    @rule(seconds=st.sampled_from([1, 12, 70, 2000, 15 * 86_400, 50 * 86_400]))
    def pass_time(self, seconds: int) -> None:
        """Let time pass, at the end of which the sweep looks."""
        self.now += timedelta(seconds=seconds)
        sweeps.sweep(now=self.now)
        self._commit()

    # Hands

    @rule(place=which, to=which)
    def allot(self, place: int, to: int) -> None:
        """Hand a number down."""
        if number := self._number(place, NumberStatus.AVAILABLE):
            seat, receiver = self._seat(number.holder), self._anybody(to, below=number.holder)
            self._do(holding.allot, number=number, to=receiver, actor=seat)

    @rule(place=which, to=which)
    def offer(self, place: int, to: int) -> None:
        """Offer a number to somebody."""
        if number := self._number(place, NumberStatus.AVAILABLE, NumberStatus.RESERVED):
            seat, buyer = self._seat(number.holder), self._anybody(to, below=number.holder)
            self._do(holding.offer, number=number, to=buyer, actor=seat)

    @rule(place=which, where=st.sampled_from([None, *DESTINATIONS]))
    def claim(self, place: int, where: Destination | None) -> None:
        """Take an offer, even one that is over."""
        offers = Offer.objects.select_related("to", "number__holder")
        if offer := self._one_of(offers, place):
            seat = self._seat(offer.to)
            self._do(holding.claim, offer=offer, destination=where, label="", actor=seat)

    @rule(place=which)
    def withdraw(self, place: int) -> None:
        """Take an offer back, even one that is over."""
        if offer := self._one_of(Offer.objects.select_related("offered_by", "number"), place):
            self._do(holding.withdraw, offer=offer, actor=self._seat(offer.offered_by))

    @rule(place=which)
    def give_back(self, place: int) -> None:
        """Return a number to where it came from."""
        if number := self._number(place, *holding.RETURNABLE):
            self._do(holding.give_back, number=number, actor=self._seat(number.holder))

    @rule(place=which, where=st.sampled_from([None, *DESTINATIONS]))
    def reclaim(self, place: int, where: Destination | None) -> None:
        """Take a number again that one has given back."""
        if number := self._number(place, NumberStatus.QUARANTINE):
            seat = self._seat(taking_back.last_holder(number) or number.holder)
            self._do(taking_back.reclaim, number=number, destination=where, actor=seat)

    @rule(place=which)
    def recall(self, place: int) -> None:
        """Take a number back that was handed down."""
        if number := self._number(place):
            giver = taking_back.giver_of(number)
            if giver is not None:
                self._do(taking_back.recall, number=number, actor=self._seat(giver))

    @rule(place=which, stranger=which, to=which)
    def take_what_is_somebody_elses(self, place: int, stranger: int, to: int) -> None:
        """Whoever does not hold a number moves it nowhere."""
        number, other = self._number(place), self._anybody(stranger)
        if number is None or number.holder == other:
            return
        before = (number.holder_id, number.status)
        what: dict[str, Any] = {"number": number, "actor": self._seat(other)}
        with pytest.raises(UnableToStandIn):
            holding.allot(to=self._anybody(to), now=self.now, **what)
        with pytest.raises(UnableTo):
            holding.give_back(now=self.now, **what)
        with pytest.raises(UnableTo):
            assignment.assign(destination=DESTINATIONS[0], now=self.now, **what)
        with pytest.raises(UnableTo):
            release.schedule(on=None, now=self.now, **what)
        self._commit()
        number.refresh_from_db()
        assert (number.holder_id, number.status) == before

    # Use

    @rule(place=which, where=st.sampled_from(DESTINATIONS), words=st.sampled_from([None, "Desk"]))
    def assign(self, place: int, where: Destination, words: str | None) -> None:
        """Point a number somewhere, or somewhere else."""
        if number := self._number(place):
            seat = self._seat(number.holder)
            self._do(assignment.assign, number=number, destination=where, label=words, actor=seat)

    @rule(place=which)
    def unassign(self, place: int) -> None:
        """Take a number off its destination."""
        if number := self._number(place, *assignment.HELD_BY_TENANT):
            self._do(assignment.unassign, number=number, actor=self._seat(number.holder))

    @rule(place=which, other=which)
    def swap(self, place: int, other: int) -> None:
        """Have two numbers exchange where they ring."""
        one = self._number(place, *assignment.HELD_BY_TENANT)
        two = self._number(other, *assignment.HELD_BY_TENANT)
        if one and two:
            self._do(swapping.swap, number=one, other=two, actor=self._seat(one.holder))

    @rule(place=which, on=words_of_tags, off=words_of_tags)
    def tag(self, place: int, on: list[str], off: list[str]) -> None:
        """Put an organization's own words on a number, and take others off."""
        if number := self._number(place):
            seat = self._seat(number.holder)
            self._do(tagging.tag, numbers=[number], add=on, remove=off, actor=seat)

    @rule(place=which, words=st.text(max_size=120))
    def label(self, place: int, words: str) -> None:
        """Call a number something."""
        if number := self._number(place):
            seat = self._seat(number.holder)
            self._do(assignment.label, number=number, label=words, actor=seat)

    @rule()
    def publish(self) -> None:
        """Have the routers say that they know of every change so far."""
        changed, self.heard.numbers = self.heard.numbers, []
        pointed = PhoneNumber.objects.filter(e164__in=changed, assignment__isnull=False)
        ringing = set(pointed.values_list("e164", flat=True))
        service.set_in_service(numbers=sorted(ringing), now=self.now)
        service.set_out_of_service(numbers=sorted(set(changed) - ringing), now=self.now)
        self._commit()

    @rule(place=which)
    def bind(self, place: int) -> None:
        """Have a number delivered to us."""
        if number := self._number(place):
            trunk = self.trunks[number.carrier_account.carrier]
            self._do(binding.want, number=number, trunk=trunk, actor=self.cast.staff)

    # The way out

    @rule(place=which, days=st.sampled_from([None, None, -1, 0, 1]))
    def schedule_release(self, place: int, days: int | None) -> None:
        """Plan a number's return to its carrier."""
        if number := self._number(place, *release.RELEASABLE):
            on = None if days is None else (self.now + timedelta(days=days)).date()
            seat = self._seat(number.holder)
            self._do(release.schedule, number=number, on=on, actor=seat)

    @rule(place=which)
    def cancel_release(self, place: int) -> None:
        """Keep a number that leaves."""
        leaving = PhoneNumber.objects.filter(status=NumberStatus.RELEASING)
        if number := self._one_of(leaving.select_related("holder"), place):
            self._do(release.cancel, number=number, actor=self._seat(number.holder))

    # People

    @rule(place=which)
    def suspend_or_resume(self, place: int) -> None:
        """Stop an organization, or let it go on."""
        one = self._anybody(place)
        work = organizations.suspend if one.status == "ACTIVE" else organizations.resume
        self._do(work, organization=one, reason="Asked for.", actor=self.cast.staff)

    @rule(place=which)
    def complete_task(self, place: int) -> None:
        """Say that a task is done."""
        tasks = Task.objects.open().select_related("organization", "number")
        if task := self._one_of(tasks, place):
            seat = self._seat(task.organization)
            self._do(doing.complete, task=task, note="Done.", actor=seat)

    # What always holds

    @invariant()
    def the_doctor_is_content(self) -> None:
        """No check of the doctor finds anything but what routers have yet to hear."""
        sealing.seal_pending(self.now)
        found = [sentence for look in CHECKS.values() for sentence in look(self.now)]
        unheard = {f"{e164} is in service, but points nowhere." for e164 in self.heard.numbers}
        assert set(found) <= unheard

    @invariant()
    def nobody_spends_what_is_not_there(self) -> None:
        """Nothing is reserved beyond the balance, and what was paid is what was bought."""
        for account in Account.objects.all():
            lines = OrderLine.objects.filter(order__payer=account.organization)
            paid = sum(line.amount for line in lines.filter(status=LineStatus.BOUGHT))
            held = sum(line.amount for line in lines.filter(status=LineStatus.WAITING))
            assert (account.posted, account.reserved) == (PURSE - paid, held)
            assert account.posted >= account.reserved

    @invariant()
    def stock_is_what_carriers_have_for_us(self) -> None:
        """Only what is being bought or released may be in one place and not in the other."""
        stock = list(PhoneNumber.objects.live().values_list("e164", flat=True))
        assert len(stock) == len(set(stock))
        owned = self._owned()
        leaving = PhoneNumber.objects.filter(status=NumberStatus.RELEASING)
        assert set(stock) - owned <= set(leaving.values_list("e164", flat=True))
        coming = CarrierOrder.objects.filter(next_attempt_at__isnull=False)
        numbers = OrderLine.objects.filter(carrier_order__in=coming)
        assert owned - set(stock) <= set(numbers.values_list("e164", flat=True))

    @invariant()
    def each_number_is_bought_once_a_life(self) -> None:
        """What was bought is in stock, was in stock, or is on its way there."""
        lives_led = Counter(PhoneNumber.objects.values_list("e164", flat=True))
        coming = CarrierOrder.objects.filter(next_attempt_at__isnull=False)
        on_their_way = set(
            OrderLine.objects.filter(carrier_order__in=coming).values_list("e164", flat=True)
        )
        for number, times in self.market.sandbox.purchases().items():
            assert times <= lives_led[number] + (number in on_their_way)

    def _owned(self) -> set[str]:
        owned: set[str] = set()
        for carrier, account in self.market.accounts.items():
            adapter: Any = self.market.sandbox.adapter_for(carrier, dict(account.credentials))
            owned |= {str(mine.number) for mine in adapter.owned(deadline=Deadline(10))}
        return owned

    def teardown(self) -> None:
        """Let all faults end and time pass until nothing is due: then all is at rest."""
        try:
            self.market.sandbox.control("DELETE", "faults")
            self._come_to_rest(let_pass(self.now))
        finally:
            self._world.close()

    def _come_to_rest(self, now: datetime) -> None:
        self.now = now
        sweeps.sweep(now=now)
        self._commit()
        assert not CarrierHold.objects.live().exists()
        assert not OrderLine.objects.filter(status=LineStatus.WAITING).exists()
        assert not NumberOrder.objects.filter(status=OrderStatus.SUBMITTED).exists()
        assert not Account.objects.exclude(reserved=0).exists()
        assert set(PhoneNumber.objects.live().values_list("e164", flat=True)) == self._owned()
        lives_led = Counter(PhoneNumber.objects.values_list("e164", flat=True))
        assert lives_led == Counter(self.market.sandbox.purchases())
        self.publish()
        assert not CarrierAccount.objects.exclude(status=CarrierAccount.Status.ACTIVE).exists()
        self.the_doctor_is_content()
        self.nobody_spends_what_is_not_there()


@pytest.mark.django_db
def test_whatever_happens_in_whatever_order_all_adds_up(settings: Any) -> None:
    settings.LATE_LOOK_SECONDS = 600.0
    settings.PURCHASE_GRACE_SECONDS = 30.0
    run_state_machine_as_test(LifeOfNumbers, settings=lives(count=8, steps=25))
