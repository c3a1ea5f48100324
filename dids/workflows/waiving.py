"""Which location a number has, and somebody's word that it needs none."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from accounts import journal
from accounts.actors import Actor
from accounts.models import Kind
from accounts.work import acting
from dids import emergency, events
from dids.models import (
    Assignment,
    EmergencyLocation,
    EmergencyWaiver,
    PhoneNumber,
    WaiverKind,
)
from dids.states import LocationStatus
from dids.workflows import emergency_gate, registrations
from dids.workflows.handover import locked
from dids.workflows.standing import require_seat
from lib.refusals import UnableTo

LONGEST_REASON = 200


class UnableToWaive(UnableTo):
    """The number needs what is there, or has nobody who could say so."""

    code = "cannot_waive"


def choose(
    *, number: PhoneNumber, location: EmergencyLocation | None, actor: Actor, now: datetime
) -> None:
    """
    Choose where help is sent for a number; its carrier is told if it is in use.

    :param location: None for the holder's default
    :raises UnableToWaive: if the location is not active, or lies in another country
    :raises UnableToServe: if the number is in use and would have none
    :raises UnableToStandIn: if the number or the location is somebody else's
    """
    with acting(actor):
        (row,) = locked([number])
        _require_holder(row, actor)
        if location is not None:
            _require_fit(location, row)
        PhoneNumber.objects.filter(pk=row.pk).update(emergency_location=location)
        row.emergency_location = location
        _put_to_use(row, now=now)
        label = location.label if location else "the default"
        _note(actor, events.LOCATION_CHOSEN, row, now=now, label=label)
    number.emergency_location = location


def waive(
    *,
    number: PhoneNumber,
    kind: str,
    reason: str,
    location: EmergencyLocation | None = None,
    actor: Actor,
    now: datetime,
) -> EmergencyWaiver:
    """
    Say that a number may be used without a location, and why; an earlier waiver ends.

    :param location: where help is sent for the number with which calls for help leave
    :raises UnableToWaive: naming the field that must change
    :raises UnableToStandIn: if the number is somebody else's
    """
    words = checked_reason(kind, reason)
    if (kind == WaiverKind.COVERED_BY) != (location is not None):
        raise UnableToWaive(
            "Name the location that covers it, or choose another reason.", field="location"
        )
    with acting(actor):
        (row,) = locked([number])
        _require_holder(row, actor)
        if not emergency.needs(row):
            raise _conflict(f"{row.e164} needs no emergency location, so there is none to waive.")
        if location is not None:
            _require_fit(location, row)
        waiver = waive_locked(row, kind=kind, reason=words, location=location, actor=actor, now=now)
        # Nobody is to be sent anywhere for it, an earlier holder's place least of all.
        registrations.unwant(number=row, now=now)
    return waiver


def waive_locked(
    number: PhoneNumber,
    *,
    kind: str,
    reason: str,
    location: EmergencyLocation | None = None,
    actor: Actor,
    now: datetime,
) -> EmergencyWaiver:
    """Write down a waiver for a locked number; the caller has checked it."""
    _open(number).update(ended_at=now)
    waiver = EmergencyWaiver.objects.create(
        number=number,
        organization=number.holder,
        kind=kind,
        location=location,
        who=actor.name,
        reason=reason,
        at=now,
    )
    _note(actor, events.WAIVED, number, now=now, kind=kind, reason=reason)
    return waiver


def end(*, number: PhoneNumber, actor: Actor, now: datetime) -> None:
    """
    Take one's word back; the number's carrier is told where it is.

    :raises UnableToServe: if the number is in use and would have no location
    :raises UnableToWaive: if there is no waiver
    :raises UnableToStandIn: if the number is somebody else's
    """
    with acting(actor):
        (row,) = locked([number])
        _require_holder(row, actor)
        if not _open(row).update(ended_at=now):
            raise _conflict(f"{row.e164} has no waiver, so there is nothing to end.")
        _put_to_use(row, now=now)
        _note(actor, events.WAIVER_ENDED, row, now=now)


def checked_reason(kind: str, reason: str) -> str:
    """
    Give the reason of a waiver as it will be stored.

    :raises UnableToWaive: if the kind is unknown, or there is no reason, or it is too long
    """
    if kind not in WaiverKind.values:
        raise UnableToWaive(
            f"“{kind[:40]}” is no reason. Use one of {', '.join(WaiverKind.values)}.", field="kind"
        )
    words = " ".join(reason.split())
    if not words:
        raise UnableToWaive("Say why it needs no location, for whoever asks later.", field="reason")
    if len(words) > LONGEST_REASON or "\x00" in words:
        raise UnableToWaive(
            f"Shorten the reason to {LONGEST_REASON} characters of plain text.", field="reason"
        )
    return words


def _put_to_use(row: PhoneNumber, *, now: datetime) -> None:
    if row.status in emergency.USED and Assignment.objects.filter(number=row).exists():
        emergency_gate.pass_through([row], now=now)


def _require_holder(row: PhoneNumber, actor: Actor) -> None:
    require_seat(actor, row.holder, what=row.e164)
    if row.holder.kind != Kind.TENANT:
        raise _conflict(f"{row.e164} is in stock, where nobody calls from it. Allot it first.")


def _require_fit(location: EmergencyLocation, row: PhoneNumber) -> None:
    if location.organization_id != row.holder_id or location.status != LocationStatus.ACTIVE:
        raise UnableToWaive("Choose one of your active locations.", field="location")
    if location.country != row.country:
        raise UnableToWaive(
            f"Choose a location in {row.country}, the country of {row.e164}.", field="location"
        )


def _open(row: PhoneNumber) -> models.QuerySet[EmergencyWaiver]:
    return EmergencyWaiver.objects.open().filter(number=row, organization=row.holder)


def _note(
    actor: Actor, event_type: journal.EventType, row: PhoneNumber, *, now: datetime, **after: str
) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=row.subject,
        organization=row.holder,
        number=row.e164,
        after=after,
    )


def _conflict(words: str) -> UnableToWaive:
    refusal = UnableToWaive(words)
    refusal.conflict = True
    return refusal
