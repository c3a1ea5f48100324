"""The steps of a release, one after the other in `_STEPS`; each recorded and resumable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts import journal
from accounts.actors import System
from accounts.work import acting
from dids import events, nudging, signals, timing
from dids.models import CarrierBinding, PhoneNumber, Release
from dids.states import NUMBER, RELEASE, NumberStatus, ReleaseStatus
from dids.workflows import blocks, calling, ceasing, deletion_lock, leaving, opening
from dids.workflows.handover import close_holding, locked
from dids.workflows.late_calls import number_doubted
from lib import pauses
from lib.e164 import E164
from lib.transitions import UnableToMove
from trunks import connect
from trunks.by_hand import NeedsPerson
from trunks.errors import (
    CarrierError,
    Misconfigured,
    OutcomeUnknown,
    Reason,
    Rejected,
    Unavailable,
)
from trunks.roles import Carrier, ListsNumbers, RoutesNumbers, SellsNumbers

_ACTOR = System("release.carry_out")
_S = ReleaseStatus


def carry_out(*, number_id: int, now: datetime) -> None:
    """
    Do every step of a number's release that can be done now.

    :raises UnableToMove: if another worker is at it
    """
    clock = timing.Elapsed(now)
    while True:
        release = _load(number_id)
        if release is None or _rests(release, clock):
            return
        try:
            _STEPS[ReleaseStatus(release.status)](release, clock)
        except connect.NotNow as later:
            _look_again(release, later.retry_at)
            return
        if release.next_attempt_at is None or release.next_attempt_at > clock.now():
            return


def _rests(release: Release, clock: timing.Elapsed) -> bool:
    if release.status in {_S.REFUSED, _S.BY_HAND}:
        return True
    return release.status == _S.SCHEDULED and release.due_at > clock.now()


def _unroute(release: Release, clock: timing.Elapsed) -> None:
    pauses.at("release.ready")
    with acting(_ACTOR):
        locked([release.number])
        _move(release, _S.UNROUTED, clock.now(), next_attempt_at=clock.now())
        signals.send([release.number.e164])
        pauses.at("release.unrouting")


def _clear(release: Release, clock: timing.Elapsed) -> None:
    """
    Have help sent to us no more, and names and campaigns taken off.

    First of all: of a number that is gone, nothing could be taken off any more.
    """
    if leaving.is_waited_for(release.number, now=clock.now()):
        _look_again(release, clock.now() + timing.span("LOOKUP_SECONDS"))
        return
    _record(release, release.attempt, _S.CLEARED, clock.now(), next_attempt_at=clock.now())


def _unbind(release: Release, clock: timing.Elapsed) -> None:
    binding = CarrierBinding.objects.filter(number=release.number).first()
    carrier = _carrier(release, clock)
    pauses.at("release.unrouted")
    attempt, call_before = _claim(release, _S.UNBINDING, clock)
    pauses.at("release.unbinding")
    if binding is not None and isinstance(carrier, RoutesNumbers):
        try:
            carrier.bind(
                E164(release.number.e164),
                carrier_reference=release.number.carrier_reference,
                trunk_reference="",
                deadline=calling.deadline(call_before),
            )
        except (Rejected, NeedsPerson):
            # Disconnecting, the next step, takes it off every trunk as well.
            pass
        except CarrierError as trouble:
            _put_off(release, attempt, _S.CLEARED, trouble, now=clock.now())
            return
    pauses.at("release.unbind_called")
    # The number may have been kept meanwhile.
    with number_doubted(release.number, clock):
        _record(release, attempt, _S.UNBOUND, clock.now(), next_attempt_at=clock.now(), failure="")


def _repeat_unbinding(release: Release, clock: timing.Elapsed) -> None:
    """Go back before a step that nobody recorded; unbinding twice does no harm."""
    _require_dead(release, clock)
    _record(release, release.attempt, _S.CLEARED, clock.now(), next_attempt_at=clock.now())


def _disconnect(release: Release, clock: timing.Elapsed) -> None:
    carrier = _carrier(release, clock)
    if not isinstance(carrier, SellsNumbers):
        _look_again(release, clock.now() + timing.span("PUT_OFF_PERSON_SECONDS"))
        return
    pauses.at("release.unbound")
    attempt, call_before = _claim(release, _S.DISCONNECTING, clock)
    pauses.at("release.disconnecting")
    # A number that was kept meanwhile has just been unlocked, perhaps.
    with number_doubted(release.number, clock):
        _give_back(release, carrier, attempt, call_before, clock)


def _give_back(
    release: Release,
    carrier: SellsNumbers,
    attempt: UUID,
    call_before: datetime,
    clock: timing.Elapsed,
) -> None:
    try:
        if CarrierBinding.objects.filter(number=release.number).exists():
            # Binding locked it. A lock that somebody else set is for a person to take off.
            deletion_lock.put(carrier, release.number, locked=False, call_before=call_before)
            pauses.at("release.unlocked")
        carrier.release(
            E164(release.number.e164),
            carrier_reference=release.number.carrier_reference,
            deadline=calling.deadline(call_before),
        )
    except OutcomeUnknown as doubt:
        _record(
            release,
            attempt,
            _S.UNCERTAIN,
            clock.now(),
            uncertain_since=clock.now(),
            next_attempt_at=clock.now() + timing.span("LOOKUP_SECONDS"),
            failure=str(doubt)[:200],
        )
    except NeedsPerson as ask:
        _record_by_hand(release, attempt, ask, now=clock.now())
    except CarrierError as trouble:
        if not isinstance(trouble, Rejected):
            _put_off(release, attempt, _S.UNBOUND, trouble, now=clock.now())
        elif trouble.reason == Reason.NOT_FOUND:
            _record_released(release, attempt, now=clock.now())
        else:
            _record_refused(release, attempt, trouble, now=clock.now())
    else:
        pauses.at("release.called")
        _record_released(release, attempt, now=clock.now())


def _doubt(release: Release, clock: timing.Elapsed) -> None:
    _require_dead(release, clock)
    _record(
        release,
        release.attempt,
        _S.UNCERTAIN,
        clock.now(),
        uncertain_since=clock.now(),
        next_attempt_at=clock.now(),
        failure="Nobody recorded an answer.",
    )


def _look_up(release: Release, clock: timing.Elapsed) -> None:
    carrier = _carrier(release, clock)
    dead_from = calling.dead_from(release.call_before or release.status_since)
    try:
        ours = _is_ours(carrier, release.number)
    except CarrierError as trouble:
        _look_again(release, nudging.after(trouble, now=clock.now()))
        return
    pauses.at("release.looked_up")
    if not ours:
        _record_released(release, release.attempt, now=clock.now())
    elif dead_from + calling.lookup_lag(carrier) <= clock.now():
        _record(release, release.attempt, _S.UNBOUND, clock.now(), next_attempt_at=clock.now())
    else:
        _look_again(release, clock.now() + timing.span("LOOKUP_SECONDS"))


_STEPS: dict[ReleaseStatus, Callable[[Release, timing.Elapsed], None]] = {
    _S.SCHEDULED: _unroute,
    _S.UNROUTED: _clear,
    _S.CLEARED: _unbind,
    _S.UNBINDING: _repeat_unbinding,
    _S.UNBOUND: _disconnect,
    _S.DISCONNECTING: _doubt,
    _S.UNCERTAIN: _look_up,
}


def _record_released(release: Release, attempt: UUID | None, *, now: datetime) -> None:
    with acting(_ACTOR):
        (number,) = locked([release.number])
        RELEASE.edges.record(
            release, attempt=attempt, to=_S.DONE, now=now, next_attempt_at=None, failure=""
        )
        NUMBER.edges.move(number, to=NumberStatus.RELEASED, now=now)
        close_holding(number, now=now)
        blocks.end_with(number, now=now)
        CarrierBinding.objects.filter(number=number).delete()
        journal.record(
            _ACTOR,
            events.RELEASED,
            now=now,
            subject=number.subject,
            organization=number.holder,
            number=number.e164,
        )
        signals.send([number.e164])
        pauses.at("release.recording")
    pauses.at("release.recorded")


def ceased(*, number: PhoneNumber, now: datetime) -> None:
    """
    Write down that a person had a number ceased at its carrier; no harm where that is known.

    Within the transaction of the task that says so.
    """
    release = _by_hand(number)
    if release is not None:
        _record_released(release, release.attempt, now=now)


def not_ceased(*, number: PhoneNumber, why: str, now: datetime) -> None:
    """Write down that a number could not be ceased by hand; another task asks what then."""
    release = _by_hand(number)
    if release is not None:
        _record_refused(release, release.attempt, Rejected(why), now=now)


def _by_hand(number: PhoneNumber) -> Release | None:
    locked([number])
    release = _load(number.pk)
    return release if release is not None and release.status == _S.BY_HAND else None


def _record_by_hand(release: Release, attempt: UUID, ask: NeedsPerson, *, now: datetime) -> None:
    """Leave it to a person, whose task says when it is done."""
    with acting(_ACTOR):
        _record(release, attempt, _S.BY_HAND, now, next_attempt_at=None, failure="")
        ceasing.ask(release, ask, now=now)
        pauses.at("release.recording")
    pauses.at("release.recorded")


def _record_refused(
    release: Release, attempt: UUID | None, refusal: Rejected, *, now: datetime
) -> None:
    """Stop asking: the carrier said no, and it would say so each time."""
    why = str(refusal)
    with acting(_ACTOR):
        _record(release, attempt, _S.REFUSED, now, next_attempt_at=None, failure=why[:200])
        opening.disconnect_refused(release, why=why, now=now)


def _put_off(
    release: Release,
    attempt: UUID | None,
    to: ReleaseStatus,
    trouble: CarrierError,
    *,
    now: datetime,
) -> None:
    """Go back before the step; it is repeated when that is worth it."""
    with acting(_ACTOR):
        _record(
            release,
            attempt,
            to,
            now,
            next_attempt_at=_later(trouble, now),
            failure=str(trouble)[:200],
        )
        if isinstance(trouble, Misconfigured):
            account = release.number.carrier_account
            opening.credentials_refused(account, why=str(trouble), now=now)


def _claim(release: Release, to: ReleaseStatus, clock: timing.Elapsed) -> tuple[UUID, datetime]:
    with acting(_ACTOR):
        attempt, call_before = calling.claim(RELEASE, release, to=to, now=clock.now())
        _note(release, now=clock.now(), attempt=str(attempt))
    return attempt, call_before


def _record(
    release: Release, attempt: UUID | None, to: ReleaseStatus, now: datetime, **changes: Any
) -> None:
    with acting(_ACTOR):
        RELEASE.edges.record(release, attempt=attempt, to=to, now=now, **changes)
        _note(release, now=now, why=release.failure)


def _move(release: Release, to: ReleaseStatus, now: datetime, **changes: Any) -> None:
    RELEASE.edges.move(release, to=to, now=now, **changes)
    _note(release, now=now)


def _require_dead(release: Release, clock: timing.Elapsed) -> None:
    if release.call_before is not None and calling.dead_from(release.call_before) > clock.now():
        raise UnableToMove(f"{release} is in the hands of another worker.")


def _carrier(release: Release, clock: timing.Elapsed) -> Carrier:
    account = release.number.carrier_account
    connect.may_call(account, clock.now())
    return connect.connected(account, purpose="release", numbers=[release.number.e164])


def _is_ours(carrier: Carrier, number: PhoneNumber) -> bool:
    if not isinstance(carrier, ListsNumbers):
        # It cannot be looked up; giving back what is gone is answered by "not found".
        return True
    deadline = calling.deadline()
    return carrier.owned_number(E164(number.e164), deadline=deadline) is not None


def _later(trouble: CarrierError, now: datetime) -> datetime:
    if isinstance(trouble, Unavailable):
        return trouble.retry_at(now, otherwise=timing.seconds("PUT_OFF_SECONDS"))
    if isinstance(trouble, OutcomeUnknown):
        return now + timing.span("PUT_OFF_SECONDS")
    return now + timing.span("PUT_OFF_PERSON_SECONDS")


def _look_again(release: Release, at: datetime) -> None:
    Release.objects.filter(pk=release.pk, status=release.status).update(next_attempt_at=at)
    release.next_attempt_at = at


def _load(number_id: int) -> Release | None:
    rows = Release.objects.open().select_related("number__holder", "number__carrier_account__owner")
    return rows.filter(number_id=number_id).first()


def _note(release: Release, *, now: datetime, **after: str) -> None:
    number = release.number
    journal.record(
        _ACTOR,
        events.RELEASE_STEP,
        now=now,
        subject=release.subject,
        organization=number.holder,
        number=number.e164,
        after={"step": release.get_status_display().lower(), **after},
    )
