"""The journal in words, for one reader: names within reach, columns the reader may see."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from accounts.actors import Actor
from accounts.catalogue import type_of
from accounts.models import Event, Organization, PersonalValue
from accounts.names import is_within, names
from accounts.permissions import EVERY_GROUP

NOT_SHOWN = "(not shown)"
_ONE = re.compile(r"\b1 numbers\b")


def payload(event: Event, actor: Actor) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give before and after without what the reader may not see."""
    hidden = _hidden(event, actor)
    before = {key: value for key, value in event.before.items() if key not in hidden}
    after = {key: value for key, value in event.after.items() if key not in hidden}
    return before, after


def sentence(event: Event, actor: Actor) -> str:
    """Say one event in a sentence."""
    return sentences([event], actor)[0]


def sentences(events: Sequence[Event], actor: Actor) -> list[str]:
    """Say events in sentences, with one query for each kind of name in them."""
    called = names((event.actor for event in events), actor)
    personal = _personal(events)
    return [_said(event, actor, called, personal[event.pk]) for event in events]


def acted_for(event: Event, actor: Actor) -> Organization | None:
    """Give for whom it was done, as far as the reader may know that."""
    seat = event.on_behalf_of
    return seat if seat is not None and is_within(seat, actor) else None


def _said(event: Event, actor: Actor, called: dict[str, str], personal: dict[str, str]) -> str:
    before, after = payload(event, actor)
    words: dict[str, Any] = defaultdict(lambda: NOT_SHOWN, personal | before | after)
    words["actor"] = _who(event, called, actor)
    words["number"] = event.number
    words["organization"] = event.organization.name
    words["reason"] = event.reason
    return _ONE.sub("1 number", type_of(event).sentence.format_map(words))


def _who(event: Event, called: dict[str, str], actor: Actor) -> str:
    name = called[event.actor]
    seat = acted_for(event, actor)
    return f"{name}, acting for {seat.name}," if seat else name


def _hidden(event: Event, actor: Actor) -> frozenset[str]:
    # One set of keys for both groups: who may not see cost must not read it here either.
    if actor.field_groups >= EVERY_GROUP:
        return frozenset()
    return type_of(event).provider_only


def _personal(events: Sequence[Event]) -> dict[int, dict[str, str]]:
    values: dict[int, dict[str, str]] = {
        event.pk: dict.fromkeys(event.personal, "(erased)") for event in events
    }
    with_values = [event.pk for event in events if event.personal]
    if with_values:
        kept = PersonalValue.objects.filter(event__in=with_values)
        for event_id, key, value in kept.values_list("event_id", "key", "value"):
            values[event_id][key] = value
    return values
