"""Two people who write down at once what a carrier said, and workers who hand one thing over."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from accounts.tests.factories import make_actor
from dids.models import PhoneNumber, Release, Task, TaskKind
from dids.states import (
    LineStatus,
    NumberStatus,
    OrderStatus,
    ReleaseStatus,
    TaskStatus,
)
from dids.tests.factories import make_found_offer, make_number, make_order
from dids.workflows import doing, outcomes, purchase, release
from dids.workflows.outcomes import Outcome
from dids.workflows.outcomes import Said as Answer
from dids.workflows.task_moves import UnableToDo
from lib.e164 import E164
from lib.transitions import UnableToMove
from portal.tests.races.threads import Crowd, crowd
from trunks.models import CarrierAccount
from trunks.tests.factories import make_carrier_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
MANY = 4


@pytest.fixture
def people() -> Iterator[Crowd]:
    """Give several at once."""
    with crowd(MANY) as opened:
        yield opened


@pytest.fixture
def account(cast: Cast) -> CarrierAccount:
    """Give an account that is worked by hand."""
    return make_carrier_account(carrier="manual", credentials={}, base_url="")


def said(answer: Answer, code: str = "") -> partial[None]:
    """Write down what became of the one number of the order, with the task as it is now."""
    task = Task.objects.select_related("organization", "carrier_order").get()
    number = E164(task.payload["numbers"][0])
    return partial(
        outcomes.write_down,
        task=task,
        outcomes=[Outcome(number=number, status=answer, code=code)],
        now=timezone.now(),
    )


def test_one_of_two_who_contradict_each_other_is_refused(
    cast: Cast, people: Crowd, account: CarrierAccount
) -> None:
    order = make_order(offers=[make_found_offer(account=account)], actor=cast.staff, submit=True)
    purchase.place(carrier_order_id=order.carrier_orders.get().pk, now=timezone.now())
    other = make_actor(organization=cast.provider)

    first, second = people.while_held(
        "task.writing_down",
        partial(said(Answer.FAILED, "GONE"), actor=cast.staff),
        partial(said(Answer.BOUGHT), actor=other),
    )

    assert isinstance(first, UnableToDo)
    assert second is None
    order.refresh_from_db()
    assert (order.status, order.lines.get().status) == (OrderStatus.COMPLETED, LineStatus.BOUGHT)
    task = Task.objects.get()
    assert (task.status, task.taken_by) == (TaskStatus.DONE, other.name)


def test_what_is_sent_several_times_at_once_counts_once(
    cast: Cast, people: Crowd, account: CarrierAccount
) -> None:
    order = make_order(offers=[make_found_offer(account=account)], actor=cast.staff, submit=True)
    purchase.place(carrier_order_id=order.carrier_orders.get().pk, now=timezone.now())

    answers = people.at_once([partial(said(Answer.BOUGHT), actor=cast.staff) for _ in range(MANY)])

    assert answers.count(None) == 1
    assert all(isinstance(one, UnableToDo) for one in answers if one is not None)
    assert PhoneNumber.objects.count() == 1
    assert Task.objects.get().status == TaskStatus.DONE


def test_a_number_is_ceased_once_however_many_say_so(
    cast: Cast, people: Crowd, account: CarrierAccount
) -> None:
    number = make_number(account=account)
    release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
    release.carry_out(number_id=number.pk, now=timezone.now())
    task = Task.objects.get(kind=TaskKind.CARRIER_RELEASE)

    def complete() -> None:
        mine = Task.objects.select_related("organization", "number").get(pk=task.pk)
        doing.complete(task=mine, note="", actor=cast.staff, now=timezone.now())

    answers = people.at_once([complete for _ in range(MANY)])

    assert answers.count(None) == 1
    number.refresh_from_db()
    assert number.status == NumberStatus.RELEASED


def test_workers_who_leave_many_numbers_to_people_at_once_open_one_task(
    cast: Cast, people: Crowd, account: CarrierAccount
) -> None:
    numbers = [make_number(account=account) for _ in range(MANY)]
    for number in numbers:
        release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())

    # One message comes twice.
    keys = [number.pk for number in (*numbers[:-1], numbers[0])]
    people.at_once([partial(release.carry_out, number_id=k, now=timezone.now()) for k in keys])
    release.carry_out(number_id=numbers[-1].pk, now=timezone.now())

    task = Task.objects.get()
    assert sorted(task.payload["numbers"]) == sorted(number.e164 for number in numbers)
    assert task.releases.filter(status=ReleaseStatus.BY_HAND).count() == MANY


def test_a_number_that_joins_while_its_task_is_completed_is_not_forgotten(
    cast: Cast, people: Crowd, account: CarrierAccount
) -> None:
    first, second = make_number(account=account), make_number(account=account)
    for number in (first, second):
        release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
    release.carry_out(number_id=first.pk, now=timezone.now())
    task = Task.objects.select_related("organization", "number").get()

    people.at_once(
        [
            partial(doing.complete, task=task, note="", actor=cast.staff, now=timezone.now()),
            partial(release.carry_out, number_id=second.pk, now=timezone.now()),
        ]
    )

    left = Release.objects.get(number=second)
    assert left.status == ReleaseStatus.BY_HAND
    assert left.task is not None
    assert left.task.status == TaskStatus.OPEN


def test_workers_who_hand_one_order_over_open_one_task(
    cast: Cast, people: Crowd, account: CarrierAccount
) -> None:
    order = make_order(offers=[make_found_offer(account=account)], actor=cast.staff, submit=True)
    key = order.carrier_orders.get().pk

    def place() -> None:
        purchase.place(carrier_order_id=key, now=timezone.now())

    answers = people.at_once([place for _ in range(MANY)])

    assert answers.count(None) >= 1
    assert all(isinstance(one, UnableToMove) for one in answers if one is not None)
    assert Task.objects.count() == 1
