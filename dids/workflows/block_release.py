"""A block goes back to its carrier whole: all its numbers in one step, or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from accounts import journal
from accounts.actors import Actor
from accounts.models import Organization
from accounts.work import acting
from dids import events
from dids.models import Assignment, NumberBlock, PhoneNumber, Release
from dids.states import NumberStatus
from dids.workflows import release
from dids.workflows.blocks import NAMED, locked_whole
from dids.workflows.handover import move_all
from dids.workflows.release import RELEASABLE, UnableToRelease
from dids.workflows.standing import require_seat


def schedule(*, block: NumberBlock, on: date | None, actor: Actor, now: datetime) -> list[Release]:
    """
    Plan the return of all numbers of a block to their carrier; nobody may use any of them.

    Of a divisible block, those that are leaving already keep their day.

    :param on: the day, in the holder's time zone; None for as soon as possible
    :raises UnableToRelease: if the block ended, is leaving already, or one of its numbers is used
    :raises UnableToStandIn: if the block is somebody else's
    """
    with acting(actor):
        held, rows = locked_whole(block)
        owner = held.carrier_account.owner
        require_seat(actor, owner, what=f"The block {held.words}")
        staying = [row for row in rows if row.status != NumberStatus.RELEASING]
        if not staying or (not held.divisible and len(staying) < len(rows)):
            raise UnableToRelease(
                f"The block {held.words} is gone or being released already. Cancel its release to "
                "choose another day."
            )
        _require_unused(held, staying, owner)
        due_at = release.due(staying[0], on, now=now)
        releases = Release.objects.bulk_create(
            Release(
                number=row,
                due_at=due_at,
                returns_to=row.status,
                status_since=now,
                scheduled_by=actor.name,
                next_attempt_at=due_at,
            )
            for row in staying
        )
        move_all(staying, to=NumberStatus.RELEASING, now=now)
        _tell(actor, held, releases, owner, now=now, on=(on or now.date()).isoformat())
    # No nudges: a thousand of them would wait before everybody else's. The sweep takes them.
    return releases


def cancel(*, block: NumberBlock, actor: Actor, now: datetime) -> None:
    """
    Keep all numbers of a block after all.

    :raises UnableToRelease: if it is not being released, or the carrier was told of one of them
    :raises UnableToStandIn: if the block is somebody else's
    """
    with acting(actor):
        held, rows = locked_whole(block)
        owner = held.carrier_account.owner
        require_seat(actor, owner, what=f"The block {held.words}")
        leaving = [row for row in rows if row.status == NumberStatus.RELEASING]
        if not leaving:
            raise UnableToRelease(
                f"The block {held.words} is not being released, so there is nothing to cancel."
            )
        if not held.divisible and len(rows) < held.size:
            raise UnableToRelease(
                f"The carrier has taken numbers of the block {held.words} back, and it goes whole: "
                "it cannot be kept any more."
            )
        for row in leaving:
            release.keep(row, actor=actor, now=now)
        journal.record(
            actor,
            events.BLOCK_KEPT,
            now=now,
            subject=held.subject,
            organization=owner,
            after={"first": held.first, "last": held.last},
        )


def _require_unused(block: NumberBlock, rows: Sequence[PhoneNumber], owner: Organization) -> None:
    pointed = set(Assignment.objects.filter(number__in=rows).values_list("number_id", flat=True))
    used = []
    for row in rows:
        if row.holder_id != owner.pk:
            used.append(f"{row.e164} (held by {row.holder.name})")
        elif row.status not in RELEASABLE or row.pk in pointed:
            used.append(f"{row.e164} ({row.get_status_display().lower()})")
    if used:
        rest = len(used) - NAMED
        names = ", ".join(used[:NAMED]) + (f" and {rest} more" if rest > 0 else "")
        raise UnableToRelease(
            f"The block {block.words} goes back whole, and some of it is used: {names}. Have them "
            "given back and their offers withdrawn first."
        )


def _tell(
    actor: Actor,
    block: NumberBlock,
    releases: Sequence[Release],
    owner: Organization,
    *,
    now: datetime,
    on: str,
) -> None:
    journal.record(
        actor,
        events.BLOCK_RELEASE_SCHEDULED,
        now=now,
        subject=block.subject,
        organization=owner,
        after={"first": block.first, "last": block.last, "count": len(releases), "on": on},
    )
    journal.record_many(
        actor,
        events.RELEASE_SCHEDULED,
        [
            journal.Row(
                subject=row.subject, organization=owner, number=row.number.e164, after={"on": on}
            )
            for row in releases
        ],
        now=now,
    )
