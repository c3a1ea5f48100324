"""What happened to one thing, in sentences, the newest first."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from accounts import sentences
from accounts.actors import Actor
from accounts.branches import NEWEST
from accounts.models import Event, Organization
from accounts.models.journal import EventQuerySet
from accounts.permissions import Permission

MOST = 20


def events_of(subject: str, actor: Actor) -> EventQuerySet:
    """Give what is journaled about a subject, as far as the actor may see."""
    return Event.objects.visible_to(actor).filter(subject=subject)


def timeline(subject: str, actor: Actor) -> list[tuple[datetime, str]] | None:
    """Tell what happened to a subject; None to whom the journal is closed."""
    if not actor.may(Permission.VIEW_JOURNAL):
        return None
    return _told(events_of(subject, actor).order_by("-pk"), actor)


def of_organization(organization: Organization, actor: Actor) -> list[tuple[datetime, str]] | None:
    """Tell what happened in an organization itself; None to whom the journal is closed."""
    if not actor.may(Permission.VIEW_JOURNAL):
        return None
    rows = Event.objects.visible_to(actor).filter(organization=organization)
    return _told(rows.order_by(*NEWEST), actor)


def _told(rows: QuerySet[Event], actor: Actor) -> list[tuple[datetime, str]]:
    happened = list(rows.select_related("organization", "on_behalf_of")[:MOST])
    said = sentences.sentences(happened, actor)
    return [(event.at, words) for event, words in zip(happened, said, strict=True)]
