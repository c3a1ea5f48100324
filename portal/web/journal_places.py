"""From an event to the page of what it happened to, as far as its reader can open that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from accounts import people
from accounts.actors import Actor
from accounts.models import ApiClient, Event, Organization
from accounts.permissions import Permission
from dids import imports, inventory, work
from dids.models import BackOrder, Document, EmergencyLocation, PhoneNumber
from provisioning.models import Pbx
from trunks.models import CarrierAccount, Trunk

P = Permission


@dataclass(frozen=True)
class Place:
    """
    The page of a kind of thing.

    :param key: the field that its address names it by
    """

    url_name: str
    needs: Permission
    rows: Callable[[Actor], QuerySet[Any]]
    key: str = "uuid"


def _documents(actor: Actor) -> QuerySet[Document]:
    return Document.objects.visible_to(actor).shown()


_ORGANIZATION = Place("organization", P.VIEW_ORGANIZATIONS, Organization.objects.visible_to)
_NUMBER = Place("number", P.VIEW_NUMBERS, PhoneNumber.objects.visible_to, key="e164")
_PLACES: dict[str, Place] = {
    "dids.order": Place("order", P.ORDER_NUMBERS, inventory.orders),
    "dids.back_order": Place("back_order", P.ORDER_NUMBERS, BackOrder.objects.visible_to),
    "dids.document": Place("document", P.KEEP_DOCUMENTS, _documents),
    "dids.emergency_location": Place(
        "emergency_location", P.VIEW_NUMBERS, EmergencyLocation.objects.visible_to
    ),
    "dids.task": Place("task", P.DO_TASKS, work.tasks),
    "accounts.organization": _ORGANIZATION,
    "billing.account": _ORGANIZATION,
    "accounts.membership": Place("person", P.MANAGE_PEOPLE, people.people),
    "accounts.client": Place("api_client", P.MANAGE_API_CLIENTS, ApiClient.objects.visible_to),
    "trunks.account": Place(
        "carrier_account", P.MANAGE_CARRIERS, CarrierAccount.objects.visible_to
    ),
    "dids.import": Place("import", P.MANAGE_CARRIERS, imports.imports),
    "trunks.trunk": Place("trunk", P.MANAGE_CARRIERS, Trunk.objects.visible_to),
    "provisioning.pbx": Place("pbx", P.MANAGE_PBXS, Pbx.objects.visible_to),
}
"""By the first half of subjects."""


def urls_of(events: Sequence[Event], reader: Actor) -> list[tuple[str, str]]:
    """
    Give the pages of each event's subject and number, "" where there is none for the reader.

    One query for each page that is led to, however many events lead there.
    """
    wanted: dict[Place, set[str]] = defaultdict(set)
    named = [_named(event) for event in events]
    for pairs in named:
        for place, key in pairs:
            if place is not None and reader.may(place.needs):
                wanted[place].add(key)
    there: dict[tuple[Place | None, str], str] = {
        (place, str(key)): reverse(place.url_name, args=[key])
        for place, keys in wanted.items()
        for key in place.rows(reader)
        .filter(**{f"{place.key}__in": keys})
        .order_by()
        .values_list(place.key, flat=True)
    }
    return [(there.get(subject, ""), there.get(number, "")) for subject, number in named]


def _named(event: Event) -> tuple[tuple[Place | None, str], tuple[Place | None, str]]:
    thing, _, key = event.subject.partition(":")
    return (
        (_PLACES.get(thing) if _is_uuid(key) else None, key),
        (_NUMBER if event.number else None, event.number),
    )


def _is_uuid(key: str) -> bool:
    try:
        return str(UUID(key)) == key
    except ValueError:
        return False
