"""What goes along with tasks: words for those concerned, and documents of the vault."""

from __future__ import annotations

from datetime import datetime

from accounts import journal
from accounts.actors import Actor
from accounts.models import Organization
from accounts.work import acting
from dids import events
from dids.models import Document, Task
from dids.models.documents import DocumentQuerySet
from dids.states import ReleaseStatus
from dids.workflows import task_moves as moves
from dids.workflows import vault
from dids.workflows.standing import require_seat


def attached(task: Task, actor: Actor) -> DocumentQuerySet:
    """Give the documents of a task that an actor may see."""
    rows = Document.objects.visible_to(actor).shown()
    return rows.filter(uses__subject=task.subject).select_related("organization").order_by("pk")


def attach(*, task: Task, document: Document, actor: Actor, now: datetime) -> None:
    """
    Lay a document of the vault beside a task; it cannot be deleted as long as it is there.

    :raises UnableToOpen: if it is on its way out
    :raises UnableToStandIn: if the task is another organization's
    """
    require_seat(actor, task.organization, what="This task")
    with acting(actor):
        vault.use(
            document=document, subject=task.subject, words=f"the task “{task.title}”", now=now
        )
        moves.note(actor, events.TASK_ATTACHED, task, now=now, document=document.name)


def concerned(task: Task) -> list[tuple[Organization, str, str]]:
    """Give who else waits for a task: the organization, the subject, and the number, if any."""
    if task.number is not None:
        holder = task.number.holder
        rows = [(holder, task.number.subject, task.number.e164)]
    elif task.carrier_order is not None:
        order = task.carrier_order.order
        lines = task.carrier_order.lines.select_related("holder")
        holders = {line.holder for line in lines} - {order.payer}
        there = [order.payer, *sorted(holders, key=lambda one: one.pk)]
        rows = [(one, order.subject, "") for one in there]
    else:
        # Of what was ceased or refused nobody waits, and it may be another's by now.
        waiting = task.releases.filter(status=ReleaseStatus.BY_HAND)
        shared = [row.number for row in waiting.select_related("number__holder").order_by("pk")]
        rows = [(number.holder, number.subject, number.e164) for number in shared]
    return [row for row in rows if row[0].pk != task.organization_id]


def tell(*, task: Task, text: str, actor: Actor, now: datetime) -> None:
    """
    Write something down that those concerned read, too: whose number or order it is about.

    :raises UnableToDo: if the text is empty or too long, or nobody else is concerned
    :raises UnableToStandIn: if the task is another organization's
    """
    require_seat(actor, task.organization, what="This task")
    words = moves.words(text, field="text", missing="Write what others should know.")
    others = concerned(task)
    if not others:
        raise moves.invalid(
            "Nobody outside is concerned. Write it without telling them.", field="public"
        )
    with acting(actor):
        moves.note(actor, events.TASK_COMMENTED, task, now=now, comment=words)
        for organization, subject, number in others:
            journal.record(
                actor,
                events.TOLD,
                now=now,
                subject=subject,
                organization=organization,
                number=number,
                after={"title": task.title, "comment": words},
            )
