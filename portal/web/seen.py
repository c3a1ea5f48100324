"""
Two people edit one thing: a form carries what its reader saw, and who changed it meanwhile is told.

A page draws a form with `form.seen = seen.token(parts)`. Whoever takes the form wraps the step in
`unchanged`: it locks the thing, so that nothing can come in between, and refuses where a part is
another by now. The page then shows the refusal, the input kept and the new token in the form:
sending it again does it anyway. A form without a token asks nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from django.db.models import Model, QuerySet

from accounts import sentences
from accounts.actors import Actor
from accounts.catalogue import EventType
from accounts.models import Event
from accounts.work import acting
from lib.locks import no_key
from lib.refusals import UnableTo
from portal.actor import PortalRequest
from portal.templatetags.words import moment_in_words
from portal.web.answers import plain

FIELD = "seen"
"""The hidden field that carries the token."""

Thing = TypeVar("Thing", bound=Model)


class ChangedMeanwhile(UnableTo):
    """Somebody else changed what the form is about after its reader saw it."""

    code = "changed_meanwhile"
    conflict = True


@dataclass(frozen=True)
class Part:
    """
    One part of a thing that a form shows and may change.

    :ivar value: as it is stored
    :ivar says: a sentence with the present value, such as "Its label is “Reception” now."
    :ivar told_by: what is journaled when it changes
    """

    name: str
    value: str
    says: str
    told_by: tuple[EventType, ...]


def token(parts: Sequence[Part]) -> str:
    """Give what a form carries of the parts as they are now."""
    return " ".join(f"{part.name}:{_digest(part)}" for part in parts)


@contextmanager
def unchanged(
    request: PortalRequest,
    thing: Thing,
    read: Callable[[Thing], Sequence[Part]],
    *,
    happened: QuerySet[Event],
) -> Iterator[None]:
    """
    Do a step inside only if all is as the sender of the form saw it.

    :param read: gives the parts of the thing, which is locked and read anew
    :param happened: the thing's events that the actor may see
    :raises ChangedMeanwhile: if a part is another by now
    """
    with acting(request.actor):
        rows: QuerySet[Thing] = type(thing)._default_manager.filter(pk=thing.pk)
        fresh = no_key(rows).first()
        changed = changes(plain(request.POST.get(FIELD)), read(fresh)) if fresh else []
        if changed:
            raise ChangedMeanwhile(_told(changed, happened, request.actor))
        yield


def changes(sent: str, parts: Sequence[Part]) -> list[Part]:
    """Give the parts that are not as the sent token has them; one it does not name is not asked."""
    seen = dict(pair.split(":", 1) for pair in sent.split() if ":" in pair)
    return [part for part in parts if seen.get(part.name, _digest(part)) != _digest(part)]


def _digest(part: Part) -> str:
    return sha256(part.value.encode()).hexdigest()[:16]


def _told(changed: Sequence[Part], happened: QuerySet[Event], actor: Actor) -> str:
    said = dict.fromkeys(_by_whom(part, happened, actor) for part in changed)
    now = (part.says for part in changed)
    return " ".join((*said, *now, "Send it again to do it anyway."))


def _by_whom(part: Part, happened: QuerySet[Event], actor: Actor) -> str:
    names = [event_type.name for event_type in part.told_by]
    event = happened.filter(action__in=names).order_by("-pk").first()
    if event is None:
        return "It was changed after you opened the page."
    sentence = sentences.sentence(event, actor).rstrip(".")
    return f"{sentence} ({moment_in_words(event.at)}), after you opened the page."
