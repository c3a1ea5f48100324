"""What became of numbers that a person has ceased at a carrier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.actors import Actor
from dids import events
from dids.models import Release, Task
from dids.states import ReleaseStatus
from dids.workflows import disconnecting, said
from dids.workflows import task_moves as moves
from dids.workflows.handover import locked
from dids.workflows.said import Outcome, Said
from lib.locks import no_key

_KNOWN = {ReleaseStatus.BY_HAND: Said.PENDING, ReleaseStatus.DONE: Said.CEASED}


def of(task: Task) -> list[Release]:
    """Give the releases that a task asks a person for, or asked."""
    return list(task.releases.select_related("number").order_by("number__e164", "pk"))


def known(release: Release) -> Said:
    """Tell what is known of a number; one that was refused may be on its way again."""
    return _KNOWN.get(ReleaseStatus(release.status), Said.FAILED)


def write_down(task: Task, outcomes: Sequence[Outcome], *, actor: Actor, now: datetime) -> int:
    """
    Write down what became of numbers; gives how many are left.

    :raises UnableToDo: if an outcome makes no sense
    """
    rows = _locked(task)
    there = {row.number.e164: known(row) for row in rows}
    fresh = said.news(task, outcomes, there, good=Said.CEASED)
    for row in rows:
        outcome = fresh.get(row.number.e164)
        if outcome is None:
            continue
        if outcome.status == Said.CEASED:
            disconnecting.ceased(number=row.number, now=now)
        else:
            words, _ = said.why_refused(task, outcome.code)
            disconnecting.not_ceased(number=row.number, why=words, now=now)
    left = sum(word == Said.PENDING for word in there.values()) - len(fresh)
    ceased = sum(outcome.status == Said.CEASED for outcome in fresh.values())
    moves.note(
        actor,
        events.TASK_CEASED,
        task,
        now=now,
        ceased=ceased,
        failed=len(fresh) - ceased,
        left=left,
        reasons={number: one.code for number, one in fresh.items() if one.code},
    )
    return left


def complete(task: Task, _actor: Actor, now: datetime) -> None:
    """
    Write down that the one number of a task is ceased; of many it must be known of each.

    Another one may have joined since somebody looked.

    :raises UnableToDo: naming those of which it is not known
    """
    rows = _locked(task)
    left = [row for row in rows if row.status == ReleaseStatus.BY_HAND]
    if len(rows) > 1:
        said.require_none_left([row.number.e164 for row in left])
    for row in left:
        disconnecting.ceased(number=row.number, now=now)


def none(task: Task, why: str, _actor: Actor, now: datetime) -> None:
    """Write down that the carrier ceases nothing more; other tasks ask what then."""
    for row in _locked(task):
        if row.status == ReleaseStatus.BY_HAND:
            disconnecting.not_ceased(number=row.number, why=why, now=now)


def _locked(task: Task) -> list[Release]:
    """Read them under the locks of recording and joining: whoever did either has committed."""
    locked([row.number for row in of(task)])
    no_key(Task.objects.filter(pk=task.pk)).get()
    return of(task)
