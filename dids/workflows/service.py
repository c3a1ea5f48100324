"""Whether a number is in service: said by whoever publishes routes, so no signal follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import prefetch_related_objects

from accounts import journal
from accounts.actors import System
from accounts.work import acting
from dids import events
from dids.models import PhoneNumber
from dids.states import NumberStatus
from dids.workflows.handover import move_all
from lib.locks import no_key

_ACTOR = System("provisioning.publish")


def set_in_service(*, numbers: Sequence[str], now: datetime) -> int:
    """Tell that assignments of these E.164 numbers are published; gives how many moved."""
    return _move(
        numbers, NumberStatus.ASSIGNED, NumberStatus.IN_SERVICE, events.PUT_IN_SERVICE, now=now
    )


def set_out_of_service(*, numbers: Sequence[str], now: datetime) -> int:
    """Tell that these E.164 numbers are in no route table any more; gives how many moved."""
    return _move(
        numbers,
        NumberStatus.IN_SERVICE,
        NumberStatus.ASSIGNED,
        events.TAKEN_OUT_OF_SERVICE,
        now=now,
    )


def _move(
    numbers: Sequence[str],
    start: NumberStatus,
    end: NumberStatus,
    event_type: journal.EventType,
    *,
    now: datetime,
) -> int:
    with acting(_ACTOR):
        rows = PhoneNumber.objects.filter(e164__in=numbers, status=start)
        locked = list(no_key(rows, "e164"))
        prefetch_related_objects(locked, "holder")
        if not locked:
            return 0
        move_all(locked, to=end, now=now)
        if end == NumberStatus.IN_SERVICE:
            keys = [row.pk for row in locked if row.used_since is None]
            PhoneNumber.objects.filter(pk__in=keys).update(used_since=now)
        journal.record_many(
            _ACTOR,
            event_type,
            [
                journal.Row(subject=row.subject, organization=row.holder, number=row.e164)
                for row in locked
            ],
            now=now,
        )
    return len(locked)
