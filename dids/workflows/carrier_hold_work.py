"""What a worker does for a hold: claim, call, record, and look up what got lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from dids import nudging, tasks, timing
from dids.models import CarrierHold
from dids.states import HoldStatus
from dids.workflows import calling
from dids.workflows import carrier_hold_recording as recording
from dids.workflows.refusals import UnableToHold
from lib import pauses
from lib.e164 import E164
from lib.transitions import UnableToMove
from trunks import connect
from trunks.errors import CarrierError
from trunks.roles import HoldsNumbers

UNKNOWN_FOR = timedelta(hours=1)
"""A hold that was given up without an answer may be kept for so long at the most."""


def hold(*, hold_id: int, now: datetime) -> None:
    """
    Do what is due for a hold: ask the carrier for it, look it up, or end it.

    :raises UnableToMove: if another worker has it
    """
    row = CarrierHold.objects.select_related("organization", "carrier_account__owner")
    there = row.live().filter(pk=hold_id).first()
    if there is None:
        return
    clock = timing.Elapsed(now)
    try:
        if there.status == HoldStatus.HELD:
            recording.expire(there, now=now)
        elif there.status == HoldStatus.WANTED:
            _hold(there, clock)
        else:
            _settle(there, clock)
    except connect.NotNow as later:
        if recording.is_given_up(there, now=clock.now()):
            return
        message = {"hold_id": there.pk}
        recording.look_again(there, nudging.soon(tasks.hold, message, at=later.retry_at, now=now))


def _hold(row: CarrierHold, clock: timing.Elapsed) -> None:
    if recording.is_given_up(row, now=clock.now()):
        return
    carrier = _carrier(row, clock)
    for earlier in _perhaps_kept(row, clock.now()):
        if _is_taken_over(row, earlier, carrier, clock):
            return
    pauses.at("hold.ready")
    attempt, call_before = recording.claimed(row, now=clock.now())
    pauses.at("hold.claimed")
    try:
        answer = carrier.hold(
            [E164(row.e164)],
            reference=str(row.uuid),
            deadline=calling.deadline(call_before),
        )
    except CarrierError as trouble:
        recording.trouble_met(row, attempt, trouble, now=clock.now())
    else:
        pauses.at("hold.called")
        recording.answered(row, attempt, answer, now=clock.now())


def _perhaps_kept(row: CarrierHold, now: datetime) -> QuerySet[CarrierHold]:
    """Give our ended holds that the carrier may still keep: it would refuse another one."""
    is_known = Q(until__gt=now + timing.span("PURCHASE_DEADLINE_SECONDS"))
    is_unknown = Q(
        until=None,
        attempt__isnull=False,
        status_since__gte=F("give_up_at"),
        status_since__gt=now - UNKNOWN_FOR,
    )
    return CarrierHold.objects.filter(
        is_known | is_unknown,
        e164=row.e164,
        carrier_account=row.carrier_account,
        status__in=[HoldStatus.LET_GO, HoldStatus.USED, HoldStatus.REFUSED],
    ).order_by("-created_at")


def _is_taken_over(
    row: CarrierHold, earlier: CarrierHold, carrier: HoldsNumbers, clock: timing.Elapsed
) -> bool:
    """
    Ask whether what an earlier hold left is still there; False where it is not.

    An order may have used it up, and the number may have been sold to somebody else since.
    """
    deadline = calling.deadline()
    try:
        if earlier.carrier_reference:
            answer = carrier.read_hold(earlier.carrier_reference, deadline=deadline)
        else:
            answer = carrier.find_hold(reference=str(earlier.uuid), deadline=deadline)
    except CarrierError as trouble:
        recording.look_again(row, nudging.after(trouble, now=clock.now()))
        return True
    if answer is not None and E164(row.e164) in answer.pending:
        recording.look_again(row, clock.now() + timing.span("LOOKUP_SECONDS"))
        return True
    now = clock.now()
    if answer is not None and answer.until is not None and answer.until > now:
        recording.answered(row, row.attempt, answer, now=now)
        return True
    return False


def _settle(row: CarrierHold, clock: timing.Elapsed) -> None:
    """Look it up; nothing is ever sent from here: a reservation repeated is another one."""
    dead_from = calling.dead_from(row.call_before or row.status_since)
    if row.status == HoldStatus.HOLDING:
        if dead_from > clock.now():
            raise UnableToMove(f"{row} is being asked for by another worker.")
        recording.uncertain(row, row.attempt, "Nobody recorded an answer.", now=clock.now())
    carrier = _carrier(row, clock)
    try:
        answer = carrier.find_hold(
            reference=str(row.uuid),
            deadline=calling.deadline(),
        )
    except CarrierError as trouble:
        if not recording.is_given_up(row, now=clock.now()):
            recording.look_again(row, nudging.after(trouble, now=clock.now()))
        return
    pauses.at("hold.looked_up")
    if answer is not None:
        recording.answered(row, row.attempt, answer, now=clock.now())
    elif dead_from + carrier.lookup_lag <= clock.now():
        recording.refused(row, row.attempt, recording.NOT_THERE, "Not there.", now=clock.now())
    else:
        recording.look_again(row, clock.now() + timing.span("LOOKUP_SECONDS"))


def _carrier(row: CarrierHold, clock: timing.Elapsed) -> HoldsNumbers:
    connect.may_call(row.carrier_account, clock.now())
    carrier = connect.connected(row.carrier_account, purpose="hold", numbers=[row.e164])
    if not isinstance(carrier, HoldsNumbers):
        raise UnableToHold(f"{carrier.name} holds no numbers.")
    return carrier
