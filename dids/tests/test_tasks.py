"""Work for people: opened by trouble, done by one, closed when its cause is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Event, Role
from accounts.tests.cast import Cast
from accounts.tests.factories import make_actor
from dids import work
from dids.models import CarrierBinding, NumberOrder, OrderLine, PhoneNumber, Release, Task, TaskKind
from dids.signals import routing_changed
from dids.states import (
    BindingStatus,
    CarrierOrderStatus,
    LineStatus,
    NumberStatus,
    ReleaseStatus,
    TaskStatus,
)
from dids.tests.carrier import Shop, bought, carrier_orders, drive, shop
from dids.tests.factories import MAIN, make_number, make_order
from dids.workflows import (
    assignment,
    binding,
    binding_work,
    closing,
    doing,
    holding,
    late,
    opening,
    purchase,
    release,
    reminding,
)
from dids.workflows.doing import UnableToDo
from dids.workflows.standing import UnableToStandIn
from lib.e164 import E164
from lib.refusals import UnableTo
from trunks import pacing
from trunks.carriers.telnyx.adapter import Telnyx
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.models import CarrierAccount
from trunks.offers import LineStatus as Answer
from trunks.offers import OrderedNumber, PlacedOrder
from trunks.workflows import accounts

LOCKED: set[str] = set()
"""Numbers that the carrier below does not take back."""


class LockingTelnyx(Telnyx):
    """A carrier whose portal has a lock against deletion."""

    def release(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Refuse what is locked."""
        if number in LOCKED:
            raise Rejected("MARK: the number is locked.", reason=Reason.NOT_ALLOWED)
        super().release(number, carrier_reference=carrier_reference, deadline=deadline)


@pytest.fixture
def market(cast: Cast, settings: Any) -> Iterator[Shop]:
    """Open the carriers, with short times."""
    settings.PURCHASE_GRACE_SECONDS = 1.0
    settings.PURCHASE_DEADLINE_SECONDS = 1.0
    settings.EXTRA_CARRIERS = {"telnyx": "dids.tests.test_tasks.LockingTelnyx"}
    LOCKED.clear()
    with shop() as opened:
        yield opened


def task_of(kind: TaskKind) -> Task:
    """Give the one open task, which must be of that kind."""
    task = Task.objects.open().get()
    assert task.kind == kind
    return task


def open_task(cast: Cast, *, kind: TaskKind = TaskKind.BOUGHT_LATE) -> Task:
    """Have a task of the provider opened about a number in its stock."""
    number = make_number()
    opening.open_task(
        kind,
        about=number.subject,
        what=number.e164,
        organization=cast.provider,
        number=number,
        now=timezone.now(),
    )
    return Task.objects.latest("pk")


def complete(task: Task, cast: Cast) -> None:
    """Have the staff complete a task."""
    doing.complete(task=task, note="Seen to.", actor=cast.staff, now=timezone.now())
    task.refresh_from_db()
    assert (task.status, task.note) == (TaskStatus.DONE, "Seen to.")


def bound_to_fail(market: Shop, cast: Cast) -> CarrierBinding:
    """Give a binding that the carrier refused: the number is not ours there."""
    (offer,) = market.offers("telnyx")
    number = make_number(account=market.account("telnyx"), e164=offer.e164)
    long_ago = timezone.now() - timedelta(days=1)
    PhoneNumber.objects.filter(pk=number.pk).update(bought_at=long_ago)
    wanted = binding.want(number=number, trunk=market.trunk(), actor=cast.staff, now=timezone.now())
    binding_work.bind(binding_id=wanted.pk, now=timezone.now())
    wanted.refresh_from_db()
    assert wanted.status == BindingStatus.FAILED
    return wanted


def uncertain(market: Shop, cast: Cast) -> NumberOrder:
    """Give an order of which nobody knows what became of it."""
    market.sandbox.fault("telnyx", "order", "timeout_after")
    order = make_order(offers=market.offers(), actor=cast.staff, submit=True)
    (row,) = carrier_orders(order)
    purchase.place(carrier_order_id=row.pk, now=timezone.now())
    return order


def break_access(account: CarrierAccount) -> None:
    """Put credentials in that the carrier refuses."""
    account.credentials = {**account.credentials, "api_key": "KEYwrong"}
    account.save()


class TestTrouble:
    def test_that_a_carrier_sold_late_asks_what_becomes_of_the_number(
        self, market: Shop, cast: Cast
    ) -> None:
        (offer,) = market.offers("telnyx")
        order = make_order(offers=[offer], actor=cast.staff, submit=True)
        (row,) = carrier_orders(order)
        purchase.place(carrier_order_id=row.pk, now=timezone.now() + timedelta(hours=2))
        said = PlacedOrder(
            carrier_reference="",
            numbers=(OrderedNumber(number=E164(offer.e164), status=Answer.BOUGHT),),
        )
        (row,) = carrier_orders(order)
        assert late.bought(row, said, now=timezone.now()) == 1

        task = task_of(TaskKind.BOUGHT_LATE)
        assert task.organization == cast.provider
        assert task.about == OrderLine.objects.get().subject
        assert task.number is not None
        assert task.title.startswith(offer.e164)
        assert closing.close_tasks(now=timezone.now()) == 0
        holding.allot(number=task.number, to=cast.dealer, actor=cast.staff, now=timezone.now())
        assert closing.close_tasks(now=timezone.now()) == 1

    def test_of_a_failed_binding_is_over_once_the_carrier_is_asked_again(
        self, market: Shop, cast: Cast
    ) -> None:
        row = bound_to_fail(market, cast)
        task = task_of(TaskKind.BINDING_FAILED)
        assert task.payload["trunk"] == row.trunk.name
        assert closing.close_tasks(now=timezone.now()) == 0

        complete(task, cast)
        row.refresh_from_db()
        assert row.status == BindingStatus.WANTED

        # The carrier says no again: the same trouble, the next task.
        binding_work.bind(binding_id=row.pk, now=timezone.now())
        again = task_of(TaskKind.BINDING_FAILED)
        assert again.pk != task.pk
        binding.want(number=row.number, trunk=row.trunk, actor=cast.staff, now=timezone.now())
        assert closing.close_tasks(now=timezone.now()) == 1
        again.refresh_from_db()
        assert again.status == TaskStatus.DROPPED
        assert Event.objects.filter(action="dids.task.closed_itself").count() == 1

    def test_of_a_refused_disconnect_stops_the_asking_until_a_person_resumes_it(
        self, market: Shop, cast: Cast
    ) -> None:
        order = make_order(offers=market.offers(), actor=cast.staff, submit=True)
        drive(order, now=timezone.now())
        (number,) = bought(order)
        LOCKED.add(number.e164)
        release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
        release.carry_out(number_id=number.pk, now=timezone.now())
        row = Release.objects.get()
        assert (row.status, row.next_attempt_at) == (ReleaseStatus.REFUSED, None)
        release.carry_out(number_id=number.pk, now=timezone.now() + timedelta(hours=1))
        task = task_of(TaskKind.DISCONNECT_REFUSED)
        assert task.payload["why"].startswith("MARK")

        LOCKED.clear()
        complete(task, cast)
        release.carry_out(number_id=number.pk, now=timezone.now())
        number.refresh_from_db()
        assert number.status == NumberStatus.RELEASED
        assert not Task.objects.open().exists()

    def test_of_a_refused_disconnect_ends_where_the_number_is_kept(
        self, market: Shop, cast: Cast
    ) -> None:
        order = make_order(
            offers=market.offers(), trunk=market.trunk(), actor=cast.staff, submit=True
        )
        drive(order, now=timezone.now())
        (number,) = bought(order)
        LOCKED.add(number.e164)
        release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
        release.carry_out(number_id=number.pk, now=timezone.now())
        release.cancel(number=number, actor=cast.staff, now=timezone.now())
        assert number.status == NumberStatus.AVAILABLE
        assert CarrierBinding.objects.get().status == BindingStatus.WANTED
        assert closing.close_tasks(now=timezone.now()) == 1

    def test_of_a_word_that_nobody_knows_leaves_the_order_waiting(
        self, market: Shop, cast: Cast
    ) -> None:
        market.sandbox.fault("telnyx", "order", "unknown_word")
        order = make_order(offers=market.offers(), actor=cast.staff, submit=True)
        (row,) = carrier_orders(order)
        purchase.place(carrier_order_id=row.pk, now=timezone.now())
        (row,) = carrier_orders(order)
        assert row.status == CarrierOrderStatus.PLACED
        assert order.lines.get().status == LineStatus.WAITING
        task = task_of(TaskKind.UNKNOWN_WORD)
        assert list(task.payload["words"]) == [order.lines.get().e164]
        assert closing.close_tasks(now=timezone.now()) == 0

        drive(order, now=timezone.now())
        assert order.lines.get().status == LineStatus.BOUGHT
        assert closing.close_tasks(now=timezone.now()) == 1

    def test_of_an_order_that_cannot_be_looked_up_in_time_asks_for_a_person_once(
        self, market: Shop, cast: Cast
    ) -> None:
        order = uncertain(market, cast)
        (row,) = carrier_orders(order)
        market.sandbox.fault("telnyx", "find", "error_before", times=50)
        purchase.settle(carrier_order_id=row.pk, now=timezone.now())
        assert not Task.objects.exists()
        for minutes in (40, 41):
            at = timezone.now() + timedelta(minutes=minutes)
            purchase.settle(carrier_order_id=row.pk, now=at)
        task = task_of(TaskKind.ORDER_UNCERTAIN)
        assert task.seen_at > task.opened_at

        market.sandbox.control("DELETE", "faults")
        pacing.forget(market.account())
        complete(task, cast)
        (row,) = carrier_orders(order)
        assert row.next_attempt_at is not None
        assert row.next_attempt_at <= timezone.now()
        purchase.settle(carrier_order_id=row.pk, now=timezone.now())
        assert len(bought(order)) == 1

    @pytest.mark.parametrize("found_by", ["check", "order", "look-up", "bind", "release"])
    def test_of_refused_credentials_asks_for_better_ones_however_it_is_met(
        self, market: Shop, cast: Cast, found_by: str
    ) -> None:
        now, account = timezone.now(), market.account()
        order = uncertain(market, cast)
        (row,) = carrier_orders(order)
        number = make_number(account=account, carrier_reference="1", now=now)
        trunk = market.trunk()
        fresh = make_order(offers=market.offers(), actor=cast.staff, submit=True)
        break_access(account)
        if found_by == "check":
            accounts.check(account=account, actor=cast.staff, now=now)
        elif found_by == "order":
            purchase.place(carrier_order_id=carrier_orders(fresh)[0].pk, now=now)
        elif found_by == "look-up":
            purchase.settle(carrier_order_id=row.pk, now=now)
        elif found_by == "bind":
            wanted = binding.want(number=number, trunk=trunk, actor=cast.staff, now=now)
            binding_work.bind(binding_id=wanted.pk, now=now)
        else:
            release.schedule(number=number, on=None, actor=cast.staff, now=now)
            release.carry_out(number_id=number.pk, now=now)
        task = task_of(TaskKind.CREDENTIALS_REFUSED)
        assert task.carrier_account == account
        assert account.name not in task.title + task.instructions

    def test_of_refused_credentials_is_over_when_the_account_works_and_nobody_met_it_again(
        self, market: Shop, cast: Cast
    ) -> None:
        now, account = timezone.now(), market.account()
        good = dict(account.credentials)
        break_access(account)
        accounts.check(account=account, actor=cast.staff, now=now)
        accounts.replace_credentials(account=account, credentials=good, actor=cast.staff, now=now)
        assert closing.close_tasks(now=now + timedelta(minutes=3)) == 0
        accounts.check(account=account, actor=cast.staff, now=now + timedelta(seconds=1))
        assert closing.close_tasks(now=now + timedelta(seconds=5)) == 0
        assert closing.close_tasks(now=now + timedelta(minutes=3)) == 1

    def test_with_a_plan_that_became_impossible_is_the_holders_to_put_right(
        self, market: Shop, cast: Cast
    ) -> None:
        def refuse(sender: object, **_more: object) -> None:
            raise UnableTo("The tenant is on no PBX.")

        order = make_order(
            offers=market.offers("twilio"),
            holder=cast.tenant,
            destination=MAIN,
            actor=cast.staff,
            submit=True,
        )
        routing_changed.connect(refuse)
        try:
            drive(order, now=timezone.now())
            task = task_of(TaskKind.NOT_POINTED)
            with pytest.raises(UnableTo, match="no PBX"):
                doing.complete(task=task, note="", actor=cast.tenant_owner, now=timezone.now())
        finally:
            routing_changed.disconnect(refuse)
        task = task_of(TaskKind.NOT_POINTED)
        assert task.organization == cast.tenant
        with pytest.raises(UnableToStandIn):
            doing.take(task=task, actor=cast.staff, now=timezone.now())

        doing.complete(task=task, note="", actor=cast.tenant_owner, now=timezone.now())
        (number,) = bought(order)
        assert number.assignment.destination == MAIN

    def test_with_a_plan_is_over_once_the_number_points_somewhere(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant)
        line = OrderLine(e164=number.e164)
        opening.not_pointed(line, number, why="No PBX.", now=timezone.now())
        assert closing.close_tasks(now=timezone.now()) == 0
        assignment.assign(
            number=number, destination=MAIN, actor=cast.tenant_owner, now=timezone.now()
        )
        assert closing.close_tasks(now=timezone.now()) == 1


class TestOpening:
    def test_the_same_trouble_twice_makes_one_task(self, cast: Cast) -> None:
        task = open_task(cast)
        assert task.number is not None
        for seconds in (1, 60):
            opening.open_task(
                TaskKind.BOUGHT_LATE,
                about=task.about,
                what="It",
                organization=cast.provider,
                now=task.opened_at + timedelta(seconds=seconds),
            )
        assert Task.objects.count() == 1
        task.refresh_from_db()
        assert task.seen_at == task.opened_at + timedelta(seconds=60)
        assert Event.objects.filter(action="dids.task.opened").count() == 1

    def test_comes_back_after_it_was_completed(self, cast: Cast) -> None:
        task = open_task(cast)
        complete(task, cast)
        opening.open_task(
            TaskKind.BOUGHT_LATE,
            about=task.about,
            what="It",
            organization=cast.provider,
            now=timezone.now(),
        )
        assert Task.objects.open().count() == 1


class TestALateTask:
    def test_is_called_urgent_once_and_stays_as_people_say_then(self, cast: Cast) -> None:
        slow, in_time = open_task(cast), open_task(cast)
        done = open_task(cast)
        complete(done, cast)
        now = slow.due_at + timedelta(seconds=1)
        Task.objects.filter(pk=in_time.pk).update(due_at=now + timedelta(hours=1))
        assert reminding.hurry(now=now, most=10) == 1
        assert set(Task.objects.filter(is_urgent=True)) == {slow}
        event = Event.objects.get(action="dids.task.late")
        assert (event.subject, event.organization) == (slow.subject, cast.provider)

        doing.mark_urgent(task=slow, urgent=False, actor=cast.staff, now=now)
        assert reminding.hurry(now=now, most=10) == 0
        slow.refresh_from_db()
        assert (slow.is_urgent, slow.late_at) == (False, now)


class TestTaking:
    def test_puts_ones_name_on_it_and_takes_it_off_again(self, cast: Cast) -> None:
        task, now = open_task(cast), timezone.now()
        doing.take(task=task, actor=cast.staff, now=now)
        assert (task.status, task.taken_by) == (TaskStatus.TAKEN, cast.staff.name)
        doing.give_back(task=task, actor=cast.staff, now=now)
        assert (task.status, task.taken_by) == (TaskStatus.OPEN, "")
        actions = ["dids.task.taken", "dids.task.given_back"]
        assert Event.objects.filter(action__in=actions, subject=task.subject).count() == 2

    def test_refuses_what_somebody_else_has(self, cast: Cast) -> None:
        task, now = open_task(cast), timezone.now()
        doing.take(task=task, actor=cast.staff, now=now)
        colleague = make_actor(organization=cast.provider, role=Role.OPERATOR)
        for refused in (doing.take, doing.give_back):
            with pytest.raises(UnableToDo, match="has taken this task"):
                refused(task=task, actor=colleague, now=now)
        with pytest.raises(UnableToDo, match="has taken this task"):
            doing.complete(task=task, note="", actor=colleague, now=now)
        chief = make_actor(organization=cast.provider)
        doing.give_back(task=task, actor=chief, now=now)
        doing.take(task=task, actor=colleague, now=now)

    def test_refuses_what_is_closed_or_was_never_taken(self, cast: Cast) -> None:
        task, now = open_task(cast), timezone.now()
        with pytest.raises(UnableToDo, match="nothing to give back"):
            doing.give_back(task=task, actor=cast.staff, now=now)
        complete(task, cast)
        with pytest.raises(UnableToDo, match="closed"):
            doing.take(task=task, actor=cast.staff, now=now)
        with pytest.raises(UnableToDo, match="closed"):
            doing.complete(task=task, note="", actor=cast.staff, now=now)

    def test_refuses_a_role_without_the_right(self, cast: Cast) -> None:
        task = open_task(cast, kind=TaskKind.DISCONNECT_REFUSED)
        operator = make_actor(organization=cast.provider, role=Role.OPERATOR)
        with pytest.raises(UnableToDo, match="role"):
            doing.take(task=task, actor=operator, now=timezone.now())

    def test_refuses_a_note_that_is_too_long(self, cast: Cast) -> None:
        with pytest.raises(UnableToDo) as refusal:
            doing.complete(
                task=open_task(cast), note="x" * 501, actor=cast.staff, now=timezone.now()
            )
        assert (refusal.value.field, refusal.value.conflict) == ("note", False)

    def test_names_who_was_faster(self, cast: Cast) -> None:
        task, now = open_task(cast), timezone.now()
        seen_before = Task.objects.get(pk=task.pk)
        colleague = make_actor(organization=cast.provider, role=Role.OPERATOR)
        doing.take(task=task, actor=colleague, now=now)
        name = colleague.membership.user.get_full_name()
        with pytest.raises(UnableToDo, match=f"{name} has taken this task") as refusal:
            doing.take(task=seen_before, actor=cast.staff, now=now)
        assert refusal.value.conflict
        with pytest.raises(UnableToDo, match="You have taken"):
            doing.take(task=task, actor=colleague, now=now)

    def test_ends_after_a_week(self, cast: Cast) -> None:
        task, now = open_task(cast), timezone.now()
        doing.take(task=task, actor=cast.staff, now=now)
        assert closing.return_tasks(now=now + timedelta(days=6)) == 0
        assert closing.return_tasks(now=now + timedelta(days=8)) == 1
        task.refresh_from_db()
        assert (task.status, task.taken_by) == (TaskStatus.OPEN, "")


class TestAbandoning:
    def test_closes_it_with_the_reason_and_tries_nothing(self, market: Shop, cast: Cast) -> None:
        row = bound_to_fail(market, cast)
        task, now = task_of(TaskKind.BINDING_FAILED), timezone.now()
        with pytest.raises(UnableToDo) as refusal:
            doing.abandon(task=task, reason="  ", actor=cast.staff, now=now)
        assert (refusal.value.field, refusal.value.conflict) == ("reason", False)
        doing.abandon(task=task, reason="It is ported away.", actor=cast.staff, now=now)
        assert (task.status, task.note) == (TaskStatus.ABANDONED, "It is ported away.")
        event = Event.objects.get(action="dids.task.abandoned")
        assert event.reason == "It is ported away."
        row.refresh_from_db()
        assert row.status == BindingStatus.FAILED
        assert closing.close_tasks(now=now) == 0

    def test_makes_room_for_the_same_trouble_met_again(self, cast: Cast) -> None:
        task = open_task(cast)
        doing.abandon(task=task, reason="No.", actor=cast.staff, now=timezone.now())
        opening.open_task(
            TaskKind.BOUGHT_LATE,
            about=task.about,
            what="It",
            organization=cast.provider,
            now=timezone.now(),
        )
        assert Task.objects.open().count() == 1


class TestCommenting:
    def test_is_kept_by_the_journal_also_after_the_end(self, cast: Cast) -> None:
        task, now = open_task(cast), timezone.now()
        doing.comment(task=task, text="Asked.", actor=cast.staff, now=now)
        complete(task, cast)
        doing.comment(task=task, text="They  called\nback.", actor=cast.staff, now=now)
        said = Event.objects.filter(action="dids.task.commented", subject=task.subject)
        assert [event.after["comment"] for event in said] == ["Asked.", "They called back."]

    def test_is_refused_from_another_seat(self, cast: Cast) -> None:
        with pytest.raises(UnableToStandIn):
            doing.comment(
                task=open_task(cast), text="Hi.", actor=cast.dealer_owner, now=timezone.now()
            )


class TestMyWork:
    def test_is_what_i_took_and_what_my_role_may_take(self, cast: Cast) -> None:
        now = timezone.now()
        free, taken = open_task(cast), open_task(cast)
        not_mine = open_task(cast, kind=TaskKind.DISCONNECT_REFUSED)
        closed = open_task(cast)
        complete(closed, cast)
        me = make_actor(organization=cast.provider, role=Role.OPERATOR)
        other = make_actor(organization=cast.provider, role=Role.OPERATOR)
        doing.take(task=taken, actor=me, now=now)
        assert set(work.tasks(me, mine=True)) == {free, taken}
        assert set(work.tasks(other, mine=True)) == {free}
        assert set(work.tasks(cast.staff, mine=True)) == {free, not_mine}
        assert set(work.tasks(other, open=True)) == {free, taken, not_mine}
        assert set(work.tasks(other, open=False)) == {closed}
        assert set(work.tasks(other, kind=TaskKind.DISCONNECT_REFUSED)) == {not_mine}
        assert set(work.tasks(other, unassigned=True)) == {free, not_mine}
        assert set(work.tasks(cast.staff, mine=True, open=False)) == {closed}
        assert set(work.tasks(me, mine=True, open=False)) == set()
        assert taken.number is not None
        assert set(work.tasks(other, number=taken.number.e164)) == {taken}
        assert work.waiting_for(me, most=9) == 2
        assert work.waiting_for(cast.staff, most=1) == 1

    def test_is_no_work_of_those_above_or_beside(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant)
        opening.not_pointed(OrderLine(e164=number.e164), number, why="", now=timezone.now())
        open_task(cast)
        task = Task.objects.get(organization=cast.tenant)
        assert list(work.tasks(cast.tenant_owner, mine=True)) == [task]
        for actor in (cast.dealer_owner, cast.rival_tenant_owner, cast.rival_dealer_owner):
            assert not work.tasks(actor).exists()
        assert task in work.tasks(cast.staff)
        assert task not in work.tasks(cast.staff, mine=True)
