"""Who is told of what happened, and in which words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.conf import settings

from accounts import sentences
from accounts.actors import System
from accounts.models import Event, EventSeal, Membership
from accounts.permissions import Permission, permissions_of
from dids import events as dids_events
from dids.models import EmergencyLocation, EmergencyRegistration
from dids.models.features import SUBJECT as FEATURE
from trunks import events as trunk_events

LOCATION: Final = "dids.emergency_location:"
ACCOUNT: Final = "trunks.account:"
DOCUMENT: Final = "dids.document:"
TASK: Final = "dids.task:"
MOST_SENTENCES = 20
"""So many things are named in one mail; of more it says how many."""
_READER = System("notices.write")

# None of these sentences says a word that only the provider may read.
_ABOUT_LOCATIONS = frozenset(
    {
        dids_events.LOCATION_ACTIVE.name,
        dids_events.LOCATION_REJECTED.name,
        dids_events.LOCATION_DUE.name,
    }
)
_ABOUT_REGISTRATIONS = frozenset(
    {dids_events.FEATURE_ACTIVE.name, dids_events.FEATURE_REJECTED.name}
)
_ABOUT_ACCOUNTS = frozenset(
    kind.name
    for kind in (
        trunk_events.ACCOUNT_BROKEN,
        trunk_events.ACCOUNT_RESTORED,
        trunk_events.BALANCE_LOW,
    )
)
_ABOUT_DOCUMENTS = frozenset({dids_events.DOCUMENT_EXPIRES.name})
_ABOUT_TASKS = frozenset({dids_events.TASK_LATE.name})
TOLD = _ABOUT_LOCATIONS | _ABOUT_REGISTRATIONS | _ABOUT_ACCOUNTS | _ABOUT_DOCUMENTS | _ABOUT_TASKS
"""The names of the event types of which somebody is told."""


@dataclass
class Letter:
    """What one person is told of one thing."""

    position: int
    recipient: str
    subject: str
    link: str
    why: str
    sentences: list[str] = field(default_factory=list)

    @property
    def body(self) -> str:
        """Give the text."""
        said = self.sentences[:MOST_SENTENCES]
        more = len(self.sentences) - len(said)
        said += [f"{more} more such things happened."] if more else []
        return "\n".join([*said, "", "Look here:", self.link, "", self.why, ""])


@dataclass(frozen=True)
class _Thing:
    """What an event is about, and who cares."""

    title: str
    link: str
    why: str
    recipients: tuple[str, ...]


def written(seals: Sequence[EventSeal]) -> list[Letter]:
    """Write what follows from sealed events, in their order: one letter for a thing and person."""
    told = [seal.event for seal in seals]
    things = {
        **_locations(told),
        **_registrations(told),
        **_accounts(told),
        **_documents(told),
        **_tasks(told),
    }
    letters: dict[tuple[str, str], Letter] = {}
    for seal, sentence in zip(seals, sentences.sentences(told, _READER), strict=True):
        thing = things.get(seal.event.pk)
        if thing is None:
            continue
        for recipient in thing.recipients:
            fresh = Letter(seal.position, recipient, thing.title, thing.link, thing.why)
            letters.setdefault((recipient, thing.link), fresh).sentences.append(sentence)
    return list(letters.values())


def _locations(told: Iterable[Event]) -> dict[int, _Thing]:
    ours = _keys(told, _ABOUT_LOCATIONS, LOCATION)
    rows = {row.uuid: row for row in EmergencyLocation.objects.filter(uuid__in=ours.values())}
    return {key: _location(rows[uuid]) for key, uuid in ours.items() if uuid in rows}


def _registrations(told: Sequence[Event]) -> dict[int, _Thing]:
    ours = _keys(told, _ABOUT_REGISTRATIONS, FEATURE)
    found = EmergencyRegistration.objects.filter(uuid__in=ours.values())
    rows = {row.uuid: row for row in found.select_related("location")}
    # What happened for an earlier holder of the number is no business of the next one's.
    return {
        event.pk: _location(rows[ours[event.pk]].location)
        for event in told
        if event.pk in ours
        and ours[event.pk] in rows
        and rows[ours[event.pk]].organization_id == event.organization_id
    }


def _location(row: EmergencyLocation) -> _Thing:
    return _Thing(
        title=f"Emergency location “{row.label}”",
        link=f"{settings.PUBLIC_URL}/emergency/{row.uuid}/",
        why="You get this mail because you are named there as somebody to be told.",
        recipients=tuple(dict.fromkeys(row.contacts)),
    )


def _accounts(told: Sequence[Event]) -> dict[int, _Thing]:
    ours = _keys(told, _ABOUT_ACCOUNTS, ACCOUNT)
    staff = _members(told, ours, Permission.MANAGE_CARRIERS)
    return {
        event.pk: _Thing(
            title=f"Carrier account “{event.after.get('name', '')}”",
            link=f"{settings.PUBLIC_URL}/carriers/{ours[event.pk]}/",
            why="You get this mail because you look after carriers.",
            recipients=staff.get(event.organization_id, ()),
        )
        for event in told
        if event.pk in ours
    }


def _documents(told: Sequence[Event]) -> dict[int, _Thing]:
    ours = _keys(told, _ABOUT_DOCUMENTS, DOCUMENT)
    keepers = _members(told, ours, Permission.KEEP_DOCUMENTS)
    return {
        event.pk: _Thing(
            title=f"{event.after.get('type', 'Document')} in your vault",
            link=f"{settings.PUBLIC_URL}/documents/{ours[event.pk]}/",
            why="You get this mail because you look after documents.",
            recipients=keepers.get(event.organization_id, ()),
        )
        for event in told
        if event.pk in ours
    }


def _tasks(told: Sequence[Event]) -> dict[int, _Thing]:
    ours = _keys(told, _ABOUT_TASKS, TASK)
    managers = _members(told, ours, Permission.MANAGE_PEOPLE)
    return {
        event.pk: _Thing(
            title=f"Late: {event.after.get('title', '')}",
            link=f"{settings.PUBLIC_URL}/tasks/{ours[event.pk]}/",
            why="You get this mail because you look after the people whose work it is.",
            recipients=managers.get(event.organization_id, ()),
        )
        for event in told
        if event.pk in ours
    }


def _members(
    told: Sequence[Event], ours: Mapping[int, UUID], permission: Permission
) -> dict[int | None, tuple[str, ...]]:
    """Give who may do something in the organizations of some events, by organization."""
    owners = {event.organization_id for event in told if event.pk in ours}
    found: dict[int | None, tuple[str, ...]] = {}
    people = Membership.objects.open().filter(organization__in=owners, user__is_active=True)
    for member in people.select_related("user", "organization").order_by("pk"):
        if permission in permissions_of(member.role, member.organization.kind):
            there = found.get(member.organization_id, ())
            found[member.organization_id] = (*there, member.user.email)
    return found


def _keys(told: Iterable[Event], names: frozenset[str], subject: str) -> dict[int, UUID]:
    return {
        event.pk: UUID(event.subject.removeprefix(subject))
        for event in told
        if event.action in names and event.subject.startswith(subject)
    }
