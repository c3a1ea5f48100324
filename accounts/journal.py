"""The journal: what happened, written with the work; each app declares what can happen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts import personal
from accounts.actors import Actor
from accounts.catalogue import CATALOGUE, EventType, Touches, declare, type_of
from accounts.models import Event, Organization
from accounts.sentences import payload, sentence, sentences

__all__ = [
    "CATALOGUE",
    "EventType",
    "Row",
    "Touches",
    "declare",
    "payload",
    "record",
    "record_from",
    "record_many",
    "refused",
    "sentence",
    "sentences",
    "type_of",
]

Payload = Mapping[str, Any]

_WRITE = """
    WITH told AS (
        INSERT INTO accounts_event
            (uuid, at, organization_id, actor, on_behalf_of_id, action, subject, number,
             before, after, personal, reason, request_id)
        SELECT uuid, %s, organization_id, %s, %s::bigint, %s, subject, number,
               before, after, personal, reason, %s
          FROM ROWS FROM (jsonb_to_recordset(%s::jsonb) AS
               (uuid uuid, organization_id bigint, subject text, number text, before jsonb,
                after jsonb, personal jsonb, reason text)) WITH ORDINALITY
         ORDER BY ordinality
        RETURNING id, uuid),
    waiting AS (INSERT INTO accounts_pendingseal (event_id) SELECT id FROM told)
    SELECT uuid, id FROM told"""
_FROM = """
    WITH happened (subject, organization_id, number, before, after) AS ({statement}),
    {beside} told AS (
        INSERT INTO accounts_event
            (uuid, at, organization_id, actor, on_behalf_of_id, action, subject, number,
             before, after, personal, reason, request_id)
        SELECT gen_random_uuid(), %(journal_now)s, organization_id, %(journal_actor)s,
               %(journal_on_behalf_of)s::bigint, %(journal_action)s, subject, number,
               before, after, '{{}}', '', %(journal_request)s
          FROM happened ORDER BY number, subject
        RETURNING id),
    waiting AS (INSERT INTO accounts_pendingseal (event_id) SELECT id FROM told)
    SELECT count(*) FROM told"""


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
    """
    Write one event for each row of a bulk, in the transaction of the work itself.

    One statement writes events and what waits for its seal, however many they are: written by
    Django, row by row of parameters, the journal would cost a third of a small piece of work.
    """
    _require_transaction()
    pairs = [(row, personal.salted(row.personal)) for row in rows]
    events = [_event(actor, event_type, row, salted, now) for row, salted in pairs]
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            [
                now,
                actor.name,
                actor.acting_for.pk if actor.acting_for else None,
                event_type.name,
                actor.request_id[:64],
                json.dumps([_values(event) for event in events]),
            ],
        )
        keys: dict[UUID, int] = dict(cursor.fetchall())
    for event in events:
        event.pk = keys[event.uuid]
        event._state.adding = False
        event._state.db = connection.alias
    personal.keep((event, salted) for event, (_, salted) in zip(events, pairs, strict=True))
    return events


def record_from(
    actor: Actor,
    event_type: EventType,
    statement: str,
    parameters: Mapping[str, Any],
    *,
    now: datetime,
    beside: str = "",
) -> int:
    """
    Run a statement and write one event for each row it changed; gives how many.

    For work on so many rows that reading them would take longer than changing them: work and
    journal are one statement.

    :param statement: an INSERT, UPDATE or DELETE that returns subject, key of the organization,
        number ("" for none), before and after of what happened; with named parameters
    :param beside: what else is written for each of those rows, "<name> AS (<statement>)" that
        reads `happened`, in which columns returned behind those five keep their names
    """
    _require_transaction()
    named: dict[str, Any] = {
        "journal_now": now,
        "journal_actor": actor.name,
        "journal_on_behalf_of": actor.acting_for.pk if actor.acting_for else None,
        "journal_action": event_type.name,
        "journal_request": actor.request_id[:64],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            _FROM.format(statement=statement, beside=f"{beside}," if beside else ""),
            {**parameters, **named},
        )
        (told,) = cursor.fetchone() or (0,)
    return int(told)


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


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Work and journal commit together.")


def _values(event: Event) -> dict[str, Any]:
    return {
        "uuid": str(event.uuid),
        "organization_id": event.organization_id,
        "subject": event.subject,
        "number": event.number,
        "before": event.before,
        "after": event.after,
        "personal": event.personal,
        "reason": event.reason,
    }


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
