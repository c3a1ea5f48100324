"""Where a number rings: point it somewhere, move it, take it off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts import journal
from accounts.actors import Actor
from accounts.models import Event, Kind
from accounts.work import acting
from dids import events, signals
from dids.destinations import Destination
from dids.models import Assignment, PhoneNumber
from dids.states import NumberStatus
from dids.workflows import emergency_gate
from dids.workflows.handover import locked
from dids.workflows.many import Refusals, fit
from dids.workflows.standing import require_seat
from lib.refusals import UnableTo

HELD_BY_TENANT = frozenset({NumberStatus.ASSIGNED, NumberStatus.IN_SERVICE})
LABEL_LENGTH = 100


class UnableToAssign(UnableTo):
    """The number cannot be pointed anywhere now."""

    code = "cannot_assign"
    conflict = True


class UnableToLabel(UnableTo):
    """The label is none."""

    code = "bad_label"


def checked_label(label: str) -> str:
    """
    Give the label as it will be stored.

    :raises UnableToLabel: if it is too long
    """
    text = " ".join(label.split())
    if len(text) > LABEL_LENGTH or "\x00" in text:
        raise UnableToLabel(
            f"Shorten the label to {LABEL_LENGTH} characters of plain text.", field="label"
        )
    return text


def assign(
    *,
    number: PhoneNumber,
    destination: Destination,
    label: str | None = None,
    actor: Actor,
    now: datetime,
) -> Assignment:
    """
    Point a tenant's number at a destination, or move it there.

    :param label: the holder's words for it; None leaves them as they are
    :raises UnableToPoint: if the destination is none
    :raises UnableToAssign: if no tenant holds the number, or it is being given back
    :raises UnableToServe: if it has no emergency location and needs one
    :raises UnableToStandIn: if the number is somebody else's
    """
    wanted = [(number, destination)]
    (row,) = assign_many(wanted=wanted, label=label, actor=actor, now=now)
    return row.assignment


def assign_many(
    *,
    wanted: Sequence[tuple[PhoneNumber, Destination]],
    label: str | None = None,
    actor: Actor,
    now: datetime,
    refusals: Refusals | None = None,
) -> list[PhoneNumber]:
    """Point each of many numbers somewhere and give those; refuses like `assign`, see `many`."""
    there = {number.pk: destination for number, destination in wanted}
    words = None if label is None else checked_label(label)

    numbers = [number for number, _ in wanted]
    with acting(actor):
        found = locked(numbers)
        # Where none is collected, the one that fails fails at the gate itself.
        gate = emergency_gate.Gate(found if refusals is not None else [])

        def require(row: PhoneNumber) -> None:
            there[row.pk] = there[row.pk].checked()
            require_seat(actor, row.holder, what=row.e164)
            _require_tenant(row)
            gate.require(row)

        rows = fit(found, require, refusals)
        if words is not None:
            _set_label(rows, words)
        told = point_many([(row, there[row.pk]) for row in rows], actor=actor, now=now)
        _tell(rows, told)
    _copy(rows, numbers)
    return rows


def unassign(*, number: PhoneNumber, actor: Actor, now: datetime) -> None:
    """
    Take a number off its destination; calls to it find no one.

    :raises UnableToAssign: if it points nowhere
    :raises UnableToStandIn: if the number is somebody else's
    """
    unassign_many(numbers=[number], actor=actor, now=now)


def unassign_many(
    *,
    numbers: Sequence[PhoneNumber],
    actor: Actor,
    now: datetime,
    refusals: Refusals | None = None,
) -> None:
    """Take many numbers off their destinations; refuses like `unassign`, see `many`."""
    with acting(actor):
        found = locked(numbers)
        pointed = set(
            Assignment.objects.filter(number__in=found).values_list("number_id", flat=True)
        )

        def require(row: PhoneNumber) -> None:
            require_seat(actor, row.holder, what=row.e164)
            if row.pk not in pointed:
                raise UnableToAssign(f"{row.e164} points nowhere, so there is nothing to take off.")

        rows = fit(found, require, refusals)
        _tell(rows, take_off(rows, actor=actor, now=now))
    _copy(rows, numbers)


def label(*, number: PhoneNumber, label: str, actor: Actor, now: datetime) -> None:
    """
    Write the holder's own words on a number.

    :raises UnableToLabel: if they are too long
    :raises UnableToStandIn: if the number is somebody else's
    """
    words = checked_label(label)
    with acting(actor):
        (row,) = locked([number])
        require_seat(actor, row.holder, what=row.e164)
        before = row.label
        if before == words:
            return
        _set_label([row], words)
        journal.record(
            actor,
            events.LABELLED,
            now=now,
            subject=row.subject,
            organization=row.holder,
            number=row.e164,
            before={"label": before},
            after={"label": words},
        )
    number.label = words


def point(number: PhoneNumber, destination: Destination, *, actor: Actor, now: datetime) -> Event:
    """
    Write the assignment of a locked number and its event; the caller sends the signal.

    :raises UnableToServe: if it has no emergency location and needs one
    """
    return point_many([(number, destination)], actor=actor, now=now)[0]


def point_many(
    wanted: Sequence[tuple[PhoneNumber, Destination]], *, actor: Actor, now: datetime
) -> list[Event]:
    """Write the assignments of locked numbers and their events, like `point`."""
    emergency_gate.pass_through([number for number, _ in wanted], now=now)
    before = _places([number for number, _ in wanted])
    rows = [
        Assignment(number=number, kind=there.kind, value=there.value, assigned_at=now)
        for number, there in wanted
    ]
    Assignment.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["number"],
        update_fields=["kind", "value", "assigned_at"],
    )
    for row in rows:
        row.number.assignment = row
    return journal.record_many(
        actor,
        events.ASSIGNED,
        [
            journal.Row(
                subject=number.subject,
                organization=number.holder,
                number=number.e164,
                before={"destination": str(before[number.pk])} if number.pk in before else {},
                after={
                    "destination": str(there),
                    "kind": there.kind,
                    "value": there.value,
                    "label": number.label,
                },
            )
            for number, there in wanted
        ],
        now=now,
    )


def take_off(numbers: Sequence[PhoneNumber], *, actor: Actor, now: datetime) -> list[Event]:
    """Delete the assignments that locked numbers have; the caller sends the signal."""
    before = _places(numbers)
    Assignment.objects.filter(number__in=before).delete()
    for number in numbers:
        number._state.fields_cache.pop("assignment", None)
    return journal.record_many(
        actor,
        events.UNASSIGNED,
        [
            journal.Row(
                subject=number.subject,
                organization=number.holder,
                number=number.e164,
                # Nothing after it: an empty destination there would hide in the sentence where it
                # rang.
                before={
                    "destination": str(before[number.pk]),
                    "kind": before[number.pk].kind,
                    "value": before[number.pk].value,
                },
            )
            for number in numbers
            if number.pk in before
        ],
        now=now,
    )


def _places(numbers: Sequence[PhoneNumber]) -> dict[int, Destination]:
    rows = Assignment.objects.filter(number__in=numbers)
    return {row.number_id: row.destination for row in rows}


def _tell(numbers: Sequence[PhoneNumber], told: Sequence[Event]) -> None:
    signals.send([row.e164 for row in numbers], event_id=told[0].pk if told else None)


def _require_tenant(number: PhoneNumber) -> None:
    if number.holder.kind != Kind.TENANT:
        raise UnableToAssign(
            f"{number.e164} is in the stock of {number.holder.name}. Allot it to a tenant first."
        )
    if number.status not in HELD_BY_TENANT:
        raise UnableToAssign(
            f"{number.e164} is {number.get_status_display().lower()}, so it cannot be pointed "
            "anywhere. Ask whoever it came from for another one."
        )


def _set_label(numbers: Sequence[PhoneNumber], words: str) -> None:
    for number in numbers:
        number.label = words
    keys = [number.pk for number in numbers]
    PhoneNumber.objects.filter(pk__in=keys).update(label=words)


def _copy(rows: Sequence[PhoneNumber], numbers: Sequence[PhoneNumber]) -> None:
    fresh = {row.pk: row for row in rows}
    for number in numbers:
        if row := fresh.get(number.pk):
            number.label = row.label
            number.status = row.status
            number._state.fields_cache.pop("assignment", None)
