"""The journal in words, for one reader: names within reach, columns the reader may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from accounts.actors import Actor
from accounts.catalogue import type_of
from accounts.models import ApiClient, Event, Membership, Organization, PersonalValue
from accounts.permissions import EVERY_GROUP

NOT_SHOWN = "(not shown)"
FROM_ABOVE = "Your provider"
"""Who acts from above the reader has no name there."""


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
    names = _names(events, actor)
    personal = _personal(events)
    return [_said(event, actor, names, personal[event.pk]) for event in events]


def acted_for(event: Event, actor: Actor) -> Organization | None:
    """Give for whom it was done, as far as the reader may know that."""
    seat = event.on_behalf_of
    return seat if seat is not None and _within(seat, actor) else None


def _said(event: Event, actor: Actor, names: dict[str, str], personal: dict[str, str]) -> str:
    before, after = payload(event, actor)
    words: dict[str, Any] = defaultdict(lambda: NOT_SHOWN, personal | before | after)
    words["actor"] = _who(event, names, actor)
    words["number"] = event.number
    words["organization"] = event.organization.name
    words["reason"] = event.reason
    return type_of(event).sentence.format_map(words)


def _who(event: Event, names: dict[str, str], actor: Actor) -> str:
    name = names.get(event.actor, FROM_ABOVE)
    seat = acted_for(event, actor)
    return f"{name}, acting for {seat.name}," if seat else name


def _hidden(event: Event, actor: Actor) -> frozenset[str]:
    # One set of keys for both groups: who may not see cost must not read it here either.
    if actor.field_groups >= EVERY_GROUP:
        return frozenset()
    return type_of(event).provider_only


def _names(events: Iterable[Event], actor: Actor) -> dict[str, str]:
    by_kind: dict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    for event in events:
        kind, _, key = event.actor.partition(":")
        by_kind[kind].add(key)
        if kind == "system":
            names[event.actor] = "The portal"
        elif kind == "carrier":
            names[event.actor] = "The carrier"
    for membership in Membership.objects.select_related("user", "organization").filter(
        uuid__in=_uuids(by_kind["member"])
    ):
        if _within(membership.organization, actor):
            names[f"member:{membership.uuid}"] = membership.user.get_full_name()
    for client in ApiClient.objects.select_related("organization").filter(
        uuid__in=_uuids(by_kind["client"])
    ):
        if _within(client.organization, actor):
            names[f"client:{client.uuid}"] = client.name
    return names


def _within(organization: Organization, actor: Actor) -> bool:
    return actor.reach is None or actor.reach.reaches(organization)


def _uuids(keys: Iterable[str]) -> list[UUID]:
    return [UUID(key) for key in keys]


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
