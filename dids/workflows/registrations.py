"""What others ask of emergency registrations: that there be one, and what people did by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.actors import Actor
from accounts.work import acting
from dids import events, tasks, timing
from dids.models import EmergencyLocation, EmergencyRegistration, PhoneNumber
from dids.states import REGISTRATION, RegistrationStatus
from dids.workflows import calling
from dids.workflows.registration_work import note
from lib.locks import no_key
from lib.nudges import nudge

_S = RegistrationStatus
_FEW = 20
"""So many are nudged one by one; the sweep sees to more of them."""


def want_many(
    wanted: Sequence[tuple[PhoneNumber, EmergencyLocation]], *, now: datetime
) -> list[EmergencyRegistration]:
    """Have locked numbers registered at their locations, unless they are; workers see to it."""
    numbers = [number for number, _ in wanted]
    rows = no_key(EmergencyRegistration.objects.filter(number__in=numbers))
    there = {row.number_id: row for row in rows}
    fresh = [
        EmergencyRegistration(
            number=number,
            location=location,
            status_since=now,
            next_attempt_at=now,
            give_up_at=now + timing.span("BINDING_GIVE_UP_SECONDS"),
        )
        for number, location in wanted
        if number.pk not in there
    ]
    EmergencyRegistration.objects.bulk_create(fresh)
    moved = [
        _want_other(there[number.pk], location, now=now)
        for number, location in wanted
        if number.pk in there and not _is_under_way(there[number.pk], location)
    ]
    due = fresh + [row for row in moved if row.next_attempt_at == now]
    for row in due[:_FEW]:
        nudge(tasks.register.delay, registration_id=row.pk)
    return fresh + moved


def again(*, number: PhoneNumber, actor: Actor, now: datetime) -> None:
    """Have the carrier asked once more about a number whose registration it refused."""
    with acting(actor):
        rejected = EmergencyRegistration.objects.filter(number=number, status=_S.REJECTED)
        row = no_key(rejected.select_related("location")).first()
        if row is not None:
            _want_other(row, row.location, now=now)
            nudge(tasks.register.delay, registration_id=row.pk)


def done_by_hand(*, number: PhoneNumber, actor: Actor, now: datetime) -> None:
    """Record that a person entered a number's address at its carrier."""
    _record_by_hand(number, _S.ACTIVE, actor=actor, why="", now=now)


def refused_by_hand(*, number: PhoneNumber, why: str, actor: Actor, now: datetime) -> None:
    """Record that a person could not enter a number's address at its carrier."""
    _record_by_hand(number, _S.REJECTED, actor=actor, why=why, now=now)


def _record_by_hand(
    number: PhoneNumber, to: RegistrationStatus, *, actor: Actor, why: str, now: datetime
) -> None:
    with acting(actor):
        waiting = EmergencyRegistration.objects.filter(number=number, status=_S.WITH_PERSON)
        row = no_key(waiting.select_related("location", "number__holder")).first()
        if row is None:
            return
        changes = {"active_at": now} if to == _S.ACTIVE else {}
        REGISTRATION.edges.move(row, to=to, now=now, failure=why[:300], **changes)
        event = events.REGISTERED if to == _S.ACTIVE else events.REGISTRATION_REJECTED
        after = {"label": row.location.label} if to == _S.ACTIVE else {"why": why[:300]}
        note(row, event, now=now, actor=actor, after=after)


def _is_under_way(row: EmergencyRegistration, location: EmergencyLocation) -> bool:
    over = {_S.REJECTED, _S.REMOVING, _S.REMOVED}
    return row.location_id == location.pk and row.status not in over


def _want_other(
    row: EmergencyRegistration, location: EmergencyLocation, *, now: datetime
) -> EmergencyRegistration:
    start = now
    in_flight = {_S.REGISTERING, _S.UNCERTAIN, _S.REMOVING}
    if row.status in in_flight and row.call_before is not None:
        # A call that is still under way must have ended before the next one is sent.
        start = max(now, calling.dead_from(row.call_before))
    REGISTRATION.edges.move(
        row,
        to=_S.WANTED,
        now=now,
        location=location,
        attempt=None,
        call_before=None,
        failure="",
        next_attempt_at=start,
        give_up_at=now + timing.span("BINDING_GIVE_UP_SECONDS"),
    )
    return row
