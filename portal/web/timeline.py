"""What happened to one thing, in sentences, the newest first."""

from __future__ import annotations

from datetime import datetime

from accounts import sentences
from accounts.actors import Actor
from accounts.models import Event
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
    rows = events_of(subject, actor).select_related("organization", "on_behalf_of")
    happened = list(rows.order_by("-pk")[:MOST])
    said = sentences.sentences(happened, actor)
    return [(event.at, words) for event, words in zip(happened, said, strict=True)]
