"""Where a number rings: point it somewhere, move it, take it off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts import journal
from accounts.actors import Actor
from accounts.models import Event, Kind
from accounts.work import acting
from dids import events, signals
from dids.destinations import Destination
from dids.models import Assignment, PhoneNumber
from dids.states import NumberStatus
from dids.workflows.handover import locked
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
    :raises UnableToStandIn: if the number is somebody else's
    """
    wanted = destination.checked()
    words = None if label is None else checked_label(label)
    with acting(actor):
        (row,) = locked([number])
        require_seat(actor, row.holder, what=row.e164)
        _require_tenant(row)
        if words is not None:
            _set_label(row, words)
        event = point(row, wanted, actor=actor, now=now)
        signals.send([row.e164], event_id=event.pk)
    _copy(row, number)
    return row.assignment


def unassign(*, number: PhoneNumber, actor: Actor, now: datetime) -> None:
    """
    Take a number off its destination; calls to it find no one.

    :raises UnableToAssign: if it points nowhere
    :raises UnableToStandIn: if the number is somebody else's
    """
    with acting(actor):
        (row,) = locked([number])
        require_seat(actor, row.holder, what=row.e164)
        if not Assignment.objects.filter(number=row).exists():
            raise UnableToAssign(f"{row.e164} points nowhere, so there is nothing to take off.")
        event = take_off(row, actor=actor, now=now)
        signals.send([row.e164], event_id=event.pk if event else None)
    _copy(row, number)


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
        _set_label(row, words)
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
    """Write the assignment of a locked number and its event; the caller sends the signal."""
    there = Assignment.objects.filter(number=number).first()
    before: dict[str, Any] = {"destination": str(there.destination)} if there else {}
    row, _ = Assignment.objects.update_or_create(
        number=number,
        defaults={"kind": destination.kind, "value": destination.value, "assigned_at": now},
    )
    number.assignment = row
    return journal.record(
        actor,
        events.ASSIGNED,
        now=now,
        subject=number.subject,
        organization=number.holder,
        number=number.e164,
        before=before,
        after={
            "destination": str(destination),
            "kind": destination.kind,
            "value": destination.value,
            "label": number.label,
        },
    )


def take_off(number: PhoneNumber, *, actor: Actor, now: datetime) -> Event | None:
    """Delete the assignment of a locked number, if there is one; the caller sends the signal."""
    there = Assignment.objects.filter(number=number).first()
    if there is None:
        return None
    there.delete()
    number._state.fields_cache.pop("assignment", None)
    return journal.record(
        actor,
        events.UNASSIGNED,
        now=now,
        subject=number.subject,
        organization=number.holder,
        number=number.e164,
        # Nothing after it: an empty destination there would hide in the sentence where it rang.
        before={"destination": str(there.destination), "kind": there.kind, "value": there.value},
    )


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


def _set_label(number: PhoneNumber, words: str) -> None:
    number.label = words
    PhoneNumber.objects.filter(pk=number.pk).update(label=words)


def _copy(row: PhoneNumber, number: PhoneNumber) -> None:
    number.label = row.label
    number.status = row.status
    number._state.fields_cache.pop("assignment", None)
