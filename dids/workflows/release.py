"""Giving a number back to its carrier: scheduled, reversible until the carrier is called."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from accounts import journal
from accounts.actors import Actor
from accounts.work import acting
from dids import events, tasks
from dids.models import Assignment, PhoneNumber, Release
from dids.states import NUMBER, RELEASE, NumberStatus, ReleaseStatus
from dids.workflows import binding
from dids.workflows.disconnecting import carry_out
from dids.workflows.handover import locked
from dids.workflows.standing import require_seat
from lib.locks import no_key
from lib.nudges import nudge
from lib.refusals import UnableTo

__all__ = ["UnableToRelease", "cancel", "carry_out", "due", "keep", "resume", "schedule"]

WHOLE = "Release the block instead, once none of its numbers is used."
KEPT = "Cancel the release of the block instead."
RELEASABLE = frozenset({NumberStatus.AVAILABLE, NumberStatus.QUARANTINE})
_NEXT: dict[str, str] = {
    NumberStatus.RESERVED: "Withdraw its offers first.",
    NumberStatus.RELEASING: "Cancel its release to choose another day.",
}


class UnableToRelease(UnableTo):
    """Something still depends on the number."""

    code = "cannot_release"
    conflict = True


def schedule(*, number: PhoneNumber, on: date | None, actor: Actor, now: datetime) -> Release:
    """
    Plan the return of a number in one's own stock to its carrier.

    :param on: the day, in the holder's time zone; None for as soon as possible
    :raises UnableToRelease: if it is held by somebody below, assigned, offered, or leaving already
    :raises UnableToStandIn: if the number is somebody else's
    """
    with acting(actor):
        (row,) = locked([number])
        _require_unused(row, actor)
        _require_divisible(row, WHOLE)
        due_at = due(row, on, now=now)
        before = row.status
        NUMBER.edges.move(row, to=NumberStatus.RELEASING, now=now)
        release = Release.objects.create(
            number=row,
            due_at=due_at,
            returns_to=before,
            status_since=now,
            scheduled_by=actor.name,
            next_attempt_at=due_at,
        )
        day = (on or now.date()).isoformat()
        _note(actor, events.RELEASE_SCHEDULED, release, row, now=now, on=day)
        if due_at <= now:
            message = {"number_id": row.pk}
            nudge(tasks.carry_out_release.delay, **message)
    number.status, number.status_since = row.status, row.status_since
    return release


def cancel(*, number: PhoneNumber, actor: Actor, now: datetime) -> None:
    """
    Keep a number after all; the carrier is asked to deliver it again where unbinding was tried.

    :raises UnableToRelease: if it is not being released
    :raises UnableToMove: if the carrier is being called already
    :raises UnableToStandIn: if the number is somebody else's
    """
    with acting(actor):
        (row,) = locked([number])
        require_seat(actor, row.holder, what=row.e164)
        _require_divisible(row, KEPT)
        keep(row, actor=actor, now=now)
    number.status, number.status_since = row.status, row.status_since


def keep(row: PhoneNumber, *, actor: Actor, now: datetime) -> None:
    """
    End the release of a locked number.

    :raises UnableToRelease: if it is not being released, or the carrier is being called already
    """
    release = no_key(Release.objects.open().filter(number=row)).first()
    if release is None:
        raise UnableToRelease(f"{row.e164} is not being released, so there is nothing to cancel.")
    if not RELEASE.edges.allows(release.status, ReleaseStatus.CANCELLED):
        raise UnableToRelease(
            f"The carrier has been told to take {row.e164} back; it cannot be kept any more."
        )
    RELEASE.edges.move(release, to=ReleaseStatus.CANCELLED, now=now, next_attempt_at=None)
    NUMBER.edges.move(row, to=release.returns_to, now=now)
    if release.attempt is not None:
        # Unbinding was tried: whether the carrier still delivers the number is not known.
        binding.want_again(number=row, now=now)
    _note(actor, events.RELEASE_CANCELLED, release, row, now=now)


def resume(*, number: PhoneNumber, actor: Actor, now: datetime) -> None:
    """
    Have the carrier asked once more to take a number back that it refused; no harm where it was.

    :raises UnableToStandIn: if the number is somebody else's
    """
    with acting(actor):
        (row,) = locked([number])
        require_seat(actor, row.holder, what=row.e164)
        refused = Release.objects.filter(number=row, status=ReleaseStatus.REFUSED)
        release = no_key(refused).first()
        if release is None:
            return
        RELEASE.edges.move(release, to=ReleaseStatus.UNBOUND, now=now, next_attempt_at=now)
        step = release.get_status_display().lower()
        _note(actor, events.RELEASE_STEP, release, row, now=now, step=step)
        message = {"number_id": row.pk}
        nudge(tasks.carry_out_release.delay, **message)


def _require_unused(number: PhoneNumber, actor: Actor) -> None:
    owner = number.carrier_account.owner
    if number.holder_id != owner.pk and (actor.reach is None or actor.reach.reaches(owner)):
        raise UnableToRelease(
            f"{number.e164} is held by {number.holder.name}. It must be given back first."
        )
    require_seat(actor, number.holder, what=number.e164)
    if number.holder_id != owner.pk:
        raise UnableToRelease(f"Only its provider can release {number.e164}. Give it back instead.")
    if Assignment.objects.filter(number=number).exists():
        raise UnableToRelease(f"{number.e164} is in use. Take it off its destination first.")
    if refusal := why_kept(number):
        raise UnableToRelease(refusal)


def why_kept(number: PhoneNumber) -> str:
    """Say why a number in its status cannot be released; empty where it can."""
    if number.status in RELEASABLE:
        return ""
    words = number.get_status_display().lower()
    then = _NEXT.get(number.status, "Look at it again.")
    return f"{number.e164} is {words} and cannot be released now. {then}"


def why_whole(number: PhoneNumber, step: str) -> str:
    """Say that a number leaves only with its block; empty where it may leave alone."""
    block = number.block
    if block is None or block.ended_at is not None or block.divisible:
        return ""
    return (
        f"{number.e164} belongs to the indivisible block {block.words}, which goes back to its "
        f"carrier whole. {step}"
    )


def _require_divisible(number: PhoneNumber, step: str) -> None:
    if refusal := why_whole(number, step):
        raise UnableToRelease(refusal)


def due(number: PhoneNumber, on: date | None, *, now: datetime) -> datetime:
    """
    Give the moment at which a release on a day begins, in the time zone of the number's holder.

    :raises UnableToRelease: if the day is over
    """
    if on is None:
        return now
    zone = ZoneInfo(number.holder.time_zone)
    if on < now.astimezone(zone).date():
        refusal = UnableToRelease("Choose today or a day to come.", field="on")
        refusal.conflict = False
        raise refusal
    return max(datetime.combine(on, time.min, tzinfo=zone), now)


def _note(
    actor: Actor,
    event_type: journal.EventType,
    release: Release,
    number: PhoneNumber,
    *,
    now: datetime,
    **after: str,
) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=release.subject,
        organization=number.holder,
        number=number.e164,
        after=after,
    )
