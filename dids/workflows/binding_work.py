"""Having the carrier deliver a number to our trunk: claim, call, record."""

from __future__ import annotations

from datetime import datetime

from dids import nudging, tasks, timing
from dids.models import CarrierBinding
from dids.states import BindingStatus
from dids.workflows import binding_recording as recording
from dids.workflows import calling, change_turns, deletion_lock, shown
from dids.workflows.binding import UnableToBind
from dids.workflows.late_calls import number_doubted
from lib import pauses
from lib.e164 import E164
from lib.transitions import UnableToMove
from trunks import capabilities, connect
from trunks.by_hand import NeedsPerson
from trunks.errors import CarrierError, OutcomeUnknown, Rejected
from trunks.operations import Operation
from trunks.roles import RoutesNumbers

_S = BindingStatus


def bind(*, binding_id: int, now: datetime) -> None:
    """
    Have the carrier deliver the number, or look up whether it does; then have it locked.

    Reading comes first: the number may have been bound with its order, or by a call whose answer
    was lost.

    :raises UnableToMove: if another worker has the binding
    """
    binding = recording.loaded(binding_id)
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
    except change_turns.NotYourTurn as turn:
        recording.look_again(binding, turn.retry_at, failure=str(turn))
        return
    except connect.NotNow as later:
        message = {"binding_id": binding.pk}
        recording.look_again(binding, nudging.soon(tasks.bind, message, at=later.retry_at, now=now))
        return
    change_turns.pass_on(binding)


def _bind(binding: CarrierBinding, clock: timing.Elapsed) -> None:
    # Before the pace is asked: who only waits must not use up the account's calls.
    change_turns.require(binding, now=clock.now())
    carrier = _carrier(binding, clock)
    if not binding.trunk.known_as:
        recording.look_again(binding, clock.now() + timing.span("PUT_OFF_PERSON_SECONDS"))
        return
    seen = shown.require(binding, carrier, clock)
    pauses.at("binding.ready")
    attempt, call_before = recording.claimed(binding, now=clock.now(), seen=seen)
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
        recording.handed_over(binding, attempt, ask, now=clock.now())
    except OutcomeUnknown as doubt:
        with number_doubted(binding.number, clock):
            recording.trouble_met(binding, attempt, doubt, now=clock.now())
    except CarrierError as trouble:
        recording.trouble_met(binding, attempt, trouble, now=clock.now())
    else:
        pauses.at("binding.called")
        with number_doubted(binding.number, clock):
            recording.bound(binding, attempt, carrier, now=clock.now())
        deletion_lock.see_to(binding, carrier, clock)


def _settle(binding: CarrierBinding, clock: timing.Elapsed) -> None:
    dead_from = calling.dead_from(binding.call_before or binding.status_since)
    if binding.status == _S.BINDING and dead_from > clock.now():
        raise UnableToMove(f"{binding} is being bound by another worker.")
    carrier = _carrier(binding, clock)
    try:
        is_there = _read(carrier, binding) == binding.trunk.known_as
    except NeedsPerson as ask:
        recording.handed_over(binding, binding.attempt, ask, now=clock.now())
        return
    except CarrierError as trouble:
        if isinstance(trouble, Rejected) and dead_from + calling.lookup_lag(carrier) <= clock.now():
            # The carrier does not know the number, however often it is asked.
            recording.trouble_met(binding, binding.attempt, trouble, now=clock.now())
        else:
            recording.look_again(binding, nudging.after(trouble, now=clock.now()))
        return
    pauses.at("binding.looked_up")
    if is_there:
        recording.bound(binding, binding.attempt, carrier, now=clock.now())
        deletion_lock.see_to(binding, carrier, clock)
    elif dead_from + calling.lookup_lag(carrier) <= clock.now():
        # Binding is repeatable, and nobody can still be on the way to the carrier with the old one.
        now = clock.now()
        recording.put_off(binding, binding.attempt, why="Not bound.", again=now, now=now)
    else:
        recording.look_again(binding, clock.now() + timing.span("LOOKUP_SECONDS"))


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
