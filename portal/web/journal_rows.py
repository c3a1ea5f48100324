"""Events as pages and files tell them to one reader: with nothing in them that is hidden there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from accounts import names, sentences
from accounts.actors import Actor
from accounts.models import Event, EventSeal, Organization
from accounts.permissions import Permission

P = Permission
_PAGES: dict[str, tuple[str, Permission]] = {
    "dids.order": ("order", P.ORDER_NUMBERS),
    "dids.task": ("task", P.DO_TASKS),
    "accounts.organization": ("organization", P.VIEW_ORGANIZATIONS),
    "billing.account": ("organization", P.VIEW_ORGANIZATIONS),
    "trunks.account": ("carrier_account", P.MANAGE_CARRIERS),
    "trunks.trunk": ("trunk", P.MANAGE_CARRIERS),
    "provisioning.pbx": ("pbx", P.MANAGE_PBXS),
}
"""The pages of things by the first half of their subjects."""


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
    :ivar url: the page of the thing, "" where there is none
    """

    event: Event
    sentence: str
    who: str
    called: str
    acted_for: Organization | None
    changes: list[Change]
    seal: EventSeal | None
    url: str


def told(events: Sequence[Event], reader: Actor) -> list[Told]:
    """Tell events to a reader, with one query for each kind of name in them."""
    said = sentences.sentences(events, reader)
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
            url=_url(event.subject, reader),
        )
        for event, sentence in zip(events, said, strict=True)
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


def _url(subject: str, reader: Actor) -> str:
    thing, _, key = subject.partition(":")
    name, needed = _PAGES.get(thing, ("", P.VIEW_JOURNAL))
    try:
        return reverse(name, args=[UUID(key)]) if name and reader.may(needed) else ""
    except ValueError:
        return ""
