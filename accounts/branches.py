"""
The newest events of very many organizations, found in bounded time however they lie in the journal.

PostgreSQL reads one organization's events in the order of time from their index, and everybody's;
those of a hundred organizations it must merge. Whether it is quicker to walk back through
everybody's or to ask each organization depends on how many of the latest are theirs, which the
planner cannot know: it believes that they lie evenly, and walks through a million where a dealer
fell asleep.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Func, OuterRef, QuerySet

from accounts.models import Event, Organization

NEWEST = ("-at", "-pk")
SHOWN = ("organization", "on_behalf_of", "seal")
"""What is read along with an event."""
FEW, MANY = 3_000, 75_000
"""Events that may be merged for one page: without a look at the latest, and after one."""
WINDOW = 20_000
"""So many of the latest are looked at."""


def newest(
    rows: QuerySet[Event], keys: Sequence[int], *, end: datetime | None, most: int
) -> list[Event]:
    """
    Give the newest events of some organizations, at most so many.

    :param rows: narrowed by everything else
    :param end: the moment after which none of them lies, if there is one
    """
    if len(keys) == 1:
        return list(rows.filter(organization=keys[0]).order_by(*NEWEST)[:most])
    if len(keys) * most <= FEW:
        return _merged(rows, keys, most=most)
    theirs = rows.filter(organization__in=keys).order_by(*NEWEST)
    since = _window(end)
    if since is None:
        return list(theirs[:most])
    found = list(theirs.filter(at__gte=since)[:most])
    if len(found) == most:
        return found
    if len(keys) * most <= MANY and _are_common(rows, since, most=most):
        return _merged(rows, keys, most=most)
    # Rare things are found by their own index, whoever's they are.
    return list(theirs[:most])


def _merged(rows: QuerySet[Event], keys: Sequence[int], *, most: int) -> list[Event]:
    """Ask each organization for its newest, and merge them."""
    latest = rows.filter(organization=OuterRef("pk")).order_by(*NEWEST).values("pk")[:most]
    each = Func(ArraySubquery(latest), function="unnest", output_field=BigIntegerField())
    hits = Organization.objects.filter(pk__in=keys).order_by().values(hit=each)
    merged = Event.objects.filter(pk__in=hits).order_by(*NEWEST).values_list("pk", flat=True)
    # What is shown beside is read for those that are left.
    left = Event.objects.filter(pk__in=list(merged[:most])).select_related(*SHOWN)
    return list(left.order_by(*NEWEST))


def _window(end: datetime | None) -> datetime | None:
    """Give a moment some thousands of events before the end; None where there are fewer."""
    until = Event.objects.filter(at__lte=end) if end else Event.objects.all()
    last = until.order_by(*NEWEST).values_list("pk", flat=True).first()
    # Keys rise about as time does, which is near enough to bound a search.
    earlier = Event.objects.filter(pk__lte=(last or 0) - WINDOW).order_by("-pk")
    return earlier.values_list("at", flat=True).first()


def _are_common(rows: QuerySet[Event], since: datetime, *, most: int) -> bool:
    """Tell whether what is looked for happens often, to whomever."""
    latest = rows.filter(at__gte=since).order_by(*NEWEST)
    return len(latest.values_list("pk", flat=True)[:most]) == most
