"""Tasks as lists show them: everybody's, and one's own work."""

from __future__ import annotations

from django.db.models import Q

from accounts.actors import Actor
from dids.models import Task
from dids.models.tasks import TaskQuerySet
from dids.states import TASK, TaskStatus
from dids.task_kinds import kinds_for


def tasks(
    actor: Actor,
    *,
    mine: bool = False,
    open: bool | None = None,  # noqa: A002
    kind: str = "",
) -> TaskQuerySet:
    """
    Give the tasks that an actor may see, ready to be shown.

    :param mine: only what the actor took, and open ones of its seat that its role may take
    :param open: only those that still wait for somebody, or only those that are closed
    """
    rows = Task.objects.visible_to(actor)
    if mine:
        taken = Q(status=TaskStatus.TAKEN, taken_by=actor.name)
        free = Q(status=TaskStatus.OPEN, organization=actor.reach, kind__in=kinds_for(actor))
        rows = rows.filter(taken | free)
    if open is not None:
        final = Q(status__in=TASK.edges.final)
        rows = rows.filter(~final if open else final)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.select_related("organization", "number", "carrier_account")
