"""What people do with tasks: take one, give it back, complete it or say that it cannot be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from accounts.actors import Actor
from accounts.permissions import Permission
from accounts.work import acting
from dids import events, tasks
from dids.destinations import Destination
from dids.models import CarrierBinding, CarrierOrder, EmergencyLocation, Task, TaskKind
from dids.models.tasks import IN_HAND
from dids.states import CARRIER_ORDER, BindingStatus, FeatureStatus, TaskStatus
from dids.workflows import (
    address_checks,
    assignment,
    binding,
    binding_recording,
    ceased,
    feature_wishes,
    features_by_hand,
    outcomes,
    release,
    task_papers,
)
from dids.workflows import task_moves as moves
from dids.workflows.standing import require_seat
from dids.workflows.task_moves import LONGEST_NOTE, LONGEST_REFERENCE, UnableToDo, may_do
from lib import pauses
from lib.nudges import nudge
from trunks import tasks as trunk_tasks

__all__ = [
    "LONGEST_NOTE",
    "LONGEST_REFERENCE",
    "UnableToDo",
    "abandon",
    "comment",
    "complete",
    "give_back",
    "go_on",
    "mark_urgent",
    "may_do",
    "take",
    "wait_for_carrier",
]


def take(*, task: Task, actor: Actor, now: datetime) -> None:
    """
    Put one's name on an open task, so that two people don't do the same.

    :raises UnableToDo: if somebody has it, or it is closed
    :raises UnableToStandIn: if it is another organization's
    """
    moves.require_right(task, actor)
    if task.status != TaskStatus.OPEN:
        raise moves.gone(task, actor)
    pauses.at("task.taking")
    with acting(actor):
        moves.move(task, TaskStatus.TAKEN, actor, now, taken_by=actor.name)
        moves.note(actor, events.TASK_TAKEN, task, now=now)


def give_back(*, task: Task, actor: Actor, now: datetime) -> None:
    """
    Let others take it; whoever looks after people may give back anybody's.

    :raises UnableToDo: if it is not taken, or somebody else has it
    :raises UnableToStandIn: if it is another organization's
    """
    moves.require_right(task, actor)
    if task.status not in IN_HAND:
        raise UnableToDo("Nobody has taken this task, so there is nothing to give back.")
    if task.taken_by != actor.name and not actor.may(Permission.MANAGE_PEOPLE):
        raise moves.gone(task, actor)
    with acting(actor):
        moves.move(task, TaskStatus.OPEN, actor, now, taken_by="")
        moves.note(actor, events.TASK_GIVEN_BACK, task, now=now)


def wait_for_carrier(*, task: Task, reference: str, actor: Actor, now: datetime) -> None:
    """
    Say that the carrier was asked, and that nothing can be done before it answers.

    :param reference: the carrier's own number for it, where it gave one
    :raises UnableToDo: if somebody else has it, or it is closed
    :raises UnableToStandIn: if it is another organization's
    """
    words = moves.words(reference, field="reference", longest=LONGEST_REFERENCE)
    with acting(actor):
        if task.status == TaskStatus.OPEN:
            take(task=task, actor=actor, now=now)
        moves.require_hand(task, actor, end=TaskStatus.WAITING_CARRIER)
        known = words or task.external_reference
        moves.move(task, TaskStatus.WAITING_CARRIER, actor, now, external_reference=known)
        moves.note(actor, events.TASK_WAITS_FOR_CARRIER, task, now=now, external_reference=known)


def go_on(*, task: Task, actor: Actor, now: datetime) -> None:
    """
    Say that the carrier has answered and the work goes on.

    :raises UnableToDo: if somebody else has it, or it does not wait for the carrier
    :raises UnableToStandIn: if it is another organization's
    """
    moves.require_right(task, actor)
    if task.status != TaskStatus.WAITING_CARRIER or task.taken_by != actor.name:
        raise moves.gone(task, actor)
    with acting(actor):
        moves.move(task, TaskStatus.TAKEN, actor, now)
        moves.note(actor, events.TASK_RESUMED, task, now=now)


def mark_urgent(*, task: Task, urgent: bool, actor: Actor, now: datetime) -> None:
    """
    Say whether a task is to be done before others.

    :raises UnableToDo: if it is closed
    :raises UnableToStandIn: if it is another organization's
    """
    moves.require_right(task, actor)
    with acting(actor):
        there = Task.objects.open().filter(pk=task.pk)
        if there.filter(is_urgent=not urgent).update(is_urgent=urgent):
            words = "urgent" if urgent else "not urgent any more"
            moves.note(actor, events.TASK_URGENCY, task, now=now, urgency=words)
        elif not there.exists():
            raise moves.gone(task, actor)
    task.is_urgent = urgent


def complete(*, task: Task, note: str, actor: Actor, now: datetime, reference: str = "") -> None:
    """
    Say that it is done: the step that was stuck is repeated, or the note says what came of it.

    Where the step refuses, the task stays open.

    :param reference: the carrier's own name of what was made there, where the task asks for it
    :raises UnableToDo: if somebody else has it, it is closed, or it asks for no such name
    :raises UnableToStandIn: if it is another organization's
    """
    moves.require_hand(task, actor, end=TaskStatus.DONE)
    words = moves.words(note, field="note")
    name_there = moves.words(reference, field="reference", longest=LONGEST_REFERENCE)
    with acting(actor):
        if name_there:
            features_by_hand.name(task, name_there)
        # The step first: it locks numbers, and tasks come after them.
        repeat = _STEPS.get(TaskKind(task.kind))
        if repeat is not None:
            repeat(task, actor, now)
        moves.move(task, TaskStatus.DONE, actor, now, note=words, taken_by=actor.name)
        named = {"reference": name_there} if name_there else {}
        moves.note(actor, events.TASK_COMPLETED, task, now=now, note=words, **named)


def abandon(*, task: Task, reason: str, actor: Actor, now: datetime) -> None:
    """
    Say that it cannot be done, and why: nothing is repeated, and nobody is asked again.

    Where a person plays the carrier, that is the carrier's no. Where the trouble is met again, it
    gets a new task.

    :raises UnableToDo: if there is no reason, somebody else has it, it is closed, or nothing else
        would take off what it is about
    :raises UnableToStandIn: if it is another organization's
    """
    moves.require_hand(task, actor, end=TaskStatus.ABANDONED)
    words = moves.words(reason, field="reason", missing="Say why it cannot be done.")
    with acting(actor):
        give_up = _GIVEN_UP.get(TaskKind(task.kind))
        if give_up is not None:
            give_up(task, words, actor, now)
        moves.move(task, TaskStatus.ABANDONED, actor, now, note=words, taken_by=actor.name)
        moves.note(actor, events.TASK_ABANDONED, task, now=now, reason=words)


def comment(*, task: Task, text: str, actor: Actor, now: datetime, public: bool = False) -> None:
    """
    Write something down for whoever does it, also once it is closed; the journal keeps it.

    :param public: whether those read it, too, whose number or order it is about
    :raises UnableToDo: if the text is empty or too long
    :raises UnableToStandIn: if it is another organization's
    """
    if public:
        task_papers.tell(task=task, text=text, actor=actor, now=now)
        return
    require_seat(actor, task.organization, what="This task")
    words = moves.words(text, field="text", missing="Write what others should know.")
    with acting(actor):
        moves.note(actor, events.TASK_COMMENTED, task, now=now, comment=words)


def _point(task: Task, actor: Actor, now: datetime) -> None:
    if task.number is None or hasattr(task.number, "assignment"):
        return
    wanted = Destination(task.payload["kind"], task.payload["value"])
    assignment.assign(number=task.number, destination=wanted, actor=actor, now=now)


def _bind_again(task: Task, actor: Actor, now: datetime) -> None:
    failed = CarrierBinding.objects.select_related("trunk__carrier_account", "number").filter(
        number=task.number, status=BindingStatus.FAILED
    )
    for row in failed:
        binding.want(number=row.number, trunk=row.trunk, actor=actor, now=now)


def _disconnect_again(task: Task, actor: Actor, now: datetime) -> None:
    if task.number is not None:
        release.resume(number=task.number, actor=actor, now=now)


def _check_account(task: Task, _actor: Actor, _now: datetime) -> None:
    nudge(trunk_tasks.check_account.delay, account_id=task.carrier_account_id)


def _look_up(task: Task, _actor: Actor, now: datetime) -> None:
    there = CarrierOrder.objects.filter(tasks=task)
    if there.exclude(status__in=CARRIER_ORDER.edges.final).update(next_attempt_at=now):
        nudge(tasks.settle.delay, carrier_order_id=task.carrier_order_id)


def _feature_done(task: Task, actor: Actor, now: datetime) -> None:
    row = features_by_hand.of_task(task)
    if row is not None:
        features_by_hand.done(row, actor=actor, now=now)


def _feature_refused(task: Task, why: str, actor: Actor, now: datetime) -> None:
    row = features_by_hand.of_task(task)
    if row is not None:
        features_by_hand.refused(row, why=why, actor=actor, now=now)


def _feature_stays_on(task: Task, _why: str, _actor: Actor, _now: datetime) -> None:
    row = features_by_hand.of_task(task)
    if row is not None and row.status == FeatureStatus.REMOVAL_BY_HAND:
        # Nothing would ask for it again, and its number would wait for it for ever.
        raise UnableToDo(
            "Whatever waits for this cannot go on while it is on at the carrier. Write down what "
            "is in the way or let the task wait for the carrier, and complete it once it is off."
        )


def _feature_again(task: Task, actor: Actor, now: datetime) -> None:
    row = features_by_hand.of_task(task)
    if row is not None and row.status == FeatureStatus.REJECTED:
        feature_wishes.want(row, actor=actor, now=now)


def _delivered(task: Task, _actor: Actor, now: datetime) -> None:
    if task.number is not None:
        binding_recording.delivered(number=task.number, now=now)


def _not_delivered(task: Task, why: str, _actor: Actor, now: datetime) -> None:
    if task.number is not None:
        binding_recording.not_delivered(number=task.number, why=why, now=now)


def _address_is_good(task: Task, actor: Actor, now: datetime) -> None:
    location = EmergencyLocation.objects.filter(uuid=task.payload["location"]).first()
    if location is not None:
        address_checks.accepted_by_hand(location=location, actor=actor, now=now)


def _address_is_bad(task: Task, reason: str, actor: Actor, now: datetime) -> None:
    location = EmergencyLocation.objects.filter(uuid=task.payload["location"]).first()
    if location is not None:
        address_checks.refused_by_hand(location=location, why=reason, actor=actor, now=now)


_STEPS: Mapping[TaskKind, Callable[[Task, Actor, datetime], None]] = {
    TaskKind.NOT_POINTED: _point,
    TaskKind.BINDING_FAILED: _bind_again,
    TaskKind.DISCONNECT_REFUSED: _disconnect_again,
    TaskKind.CREDENTIALS_REFUSED: _check_account,
    TaskKind.UNKNOWN_WORD: _look_up,
    TaskKind.ORDER_UNCERTAIN: _look_up,
    TaskKind.FEATURE_BY_HAND: _feature_done,
    TaskKind.FEATURE_REMOVAL: _feature_done,
    TaskKind.CARRIER_ORDER: outcomes.require_all,
    TaskKind.CARRIER_RELEASE: ceased.complete,
    TaskKind.CARRIER_ROUTE: _delivered,
    TaskKind.CHECK_ADDRESS: _address_is_good,
    TaskKind.REGISTER_EMERGENCY: _feature_done,
    TaskKind.REMOVE_EMERGENCY: _feature_done,
    TaskKind.EMERGENCY_REJECTED: _feature_again,
}

_GIVEN_UP: Mapping[TaskKind, Callable[[Task, str, Actor, datetime], None]] = {
    TaskKind.FEATURE_BY_HAND: _feature_refused,
    TaskKind.CARRIER_ORDER: outcomes.none,
    TaskKind.CARRIER_RELEASE: ceased.none,
    TaskKind.CARRIER_ROUTE: _not_delivered,
    TaskKind.CHECK_ADDRESS: _address_is_bad,
    TaskKind.REGISTER_EMERGENCY: _feature_refused,
    TaskKind.FEATURE_REMOVAL: _feature_stays_on,
    TaskKind.REMOVE_EMERGENCY: _feature_stays_on,
}
"""What becomes of the thing where a person could not do what the carrier was to do."""
