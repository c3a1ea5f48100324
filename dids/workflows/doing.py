"""What people do with tasks: take one, give it back, complete it or say that it cannot be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from accounts import journal
from accounts.actors import Actor
from accounts.names import names
from accounts.permissions import Permission
from accounts.work import acting
from dids import events, tasks
from dids.destinations import Destination
from dids.models import CarrierBinding, CarrierOrder, Task, TaskKind
from dids.states import CARRIER_ORDER, TASK, BindingStatus, TaskStatus
from dids.task_kinds import ASKS
from dids.workflows import assignment, binding, feature_recording, release
from dids.workflows.standing import require_seat
from lib import pauses
from lib.nudges import nudge
from lib.refusals import UnableTo
from lib.transitions import LostRace
from trunks import tasks as trunk_tasks

LONGEST_NOTE = 500


class UnableToDo(UnableTo):
    """The task is somebody else's, or nobody's any more."""

    code = "cannot_do_task"
    conflict = True


def take(*, task: Task, actor: Actor, now: datetime) -> None:
    """
    Put one's name on an open task, so that two people don't do the same.

    :raises UnableToDo: if somebody has it, or it is closed
    :raises UnableToStandIn: if it is another organization's
    """
    _require_right(task, actor)
    if task.status != TaskStatus.OPEN:
        raise _gone(task, actor)
    pauses.at("task.taking")
    with acting(actor):
        _move(task, TaskStatus.TAKEN, actor, now, taken_by=actor.name)
        _note(actor, events.TASK_TAKEN, task, now=now)


def give_back(*, task: Task, actor: Actor, now: datetime) -> None:
    """
    Let others take it; whoever looks after people may give back anybody's.

    :raises UnableToDo: if it is not taken, or somebody else has it
    :raises UnableToStandIn: if it is another organization's
    """
    _require_right(task, actor)
    if task.status != TaskStatus.TAKEN:
        raise UnableToDo("Nobody has taken this task, so there is nothing to give back.")
    if task.taken_by != actor.name and not actor.may(Permission.MANAGE_PEOPLE):
        raise _gone(task, actor)
    with acting(actor):
        _move(task, TaskStatus.OPEN, actor, now, taken_by="")
        _note(actor, events.TASK_GIVEN_BACK, task, now=now)


def complete(*, task: Task, note: str, actor: Actor, now: datetime) -> None:
    """
    Say that it is done: the step that was stuck is repeated, or the note says what came of it.

    Where the step refuses, the task stays open.

    :raises UnableToDo: if somebody else has it, or it is closed
    :raises UnableToStandIn: if it is another organization's
    """
    _require_hand(task, actor, end=TaskStatus.DONE)
    words = _words(note, field="note")
    with acting(actor):
        # The step first: it locks numbers, and tasks come after them.
        repeat = _STEPS.get(TaskKind(task.kind))
        if repeat is not None:
            repeat(task, actor, now)
        _move(task, TaskStatus.DONE, actor, now, note=words, taken_by=actor.name)
        _note(actor, events.TASK_COMPLETED, task, now=now, note=words)


def abandon(*, task: Task, reason: str, actor: Actor, now: datetime) -> None:
    """
    Say that it cannot be done, and why: nothing is repeated, and nobody is asked again.

    Where the trouble is met again, it gets a new task.

    :raises UnableToDo: if there is no reason, somebody else has it, or it is closed
    :raises UnableToStandIn: if it is another organization's
    """
    _require_hand(task, actor, end=TaskStatus.ABANDONED)
    words = _words(reason, field="reason", missing="Say why it cannot be done.")
    with acting(actor):
        give_up = _GIVEN_UP.get(TaskKind(task.kind))
        if give_up is not None:
            give_up(task, words, actor, now)
        _move(task, TaskStatus.ABANDONED, actor, now, note=words, taken_by=actor.name)
        _note(actor, events.TASK_ABANDONED, task, now=now, reason=words)


def comment(*, task: Task, text: str, actor: Actor, now: datetime) -> None:
    """
    Write something down for whoever does it, also once it is closed; the journal keeps it.

    :raises UnableToDo: if the text is empty or too long
    :raises UnableToStandIn: if it is another organization's
    """
    require_seat(actor, task.organization, what="This task")
    words = _words(text, field="text", missing="Write what others should know.")
    with acting(actor):
        _note(actor, events.TASK_COMMENTED, task, now=now, comment=words)


def may_do(task: Task, actor: Actor) -> bool:
    """Tell whether an actor has the right that a task takes."""
    return actor.may(ASKS[TaskKind(task.kind)].permission)


def _require_right(task: Task, actor: Actor) -> None:
    require_seat(actor, task.organization, what="This task")
    if not may_do(task, actor):
        raise UnableToDo("Your role does not include what this task takes. Leave it to others.")


def _require_hand(task: Task, actor: Actor, *, end: TaskStatus) -> None:
    """Make sure that the task can end so, by this actor."""
    _require_right(task, actor)
    is_anothers = task.status == TaskStatus.TAKEN and task.taken_by != actor.name
    if is_anothers or task.status not in TASK.edges.sources(end):
        raise _gone(task, actor)


def _gone(task: Task, actor: Actor) -> UnableToDo:
    """Say what stands in the way of an actor who took the task for free."""
    who = names([task.taken_by], actor)[task.taken_by] if task.taken_by else ""
    if task.status == TaskStatus.OPEN:
        return UnableToDo("The task was given back meanwhile; nobody has it. Look at it again.")
    if task.status != TaskStatus.TAKEN:
        by = f" by {who}" if who else ""
        return UnableToDo(f"This task was closed{by}. Look at what came of it.")
    if task.taken_by == actor.name:
        return UnableToDo("You have taken this task already.")
    return UnableToDo(
        f"{who} has taken this task. Choose another one, or ask them to give it back."
    )


def _words(text: str, *, field: str, missing: str = "") -> str:
    words = " ".join(text.split())
    wrong = missing if not words else ""
    if len(words) > LONGEST_NOTE or "\x00" in words:
        wrong = f"Shorten it to {LONGEST_NOTE} characters."
    if wrong:
        refusal = UnableToDo(wrong, field=field)
        refusal.conflict = False
        raise refusal
    return words


def _move(task: Task, to: TaskStatus, actor: Actor, now: datetime, **changes: str) -> None:
    try:
        TASK.edges.move(task, to=to, now=now, **changes)
    except LostRace as lost:
        task.refresh_from_db(fields=["status", "taken_by"])
        raise _gone(task, actor) from lost


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
    row = feature_recording.of_task(task)
    if row is not None:
        feature_recording.done_by_hand(row, actor=actor, now=now)


def _feature_refused(task: Task, why: str, actor: Actor, now: datetime) -> None:
    row = feature_recording.of_task(task)
    if row is not None:
        feature_recording.refused_by_hand(row, why=why, actor=actor, now=now)


_STEPS: Mapping[TaskKind, Callable[[Task, Actor, datetime], None]] = {
    TaskKind.NOT_POINTED: _point,
    TaskKind.BINDING_FAILED: _bind_again,
    TaskKind.DISCONNECT_REFUSED: _disconnect_again,
    TaskKind.CREDENTIALS_REFUSED: _check_account,
    TaskKind.UNKNOWN_WORD: _look_up,
    TaskKind.ORDER_UNCERTAIN: _look_up,
    TaskKind.FEATURE_BY_HAND: _feature_done,
    TaskKind.FEATURE_REMOVAL: _feature_done,
}

_GIVEN_UP: Mapping[TaskKind, Callable[[Task, str, Actor, datetime], None]] = {
    TaskKind.FEATURE_BY_HAND: _feature_refused,
}


def _note(
    actor: Actor,
    event_type: journal.EventType,
    task: Task,
    *,
    now: datetime,
    reason: str = "",
    **after: str,
) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=task.subject,
        organization=task.organization,
        number=task.number.e164 if task.number else "",
        after={"title": task.title, **after},
        reason=reason,
    )
