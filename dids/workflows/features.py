"""Having a carrier set something up beside carrying calls, or take it off: claim, call, record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from dids import nudging, tasks, timing
from dids.crafts import CRAFTS, Craft
from dids.models import Feature
from dids.states import FeatureStatus
from dids.workflows import (
    calling,
    change_turns,
    feature_recording,
    feature_wishes,
    lapsing,
    shown,
)
from dids.workflows.late_calls import feature_doubted
from lib import pauses
from lib.transitions import UnableToMove
from trunks import connect
from trunks.errors import CarrierError, OutcomeUnknown, Reason, Rejected
from trunks.features import Stage, Standing
from trunks.roles import Carrier

_S = FeatureStatus


def see_to(*, kind: str, feature_id: int, now: datetime) -> None:
    """
    Do the next step of a feature: ask for it, look it up, or have it taken off.

    :raises UnableToMove: if another worker has it
    """
    craft = CRAFTS[kind]
    row = feature_recording.loaded(kind, feature_id)
    step = _STEPS.get(FeatureStatus(row.status))
    if step is None:
        return
    clock = timing.Elapsed(now)
    try:
        step(craft, row, clock)
    except change_turns.NotYourTurn as turn:
        feature_recording.look_again(row, turn.retry_at, failure=str(turn))
        return
    except connect.NotNow as later:
        message = {"kind": kind, "feature_id": row.pk}
        until = nudging.soon(tasks.feature, message, at=later.retry_at, now=now)
        feature_recording.look_again(row, until)
        return
    change_turns.pass_on(row)


def _set(craft: Craft, row: Feature, clock: timing.Elapsed) -> None:
    if craft.is_over(row):
        feature_wishes.not_wanted(row, now=clock.now())
        return
    if craft.waits(row):
        again = clock.now() + timing.span("PUT_OFF_PERSON_SECONDS")
        feature_recording.look_again(row, again)
        return
    if why := craft.refusal(row):
        feature_recording.trouble_met(row, row.attempt, Rejected(why), now=clock.now())
        return
    if craft.is_by_hand(row):
        feature_recording.by_hand(row, row.attempt, why="", now=clock.now())
        return
    carrier, seen = _in_turn(row, clock)
    pauses.at("feature.ready")
    attempt, call_before = feature_recording.claimed(row, to=_S.SETTING, now=clock.now(), seen=seen)
    pauses.at("feature.claimed")
    try:
        standing = craft.send(carrier, row, calling.deadline(call_before))
    except CarrierError as trouble:
        with feature_doubted(row, clock, if_=trouble):
            feature_recording.trouble_met(row, attempt, trouble, now=clock.now())
    else:
        pauses.at("feature.called")
        with feature_doubted(row, clock):
            _record(row, standing, clock)


def _record(row: Feature, standing: Standing, clock: timing.Elapsed) -> None:
    if standing.stage is Stage.READY:
        feature_recording.next_step(row, now=clock.now())
    else:
        feature_recording.standing_told(row, row.attempt, standing, now=clock.now())
    pauses.at("feature.recorded")


def _settle(craft: Craft, row: Feature, clock: timing.Elapsed) -> None:
    """Look up what became of a call whose answer nobody has."""
    dead_from = calling.dead_from(row.call_before or row.status_since)
    if row.status == _S.SETTING and dead_from > clock.now():
        raise UnableToMove(f"{row} is in the hands of another worker.")
    carrier = _carrier(row, clock)
    is_over = dead_from + calling.lookup_lag(carrier) <= clock.now()
    try:
        standing = craft.read(carrier, row, calling.deadline())
    except CarrierError as trouble:
        if isinstance(trouble, Rejected) and is_over:
            feature_recording.trouble_met(row, row.attempt, trouble, now=clock.now())
        else:
            feature_recording.look_again(row, nudging.after(trouble, now=clock.now()))
        return
    pauses.at("feature.looked_up")
    if standing.stage is not Stage.ABSENT:
        _record(row, standing, clock)
    elif not is_over:
        feature_recording.look_again(row, clock.now() + timing.span("LOOKUP_SECONDS"))
    else:
        _not_there(craft, row, clock, why="It is not known whether the carrier has it.")


def _read(craft: Craft, row: Feature, clock: timing.Elapsed) -> None:
    """Ask how something stands about which the carrier decides."""
    carrier = _carrier(row, clock)
    try:
        standing = craft.read(carrier, row, calling.deadline())
    except CarrierError as trouble:
        feature_recording.look_again(row, nudging.after(trouble, now=clock.now()))
        return
    pauses.at("feature.read")
    now = clock.now()
    is_absent = standing.stage is Stage.ABSENT
    if is_absent and row.status_since + calling.lookup_lag(carrier) <= now:
        _not_there(craft, row, clock, why="The carrier shows it no more.")
    elif is_absent or standing.stage is Stage.PENDING:
        again = now + timing.until_read_again(row.status_since, now=now)
        feature_recording.look_again(row, again)
    else:
        _record(row, standing, clock)


def _confirm(craft: Craft, row: Feature, clock: timing.Elapsed) -> None:
    """Ask whether what is in force still is; what a person set up has no name to ask by."""
    if not feature_recording.is_confirmed(row) or craft.is_by_hand(row):
        feature_recording.look_again(row, None)
        return
    carrier = _carrier(row, clock)
    try:
        standing = craft.read(carrier, row, calling.deadline())
    except CarrierError:
        # Whatever is wrong, it was in force yesterday.
        again = clock.now() + timing.span("IN_FORCE_SPREAD_SECONDS")
        feature_recording.look_again(row, again)
        return
    pauses.at("feature.confirmed")
    if standing.stage is Stage.ACTIVE:
        feature_recording.look_again(row, clock.now() + timing.until_confirmed(row.uuid))
    elif change_turns.takes_turns(row):
        lapsing.undone(row, now=clock.now())
    else:
        lapsing.lapsed(row, standing, now=clock.now())


def _not_there(craft: Craft, row: Feature, clock: timing.Elapsed, *, why: str) -> None:
    """Ask once more, later each time; where that costs money, or took too long, a person looks."""
    now = clock.now()
    if not craft.repeatable or row.give_up_at is None or row.give_up_at <= now:
        feature_recording.by_hand(row, row.attempt, why=why, now=now)
        return
    asked_since = row.give_up_at - timing.span("FEATURE_GIVE_UP_SECONDS")
    again = now + timing.until_read_again(asked_since, now=now)
    feature_recording.put_off(row, row.attempt, to=_S.WANTED, why=why, again=again, clock=clock)


def _remove(craft: Craft, row: Feature, clock: timing.Elapsed) -> None:
    if craft.is_by_hand(row):
        feature_recording.removal_by_hand(row, row.attempt, why="", now=clock.now())
        return
    carrier, seen = _in_turn(row, clock)
    pauses.at("feature.removing")
    attempt, call_before = feature_recording.claimed(
        row, to=_S.REMOVING, now=clock.now(), seen=seen
    )
    pauses.at("feature.removal_claimed")
    try:
        craft.remove(carrier, row, calling.deadline(call_before))
    except Rejected as refusal:
        if refusal.reason is Reason.NOT_FOUND:
            feature_recording.taken_off(row, attempt, now=clock.now())
        else:
            why = str(refusal)
            feature_recording.removal_by_hand(row, attempt, why=why, now=clock.now())
    except CarrierError as trouble:
        _not_removed(row, attempt, trouble, clock)
    else:
        pauses.at("feature.removed")
        with feature_doubted(row, clock):
            feature_recording.taken_off(row, attempt, now=clock.now())


def _not_removed(row: Feature, attempt: UUID, trouble: CarrierError, clock: timing.Elapsed) -> None:
    """Try once more; where that took too long, a person takes it off."""
    again = nudging.after(trouble, now=clock.now())
    if row.give_up_at is not None and again >= row.give_up_at:
        feature_recording.removal_by_hand(row, attempt, why=str(trouble), now=clock.now())
        return
    feature_recording.put_off(
        row,
        attempt,
        to=_S.UNWANTED,
        why=str(trouble),
        again=again,
        clock=clock,
        is_over=not isinstance(trouble, OutcomeUnknown),
    )


def _remove_again(_craft: Craft, row: Feature, clock: timing.Elapsed) -> None:
    """Go back before a step that nobody recorded; taking off twice does no harm."""
    now = clock.now()
    if calling.dead_from(row.call_before or row.status_since) > now:
        raise UnableToMove(f"{row} is in the hands of another worker.")
    why = "Nobody recorded an answer."
    feature_recording.put_off(row, row.attempt, to=_S.UNWANTED, why=why, again=now, clock=clock)


_STEPS: dict[FeatureStatus, Callable[[Craft, Feature, timing.Elapsed], None]] = {
    _S.WANTED: _set,
    _S.SETTING: _settle,
    _S.UNCERTAIN: _settle,
    _S.SUBMITTED: _read,
    _S.ACTIVE: _confirm,
    _S.UNWANTED: _remove,
    _S.REMOVING: _remove_again,
}


def _in_turn(row: Feature, clock: timing.Elapsed) -> tuple[Carrier, UUID | None]:
    """Look at its turn before the pace: who only waits must not use up the account's calls."""
    change_turns.require(row, now=clock.now())
    carrier = _carrier(row, clock)
    return carrier, shown.require(row, carrier, clock)


def _carrier(row: Feature, clock: timing.Elapsed) -> Carrier:
    account = row.account
    connect.may_call(account, clock.now())
    return connect.connected(
        account,
        purpose="feature",
        numbers=[row.e164] if row.e164 else [],
        hidden=row.hidden,
    )
