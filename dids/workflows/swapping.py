"""Two numbers exchange where they ring."""

from __future__ import annotations

from datetime import datetime

from accounts import journal
from accounts.actors import Actor
from accounts.work import acting
from dids import events, signals
from dids.models import Assignment, PhoneNumber
from dids.workflows import emergency_gate
from dids.workflows.assignment import HELD_BY_TENANT, UnableToAssign
from dids.workflows.handover import locked
from dids.workflows.standing import require_seat

NOWHERE = "nowhere"


def swap(*, number: PhoneNumber, other: PhoneNumber, actor: Actor, now: datetime) -> None:
    """
    Exchange the destinations of two numbers of one tenant, in one step.

    Where one of them points nowhere, the other's destination moves to it.

    :raises UnableToAssign: if they are one, of two holders, no tenant's, or both point nowhere
    :raises UnableToServe: if one is to be used that has no emergency location and needs one
    :raises UnableToStandIn: if they are somebody else's
    """
    if number.pk == other.pk:
        raise UnableToAssign("Choose another number to swap with.", field="other")
    with acting(actor):
        rows = locked([number, other])
        for row in rows:
            require_seat(actor, row.holder, what=row.e164)
        _require_one_tenant(rows)
        there = {row.number_id: row for row in Assignment.objects.filter(number__in=rows)}
        if not there:
            raise UnableToAssign(
                f"{rows[0].e164} and {rows[1].e164} both point nowhere. Point one of them first."
            )
        # Whoever points somewhere already does not begin to be used.
        emergency_gate.pass_through([row for row in rows if row.pk not in there], now=now)
        _exchange(rows, there, now=now)
        first, second = (_words(there.get(row.pk)) for row in rows)
        told = journal.record_many(
            actor,
            events.SWAPPED,
            [
                journal.Row(
                    subject=row.subject,
                    organization=row.holder,
                    number=row.e164,
                    before={"destination": before},
                    after={"destination": after, "other": other_row.e164},
                )
                for row, other_row, before, after in (
                    (rows[0], rows[1], first, second),
                    (rows[1], rows[0], second, first),
                )
            ],
            now=now,
        )
        signals.send([row.e164 for row in rows], event_id=told[0].pk)


def _require_one_tenant(rows: list[PhoneNumber]) -> None:
    if rows[0].holder_id != rows[1].holder_id:
        raise UnableToAssign(
            f"{rows[0].e164} and {rows[1].e164} have different holders. Choose two of one tenant.",
            field="other",
        )
    for row in rows:
        if row.status not in HELD_BY_TENANT:
            raise UnableToAssign(
                f"{row.e164} is {row.get_status_display().lower()}, so it cannot be swapped. "
                "Choose a number that a tenant uses."
            )


def _exchange(rows: list[PhoneNumber], there: dict[int, Assignment], *, now: datetime) -> None:
    # Two rows keep their numbers and exchange what they say; a single one changes its number.
    if len(there) == 1:
        (only,) = there.values()
        (free,) = (row for row in rows if row.pk not in there)
        Assignment.objects.filter(pk=only.pk).update(number=free, assigned_at=now)
        return
    first, second = (there[row.pk] for row in rows)
    for row, says in ((first, second), (second, first)):
        Assignment.objects.filter(pk=row.pk).update(
            kind=says.kind, value=says.value, assigned_at=now
        )


def _words(assignment: Assignment | None) -> str:
    return str(assignment.destination) if assignment else NOWHERE
