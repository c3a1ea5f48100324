"""Locking bound numbers against deletion, where the carrier offers it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from accounts import journal
from accounts.actors import System
from accounts.models import Event
from accounts.work import acting
from dids import events, timing
from dids.models import CarrierBinding, PhoneNumber
from dids.states import BindingStatus, NumberStatus
from dids.workflows import calling, opening
from lib.e164 import E164
from trunks import registry
from trunks.errors import CarrierError, Misconfigured, OutcomeUnknown, Rejected
from trunks.roles import Carrier, LocksDeletion

_ACTOR = System("binding.lock")


class LockState(StrEnum):
    """Whether a number is locked against deletion at its carrier."""

    LOCKED = "LOCKED"
    WAITING = "WAITING"
    NOT_LOCKED = "NOT_LOCKED"
    """It was tried, and given up."""
    NONE = "NONE"
    """The carrier has no such locks."""


def standing(binding: CarrierBinding) -> LockState:
    """Tell whether a number that is, or is to be, delivered is locked."""
    if not issubclass(registry.carrier(binding.number.carrier_account.carrier), LocksDeletion):
        return LockState.NONE
    if binding.status != BindingStatus.BOUND or binding.next_attempt_at is not None:
        return LockState.WAITING
    ends = (events.BOUND.name, events.NOT_LOCKED.name)
    told = Event.objects.filter(subject=binding.number.subject, action__in=ends).order_by("-pk")
    last = told.values_list("action", flat=True).first()
    return LockState.NOT_LOCKED if last == events.NOT_LOCKED.name else LockState.LOCKED


def see_to(binding: CarrierBinding, carrier: Carrier, clock: timing.Elapsed) -> None:
    """
    Lock a number that is delivered; one that cannot be locked stays delivered all the same.

    What a person or time may mend is tried again as long as a binding is.
    """
    if not isinstance(carrier, LocksDeletion):
        return
    number = binding.number
    if PhoneNumber.objects.filter(pk=number.pk, status=NumberStatus.RELEASING).exists():
        # Its release unlocks it; a number that is kept after all is locked then.
        _try_again(binding, clock.now() + timing.span("PUT_OFF_PERSON_SECONDS"))
        return
    try:
        put(carrier, number, locked=True, call_before=calling.leave_before(clock.now()))
    except CarrierError as trouble:
        _record_trouble(binding, trouble, now=clock.now())
    else:
        _try_again(binding, None)


def put(carrier: Carrier, number: PhoneNumber, *, locked: bool, call_before: datetime) -> None:
    """
    Have a number locked or unlocked at its carrier; nothing where the carrier has no locks.

    Repeatable.

    :raises OutcomeUnknown: if the carrier does not show it yet
    """
    if not isinstance(carrier, LocksDeletion) or _is_put(carrier, number, locked=locked):
        return
    carrier.set_lock(
        E164(number.e164),
        carrier_reference=number.carrier_reference,
        locked=locked,
        deadline=calling.deadline(call_before),
    )
    if not _is_put(carrier, number, locked=locked):
        raise OutcomeUnknown("The carrier does not show the changed deletion lock yet.")


def _is_put(carrier: LocksDeletion, number: PhoneNumber, *, locked: bool) -> bool:
    there = carrier.is_locked(
        E164(number.e164),
        carrier_reference=number.carrier_reference,
        deadline=calling.deadline(),
    )
    return there == locked


def _record_trouble(binding: CarrierBinding, trouble: CarrierError, *, now: datetime) -> None:
    number, why = binding.number, str(trouble)
    again = now + timing.span("PUT_OFF_PERSON_SECONDS")
    is_over = isinstance(trouble, Rejected) or again >= binding.give_up_at
    with acting(_ACTOR):
        if not _try_again(binding, None if is_over else again):
            return
        if isinstance(trouble, Misconfigured):
            opening.credentials_refused(number.carrier_account, why=why, now=now)
        if is_over:
            journal.record(
                _ACTOR,
                events.NOT_LOCKED,
                now=now,
                subject=number.subject,
                organization=number.holder,
                number=number.e164,
                after={"why": why},
            )


def _try_again(binding: CarrierBinding, at: datetime | None) -> bool:
    """Say when it is tried again, if at all; False where the binding is another one by now."""
    there = CarrierBinding.objects.filter(
        pk=binding.pk, status=BindingStatus.BOUND, attempt=binding.attempt
    )
    return bool(there.update(next_attempt_at=at))
