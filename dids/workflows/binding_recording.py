"""Writing down that a carrier is asked to deliver a number, and what comes of that attempt."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts import journal
from accounts.actors import System
from accounts.work import acting
from dids import events, timing
from dids.models import CarrierBinding, PhoneNumber
from dids.states import BINDING, BindingStatus
from dids.workflows import calling, change_turns, opening
from dids.workflows.handover import locked
from lib import pauses
from lib.locks import no_key
from trunks.by_hand import NeedsPerson
from trunks.errors import (
    CarrierError,
    Misconfigured,
    OutcomeUnknown,
    Reason,
    Rejected,
    Unavailable,
)
from trunks.roles import Carrier, LocksDeletion

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


def loaded(key: int) -> CarrierBinding | None:
    """Read a binding with all that is said about it."""
    rows = CarrierBinding.objects.select_related(
        "number__holder", "number__carrier_account__owner", "trunk"
    )
    return rows.filter(pk=key).first()


def claimed(
    binding: CarrierBinding, *, now: datetime, seen: UUID | None = None
) -> tuple[UUID, datetime]:
    """
    Put a worker's name on a binding for the one call that follows.

    :param seen: the last change there, where the carrier is told it only as a whole
    :return: the attempt, and until when the call may leave
    :raises NotYourTurn: while something else is changed that the carrier is told only as a whole
    """
    with acting(_ACTOR):
        change_turns.take(binding, now=now, seen=seen)
        attempt, call_before = calling.claim(BINDING, binding, to=_S.BINDING, now=now)
        _note(binding, events.BINDING_CLAIMED, now=now, attempt=str(attempt))
    return attempt, call_before


def bound(
    binding: CarrierBinding, attempt: UUID | None, carrier: Carrier, *, now: datetime
) -> None:
    """Write down that the carrier delivers it; where numbers are locked, that follows."""
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
        # Some carriers send messages by the place to which a number goes.
        change_turns.read_again(binding, now=now)
        pauses.at("binding.recording")
    pauses.at("binding.recorded")


def trouble_met(
    binding: CarrierBinding, attempt: UUID | None, trouble: CarrierError, *, now: datetime
) -> None:
    """Write down what went wrong: nothing happened, the carrier said no, or nobody knows."""
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
        put_off(binding, attempt, why=why, again=until, now=now)
        if isinstance(trouble, Misconfigured):
            opening.credentials_refused(binding.number.carrier_account, why=why, now=now)


def put_off(
    binding: CarrierBinding, attempt: UUID | None, *, why: str, again: datetime, now: datetime
) -> None:
    """Go back before the call, of which nothing is on its way any more."""
    _record(binding, attempt, _S.WANTED, why=why, again=again, now=now, call_before=None)


def handed_over(
    binding: CarrierBinding, attempt: UUID | None, ask: NeedsPerson, *, now: datetime
) -> None:
    """Leave it to a person, whose task says when it is done."""
    with acting(_ACTOR):
        _record(binding, attempt, _S.BY_HAND, why="", again=None, now=now)
        opening.route_by_hand(binding, ask, now=now)


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


def look_again(binding: CarrierBinding, at: datetime, **changes: str) -> None:
    """Say when it is looked at next, unless another attempt or a newer wish has it by now."""
    rows = CarrierBinding.objects.filter(
        pk=binding.pk,
        status=binding.status,
        status_since=binding.status_since,
        attempt=binding.attempt,
    )
    rows.update(next_attempt_at=at, **changes)


def _by_hand(number: PhoneNumber) -> CarrierBinding | None:
    locked([number])
    waiting = no_key(CarrierBinding.objects.filter(number=number, status=_S.BY_HAND)).first()
    return None if waiting is None else loaded(waiting.pk)


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
    trunk: str = "",
    **changes: Any,
) -> None:
    with acting(_ACTOR):
        BINDING.edges.record(
            binding,
            attempt=attempt,
            to=to,
            now=now,
            failure=why[:200],
            next_attempt_at=again,
            **changes,
        )
        named = {"trunk": trunk} if trunk else {}
        _note(binding, _EVENTS[to], now=now, why=why, **named)


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
