"""Every few seconds: nudge what is due, end what is over; set-wise and bounded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from celery import Task
from django.db import transaction
from django.db.models import QuerySet

from accounts import journal
from accounts.actors import System
from accounts.work import acting
from dids import due, events, scanning, tasks, timing
from dids.crafts import kind_of
from dids.models import (
    Document,
    NumberOrder,
    NumberSearch,
    Offer,
    OrderLine,
    PhoneNumber,
)
from dids.states import (
    CarrierOrderStatus,
    DocumentStatus,
    LineStatus,
    NumberStatus,
    OrderStatus,
    SearchStatus,
)
from dids.workflows import filing, importing, reminding, tallying, withdrawing
from dids.workflows.closing import close_tasks, return_tasks
from dids.workflows.handover import locked, move_all

MOST = 500
_ACTOR = System("dids.sweep")
_GONE_AFTER = timedelta(days=1)


def sweep(*, now: datetime) -> dict[str, int]:
    """Do every sweep once; gives how many rows each one picked up."""
    return {
        "carrier_orders": carrier_orders(now=now),
        "bindings": bindings(now=now),
        "holds": holds(now=now),
        "features": features(now=now),
        "releases": releases(now=now),
        "audits": audits(now=now),
        "imports": imports(now=now),
        "discard_imports": discard_imports(now=now),
        "documents": documents(now=now),
        "back_orders": back_orders(now=now),
        "locations": locations(now=now),
        "filings": filings(now=now),
        "open_expired": filing.open_expired(now=now, most=MOST),
        "remind": reminding.remind(now=now, most=MOST),
        "remind_of_locations": reminding.remind_of_locations(now=now, most=MOST),
        "hurry": reminding.hurry(now=now, most=MOST),
        "end_offers": end_offers(now=now),
        "end_quarantines": end_quarantines(now=now),
        "end_searches": end_searches(now=now),
        "discard_drafts": discard_drafts(now=now),
        "close_tasks": close_tasks(now=now),
        "return_tasks": return_tasks(now=now),
        "first_tally": first_tally(now=now),
    }


def carrier_orders(*, now: datetime) -> int:
    """Nudge carrier orders that wait to be sent, read or looked up."""
    rows = _due("carrier_orders", now=now)
    for row in rows:
        task: Task[Any, Any] = (
            tasks.place if row.status == CarrierOrderStatus.WAITING else tasks.settle
        )
        _send(task, carrier_order_id=row.pk)
    return len(rows)


def bindings(*, now: datetime) -> int:
    """Nudge bindings that wait for the carrier, be it for a lock alone."""
    rows = _due("bindings", now=now)
    for row in rows:
        _send(tasks.bind, binding_id=row.pk)
    return len(rows)


def holds(*, now: datetime) -> int:
    """Nudge holds that wait for the carrier, or whose time is over."""
    rows = _due("holds", now=now)
    for row in rows:
        _send(tasks.hold, hold_id=row.pk)
    return len(rows)


def features(*, now: datetime) -> int:
    """Nudge what carriers do beside carrying calls, where they are awaited."""
    rows = _due("features", now=now)
    for row in rows:
        _send(tasks.feature, kind=kind_of(row), feature_id=row.pk)
    return len(rows)


def releases(*, now: datetime) -> int:
    """Nudge releases whose day has come or whose next step is due."""
    rows = _due("releases", now=now)
    for row in rows:
        _send(tasks.carry_out_release, number_id=row.number_id)
    return len(rows)


def audits(*, now: datetime) -> int:
    """Nudge audits that wait for the carrier, or whose worker is gone."""
    rows = _due("audits", now=now)
    for row in rows:
        _send(tasks.audit, audit_id=row.pk)
    return len(rows)


def imports(*, now: datetime) -> int:
    """Nudge lists that wait to be checked or applied, or whose worker is gone."""
    rows = _due("imports", now=now)
    for row in rows:
        _send(tasks.carry_out_import, import_id=row.pk)
    return len(rows)


def discard_imports(*, now: datetime) -> int:
    """Discard lists that nobody applied in time."""
    return importing.discard_old(now=now, most=MOST)


def documents(*, now: datetime) -> int:
    """Nudge documents that wait to be scanned or erased, or need not be kept any longer."""
    rows = _due("documents", now=now)
    if scanning.is_set():
        unscanned = Document.objects.filter(status=DocumentStatus.UNSCANNED)
        rows += _take(unscanned.exclude(pk__in=[row.pk for row in rows]), now=now)
    for row in rows:
        _send(tasks.look_after_document, document_id=row.pk)
    return len(rows)


def back_orders(*, now: datetime) -> int:
    """Nudge back-orders that are to be looked for, bought, or are over."""
    rows = _due("back_orders", now=now)
    for row in rows:
        _send(tasks.back_order, back_order_id=row.pk)
    return len(rows)


def locations(*, now: datetime) -> int:
    """Nudge emergency addresses that wait to be looked at, or whose numbers wait to follow."""
    rows = _due("locations", now=now)
    for row in rows:
        _send(tasks.locate, location_id=row.pk)
    return len(rows)


def filings(*, now: datetime) -> int:
    """Let orders go on whose documents were approved, and end those that nobody completed."""
    return filing.see_to_gates(now=now, most=MOST)


def end_offers(*, now: datetime) -> int:
    """End offers that nobody claimed in time."""
    over = Offer.objects.open().filter(expires_at__lte=now).select_related("number", "to")
    rows = list(over.order_by("number__e164")[:MOST])
    if rows:
        withdrawing.expire(offers=rows, actor=_ACTOR, now=now)
    return len(rows)


def end_quarantines(*, now: datetime) -> int:
    """Put numbers back into stock that have rested long enough."""
    with acting(_ACTOR):
        over = PhoneNumber.objects.filter(status=NumberStatus.QUARANTINE, quarantine_until__lte=now)
        rows = [
            row
            for row in locked(over.order_by("e164")[:MOST])
            if row.status == NumberStatus.QUARANTINE
        ]
        if not rows:
            return 0
        move_all(rows, to=NumberStatus.AVAILABLE, now=now, quarantine_until=None, used_since=None)
        journal.record_many(
            _ACTOR,
            events.QUARANTINE_ENDED,
            [
                journal.Row(subject=row.subject, organization=row.holder, number=row.e164)
                for row in rows
            ],
            now=now,
        )
    return len(rows)


def end_searches(*, now: datetime) -> int:
    """Close searches whose offers expired, and delete them with their offers a day later."""
    over = NumberSearch.objects.filter(status=SearchStatus.OPEN, expires_at__lte=now)
    ended = over.filter(pk__in=list(over.values_list("pk", flat=True)[:MOST])).update(
        status=SearchStatus.EXPIRED, status_since=now
    )
    gone = NumberSearch.objects.filter(
        status=SearchStatus.EXPIRED, expires_at__lte=now - _GONE_AFTER
    )
    NumberSearch.objects.filter(pk__in=list(gone.values_list("pk", flat=True)[:MOST])).delete()
    return ended


def discard_drafts(*, now: datetime) -> int:
    """Discard previews that nobody submitted."""
    old = NumberOrder.objects.filter(
        status=OrderStatus.DRAFT, status_since__lte=now - timing.span("DRAFT_SECONDS")
    )
    with transaction.atomic():
        keys = list(
            old.order_by("pk")
            .select_for_update(skip_locked=True, no_key=True)
            .values_list("pk", flat=True)[:MOST]
        )
        OrderLine.objects.filter(order__in=keys, status=LineStatus.DRAFT).update(
            status=LineStatus.DISCARDED, status_since=now
        )
        return NumberOrder.objects.filter(pk__in=keys, status=OrderStatus.DRAFT).update(
            status=OrderStatus.DISCARDED, status_since=now
        )


def _due(sweep: str, *, now: datetime) -> list[Any]:
    """Take the due rows that a sweep nudges."""
    kinds = [rows.filter(next_attempt_at__lte=now) for rows in due.NUDGED[sweep]()]
    return [row for kind in kinds for row in _take(kind, now=now)]


def _take(those: QuerySet[Any], *, now: datetime) -> list[Any]:
    """Take due rows; the next sweep leaves them alone until a worker has had its time."""
    again = now + timing.span("NUDGE_AGAIN_SECONDS")
    with transaction.atomic():
        held = those.select_for_update(skip_locked=True, no_key=True)
        rows = list(held.order_by("next_attempt_at")[:MOST])
        keys = [row.pk for row in rows]
        those.model._default_manager.filter(pk__in=keys).update(next_attempt_at=again)
    return rows


def _send(task: Task[Any, Any], **message: int | str) -> None:
    """
    Nudge a worker; a message that nobody took until the next one would be sent is dropped.

    Otherwise, workers that are slower than this sweep fall behind for good: their queue fills with
    copies, and whatever is new waits behind all of them.
    """
    task.apply_async(kwargs=message, expires=timing.seconds("NUDGE_AGAIN_SECONDS"))


def first_tally(*, now: datetime) -> int:
    """Have the numbers of a day counted as soon as it begins; beat has them counted every hour."""
    if not tallying.is_missing(now):
        return 0
    tasks.tally.delay()
    return 1
