"""What is written down about features, and what goes into the journal with it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts import journal
from accounts.actors import Actor, System
from accounts.work import acting
from dids import events, timing
from dids.crafts import CRAFTS, kind_of
from dids.models import Feature
from dids.states import FeatureStatus
from dids.workflows import calling, change_turns, opening
from lib import pauses
from trunks.errors import CarrierError, Misconfigured, OutcomeUnknown, Rejected, Unavailable
from trunks.features import Stage, Standing

_ACTOR = System("features.see_to")
_S = FeatureStatus
_TOLD = {
    Stage.PENDING: (_S.SUBMITTED, events.FEATURE_SUBMITTED),
    Stage.ACTIVE: (_S.ACTIVE, events.FEATURE_ACTIVE),
    Stage.REJECTED: (_S.REJECTED, events.FEATURE_REJECTED),
}


def claimed(
    row: Feature, *, to: str, now: datetime, seen: UUID | None = None
) -> tuple[UUID, datetime]:
    """
    Put our name on it for the one call that follows.

    :param seen: the last change there, where the carrier is told it only as a whole
    :raises NotYourTurn: while something else is changed that the carrier is told only as a whole
    """
    with acting(_ACTOR):
        change_turns.take(row, now=now, seen=seen)
        call_before = calling.leave_before(now)
        attempt = row.lifecycle.edges.claim(
            row,
            to=to,
            now=now,
            call_before=call_before,
            next_attempt_at=calling.dead_from(call_before),
            perhaps_there=True,
        )
        note(row, events.FEATURE_CLAIMED, now=now, attempt=str(attempt))
    return attempt, call_before


def standing_told(row: Feature, attempt: UUID | None, standing: Standing, *, now: datetime) -> None:
    """Write down what the carrier says about it."""
    if standing.stage is Stage.ABSENT:
        # It was asked for nothing, and has nothing.
        taken_off(row, attempt, now=now)
        return
    to, event_type = _TOLD[standing.stage]
    why = "; ".join(problem.words for problem in standing.problems)
    again = now + timing.span("ORDER_POLL_SECONDS") if to == _S.SUBMITTED else None
    reference = standing.carrier_reference or row.carrier_reference
    if to == _S.ACTIVE and is_confirmed(row, reference):
        again = now + timing.until_confirmed(row.uuid)
    with acting(_ACTOR):
        _record(
            row,
            attempt,
            to,
            now,
            carrier_reference=reference,
            problems=[asdict(problem) for problem in standing.problems],
            failure=why[:200],
            next_attempt_at=again,
        )
        note(row, event_type, now=now, why=why)
        if to == _S.REJECTED:
            opening.feature_refused(row, why=why, now=now)
        pauses.at("feature.recording")


def is_confirmed(row: Feature, reference: str = "") -> bool:
    """Tell whether it is read day by day: what its carrier ends, or another change may undo."""
    may_end = CRAFTS[kind_of(row)].rereads and bool(reference or row.carrier_reference)
    return may_end or change_turns.takes_turns(row)


def next_step(row: Feature, *, now: datetime) -> None:
    """Have it asked for once more, as what had to come first has been decided."""
    give_up_at = now + timing.span("FEATURE_GIVE_UP_SECONDS")
    with acting(_ACTOR):
        _record(
            row,
            row.attempt,
            _S.WANTED,
            now,
            call_before=None,
            failure="",
            next_attempt_at=now,
            give_up_at=give_up_at,
        )
        note(row, events.FEATURE_READY, now=now)


def trouble_met(
    row: Feature, attempt: UUID | None, trouble: CarrierError, *, now: datetime
) -> None:
    """Write down what went wrong: nothing happened, the carrier said no, or nobody knows."""
    why = str(trouble)
    if isinstance(trouble, OutcomeUnknown):
        again = now + timing.span("LOOKUP_SECONDS")
        with acting(_ACTOR):
            _record(row, attempt, _S.UNCERTAIN, now, failure=why[:200], next_attempt_at=again)
            note(row, events.FEATURE_UNCERTAIN, now=now, why=why)
    elif isinstance(trouble, Rejected):
        problems = [{"field": "", "words": why}]
        with acting(_ACTOR):
            _record(
                row,
                attempt,
                _S.REJECTED,
                now,
                failure=why[:200],
                problems=problems,
                next_attempt_at=None,
            )
            note(row, events.FEATURE_REJECTED, now=now, why=why)
            opening.feature_refused(row, why=why, now=now)
    else:
        _later(row, attempt, trouble, now=now)


def put_off(
    row: Feature,
    attempt: UUID | None,
    *,
    to: FeatureStatus,
    why: str,
    again: datetime,
    clock: timing.Elapsed,
    is_over: bool = True,
) -> None:
    """
    Go back before a step, which is taken once more.

    :param is_over: whether nothing of the step can still be on its way
    """
    now = clock.now()
    ended = {"call_before": None} if is_over else {}
    with acting(_ACTOR):
        _record(row, attempt, to, now, failure=why[:200], next_attempt_at=again, **ended)
        note(row, events.FEATURE_PUT_OFF, now=now, why=why)


def by_hand(row: Feature, attempt: UUID | None, *, why: str, now: datetime) -> None:
    """Have a person set it up."""
    with acting(_ACTOR):
        _record(
            row,
            attempt,
            _S.BY_HAND,
            now,
            failure=why[:200],
            next_attempt_at=None,
            perhaps_there=True,
        )
        note(row, events.FEATURE_BY_HAND, now=now, why=why)
        opening.feature_by_hand(row, why=why, now=now)


def removal_by_hand(row: Feature, attempt: UUID | None, *, why: str, now: datetime) -> None:
    """Have a person take it off."""
    with acting(_ACTOR):
        to = _S.REMOVAL_BY_HAND
        _record(row, attempt, to, now, failure=why[:200], next_attempt_at=None)
        note(row, events.FEATURE_REMOVAL_BY_HAND, now=now, why=why)
        opening.feature_removal(row, why=why, now=now)


def taken_off(row: Feature, attempt: UUID | None, *, now: datetime) -> None:
    """Write down that nothing of it is at the carrier any more."""
    with acting(_ACTOR):
        _record(
            row,
            attempt,
            _S.OFF,
            now,
            perhaps_there=False,
            carrier_reference="",
            problems=[],
            failure="",
            next_attempt_at=None,
            **row.erased,
        )
        note(row, events.FEATURE_OFF, now=now)
        pauses.at("feature.taking_off")


def loaded(kind: str, key: int) -> Feature:
    """Read a feature with all that is said about it."""
    craft = CRAFTS[kind]
    return craft.model.objects.select_related("organization", *craft.related).get(pk=key)


def look_again(row: Feature, at: datetime | None, **changes: str) -> None:
    """Say when it is looked at next, unless another attempt or a newer wish has it by now."""
    rows = type(row).objects.filter(
        pk=row.pk, status=row.status, status_since=row.status_since, attempt=row.attempt
    )
    rows.update(next_attempt_at=at, **changes)


def note(
    row: Feature,
    event_type: journal.EventType,
    *,
    now: datetime,
    actor: Actor = _ACTOR,
    **after: str,
) -> None:
    """Write into the journal what became of it."""
    journal.record(
        actor,
        event_type,
        now=now,
        subject=row.subject,
        organization=row.organization,
        number=row.e164,
        after={"what": row.what, **after},
    )


def _later(row: Feature, attempt: UUID | None, trouble: CarrierError, *, now: datetime) -> None:
    why = str(trouble)
    until = now + timing.span("PUT_OFF_PERSON_SECONDS")
    if isinstance(trouble, Unavailable):
        until = trouble.retry_at(now, otherwise=timing.seconds("PUT_OFF_SECONDS"))
    if row.give_up_at is not None and until >= row.give_up_at:
        by_hand(row, attempt, why=why, now=now)
        return
    with acting(_ACTOR):
        _record(
            row,
            attempt,
            _S.WANTED,
            now,
            call_before=None,
            failure=why[:200],
            next_attempt_at=until,
        )
        note(row, events.FEATURE_PUT_OFF, now=now, why=why)
        if isinstance(trouble, Misconfigured):
            opening.credentials_refused(row.account, why=why, now=now)


def _record(
    row: Feature,
    attempt: UUID | None,
    to: FeatureStatus,
    now: datetime,
    **changes: Any,
) -> None:
    row.lifecycle.edges.record(row, attempt=attempt, to=to, now=now, **changes)
