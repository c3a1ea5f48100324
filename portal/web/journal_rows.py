"""Events as pages and files tell them to one reader: with nothing in them that is hidden there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts import names, sentences
from accounts.actors import Actor
from accounts.models import Event, EventSeal, Organization
from portal.web.journal_places import urls_of


@dataclass(frozen=True)
class Change:
    """What one value was and is; "" where it was not there."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """
    One event as one reader is told it.

    :ivar who: the actor as the reader may see it, to narrow the journal by
    :ivar url: the page of the thing, "" where there is none for the reader
    :ivar number_url: that of the number
    """

    event: Event
    sentence: str
    who: str
    called: str
    acted_for: Organization | None
    changes: list[Change]
    seal: EventSeal | None
    url: str
    number_url: str


def told(events: Sequence[Event], reader: Actor) -> list[Told]:
    """Tell events to a reader, with one query for each kind of name in them."""
    said = sentences.sentences(events, reader)
    urls = urls_of(events, reader)
    called = names.names((event.actor for event in events), reader)
    return [
        Told(
            event=event,
            sentence=sentence,
            who="" if called[event.actor] == names.FROM_ABOVE else names.shown(event.actor, reader),
            called=called[event.actor],
            acted_for=sentences.acted_for(event, reader),
            changes=_changes(event, reader),
            seal=getattr(event, "seal", None),
            url=url,
            number_url=number_url,
        )
        for event, sentence, (url, number_url) in zip(events, said, urls, strict=True)
    ]


def _changes(event: Event, reader: Actor) -> list[Change]:
    before, after = sentences.payload(event, reader)
    return [
        Change(name.replace("_", " "), _text(before.get(name)), _text(after.get(name)))
        for name in dict.fromkeys([*before, *after])
    ]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
