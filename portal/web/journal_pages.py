"""The journal: what happened, found, followed and taken out as a file."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from datetime import datetime, tzinfo
from hashlib import sha256
from http import HTTPStatus

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import reading
from accounts.actors import Actor
from accounts.events import JOURNAL_EXPORTED
from accounts.permissions import Permission
from accounts.reading import Page, Position, Wanted
from accounts.workflows import exporting
from portal.actor import PortalRequest, requires
from portal.web import csv_export
from portal.web.answers import plain
from portal.web.forms.journal import JournalFilter
from portal.web.journal_rows import Told, told

P = Permission
SIZE = 50
BATCH = 1_000
"""Events of a file that are held at a time."""
MOST = 100_000
"""Events of a file."""
_HEADS = (
    "What happened",
    "Who",
    "Acting for",
    "Organization",
    "Number",
    "Action",
    "Thing",
    "Before",
    "After",
    "Reason",
    "Request",
    "Seal",
    "Hash",
)


@require_GET
@requires(P.VIEW_JOURNAL)
def index(request: PortalRequest) -> HttpResponse:
    """List what happened, the newest first; who follows is told when there is more."""
    form = JournalFilter(request.GET, actor=request.actor)
    before = _position(plain(request.GET.get("before")))
    found = _found(request, form, before)
    seen = _digest(found)
    asked = plain(request.GET.get("seen"))
    if request.htmx and asked:
        # It is only asked whether there is more: what one reads stays where it is.
        if asked == seen:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return render(request, "journal/_more.html", _links(request))
    return _page(request, form, found, seen=seen, is_first=before is None)


@require_POST
@requires(P.VIEW_JOURNAL)
def export(request: PortalRequest) -> HttpResponseBase:
    """Give what the filter finds as a file, and write down that it was taken out."""
    form = JournalFilter(request.POST, actor=request.actor)
    if form.troubles or request.actor.reach is None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(request, form, Page(), seen="", is_first=True, status=status)
    exporting.take_out(
        JOURNAL_EXPORTED,
        what=form.in_words,
        organization=request.actor.reach,
        actor=request.actor,
        now=timezone.now(),
    )
    zone = timezone.get_current_timezone()
    rows = _rows(request.actor, form.wanted, zone)
    return csv_export.download("journal", (f"Time ({zone})", *_HEADS), rows)


def _found(request: PortalRequest, form: JournalFilter, before: Position | None) -> Page:
    if form.troubles:
        return Page()
    return reading.page(request.actor, form.wanted, before=before, size=SIZE)


def _page(
    request: PortalRequest,
    form: JournalFilter,
    found: Page,
    *,
    seen: str,
    is_first: bool,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "filter": form,
        "told": told(found.events, request.actor),
        "next": _with(request, before=_text(found.before)) if found.before else "",
        "seen": seen,
        "is_first": is_first,
        "follows": is_first and bool(request.GET.get("follow")),
        "zone": timezone.get_current_timezone_name(),
        "most": f"{MOST:,}",
        "narrowed": bool(form.chosen),
        **_links(request),
    }
    part = "journal/_rows.html" if request.htmx else "journal/index.html"
    return render(request, part, context, status=status)


def _links(request: PortalRequest) -> dict[str, str]:
    return {
        "first": _with(request, before="", seen="", follow=""),
        "follow": _with(request, before="", seen="", follow="1"),
    }


def _with(request: PortalRequest, **changed: str) -> str:
    query = request.GET.copy()
    for name, value in changed.items():
        query[name] = value
    for name in [name for name, value in query.items() if not value]:
        del query[name]
    return "?" + query.urlencode()


def _digest(found: Page) -> str:
    keys = ",".join(str(event.pk) for event in found.events)
    return sha256(keys.encode()).hexdigest()[:16]


def _text(position: Position) -> str:
    at, pk = position
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), pk]).encode()).decode().rstrip("=")


def _position(text: str) -> Position | None:
    """Read where a page begins; a link that somebody cut shows the first page."""
    try:
        at, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        position = datetime.fromisoformat(at)
        if type(pk) is not int or timezone.is_naive(position):
            return None
    except (ValueError, TypeError, RecursionError, binascii.Error):
        return None
    return position, max(0, min(pk, 2**63 - 1))


def _rows(actor: Actor, wanted: Wanted, zone: tzinfo) -> Iterator[tuple[csv_export.Cell, ...]]:
    written, last = 0, timezone.now()
    for events in reading.pages(actor, wanted, size=BATCH):
        for one in told(events, actor):
            if written == MOST:
                day = last.astimezone(zone).date().isoformat()
                yield (
                    None,
                    f"The file ends here, with {MOST:,} events. For the rest, export to {day}.",
                )
                return
            yield _cells(one)
            written, last = written + 1, one.event.at


def _cells(one: Told) -> tuple[csv_export.Cell, ...]:
    event = one.event
    return (
        event.at,
        one.sentence,
        one.called,
        one.acted_for.name if one.acted_for else "",
        event.organization.name,
        event.number,
        event.action,
        event.subject,
        "; ".join(f"{change.name}: {change.before}" for change in one.changes if change.before),
        "; ".join(f"{change.name}: {change.after}" for change in one.changes if change.after),
        event.reason,
        event.request_id,
        one.seal.position if one.seal else None,
        one.seal.hash if one.seal else "",
    )
