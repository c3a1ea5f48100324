"""The journal: what happened, written with the work; each app declares what can happen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts import personal
from accounts.actors import Actor
from accounts.models import Event, Organization, PendingSeal

Payload = Mapping[str, Any]


@dataclass(frozen=True)
class EventType:
    """
    Something that can happen.

    :param name: "<app>.<thing>.<verb, past>"
    :param sentence: for people; may use {actor}, {number}, {organization}, {reason} and
        the keys of before and after
    :param provider_only: keys of before and after that only those see to whom carriers are open
    """

    name: str
    sentence: str
    provider_only: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One happening of a bulk, see `record_many`."""

    subject: str
    organization: Organization
    number: str = ""
    before: Payload = field(default_factory=dict)
    after: Payload = field(default_factory=dict)
    reason: str = ""
    personal: Mapping[str, str] = field(default_factory=dict)


class NotDeclared(LookupError):
    """An event names a type that no app declares."""


CATALOGUE: dict[str, EventType] = {}


def declare(
    name: str, sentence: str, *, provider_only: Iterable[str] = frozenset()
) -> EventType:
    """Add a type to the catalogue; called once, in an app's ``events.py``."""
    if name in CATALOGUE:
        raise ValueError(f"The event type {name} is declared twice.")
    CATALOGUE[name] = EventType(name, sentence, frozenset(provider_only))
    return CATALOGUE[name]


def type_of(event: Event) -> EventType:
    """
    Look an event's type up.

    :raises NotDeclared: if no app declares it
    """
    try:
        return CATALOGUE[event.action]
    except KeyError:
        raise NotDeclared(event.action) from None


def record(
    actor: Actor,
    event_type: EventType,
    *,
    now: datetime,
    subject: str,
    organization: Organization,
    number: str = "",
    before: Payload | None = None,
    after: Payload | None = None,
    reason: str = "",
    personal: Mapping[str, str] | None = None,
) -> Event:
    """
    Write what happened, in the transaction of the work itself.

    :param subject: "<app>.<thing>:<uuid>"
    :param organization: whose journal it belongs to
    :param personal: values about a person, kept apart so that they can be erased
    :raises TransactionManagementError: outside a transaction
    """
    row = Row(
        subject=subject,
        organization=organization,
        number=number,
        before=before or {},
        after=after or {},
        reason=reason,
        personal=personal or {},
    )
    return record_many(actor, event_type, [row], now=now)[0]


def record_many(
    actor: Actor, event_type: EventType, rows: Iterable[Row], *, now: datetime
) -> list[Event]:
    """Write one event for each row of a bulk, set-wise, in the transaction of the work itself."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Work and journal commit together.")
    pairs = [(row, personal.salted(row.personal)) for row in rows]
    events = Event.objects.bulk_create(
        [_event(actor, event_type, row, salted, now) for row, salted in pairs], batch_size=2000
    )
    PendingSeal.objects.bulk_create([PendingSeal(event=event) for event in events], batch_size=5000)
    personal.keep((event, salted) for event, (_, salted) in zip(events, pairs, strict=True))
    return events


def refused(
    actor: Actor,
    event_type: EventType,
    *,
    now: datetime,
    subject: str,
    organization: Organization,
    number: str = "",
    reason: str = "",
) -> Event:
    """Write a refusal worth keeping in a transaction of its own, after the work was undone."""
    with transaction.atomic(durable=True):
        return record(
            actor,
            event_type,
            now=now,
            subject=subject,
            organization=organization,
            number=number,
            reason=reason,
        )


def _event(
    actor: Actor, event_type: EventType, row: Row, salted: personal.Salted, now: datetime
) -> Event:
    return Event(
        at=now,
        organization=row.organization,
        actor=actor.name,
        on_behalf_of=actor.acting_for,
        action=event_type.name,
        subject=row.subject,
        number=row.number,
        before=dict(row.before),
        after=dict(row.after),
        personal={key: value.digest for key, value in salted.items()},
        reason=row.reason[:500],
        request_id=actor.request_id[:64],
    )
