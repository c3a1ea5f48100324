"""Having a number's address forgotten by emergency services, before the number leaves us."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from accounts.work import acting
from dids import events, nudging, timing
from dids.models import EmergencyRegistration, PhoneNumber
from dids.states import REGISTRATION, RegistrationStatus
from dids.workflows import calling, opening
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
from lib.locks import no_key
from lib.transitions import UnableToMove
from trunks.addresses import EmergencyState
from trunks.errors import CarrierError, Misconfigured, Reason, Rejected, Unavailable
from trunks.roles import RegistersEmergency

_S = RegistrationStatus


def removed(*, number: PhoneNumber, clock: timing.Elapsed) -> datetime | None:
    """
    Have a number's registration removed, here and now; gives when to look again if it is not yet.

    :raises UnableToMove: if another worker is at it
    :raises NotNow: if the carrier may not be called at this moment
    """
    want_removal(number=number, now=clock.now())
    row = EmergencyRegistration.objects.filter(number=number).first()
    if row is None or row.status == _S.REMOVED:
        return None
    loaded = load(row.pk)
    if loaded is not None and loaded.next_attempt_at is not None:
        if loaded.next_attempt_at > clock.now():
            return loaded.next_attempt_at
        remove(loaded, clock)
    row.refresh_from_db()
    if row.status == _S.REMOVED:
        return None
    return row.next_attempt_at or clock.now() + timing.span("PUT_OFF_PERSON_SECONDS")


def want_removal(*, number: PhoneNumber, now: datetime) -> None:
    """Write down that a number's registration is to end, unless it has."""
    with acting(WORKER):
        rows = EmergencyRegistration.objects.filter(number=number)
        rows = rows.exclude(status__in=[_S.REMOVING, _S.REMOVED])
        row = no_key(rows.select_related("number__holder")).first()
        if row is None:
            return
        start = now
        if row.status in {_S.REGISTERING, _S.UNCERTAIN} and row.call_before is not None:
            start = max(now, calling.dead_from(row.call_before))
        REGISTRATION.edges.move(
            row,
            to=_S.REMOVING,
            now=now,
            attempt=None,
            call_before=None,
            failure="",
            next_attempt_at=start,
        )
        note(row, events.REGISTRATION_REMOVING, now=now)


def removed_by_hand(*, number: PhoneNumber, now: datetime) -> None:
    """Record that a person removed a number's address at its carrier."""
    with acting(WORKER):
        rows = EmergencyRegistration.objects.filter(number=number, status=_S.REMOVING)
        row = no_key(rows.select_related("number__holder")).first()
        if row is not None:
            _record(row, row.attempt, _S.REMOVED, why="", again_at=None, now=now)


def remove(row: EmergencyRegistration, clock: timing.Elapsed) -> None:
    """
    Have the carrier forget the address, unless it has.

    :raises UnableToMove: if another worker has it
    """
    if row.call_before is not None and calling.dead_from(row.call_before) > clock.now():
        raise UnableToMove(f"{row} is being removed by another worker.")
    carrier = carrier_of(row, clock)
    if carrier is None:
        _hand_to_person(row, why="", now=clock.now())
        return
    pauses.at("unregistration.ready")
    with acting(WORKER):
        attempt, call_before = calling.claim(REGISTRATION, row, to=_S.REMOVING, now=clock.now())
        note(row, events.REGISTRATION_REMOVING, now=clock.now(), after={"attempt": str(attempt)})
    pauses.at("unregistration.claimed")
    try:
        is_gone = _is_gone_after_call(carrier, row, call_before)
    except CarrierError as trouble:
        _record_trouble(row, attempt, trouble, now=clock.now())
        return
    pauses.at("unregistration.called")
    with late_calls_doubted(row.number, clock):
        now = clock.now()
        to = _S.REMOVED if is_gone else _S.REMOVING
        again_at = None if is_gone else now + timing.span("LOOKUP_SECONDS")
        _record(row, attempt, to, why="", again_at=again_at, now=now)


def _is_gone_after_call(
    carrier: RegistersEmergency, row: EmergencyRegistration, call_before: datetime
) -> bool:
    there = read(carrier, row)
    if there is not None and there.state != EmergencyState.REMOVING:
        carrier.unregister(
            E164(row.number.e164),
            carrier_reference=row.number.carrier_reference,
            deadline=calling.deadline(call_before),
        )
        there = read(carrier, row)
    return there is None


def _record_trouble(
    row: EmergencyRegistration, attempt: UUID, trouble: CarrierError, *, now: datetime
) -> None:
    if isinstance(trouble, Rejected):
        if trouble.reason == Reason.NOT_FOUND:
            # A number that the carrier does not know has no address there.
            _record(row, attempt, _S.REMOVED, why="", again_at=None, now=now)
        else:
            _hand_to_person(row, why=str(trouble), now=now)
        return
    again_at = nudging.after(trouble, now=now)
    if isinstance(trouble, Unavailable):
        again_at = trouble.retry_at(now, otherwise=timing.seconds("PUT_OFF_SECONDS"))
    with acting(WORKER):
        _record(row, attempt, _S.REMOVING, why=str(trouble), again_at=again_at, now=now)
        if isinstance(trouble, Misconfigured):
            account = row.number.carrier_account
            opening.credentials_refused(account, why=str(trouble), now=now)


def _hand_to_person(row: EmergencyRegistration, *, why: str, now: datetime) -> None:
    with acting(WORKER):
        look_again(row, None)
        opening.remove_emergency(row, why=why, now=now)


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
            row,
            attempt=attempt,
            to=to,
            now=now,
            call_before=None,
            failure=why[:300],
            next_attempt_at=again_at,
        )
        if to == _S.REMOVED:
            note(row, events.REGISTRATION_REMOVED, now=now)
        elif why:
            note(row, events.REGISTRATION_REMOVING, now=now, after={"why": why[:300]})
