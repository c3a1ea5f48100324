"""Tasks as lists show them: everybody's, and one's own work."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from accounts.actors import Actor
from accounts.permissions import FieldGroup
from dids.models import Release, Task
from dids.models.tasks import IN_HAND, OPEN, TaskQuerySet
from dids.states import TASK, TaskStatus
from dids.task_kinds import kinds_for

BY_URGENCY = ("-is_urgent", "due_at", "pk")
"""The order of work that waits: what somebody calls urgent, then what is due soonest."""


def tasks(
    actor: Actor,
    *,
    mine: bool = False,
    unassigned: bool = False,
    open: bool | None = None,  # noqa: A002
    kind: str = "",
    status: str = "",
    number: str = "",
    organization: UUID | None = None,
    carrier_account: UUID | None = None,
) -> TaskQuerySet:
    """
    Give the tasks that an actor may see, ready to be shown.

    :param mine: only what the actor took, and open ones of its seat that its role may take; of
        closed ones only what it closed
    :param unassigned: only those that nobody has taken yet
    :param open: only those that still wait for somebody, or only those that are closed
    :param number: only those about this number, in E.164
    :param organization: only those of this organization, by its public id
    :param carrier_account: only those about this account; none for who may not see carriers
    """
    rows = Task.objects.visible_to(actor)
    if mine:
        is_closed = open is False or status in TASK.edges.final
        rows = rows.filter(Q(taken_by=actor.name) if is_closed else _my_work(actor))
    if open is not None:
        final = Q(status__in=TASK.edges.final)
        rows = rows.filter(final) if not open else rows.open()
    if unassigned:
        rows = rows.filter(status=TaskStatus.OPEN)
    if carrier_account and not actor.sees(FieldGroup.CARRIER):
        rows = rows.none()
    wanted = {
        "kind": kind,
        "status": status,
        "organization__uuid": organization,
        "carrier_account__uuid": carrier_account,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if number:
        shared = Release.objects.filter(task=OuterRef("pk"), number__e164=number)
        rows = rows.filter(Q(number__e164=number) | Exists(shared))
    return rows.select_related("organization", "number", "carrier_account", "carrier_order__order")


def is_open_only(
    *,
    mine: bool = False,
    unassigned: bool = False,
    open: bool | None = None,  # noqa: A002
    status: str = "",
    **_narrower: object,
) -> bool:
    """Tell whether a list that is asked for like this has only tasks that wait for somebody."""
    if open is not None:
        return open
    return status in OPEN if status else mine or unassigned


def waiting_for(actor: Actor, *, most: int) -> int:
    """Count my work: what I took and what I may take; not beyond so many."""
    return Task.objects.visible_to(actor).open().filter(_my_work(actor))[:most].count()


def _my_work(actor: Actor) -> Q:
    taken = Q(status__in=IN_HAND, taken_by=actor.name)
    free = Q(status=TaskStatus.OPEN, organization=actor.reach, kind__in=kinds_for(actor))
    return taken | free
