"""What is written down about features, and what goes into the journal with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from accounts import journal
from accounts.actors import Actor, System
from accounts.work import acting
from dids import events, tasks, timing
from dids.crafts import CRAFTS, kind_of
from dids.models import Feature, Task
from dids.models.features import SUBJECT
from dids.states import FeatureStatus
from dids.workflows import calling, opening
from lib import pauses
from lib.locks import no_key
from lib.nudges import nudge
from lib.transitions import LostRace
from trunks.errors import CarrierError, Misconfigured, OutcomeUnknown, Rejected, Unavailable
from trunks.features import Stage, Standing

_ACTOR = System("features.see_to")
_S = FeatureStatus
_TOLD = {
    Stage.PENDING: (_S.SUBMITTED, events.FEATURE_SUBMITTED),
    Stage.ACTIVE: (_S.ACTIVE, events.FEATURE_ACTIVE),
    Stage.REJECTED: (_S.REJECTED, events.FEATURE_REJECTED),
}


def want(row: Feature, *, actor: Actor, now: datetime, **changes: Any) -> None:
    """
    Have a feature set up as it is wanted now; inside the transaction of whoever wants it.

    :param changes: columns that say what is wanted
    :raises UnableToMove: if that cannot follow upon its status
    """
    start = _free_from(row, now)
    _move(
        row,
        _S.WANTED,
        now,
        attempt=None,
        call_before=None,
        next_attempt_at=start,
        give_up_at=now + timing.span("FEATURE_GIVE_UP_SECONDS"),
        problems=[],
        failure="",
        **changes,
    )
    wanted = ", ".join(f"{name}: {value}" for name, value in row.wants.items())
    note(row, events.FEATURE_WANTED, now=now, actor=actor, wanted=wanted)
    _nudge(row, start, now)


def unwant(row: Feature, *, actor: Actor, now: datetime) -> None:
    """
    Have a feature taken off; one of which the carrier never heard is off at once.

    :raises UnableToMove: if that cannot follow upon its status
    """
    start = _free_from(row, now)
    note(row, events.FEATURE_UNWANTED, now=now, actor=actor)
    if not row.perhaps_there:
        _move(row, _S.OFF, now, next_attempt_at=None, problems=[], failure="", **row.erased)
        return
    _move(row, _S.UNWANTED, now, attempt=None, call_before=None, next_attempt_at=start)
    _nudge(row, start, now)


def not_wanted(row: Feature, *, now: datetime) -> None:
    """Have a feature taken off that nobody wants any more."""
    with acting(_ACTOR):
        unwant(row, actor=_ACTOR, now=now)


def claimed(row: Feature, *, to: str, now: datetime) -> tuple[UUID, datetime]:
    """Put our name on it for the one call that follows."""
    with acting(_ACTOR):
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
    if to == _S.ACTIVE and standing.carrier_reference and CRAFTS[kind_of(row)].rereads:
        again = now + timing.until_confirmed(row.uuid)
    with acting(_ACTOR):
        _record(
            row,
            attempt,
            to,
            now,
            carrier_reference=standing.carrier_reference or row.carrier_reference,
            problems=[asdict(problem) for problem in standing.problems],
            failure=why[:200],
            next_attempt_at=again,
        )
        note(row, event_type, now=now, why=why)
        if to == _S.REJECTED:
            opening.feature_refused(row, why=why, now=now)
        pauses.at("feature.recording")


def next_step(row: Feature, *, now: datetime) -> None:
    """Have it asked for once more, as what had to come first has been decided."""
    give_up_at = now + timing.span("FEATURE_GIVE_UP_SECONDS")
    with acting(_ACTOR):
        _record(
            row, row.attempt, _S.WANTED, now, failure="", next_attempt_at=now, give_up_at=give_up_at
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
) -> None:
    """Go back before a step, which is taken once more."""
    now = clock.now()
    with acting(_ACTOR):
        _record(row, attempt, to, now, failure=why[:200], next_attempt_at=again)
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


def done_by_hand(row: Feature, *, actor: Actor, now: datetime) -> None:
    """Write down that a person has done what the task asked; nothing where that is over."""
    to = {_S.BY_HAND: _S.ACTIVE, _S.REMOVAL_BY_HAND: _S.OFF}.get(FeatureStatus(row.status))
    if to is None:
        return
    is_there = to == _S.ACTIVE
    erased = {} if is_there else row.erased
    row.lifecycle.edges.move(
        row, to=to, now=now, perhaps_there=is_there, failure="", problems=[], **erased
    )
    event_type = events.FEATURE_ACTIVE if is_there else events.FEATURE_OFF
    note(row, event_type, now=now, actor=actor)


def refused_by_hand(row: Feature, *, why: str, actor: Actor, now: datetime) -> None:
    """Write down that the carrier refused it to a person."""
    if row.status != _S.BY_HAND:
        return
    problems = [{"field": "", "words": why}]
    row.lifecycle.edges.move(
        row,
        to=_S.REJECTED,
        now=now,
        failure=why[:200],
        problems=problems,
        perhaps_there=False,
        # A person's attempt has a name from its end on: what is answered after it is newer.
        attempt=uuid4(),
    )
    note(row, events.FEATURE_REJECTED, now=now, actor=actor, why=why)


def of_task(task: Task) -> Feature | None:
    """Give what a task is about, locked."""
    for craft in CRAFTS.values():
        rows = craft.model.objects.select_related("organization", *craft.related)
        there = no_key(rows.filter(uuid=task.about.removeprefix(SUBJECT))).first()
        if there is not None:
            return there
    return None


@contextmanager
def late_calls_doubted(
    row: Feature, clock: timing.Elapsed, *, if_: CarrierError | None = None
) -> Iterator[None]:
    """
    Have the carrier asked again where somebody else took over before our call went out.

    A worker that slept between its last look at the clock and its call undoes what was done
    meanwhile.
    """
    try:
        yield
    except LostRace:
        if if_ is None or isinstance(if_, OutcomeUnknown):
            _assert_again(row, now=clock.now())
        raise


def loaded(kind: str, key: int) -> Feature:
    """Read a feature with all that is said about it."""
    craft = CRAFTS[kind]
    return craft.model.objects.select_related("organization", *craft.related).get(pk=key)


def look_again(row: Feature, at: datetime) -> None:
    """Say when it is looked at next."""
    rows = type(row).objects.filter(pk=row.pk, status=row.status, attempt=row.attempt)
    rows.update(next_attempt_at=at)


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


def _assert_again(row: Feature, *, now: datetime) -> None:
    again = {_S.OFF: _S.UNWANTED, _S.ACTIVE: _S.WANTED}
    with acting(_ACTOR):
        fresh = loaded(kind_of(row), row.pk)
        to = again.get(FeatureStatus(fresh.status))
        if to is None:
            return
        _move(
            fresh,
            to,
            now,
            perhaps_there=True,
            attempt=None,
            call_before=None,
            next_attempt_at=now,
            give_up_at=now + timing.span("FEATURE_GIVE_UP_SECONDS"),
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
        _record(row, attempt, _S.WANTED, now, failure=why[:200], next_attempt_at=until)
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


def _move(row: Feature, to: FeatureStatus, now: datetime, **changes: Any) -> None:
    row.lifecycle.edges.move(row, to=to, now=now, **changes)


def _free_from(row: Feature, now: datetime) -> datetime:
    """Give from when the carrier may be asked: a call that is under way must have ended."""
    in_flight = row.status in {_S.SETTING, _S.UNCERTAIN, _S.REMOVING}
    if in_flight and row.call_before is not None:
        return max(now, calling.dead_from(row.call_before))
    return now


def _nudge(row: Feature, start: datetime, now: datetime) -> None:
    if start == now:
        nudge(tasks.feature.delay, kind=kind_of(row), feature_id=row.pk)
