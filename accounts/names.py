"""What actors are called, for one reader: names within reach, nobody's from above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from accounts.actors import Actor
from accounts.models import ApiClient, Membership, Organization
from accounts.permissions import FieldGroup

FROM_ABOVE = "Your provider"
"""Who acts from above the reader has no name there."""
_OF_KIND = {"system": "The portal", "carrier": "The carrier"}


def names(actors: Iterable[str], reader: Actor) -> dict[str, str]:
    """Give the names of actors as the journal keeps them, with one query for each kind of them."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    found: dict[str, str] = {}
    for actor in actors:
        kind, _, key = actor.partition(":")
        by_kind[kind].add(key)
        found[actor] = _OF_KIND.get(kind, FROM_ABOVE)
    people = Membership.objects.select_related("user", "organization")
    for member in people.filter(uuid__in=_uuids(by_kind["member"])):
        if is_within(member.organization, reader):
            found[f"member:{member.uuid}"] = member.user.get_full_name()
    programs = ApiClient.objects.select_related("organization")
    for client in programs.filter(uuid__in=_uuids(by_kind["client"])):
        if is_within(client.organization, reader):
            found[f"client:{client.uuid}"] = client.name
    return found


def shown(actor: str, reader: Actor) -> str:
    """Give an actor as a reader may see it: which of our accounts a carrier spoke for is hidden."""
    kind, _, _ = actor.partition(":")
    return kind if kind == "carrier" and not reader.sees(FieldGroup.CARRIER) else actor


def is_within(organization: Organization, reader: Actor) -> bool:
    """Tell whether an organization lies within a reader's reach."""
    return reader.reach is None or reader.reach.reaches(organization)


def _uuids(keys: Iterable[str]) -> list[UUID]:
    return [UUID(key) for key in keys]
