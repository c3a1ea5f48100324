"""Tasks whose cause is gone close themselves; those taken for too long are open to all again."""

from __future__ import annotations

from datetime import datetime

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from accounts import journal
from accounts.actors import System
from accounts.work import acting
from dids import events, timing
from dids.crafts import CRAFTS
from dids.models import (
    CarrierBinding,
    EmergencyLocation,
    Finding,
    PhoneNumber,
    Release,
    Task,
)
from dids.models import TaskKind as Kind
from dids.models.features import SUBJECT
from dids.models.tasks import IN_HAND
from dids.states import (
    CARRIER_ORDER,
    TASK,
    BindingStatus,
    CarrierOrderStatus,
    FeatureStatus,
    FindingStatus,
    LocationStatus,
    NumberStatus,
    ReleaseStatus,
    TaskStatus,
)
from trunks.models import CarrierAccount

MOST = 200
_ACTOR = System("tasks.close")
_SET_UP = (Kind.FEATURE_BY_HAND, Kind.REGISTER_EMERGENCY)
_REMOVALS = (Kind.FEATURE_REMOVAL, Kind.REMOVE_EMERGENCY)
_LAPSED = (FeatureStatus.REJECTED, FeatureStatus.SUBMITTED)


def close_tasks(*, now: datetime) -> int:
    """Close the tasks whose cause is gone; gives how many."""
    return _move_all(
        Task.objects.open().filter(_cause_is_gone(now)),
        to=TaskStatus.DROPPED,
        event_type=events.TASK_CLOSED_ITSELF,
        now=now,
    )


def return_tasks(*, now: datetime) -> int:
    """Let everybody take the tasks again that somebody took too long ago; gives how many."""
    taken = Task.objects.filter(status__in=IN_HAND)
    return _move_all(
        TASK.edges.stale(taken, now=now),
        to=TaskStatus.OPEN,
        event_type=events.TASK_RETURNED,
        now=now,
    )


def _cause_is_gone(now: datetime) -> Q:
    number = OuterRef("number")
    differs = Finding.objects.annotate(
        name_in_journal=Concat(
            Value("dids.finding:"), Cast("uuid", TextField()), output_field=TextField()
        )
    ).filter(name_in_journal=OuterRef("about"), status=FindingStatus.OPEN)
    failed = CarrierBinding.objects.filter(number=number, status=BindingStatus.FAILED)
    unaddressed = EmergencyLocation.objects.annotate(
        name_in_journal=Concat(
            Value("dids.emergency_location:"), Cast("uuid", TextField()), output_field=TextField()
        )
    ).filter(name_in_journal=OuterRef("about"), status=LocationStatus.WITH_PERSON)
    refused = Release.objects.filter(number=number, status=ReleaseStatus.REFUSED)
    with_person = Release.objects.filter(task=OuterRef("pk"), status=ReleaseStatus.BY_HAND)
    rerouted = CarrierBinding.objects.filter(number=number, status=BindingStatus.BY_HAND)
    held = PhoneNumber.objects.filter(pk=number, holder=OuterRef("organization"))
    in_stock = held.filter(status__in=[NumberStatus.AVAILABLE, NumberStatus.RESERVED])
    points_nowhere = held.filter(status=NumberStatus.ASSIGNED, assignment=None)
    # A check proves the credentials, not every permission: trouble that was met just now is not
    # over because the balance could be read.
    quiet = now - 2 * timing.span("PUT_OFF_PERSON_SECONDS")
    works = Q(
        carrier_account__status=CarrierAccount.Status.ACTIVE,
        carrier_account__health="",
        carrier_account__checked_at__gt=F("seen_at"),
        seen_at__lte=quiet,
    )
    return (
        (Q(kind=Kind.BINDING_FAILED) & ~Exists(failed))
        | (Q(kind=Kind.DISCONNECT_REFUSED) & ~Exists(refused))
        | (Q(kind=Kind.BOUGHT_LATE) & ~Exists(in_stock))
        | (Q(kind=Kind.NOT_POINTED) & ~Exists(points_nowhere))
        | (Q(kind=Kind.UNKNOWN_WORD) & Q(carrier_order__status__in=CARRIER_ORDER.edges.final))
        | (Q(kind=Kind.ORDER_UNCERTAIN) & ~Q(carrier_order__status=CarrierOrderStatus.UNCERTAIN))
        | (Q(kind=Kind.CREDENTIALS_REFUSED) & works)
        | (Q(kind=Kind.CHECK_ADDRESS) & ~Exists(unaddressed))
        | (Q(kind__in=_SET_UP) & ~_any_feature(FeatureStatus.BY_HAND))
        | (Q(kind__in=_REMOVALS) & ~_any_feature(FeatureStatus.REMOVAL_BY_HAND))
        | (Q(kind=Kind.EMERGENCY_REJECTED) & ~_any_feature(FeatureStatus.REJECTED))
        | (Q(kind=Kind.FEATURE_LAPSED) & ~_any_feature(*_LAPSED))
        | (Q(kind=Kind.CARRIER_ORDER) & Q(carrier_order__status__in=CARRIER_ORDER.edges.final))
        | (Q(kind=Kind.CARRIER_RELEASE) & ~Exists(with_person))
        | (Q(kind=Kind.CARRIER_ROUTE) & ~Exists(rerouted))
        | (Q(kind=Kind.INVESTIGATE) & ~Q(Exists(differs)))
    )


def _any_feature(*statuses: FeatureStatus) -> Q:
    """Find what a task asks a person for, as long as it is still asked for."""
    subject = Concat(Value(SUBJECT), Cast("uuid", CharField()))
    found = Q()
    for craft in CRAFTS.values():
        rows = craft.model.objects.filter(status__in=statuses).annotate(named=subject)
        found |= Q(Exists(rows.filter(named=OuterRef("about"))))
    return found


def _move_all(
    rows: QuerySet[Task], *, to: TaskStatus, event_type: journal.EventType, now: datetime
) -> int:
    with acting(_ACTOR):
        # Whoever does one at this moment keeps it.
        due = rows.select_related("organization", "number").order_by("pk")
        found = list(due.select_for_update(skip_locked=True, no_key=True, of=("self",))[:MOST])
        if not found:
            return 0
        for task in found:
            changes = {"taken_by": ""} if to == TaskStatus.OPEN else {}
            TASK.edges.move(task, to=to, now=now, **changes)
        journal.record_many(
            _ACTOR,
            event_type,
            [
                journal.Row(
                    subject=task.subject,
                    organization=task.organization,
                    number=task.number.e164 if task.number else "",
                    after={"title": task.title},
                )
                for task in found
            ],
            now=now,
        )
    return len(found)
