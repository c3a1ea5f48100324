"""What all steps with tasks share: who may take them, the one move, and the note of it."""

from __future__ import annotations

from datetime import datetime

from accounts import journal
from accounts.actors import Actor
from accounts.names import names
from accounts.persons import same_person
from dids.models import Task, TaskKind
from dids.models.tasks import IN_HAND
from dids.states import TASK, TaskStatus
from dids.task_kinds import ASKS
from dids.workflows.standing import require_seat
from lib.refusals import UnableTo
from lib.transitions import LostRace

LONGEST_NOTE = 500
LONGEST_REFERENCE = 100


class UnableToDo(UnableTo):
    """The task is somebody else's, or nobody's any more."""

    code = "cannot_do_task"
    conflict = True


def invalid(message: str, *, field: str = "") -> UnableToDo:
    """Give the refusal of an input, which is no matter of who has the task."""
    refusal = UnableToDo(message, field=field)
    refusal.conflict = False
    return refusal


def may_do(task: Task, actor: Actor) -> bool:
    """Tell whether an actor has the right that a task takes."""
    return actor.may(ASKS[TaskKind(task.kind)].permission)


def require_right(task: Task, actor: Actor) -> None:
    """
    Make sure that the task is the actor's to do.

    :raises UnableToDo: if its role does not include what the task takes
    :raises UnableToStandIn: if it is another organization's
    """
    require_seat(actor, task.organization, what="This task")
    if not may_do(task, actor):
        raise UnableToDo("Your role does not include what this task takes. Leave it to others.")


def require_hand(task: Task, actor: Actor, *, end: TaskStatus) -> None:
    """
    Make sure that the task can become so, by this actor.

    :raises UnableToDo: if somebody else has it, or it is closed
    """
    require_right(task, actor)
    is_anothers = task.status in IN_HAND and task.taken_by != actor.name
    if is_anothers or task.status not in TASK.edges.sources(end):
        raise gone(task, actor)
    if end == TaskStatus.DONE and task.needs_second and same_person(task.asked_by, actor.name):
        raise UnableToDo("You asked for this yourself. Somebody else must confirm that it is done.")


def gone(task: Task, actor: Actor) -> UnableToDo:
    """Say what stands in the way of an actor who took the task for free."""
    who = names([task.taken_by], actor)[task.taken_by] if task.taken_by else ""
    if task.status == TaskStatus.OPEN:
        return UnableToDo("The task was given back meanwhile; nobody has it. Look at it again.")
    if task.status not in IN_HAND:
        by = f" by {who}" if who else ""
        return UnableToDo(f"This task was closed{by}. Look at what came of it.")
    if task.taken_by == actor.name:
        return UnableToDo("You have taken this task already.")
    return UnableToDo(
        f"{who} has taken this task. Choose another one, or ask them to give it back."
    )


def words(text: str, *, field: str, missing: str = "", longest: int = LONGEST_NOTE) -> str:
    """
    Give what somebody wrote on one line.

    :param missing: what to say where nothing was written; empty where nothing need be
    :raises UnableToDo: naming the field
    """
    tidy = " ".join(text.split())
    if not tidy and missing:
        raise invalid(missing, field=field)
    if len(tidy) > longest or "\x00" in tidy:
        raise invalid(f"Shorten it to {longest} characters.", field=field)
    return tidy


def move(task: Task, to: TaskStatus, actor: Actor, now: datetime, **changes: str) -> None:
    """
    Move a task from the status it was loaded with.

    :raises UnableToDo: if somebody else was first
    """
    try:
        TASK.edges.move(task, to=to, now=now, **changes)
    except LostRace as lost:
        task.refresh_from_db(fields=["status", "taken_by"])
        raise gone(task, actor) from lost


def keep(task: Task, actor: Actor, **changes: str) -> None:
    """
    Change a task that stays where it is.

    :raises UnableToDo: if somebody moved it meanwhile
    """
    mine = Task.objects.filter(pk=task.pk, status=task.status, taken_by=task.taken_by)
    if not mine.update(**changes):
        task.refresh_from_db(fields=["status", "taken_by"])
        raise gone(task, actor)
    for name, value in changes.items():
        setattr(task, name, value)


def note(
    actor: Actor,
    event_type: journal.EventType,
    task: Task,
    *,
    now: datetime,
    reason: str = "",
    **after: object,
) -> None:
    """Write a step into the journal, under the task."""
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
