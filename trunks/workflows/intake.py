"""Carriers' messages: verified, stored once as they came, then looked into."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.actors import Carrier as CarrierActor
from accounts.work import acting
from lib.nudges import nudge
from trunks import connect, events, tasks
from trunks.models import CarrierAccount, CarrierEvent
from trunks.offers import Hint
from trunks.roles import SendsEvents
from trunks.states import EVENT_EDGES

LOOK_AGAIN_AFTER = timedelta(minutes=1)
GIVE_UP_AFTER = timedelta(hours=24)
Status = CarrierEvent.Status


def receive(
    *,
    account: CarrierAccount,
    headers: Mapping[str, str],
    body: bytes,
    url: str,
    now: datetime,
) -> CarrierEvent | None:
    """
    Store a message if the carrier signed it; None if it did not.

    A message that was delivered before, or that nobody can read, is stored once all the same.

    :param url: the public address to which it was sent, with its query
    """
    carrier = connect.listening(account)
    if not isinstance(carrier, SendsEvents):
        return None
    if not carrier.verify(headers=headers, body=body, url=url, now=now):
        return None
    hint = _hint(carrier, body)
    with acting(CarrierActor(account=account.uuid, organization=account.owner)):
        event, is_new = CarrierEvent.objects.get_or_create(
            account=account,
            event_id=(hint.event_id if hint else hashlib.sha256(body).hexdigest())[:200],
            defaults={
                "kind": hint.kind[:120] if hint else "",
                # PostgreSQL takes no NUL in text.
                "body": body.decode("utf-8", errors="replace").replace("\x00", ""),
                "received_at": now,
                "status": Status.RECEIVED if hint else Status.UNKNOWN,
                "status_since": now,
                "next_attempt_at": now + LOOK_AGAIN_AFTER,
                "give_up_at": now + GIVE_UP_AFTER,
            },
        )
        if is_new and hint:
            nudge(tasks.process_event.delay, event_id=event.pk)
    return event


def process(*, event_id: int, now: datetime) -> None:
    """
    Ask who knows what a message is about; if nobody does yet, ask again for a day.

    :raises LostRace: if another worker dealt with it meanwhile
    """
    event = CarrierEvent.objects.select_related("account__owner").get(pk=event_id)
    if event.status != Status.RECEIVED:
        return
    carrier = connect.listening(event.account)
    hint = _hint(carrier, event.body.encode()) if isinstance(carrier, SendsEvents) else None
    # Written before anybody is asked: a handler that fails is asked again later, not at once.
    later = now + LOOK_AGAIN_AFTER + (now - event.received_at)
    CarrierEvent.objects.filter(pk=event.pk).update(next_attempt_at=min(later, event.give_up_at))
    known = False
    try:
        known = hint is not None and events.tell(event.account, hint, now)
    finally:
        # Also where a handler fails: one that always does is not asked for ever.
        if known:
            EVENT_EDGES.move(event, to=Status.HANDLED, now=now, next_attempt_at=None)
        elif hint is None or now >= event.give_up_at:
            EVENT_EDGES.move(event, to=Status.UNKNOWN, now=now, next_attempt_at=None)


def due(now: datetime) -> list[int]:
    """Find the messages that wait to be looked into (again)."""
    waiting = CarrierEvent.objects.filter(status=Status.RECEIVED, next_attempt_at__lte=now)
    return list(waiting.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:500])


def _hint(carrier: SendsEvents, body: bytes) -> Hint | None:
    try:
        return carrier.hint(body)
    except ValueError:
        # Kept as it came: a person can read what we cannot.
        return None
