"""Having the carrier deliver a number to our trunk: claim, call, record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from accounts import journal
from accounts.actors import Actor, System
from accounts.work import acting
from dids import events, nudging, tasks, timing
from dids.models import CarrierBinding, PhoneNumber
from dids.states import BINDING, BindingStatus, NumberStatus
from dids.workflows import arrival, calling, deletion_lock, opening
from dids.workflows.handover import locked
from lib import pauses
from lib.e164 import E164
from lib.locks import no_key
from lib.nudges import nudge
from lib.refusals import UnableTo
from lib.transitions import LostRace, UnableToMove
from trunks import capabilities, connect, registry
from trunks.by_hand import NeedsPerson
from trunks.errors import (
    CarrierError,
    Misconfigured,
    OutcomeUnknown,
    Reason,
    Rejected,
    Unavailable,
)
from trunks.models import Trunk
from trunks.operations import Operation, Way
from trunks.roles import Carrier, LocksDeletion, RoutesNumbers

_ACTOR = System("binding.bind")
_S = BindingStatus

_EVENTS = {
    _S.UNCERTAIN: events.BINDING_UNCERTAIN,
    _S.FAILED: events.BINDING_FAILED,
    _S.WANTED: events.BINDING_PUT_OFF,
    _S.BY_HAND: events.BINDING_HANDED_OVER,
}

NEW_FOR = timedelta(minutes=5)
"""So long a carrier may not know a number that it has just sold."""


class UnableToBind(UnableTo):
    """The number cannot be delivered there."""

    code = "cannot_bind"


def want(*, number: PhoneNumber, trunk: Trunk, actor: Actor, now: datetime) -> CarrierBinding:
    """
    Ask for a number to be delivered to a trunk; a worker sees to it.

    :raises UnableToBind: if the trunk is of another carrier account, or the number is leaving
    """
    if trunk.carrier_account_id != number.carrier_account_id:
        raise UnableToBind(
            f"The trunk {trunk.name} belongs to another carrier account than {number.e164}. "
            "Choose one of the same account.",
            field="trunk",
        )
    adapter = registry.carrier(trunk.carrier_account.carrier)
    if capabilities.way(adapter, Operation.ROUTE) == Way.NONE:
        raise UnableToBind(capabilities.why_not(adapter, Operation.ROUTE), field="trunk")
    if trunk.carries != Trunk.Carries.VOICE:
        raise UnableToBind(
            f"The trunk {trunk.name} carries messages only. Choose one that carries calls.",
            field="trunk",
        )
    with acting(actor):
        (row,) = locked([number])
        if row.status in {NumberStatus.RELEASING, NumberStatus.RELEASED}:
            raise UnableToBind(
                f"{row.e164} is {row.get_status_display().lower()} and needs no trunk any more. "
                "Cancel its release to keep it."
            )
        there = _of(row)
        if there is None:
            binding = arrival.want_binding(row, trunk, actor=actor, now=now)
            if binding.status == _S.BOUND:
                return binding
        elif there.trunk_id == trunk.pk and there.status != _S.FAILED:
            return there
        else:
            binding = _want_other(there, trunk, now=now)
        journal.record(
            actor,
            events.BINDING_WANTED,
            now=now,
            subject=row.subject,
            organization=row.holder,
            number=row.e164,
            after={"trunk": trunk.name},
        )
    return binding


def want_again(*, number: PhoneNumber, now: datetime) -> None:
    """Have a locked number delivered where it was: the carrier may have been told to stop."""
    binding = _of(number)
    # Where a person tells the carrier, nobody was told before the number was ceased.
    if binding is not None and not arrival.is_routed_by_hand(number):
        _want_other(binding, binding.trunk, now=now)


def read_again(*, number: PhoneNumber, now: datetime) -> None:
    """
    Have a number's binding looked at after a call whose claim was over.

    A worker that slept between its last look at the clock and its call undoes what was bound
    meanwhile.
    """
    with acting(_ACTOR):
        (row,) = locked([number])
        there = _of(row)
        if there is None or row.status in {NumberStatus.RELEASING, NumberStatus.RELEASED}:
            return
        if there.status in {_S.BINDING, _S.UNCERTAIN, _S.BOUND}:
            _want_other(there, there.trunk, now=now)


def bind(*, binding_id: int, now: datetime) -> None:
    """
    Have the carrier deliver the number, or look up whether it does; then have it locked.

    Reading comes first: the number may have been bound with its order, or by a call whose answer
    was lost.

    :raises UnableToMove: if another worker has the binding
    """
    binding = _load(binding_id)
    if binding is None or binding.status == _S.FAILED:
        return
    clock = timing.Elapsed(now)
    try:
        if binding.status == _S.WANTED:
            _bind(binding, clock)
        elif binding.status != _S.BOUND:
            _settle(binding, clock)
        elif binding.next_attempt_at is not None:
            deletion_lock.see_to(binding, _carrier(binding, clock), clock)
    except connect.NotNow as later:
        message = {"binding_id": binding.pk}
        _look_again(binding, nudging.soon(tasks.bind, message, at=later.retry_at, now=now))


def _bind(binding: CarrierBinding, clock: timing.Elapsed) -> None:
    carrier = _carrier(binding, clock)
    if not binding.trunk.known_as:
        _look_again(binding, clock.now() + timing.span("PUT_OFF_PERSON_SECONDS"))
        return
    pauses.at("binding.ready")
    with acting(_ACTOR):
        attempt, call_before = calling.claim(BINDING, binding, to=_S.BINDING, now=clock.now())
        _note(binding, events.BINDING_CLAIMED, now=clock.now(), attempt=str(attempt))
    pauses.at("binding.claimed")
    try:
        # Where a person does it, nothing can be read.
        is_by_hand = Operation.ROUTE in carrier.by_hand
        if is_by_hand or _read(carrier, binding) != binding.trunk.known_as:
            carrier.bind(
                E164(binding.number.e164),
                carrier_reference=binding.number.carrier_reference,
                trunk_reference=binding.trunk.known_as,
                deadline=calling.deadline(call_before),
            )
    except NeedsPerson as ask:
        _record_by_hand(binding, attempt, ask, now=clock.now())
    except OutcomeUnknown as doubt:
        with late_calls_doubted(binding.number, clock):
            _record_trouble(binding, attempt, doubt, now=clock.now())
    except CarrierError as trouble:
        _record_trouble(binding, attempt, trouble, now=clock.now())
    else:
        pauses.at("binding.called")
        with late_calls_doubted(binding.number, clock):
            _record_bound(binding, attempt, carrier, now=clock.now())
        deletion_lock.see_to(binding, carrier, clock)


def delivered(*, number: PhoneNumber, now: datetime) -> None:
    """
    Write down that a person had a number delivered to its trunk; no harm where that is known.

    Within the transaction of the task that says so.
    """
    binding = _by_hand(number)
    if binding is not None:
        BINDING.edges.move(binding, to=_S.BOUND, now=now, failure="", next_attempt_at=None)
        _note(binding, events.BOUND, now=now, trunk=binding.trunk.name)


def not_delivered(*, number: PhoneNumber, why: str, now: datetime) -> None:
    """Write down that a number could not be delivered by hand; another task asks what then."""
    binding = _by_hand(number)
    if binding is not None:
        _record(binding, binding.attempt, _S.FAILED, why=why, again=None, now=now)
        opening.binding_failed(binding, why=why, now=now)


def _by_hand(number: PhoneNumber) -> CarrierBinding | None:
    locked([number])
    waiting = no_key(CarrierBinding.objects.filter(number=number, status=_S.BY_HAND)).first()
    return None if waiting is None else _load(waiting.pk)


def _record_by_hand(
    binding: CarrierBinding, attempt: UUID | None, ask: NeedsPerson, *, now: datetime
) -> None:
    """Leave it to a person, whose task says when it is done."""
    with acting(_ACTOR):
        _record(binding, attempt, _S.BY_HAND, why="", again=None, now=now)
        opening.route_by_hand(binding, ask, now=now)


@contextmanager
def late_calls_doubted(number: PhoneNumber, clock: timing.Elapsed) -> Iterator[None]:
    """Have the carrier asked again where somebody else took over before our call went out."""
    try:
        yield
    except LostRace:
        read_again(number=number, now=clock.now())
        raise


def _settle(binding: CarrierBinding, clock: timing.Elapsed) -> None:
    dead_from = calling.dead_from(binding.call_before or binding.status_since)
    if binding.status == _S.BINDING and dead_from > clock.now():
        raise UnableToMove(f"{binding} is being bound by another worker.")
    carrier = _carrier(binding, clock)
    try:
        is_there = _read(carrier, binding) == binding.trunk.known_as
    except NeedsPerson as ask:
        _record_by_hand(binding, binding.attempt, ask, now=clock.now())
        return
    except CarrierError as trouble:
        if isinstance(trouble, Rejected) and dead_from + calling.lookup_lag(carrier) <= clock.now():
            # The carrier does not know the number, however often it is asked.
            _record_trouble(binding, binding.attempt, trouble, now=clock.now())
        else:
            _look_again(binding, nudging.after(trouble, now=clock.now()))
        return
    pauses.at("binding.looked_up")
    if is_there:
        _record_bound(binding, binding.attempt, carrier, now=clock.now())
        deletion_lock.see_to(binding, carrier, clock)
    elif dead_from + calling.lookup_lag(carrier) <= clock.now():
        # Binding is repeatable, and nobody can still be on the way to the carrier with the old one.
        now = clock.now()
        _record(binding, binding.attempt, _S.WANTED, why="Not bound.", again=now, now=now)
    else:
        _look_again(binding, clock.now() + timing.span("LOOKUP_SECONDS"))


def _of(number: PhoneNumber) -> CarrierBinding | None:
    # Locked, so that a worker that records meanwhile loses, and not whoever asks here.
    return no_key(CarrierBinding.objects.filter(number=number)).first()


def _want_other(binding: CarrierBinding, trunk: Trunk, *, now: datetime) -> CarrierBinding:
    start = now
    if binding.status in {_S.BINDING, _S.UNCERTAIN} and binding.call_before is not None:
        # A call that is still under way must have ended before the next one is sent.
        start = max(now, calling.dead_from(binding.call_before))
    if binding.status == _S.BY_HAND:
        # Whoever has its task would have it delivered to where it is wanted no more.
        opening.withdraw_route(binding, now=now)
    BINDING.edges.move(
        binding,
        to=_S.WANTED,
        now=now,
        trunk=trunk,
        attempt=None,
        call_before=None,
        failure="",
        next_attempt_at=start,
        give_up_at=now + timing.span("BINDING_GIVE_UP_SECONDS"),
    )
    if start == now:
        nudge(tasks.bind.delay, binding_id=binding.pk)
    return binding


def _record_trouble(
    binding: CarrierBinding, attempt: UUID | None, trouble: CarrierError, *, now: datetime
) -> None:
    why = str(trouble)
    if isinstance(trouble, OutcomeUnknown):
        again = now + timing.span("LOOKUP_SECONDS")
        _record(binding, attempt, _S.UNCERTAIN, why=why, again=again, now=now)
        return
    until = _retry_at(binding, trouble, now=now)
    with acting(_ACTOR):
        if until is None or until >= binding.give_up_at:
            trunk = binding.trunk.name
            _record(binding, attempt, _S.FAILED, why=why, again=None, now=now, trunk=trunk)
            opening.binding_failed(binding, why=why, now=now)
            return
        _record(binding, attempt, _S.WANTED, why=why, again=until, now=now)
        if isinstance(trouble, Misconfigured):
            opening.credentials_refused(binding.number.carrier_account, why=why, now=now)


def _retry_at(binding: CarrierBinding, trouble: CarrierError, *, now: datetime) -> datetime | None:
    if isinstance(trouble, Unavailable):
        return trouble.retry_at(now, otherwise=timing.seconds("PUT_OFF_SECONDS"))
    if isinstance(trouble, Misconfigured):
        return now + timing.span("PUT_OFF_PERSON_SECONDS")
    is_new = binding.number.bought_at + NEW_FOR > now
    if isinstance(trouble, Rejected) and trouble.reason == Reason.NOT_FOUND and is_new:
        return now + timing.span("LOOKUP_SECONDS")
    return None


def _record(
    binding: CarrierBinding,
    attempt: UUID | None,
    to: BindingStatus,
    *,
    why: str,
    again: datetime | None,
    now: datetime,
    **noted: str,
) -> None:
    with acting(_ACTOR):
        BINDING.edges.record(
            binding, attempt=attempt, to=to, now=now, failure=why[:200], next_attempt_at=again
        )
        _note(binding, _EVENTS[to], now=now, why=why, **noted)


def _record_bound(
    binding: CarrierBinding, attempt: UUID | None, carrier: Carrier, *, now: datetime
) -> None:
    lock_by = now + timing.span("NUDGE_AGAIN_SECONDS")
    with acting(_ACTOR):
        BINDING.edges.record(
            binding,
            attempt=attempt,
            to=_S.BOUND,
            now=now,
            failure="",
            next_attempt_at=lock_by if isinstance(carrier, LocksDeletion) else None,
        )
        _note(binding, events.BOUND, now=now, trunk=binding.trunk.name)
        pauses.at("binding.recording")
    pauses.at("binding.recorded")


def _load(key: int) -> CarrierBinding | None:
    rows = CarrierBinding.objects.select_related(
        "number__holder", "number__carrier_account__owner", "trunk"
    )
    return rows.filter(pk=key).first()


def _carrier(binding: CarrierBinding, clock: timing.Elapsed) -> RoutesNumbers:
    account = binding.number.carrier_account
    connect.may_call(account, clock.now())
    carrier = connect.connected(account, purpose="bind", numbers=[binding.number.e164])
    if not isinstance(carrier, RoutesNumbers):
        raise UnableToBind(capabilities.why_not(type(carrier), Operation.ROUTE))
    return carrier


def _read(carrier: RoutesNumbers, binding: CarrierBinding) -> str:
    return carrier.binding_of(
        E164(binding.number.e164),
        carrier_reference=binding.number.carrier_reference,
        deadline=calling.deadline(),
    )


def _look_again(binding: CarrierBinding, at: datetime) -> None:
    CarrierBinding.objects.filter(pk=binding.pk, status=binding.status).update(next_attempt_at=at)


def _note(
    binding: CarrierBinding, event_type: journal.EventType, *, now: datetime, **after: str
) -> None:
    number = binding.number
    journal.record(
        _ACTOR,
        event_type,
        now=now,
        subject=number.subject,
        organization=number.holder,
        number=number.e164,
        after=after,
    )
