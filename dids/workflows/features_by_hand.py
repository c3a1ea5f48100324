"""Features that a person set up or took off, as the task of that says."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db.models import QuerySet

from accounts.actors import Actor
from dids import events
from dids.crafts import CRAFTS
from dids.models import Campaign, Feature, Task, TaskKind
from dids.models.features import SUBJECT
from dids.states import FeatureStatus
from dids.workflows.feature_recording import note
from dids.workflows.task_moves import UnableToDo
from lib.locks import no_key
from trunks import registry
from trunks.roles import JoinsCampaigns

_S = FeatureStatus


def done(row: Feature, *, actor: Actor, now: datetime) -> None:
    """Write down that a person has done what the task asked; nothing where that is over."""
    to = {_S.BY_HAND: _S.ACTIVE, _S.REMOVAL_BY_HAND: _S.OFF}.get(FeatureStatus(row.status))
    if to is None:
        return
    is_there = to == _S.ACTIVE
    erased = {} if is_there else row.erased
    row.lifecycle.edges.move(
        row, to=to, now=now, perhaps_there=is_there, failure="", problems=[], **erased
    )
    event_type = events.FEATURE_ACTIVE if is_there else events.FEATURE_OFF
    note(row, event_type, now=now, actor=actor)


def asks_name(task: Task) -> bool:
    """Tell whether whoever does a task can say by which name the carrier knows what was made."""
    row = _campaigns(task).select_related("brand__carrier_account").first()
    return row is not None and issubclass(registry.carrier(row.account.carrier), JoinsCampaigns)


def name(task: Task, reference: str) -> None:
    """
    Write down by which name the carrier knows a campaign; numbers join it by that.

    :raises UnableToDo: if the task is about none, or numbers join none there by interface
    """
    if not asks_name(task):
        raise UnableToDo(
            "This task asks for no name that the carrier gave. Write it into the note instead.",
            field="reference",
        )
    _campaigns(task).update(carrier_reference=reference)


def _campaigns(task: Task) -> QuerySet[Campaign]:
    if task.kind != TaskKind.FEATURE_BY_HAND:
        return Campaign.objects.none()
    return Campaign.objects.filter(uuid=task.about.removeprefix(SUBJECT), status=_S.BY_HAND)


def refused(row: Feature, *, why: str, actor: Actor, now: datetime) -> None:
    """Write down that the carrier refused it to a person."""
    if row.status != _S.BY_HAND:
        return
    problems = [{"field": "", "words": why}]
    row.lifecycle.edges.move(
        row,
        to=_S.REJECTED,
        now=now,
        failure=why[:200],
        problems=problems,
        perhaps_there=False,
        # A person's attempt has a name from its end on: what is answered after it is newer.
        attempt=uuid4(),
    )
    note(row, events.FEATURE_REJECTED, now=now, actor=actor, why=why)


def of_task(task: Task) -> Feature | None:
    """Give what a task is about, locked."""
    for craft in CRAFTS.values():
        rows = craft.model.objects.select_related("organization", *craft.related)
        there = no_key(rows.filter(uuid=task.about.removeprefix(SUBJECT))).first()
        if there is not None:
            return there
    return None
