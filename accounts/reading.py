"""Reading the journal: the newest first, narrowed in any way, in bounded time at any size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from django.db.models import Q, QuerySet

from accounts import branches
from accounts.actors import Actor
from accounts.branches import NEWEST, SHOWN
from accounts.models import Event, Organization

Position: TypeAlias = tuple[datetime, int]
"""Where a page ends: time and key of an event."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """
    What the journal is narrowed by; what is empty narrows nothing.

    :ivar since: from this moment on
    :ivar until: before this moment
    :ivar actor: as the journal names it, or one of its kinds: member, client, system, carrier
    :ivar actions: names of the catalogue; None for all of them
    :ivar organization: with those below it
    :ivar number: in E.164
    """

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    actions: frozenset[str] | None = None
    organization: Organization | None = None
    number: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Page:
    """One page of the journal; `before` is where the next begins, None on the last."""

    events: list[Event] = field(default_factory=list)
    before: Position | None = None


def page(actor: Actor, wanted: Wanted, *, before: Position | None = None, size: int) -> Page:
    """Give the newest events that an actor may see, those before a position."""
    found = newest(actor, wanted, before=before, most=size + 1)
    if len(found) <= size:
        return Page(found)
    last = found[size - 1]
    return Page(found[:size], (last.at, last.pk))


def page_back(actor: Actor, wanted: Wanted, *, after: Position, size: int) -> tuple[Page, bool]:
    """Give the page that ends before a position, as `page` tells it; and whether one is before."""
    at, pk = after
    rows = _narrowed(Event.objects.select_related(*SHOWN), wanted, None)
    there = _there(actor, wanted)
    if there is not None:
        rows = rows.filter(organization__in=there)
    newer = rows.filter(at__gte=at).filter(Q(at__gt=at) | Q(pk__gt=pk)).order_by("at", "pk")
    found = list(newer[: size + 1])
    events = found[:size][::-1]
    last = events[-1] if events else None
    return Page(events, (last.at, last.pk) if last else None), len(found) > size


def pages(actor: Actor, wanted: Wanted, *, size: int) -> Iterator[list[Event]]:
    """Give one page after the other, so that no more than one is held."""
    before: Position | None = None
    while True:
        found = page(actor, wanted, before=before, size=size)
        yield found.events
        if found.before is None:
            return
        before = found.before


def _narrowed(rows: QuerySet[Event], wanted: Wanted, before: Position | None) -> QuerySet[Event]:
    exact = {
        "at__gte": wanted.since,
        "at__lt": wanted.until,
        "number": wanted.number,
        "subject": wanted.subject,
        "actor" if ":" in wanted.actor else "actor__startswith": wanted.actor,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wanted.actions is not None:
        rows = rows.filter(action__in=sorted(wanted.actions))
    if before:
        at, pk = before
        # The first condition is that of the index; the second alone would be looked up nowhere.
        rows = rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=pk))
    return rows


def newest(actor: Actor, wanted: Wanted, *, before: Position | None, most: int) -> list[Event]:
    """Give the newest events, at most so many; none of organizations beyond the actor's reach."""
    rows = _narrowed(Event.objects.select_related(*SHOWN), wanted, before)
    there = _there(actor, wanted)
    if there is None:
        return list(rows.order_by(*NEWEST)[:most])
    if wanted.number or wanted.subject:
        # Few enough to be looked through.
        return list(rows.filter(organization__in=there).order_by(*NEWEST)[:most])
    ends = [end for end in (wanted.until, before[0] if before else None) if end]
    keys = list(there.values_list("pk", flat=True))
    return branches.newest(rows, keys, end=min(ends, default=None), most=most)


def _there(actor: Actor, wanted: Wanted) -> QuerySet[Organization] | None:
    """Give the organizations whose events are wanted; None where that is all of them."""
    root = wanted.organization or actor.reach
    if root is not None and actor.reach is not None and not actor.reach.reaches(root):
        return Organization.objects.none()
    if root is None or root.is_provider:
        return None
    return Organization.objects.visible_to(actor).filter(path__startswith=root.path)
