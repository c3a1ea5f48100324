"""How many numbers there were over time, drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.actors import Actor
from accounts.models import Kind
from accounts.permissions import Permission
from dids import tallies
from dids.tallies import Series
from portal.actor import PortalRequest, requires
from portal.web.answers import plain
from portal.web.charts import Chart, levels

SPANS = {"30": 1, "90": 1, "365": 7, "731": 14}
"""Days that can be looked at, and how many of them one bar stands for."""
_WORDS = {"30": "30 days", "90": "90 days", "365": "A year", "731": "Two years"}


@dataclass(frozen=True)
class Picture:
    """One series with its drawing."""

    series: Series
    chart: Chart


def drawn(days: list[date], found: list[Series]) -> list[Picture]:
    """Draw every series over the same days."""
    return [Picture(series, levels(days, series.counts)) for series in found]


def in_short(actor: Actor, *, days: int, now: datetime) -> dict[str, Any]:
    """Give small pictures of the last days, by status and by carrier account, and what is now."""
    past = tallies.history(actor, days=days, now=now)
    pictures = {one.series.key: one for one in drawn(past.days, past.by_status)}
    counts = dict(tallies.by_status(actor, past))
    return {
        "by_status": [(status, counts[status], pictures.get(status)) for status in counts],
        "by_account": drawn(past.days, past.by_account),
        "days": days,
        "counted": past.counted,
    }


@require_GET
@requires(Permission.VIEW_NUMBERS)
def over_time(request: PortalRequest) -> HttpResponse:
    """Show how many numbers there were over a span, as pictures and as a table."""
    asked = plain(request.GET.get("days"))
    days = asked if asked in SPANS else "30"
    past = tallies.history(request.actor, days=int(days), now=timezone.now()).thinned(SPANS[days])
    groups = [("By status", past.by_status, True), ("By carrier account", past.by_account, False)]
    context = {
        "spans": _WORDS.items(),
        "span": days,
        "step": SPANS[days],
        "counted": past.counted,
        "groups": [
            (title, drawn(past.days, found), _table(past.days, found), is_status)
            for title, found, is_status in groups
            if found
        ],
        "is_tenant": bool(request.actor.reach and request.actor.reach.kind == Kind.TENANT),
    }
    return render(request, "numbers/over_time.html", context)


def _table(days: list[date], found: list[Series]) -> list[tuple[date, list[int | None]]]:
    """Give the rows of the table that says the same as the pictures, the newest day first."""
    rows = [
        (day, list(counts))
        for day, *counts in zip(days, *(series.counts for series in found), strict=True)
    ]
    return [row for row in reversed(rows) if any(count is not None for count in row[1])]
