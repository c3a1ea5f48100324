"""Telling carriers at which location a number is to be found: claim, call, record."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from accounts.work import acting
from dids import events, nudging, tasks, timing
from dids.models import EmergencyRegistration
from dids.states import REGISTRATION, RegistrationStatus
from dids.workflows import calling, opening, unregistering
from dids.workflows.registration_work import (
    WORKER,
    carrier_of,
    late_calls_doubted,
    load,
    look_again,
    note,
    read,
)
from lib import pauses
from lib.e164 import E164
from lib.transitions import UnableToMove
from trunks import connect
from trunks.addresses import EmergencyState, Registered
from trunks.errors import CarrierError, Misconfigured, OutcomeUnknown, Reason, Rejected, Unavailable

_S = RegistrationStatus
NEW_FOR = timedelta(minutes=5)
"""So long a carrier may not know a number that it has just sold."""

_EVENTS = {
    _S.UNCERTAIN: events.REGISTRATION_UNCERTAIN,
    _S.PENDING: events.REGISTRATION_PENDING,
    _S.WANTED: events.REGISTRATION_PUT_OFF,
    _S.WITH_PERSON: events.REGISTRATION_BY_HAND,
}


def carry_out(*, registration_id: int, now: datetime) -> None:
    """
    Do what a registration waits for: register it, look it up, or remove it.

    :raises UnableToMove: if another worker has it
    """
    row = load(registration_id)
    if row is None or row.next_attempt_at is None:
        return
    clock = timing.Elapsed(now)
    try:
        if row.status == _S.WANTED:
            _register(row, clock)
        elif row.status in {_S.REGISTERING, _S.PENDING, _S.UNCERTAIN}:
            _settle(row, clock)
        elif row.status == _S.REMOVING:
            unregistering.remove(row, clock)
    except connect.NotNow as later:
        message = {"registration_id": row.pk}
        look_again(row, nudging.soon(tasks.register, message, at=later.retry_at, now=now))


def _register(row: EmergencyRegistration, clock: timing.Elapsed) -> None:
    if row.number.holder_id != row.location.organization_id:
        # It was given back meanwhile: nobody there is to be looked for any more.
        unregistering.want_removal(number=row.number, now=clock.now())
        return
    if row.location.is_test and not row.number.carrier_account.base_url:
        _reject(row, row.attempt, "Only a stand-in has looked at this address.", now=clock.now())
        return
    carrier = carrier_of(row, clock)
    if carrier is None:
        _hand_to_person(row, now=clock.now())
        return
    pauses.at("registration.ready")
    with acting(WORKER):
        attempt, call_before = calling.claim(REGISTRATION, row, to=_S.REGISTERING, now=clock.now())
        note(row, events.REGISTRATION_CLAIMED, now=clock.now(), after={"attempt": str(attempt)})
    pauses.at("registration.claimed")
    try:
        there = read(carrier, row)
        if there is None or not _stands(there, row):
            there = carrier.register(
                E164(row.number.e164),
                carrier_reference=row.number.carrier_reference,
                address=row.location.address,
                reference=str(row.location.uuid),
                deadline=calling.deadline(call_before),
            )
    except CarrierError as trouble:
        _record_trouble(row, attempt, trouble, clock)
    else:
        pauses.at("registration.called")
        _record_state(row, attempt, there, clock)


def _settle(row: EmergencyRegistration, clock: timing.Elapsed) -> None:
    dead_from = calling.dead_from(row.call_before or row.status_since)
    if row.status == _S.REGISTERING and dead_from > clock.now():
        raise UnableToMove(f"{row} is being registered by another worker.")
    carrier = carrier_of(row, clock)
    if carrier is None:
        _hand_to_person(row, now=clock.now())
        return
    try:
        there = read(carrier, row)
    except CarrierError as trouble:
        look_again(row, nudging.after(trouble, now=clock.now()))
        return
    pauses.at("registration.looked_up")
    if there is not None and there.is_of(str(row.location.uuid), row.location.address):
        _record_state(row, row.attempt, there, clock)
    elif dead_from + calling.lookup_lag(carrier) <= clock.now():
        # Registering is repeatable, and nobody can still be on the way with the old call.
        now = clock.now()
        _record(row, row.attempt, _S.WANTED, why="Not registered.", again_at=now, now=now)
    else:
        look_again(row, clock.now() + timing.span("LOOKUP_SECONDS"))


def _stands(there: Registered, row: EmergencyRegistration) -> bool:
    is_same = there.is_of(str(row.location.uuid), row.location.address)
    return is_same and there.state in {EmergencyState.ACTIVE, EmergencyState.PENDING}


def _record_state(
    row: EmergencyRegistration, attempt: UUID | None, there: Registered, clock: timing.Elapsed
) -> None:
    now = clock.now()
    with late_calls_doubted(row.number, clock):
        if there.state == EmergencyState.ACTIVE:
            _record_active(row, attempt, there.carrier_reference, now=now)
        elif there.state == EmergencyState.FAILED:
            _reject(row, attempt, there.reason, now=now)
        elif row.status == _S.PENDING:
            pause = timing.until_read_again(row.status_since, now=now)
            look_again(row, now + pause)
        else:
            again_at = now + timing.span("ORDER_POLL_SECONDS")
            _record(row, attempt, _S.PENDING, why="", again_at=again_at, now=now)


def _record_active(
    row: EmergencyRegistration, attempt: UUID | None, carrier_reference: str, *, now: datetime
) -> None:
    with acting(WORKER):
        REGISTRATION.edges.record(
            row,
            attempt=attempt,
            to=_S.ACTIVE,
            now=now,
            active_at=now,
            carrier_reference=carrier_reference[:100],
            next_attempt_at=None,
            failure="",
        )
        after = {"label": row.location.label, "carrier_reference": carrier_reference}
        note(row, events.REGISTERED, now=now, after=after)
        pauses.at("registration.recording")
    pauses.at("registration.recorded")


def _record_trouble(
    row: EmergencyRegistration, attempt: UUID, trouble: CarrierError, clock: timing.Elapsed
) -> None:
    now, why = clock.now(), str(trouble)
    if isinstance(trouble, OutcomeUnknown):
        again_at = now + timing.span("LOOKUP_SECONDS")
        with late_calls_doubted(row.number, clock):
            _record(row, attempt, _S.UNCERTAIN, why=why, again_at=again_at, now=now)
        return
    until = _retry_at(row, trouble, now=now)
    with acting(WORKER):
        if until is None or until >= row.give_up_at:
            _reject(row, attempt, why, now=now)
            return
        _record(row, attempt, _S.WANTED, why=why, again_at=until, now=now)
        if isinstance(trouble, Misconfigured):
            opening.credentials_refused(row.number.carrier_account, why=why, now=now)


def _retry_at(
    row: EmergencyRegistration, trouble: CarrierError, *, now: datetime
) -> datetime | None:
    if isinstance(trouble, Unavailable):
        return trouble.retry_at(now, otherwise=timing.seconds("PUT_OFF_SECONDS"))
    if isinstance(trouble, Misconfigured):
        return now + timing.span("PUT_OFF_PERSON_SECONDS")
    is_new = row.number.bought_at + NEW_FOR > now
    if isinstance(trouble, Rejected) and trouble.reason == Reason.NOT_FOUND and is_new:
        return now + timing.span("LOOKUP_SECONDS")
    return None


def _reject(row: EmergencyRegistration, attempt: UUID | None, why: str, *, now: datetime) -> None:
    with acting(WORKER):
        REGISTRATION.edges.record(
            row,
            attempt=attempt,
            to=_S.REJECTED,
            now=now,
            next_attempt_at=None,
            failure=why[:300],
        )
        note(row, events.REGISTRATION_REJECTED, now=now, after={"why": why[:300]})
        opening.emergency_rejected(row, why=why, now=now)


def _hand_to_person(row: EmergencyRegistration, *, now: datetime) -> None:
    with acting(WORKER):
        _record(row, row.attempt, _S.WITH_PERSON, why="", again_at=None, now=now)
        opening.register_emergency(row, now=now)


def _record(
    row: EmergencyRegistration,
    attempt: UUID | None,
    to: RegistrationStatus,
    *,
    why: str,
    again_at: datetime | None,
    now: datetime,
) -> None:
    with acting(WORKER):
        REGISTRATION.edges.record(
            row, attempt=attempt, to=to, now=now, failure=why[:300], next_attempt_at=again_at
        )
        after = {"why": why[:300]} if why else {}
        note(row, _EVENTS[to], now=now, after=after)
