"""What is wanted of a carrier beside carrying calls, and what is wanted no more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.actors import Actor, System
from accounts.work import acting
from dids import events, tasks, timing
from dids.crafts import CRAFTS, kind_of
from dids.models import Feature, PhoneNumber
from dids.states import NUMBER, FeatureStatus
from dids.workflows import calling
from dids.workflows.feature_recording import loaded, note
from lib.locks import no_key
from lib.nudges import nudge

_ACTOR = System("features.see_to")
_S = FeatureStatus
_PERHAPS_ON_ITS_WAY = (_S.SETTING, _S.UNCERTAIN, _S.REMOVING, _S.WANTED, _S.UNWANTED)


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
        call_before=row.call_before if start > now else None,
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
    call_before = row.call_before if start > now else None
    _move(
        row,
        _S.UNWANTED,
        now,
        attempt=None,
        call_before=call_before,
        next_attempt_at=start,
        give_up_at=now + timing.span("FEATURE_GIVE_UP_SECONDS"),
    )
    _nudge(row, start, now)


def not_wanted(row: Feature, *, now: datetime) -> None:
    """Have a feature taken off that nobody wants any more."""
    with acting(_ACTOR):
        unwant(row, actor=_ACTOR, now=now)


def gone(row: Feature, *, actor: Actor, now: datetime) -> None:
    """Write down that a feature went with its number, which its carrier does not have any more."""
    if row.status != _S.UNWANTED:
        _move(row, _S.UNWANTED, now)
    _move(
        row,
        _S.OFF,
        now,
        attempt=None,
        call_before=None,
        next_attempt_at=None,
        perhaps_there=False,
        carrier_reference="",
        problems=[],
        failure="",
        **row.erased,
    )
    note(row, events.FEATURE_OFF, now=now, actor=actor)


def assert_again(row: Feature, *, now: datetime) -> None:
    """
    Have asked for again what was done, or taken off again, as a late call may have undone it.

    A carrier is not asked about a number that it does not have any more.
    """
    again = {_S.OFF: _S.UNWANTED, _S.ACTIVE: _S.WANTED}
    with acting(_ACTOR):
        kind = kind_of(row)
        went = CRAFTS[kind].of_numbers and _went_with_number(row)
        fresh = loaded(kind, row.pk)
        to = again.get(FeatureStatus(fresh.status))
        if to is None or went:
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


def _move(row: Feature, to: FeatureStatus, now: datetime, **changes: Any) -> None:
    row.lifecycle.edges.move(row, to=to, now=now, **changes)


def _went_with_number(row: Any) -> bool:
    """Tell whether its carrier has the number no more; another, which only has this, does not."""
    # Locked, so that a number that leaves meanwhile takes its features along.
    number = no_key(PhoneNumber.objects.filter(pk=row.number_id)).get()
    return number.status in NUMBER.edges.final and row.account.pk == number.carrier_account_id


def _free_from(row: Feature, now: datetime) -> datetime:
    """Give from when the carrier may be asked: a call that is under way must have ended."""
    if row.status in _PERHAPS_ON_ITS_WAY and row.call_before is not None:
        return max(now, calling.dead_from(row.call_before))
    return now


def _nudge(row: Feature, start: datetime, now: datetime) -> None:
    if start == now:
        nudge(tasks.feature.delay, kind=kind_of(row), feature_id=row.pk)
