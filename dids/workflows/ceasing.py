"""Asking people to have numbers ceased at a carrier; many of one account share one task."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts import journal
from accounts.actors import System
from dids import events
from dids.models import Release, Task, TaskKind
from dids.states import TaskStatus
from dids.task_kinds import ASKS
from dids.workflows import opening
from lib.locks import no_key
from trunks.by_hand import NeedsPerson
from trunks.models import CarrierAccount

MOST = 200
"""Numbers in one task, as in an order by hand."""
TOGETHER = timedelta(minutes=10)
"""How long numbers join a task that nobody has taken: those of one wish come one by one."""
_ACTOR = System("tasks.open")


def ask(release: Release, wish: NeedsPerson, *, now: datetime) -> None:
    """
    Ask somebody to have a number ceased at its carrier; within the transaction that says so.

    It joins what the same person wanted at the same account a moment ago: that is one mail.
    """
    account = release.number.carrier_account
    # Workers come one after the other, so that two numbers never open two tasks.
    no_key(CarrierAccount.objects.filter(pk=account.pk)).get()
    task = _open_for(release) or _joined(release, wish, now=now) or _opened(release, wish, now=now)
    Release.objects.filter(pk=release.pk).update(task=task)


def _open_for(release: Release) -> Task | None:
    """Give the task that asked for it before, and for others that are still under way."""
    asking = Task.objects.open().filter(kind=TaskKind.CARRIER_RELEASE)
    return no_key(asking.filter(releases=release)).first()


def _joined(release: Release, wish: NeedsPerson, *, now: datetime) -> Task | None:
    number, account = release.number, release.number.carrier_account
    waiting = Task.objects.filter(
        kind=TaskKind.CARRIER_RELEASE,
        status=TaskStatus.OPEN,
        carrier_account=account,
        asked_by=release.scheduled_by,
        needs_second=account.needs_second,
        opened_at__gt=now - TOGETHER,
    )
    task = no_key(waiting.select_related("organization"), "-pk").first()
    if task is None or len(task.payload["numbers"]) >= MOST:
        return None
    task.payload["numbers"].append(number.e164)
    task.payload["text"] += f"\n{wish.text.partition(chr(10))[2]}"
    task.number = None
    many = f"{len(task.payload['numbers'])} numbers"
    task.title = ASKS[TaskKind.CARRIER_RELEASE].title.format(what=many)
    task.seen_at = now
    task.save(update_fields=["payload", "number", "title", "seen_at"])
    journal.record(
        _ACTOR,
        events.TASK_JOINED,
        now=now,
        subject=task.subject,
        organization=task.organization,
        number=number.e164,
        after={"title": task.title},
    )
    return task


def _opened(release: Release, wish: NeedsPerson, *, now: datetime) -> Task:
    number, account = release.number, release.number.carrier_account
    opening.open_task(
        TaskKind.CARRIER_RELEASE,
        about=release.subject,
        what=number.e164,
        organization=account.owner,
        number=number,
        carrier_account=account,
        payload=opening.told(wish),
        due_at=opening.due(wish, account.owner, now=now),
        asked_by=release.scheduled_by,
        needs_second=account.needs_second,
        now=now,
    )
    return Task.objects.open().get(kind=TaskKind.CARRIER_RELEASE, about=release.subject)
