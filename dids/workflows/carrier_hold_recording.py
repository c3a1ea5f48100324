"""Writing down that a carrier is asked for a hold, and what it answers to that attempt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts import journal
from accounts.actors import Actor, System
from accounts.work import acting
from dids import events, timing
from dids.models import CarrierHold
from dids.states import HOLD, HoldStatus
from dids.workflows import calling, opening
from dids.workflows.recording import words_for
from lib import pauses
from lib.e164 import E164
from lib.transitions import LostRace
from trunks.errors import CarrierError, Misconfigured, OutcomeUnknown, Rejected, Unavailable
from trunks.offers import Hold

_ACTOR = System("carrier_holds.hold")
_S = HoldStatus

TAKEN = "The carrier does not hold it: somebody else has it. Choose another number."
NOT_THERE = "The hold did not arrive at the carrier. The number can be ordered all the same."
GAVE_UP = "The carrier did not answer in time. The number can be ordered all the same."
UNDECIDED = "The carrier has not decided yet."


def claimed(row: CarrierHold, *, now: datetime) -> tuple[UUID, datetime]:
    """
    Put a worker's name on a hold before its carrier is asked for it.

    :return: the attempt, and until when the call may leave
    """
    with acting(_ACTOR):
        attempt, call_before = calling.claim(HOLD, row, to=_S.HOLDING, now=now)
        note(row, events.HOLD_CLAIMED, now=now, attempt=str(attempt))
    return attempt, call_before


def answered(row: CarrierHold, attempt: UUID | None, answer: Hold, *, now: datetime) -> None:
    """Write down what the carrier says; if the row was settled meanwhile, keep what is held."""
    number = E164(row.e164)
    if number in answer.pending:
        if is_given_up(row, now=now):
            return
        if row.status == _S.UNCERTAIN:
            look_again(row, now + timing.span("LOOKUP_SECONDS"))
        else:
            uncertain(row, attempt, UNDECIDED, now=now)
        return
    if number not in answer.numbers or answer.until is None or answer.until <= now:
        refused(row, attempt, TAKEN, "Not held.", now=now)
        return
    kept = {"carrier_reference": answer.carrier_reference, "until": answer.until}
    try:
        with acting(_ACTOR):
            HOLD.edges.record(
                row,
                attempt=attempt,
                to=_S.HELD,
                now=now,
                failure="",
                carrier_says="",
                next_attempt_at=answer.until,
                **kept,
            )
            note(row, events.HELD, now=now, until=answer.until.isoformat())
            pauses.at("hold.recording")
    except LostRace:
        # The look-up came too early for a call that went out late: whoever holds it next takes it.
        CarrierHold.objects.filter(pk=row.pk, status=_S.REFUSED).update(**kept)
        raise
    pauses.at("hold.recorded")


def trouble_met(
    row: CarrierHold, attempt: UUID | None, trouble: CarrierError, *, now: datetime
) -> None:
    """Write down what went wrong: nothing happened, the carrier said no, or nobody knows."""
    why = str(trouble)
    if isinstance(trouble, OutcomeUnknown):
        uncertain(row, attempt, why, now=now)
    elif isinstance(trouble, Rejected):
        refused(row, attempt, words_for(trouble.reason), why, now=now)
    else:
        until = now + timing.span("PUT_OFF_SECONDS")
        if isinstance(trouble, Unavailable):
            until = trouble.retry_at(now, otherwise=timing.seconds("PUT_OFF_SECONDS"))
        with acting(_ACTOR):
            HOLD.edges.record(
                row,
                attempt=attempt,
                to=_S.WANTED,
                now=now,
                carrier_says=why[:200],
                next_attempt_at=min(until, max(row.give_up_at, now)),
            )
            note(row, events.HOLD_PUT_OFF, now=now, why=why)
            if isinstance(trouble, Misconfigured):
                opening.credentials_refused(row.carrier_account, why=why, now=now)


def uncertain(row: CarrierHold, attempt: UUID | None, why: str, *, now: datetime) -> None:
    """Write down that nobody knows; from here on it is only looked up."""
    with acting(_ACTOR):
        HOLD.edges.record(
            row,
            attempt=attempt,
            to=_S.UNCERTAIN,
            now=now,
            carrier_says=why[:200],
            next_attempt_at=now + timing.span("LOOKUP_SECONDS"),
        )
        note(row, events.HOLD_UNCERTAIN, now=now, why=why)


def refused(row: CarrierHold, attempt: UUID | None, words: str, why: str, *, now: datetime) -> None:
    """
    Write down that it is not held.

    :param words: for whoever asked
    :param why: the carrier's words, for the provider
    """
    with acting(_ACTOR):
        HOLD.edges.record(
            row,
            attempt=attempt,
            to=_S.REFUSED,
            now=now,
            failure=words,
            carrier_says=why[:200],
            next_attempt_at=None,
        )
        note(row, events.HOLD_REFUSED, now=now, reason=words, why=why)


def is_given_up(row: CarrierHold, *, now: datetime) -> bool:
    """End a hold that the carrier cannot be asked for or about; the next one looks for it first."""
    if row.give_up_at > now or row.status not in {_S.WANTED, _S.UNCERTAIN}:
        return False
    refused(row, row.attempt, GAVE_UP, row.carrier_says or "Gave up.", now=now)
    return True


def look_again(row: CarrierHold, at: datetime) -> None:
    """Say when the hold is looked at next."""
    CarrierHold.objects.filter(pk=row.pk, status=row.status).update(next_attempt_at=at)


def expire(row: CarrierHold, *, now: datetime) -> None:
    """End a hold whose time is over."""
    if row.until is not None and row.until > now:
        return
    with acting(_ACTOR):
        HOLD.edges.move(row, to=_S.EXPIRED, now=now, next_attempt_at=None)
        note(row, events.HOLD_EXPIRED, now=now)


def note_all(
    rows: Sequence[CarrierHold],
    event_type: journal.EventType,
    *,
    now: datetime,
    actor: Actor = _ACTOR,
) -> None:
    """Note the same of many holds in the journal."""
    journal.record_many(
        actor,
        event_type,
        [
            journal.Row(
                subject=row.subject,
                organization=row.organization,
                number=row.e164,
                after={"until": row.until.isoformat()} if row.until else {},
            )
            for row in rows
        ],
        now=now,
    )


def note(
    row: CarrierHold,
    event_type: journal.EventType,
    *,
    now: datetime,
    actor: Actor = _ACTOR,
    reason: str = "",
    **after: str,
) -> None:
    """Note a step of a hold in the journal."""
    journal.record(
        actor,
        event_type,
        now=now,
        subject=row.subject,
        organization=row.organization,
        number=row.e164,
        reason=reason,
        after=after,
    )
