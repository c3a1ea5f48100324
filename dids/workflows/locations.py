"""Emergency locations: entered, corrected, checked, made the default, retired."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts import journal
from accounts.actors import Actor
from accounts.models import Organization
from accounts.work import acting
from dids import emergency, events, tasks
from dids.emergency_rules import rules
from dids.models import EmergencyLocation, ExtensionLocation, PhoneNumber
from dids.states import LOCATION, LocationStatus
from dids.workflows.standing import require_seat
from lib.locks import no_key
from lib.nudges import nudge
from lib.refusals import UnableTo

MOST_CONTACTS = 10
MOST_LOCATIONS = 1_000
_LENGTHS: Mapping[str, int] = {
    field.name: field.max_length
    for field in EmergencyLocation._meta.fields
    if field.max_length is not None
}
_NEEDED = {
    "label": "Give the location a name of your own, such as Main office.",
    "name": "Name the person or company that is found there.",
    "house_number": "Enter the house number.",
    "street": "Enter the street.",
    "city": "Enter the city.",
    "postal_code": "Enter the postal code.",
    "country": "Choose the country.",
}
_EXTENSION = re.compile(r"[A-Za-z0-9*#][A-Za-z0-9._*#-]{0,63}", re.ASCII)


class UnableToLocate(UnableTo):
    """The location is not as it must be, or is needed where it is."""

    code = "bad_location"


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What somebody says of a location; the parts of an address as `trunks.addresses` has them."""

    label: str = ""
    name: str = ""
    house_number: str = ""
    house_suffix: str = ""
    pre_directional: str = ""
    street: str = ""
    post_directional: str = ""
    unit_type: str = ""
    unit: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    floor: str = ""
    room: str = ""
    callback: str = ""
    contacts: Sequence[str] = ()


OPEN_ALWAYS = frozenset({"label", "callback", "contacts"})
"""What may be changed of an active location: nothing of it is where somebody is."""


def create(
    *, organization: Organization, particulars: Particulars, actor: Actor, now: datetime
) -> EmergencyLocation:
    """
    Enter a location; it counts once it was checked.

    :raises UnableToLocate: naming the part that must change
    :raises UnableToStandIn: if it is for another organization than the actor's own
    """
    require_seat(actor, organization, what="This location")
    values = _checked(particulars, organization)
    with acting(actor):
        if EmergencyLocation.objects.filter(organization=organization).count() >= MOST_LOCATIONS:
            raise UnableToLocate(f"There are {MOST_LOCATIONS} locations. Use one of them.")
        row = EmergencyLocation.objects.create(
            organization=organization, status_since=now, created_at=now, **values
        )
        note(actor, events.LOCATION_MADE, row, now=now)
    return row


def change(
    *, location: EmergencyLocation, particulars: Particulars, actor: Actor, now: datetime
) -> EmergencyLocation:
    """
    Correct a location; the address of an active one stays as it was checked.

    :raises UnableToLocate: naming the part that must change
    :raises UnableToStandIn: if it is another organization's
    """
    require_seat(actor, location.organization, what=location.label)
    values = _checked(particulars, location.organization)
    with acting(actor):
        row = _locked(location)
        changed = {name for name, value in values.items() if getattr(row, name) != value}
        if row.status not in {LocationStatus.DRAFT, LocationStatus.REJECTED}:
            _require_open(row, changed)
        if not changed:
            return row
        for name in changed:
            setattr(row, name, values[name])
        row.save(update_fields=sorted(changed))
        if row.status == LocationStatus.REJECTED and changed - OPEN_ALWAYS:
            LOCATION.edges.move(
                row, to=LocationStatus.DRAFT, now=now, problems={}, suggestion={}, failure=""
            )
        note(actor, events.LOCATION_CHANGED, row, now=now)
    return row


def check(*, location: EmergencyLocation, actor: Actor, now: datetime) -> None:
    """
    Have an address looked at; a worker sees to it.

    :raises UnableToMove: if it is being checked, or was
    :raises UnableToStandIn: if it is another organization's
    """
    require_seat(actor, location.organization, what=location.label)
    with acting(actor):
        row = _locked(location)
        _send_to_check(row, actor=actor, now=now)
    location.status = row.status


def accept(*, location: EmergencyLocation, actor: Actor, now: datetime) -> None:
    """
    Take over what was suggested, and have it looked at again.

    :raises UnableToLocate: if nothing is suggested
    :raises UnableToStandIn: if it is another organization's
    """
    require_seat(actor, location.organization, what=location.label)
    with acting(actor):
        row = _locked(location)
        if row.status != LocationStatus.REJECTED or not row.suggestion:
            raise _conflict("Nothing is suggested for this address. Correct it yourself.")
        parts = dict(row.suggestion)
        for name, value in parts.items():
            setattr(row, name, str(value)[: _LENGTHS[name]])
        row.save(update_fields=sorted(parts))
        _send_to_check(row, actor=actor, now=now)
    location.refresh_from_db()


def make_default(*, location: EmergencyLocation, actor: Actor, now: datetime) -> None:
    """
    Have a location cover every number of its country that names none.

    :raises UnableToLocate: if it is not active
    :raises UnableToStandIn: if it is another organization's
    """
    require_seat(actor, location.organization, what=location.label)
    with acting(actor):
        # As whoever makes the first one the default: one after the other.
        no_key(Organization.objects.filter(pk=location.organization_id)).get()
        row = _locked(location)
        if row.status != LocationStatus.ACTIVE:
            raise _conflict("Have this address checked first: only an active one covers numbers.")
        if row.is_default:
            return
        same = EmergencyLocation.objects.filter(
            organization=row.organization_id, country=row.country, is_default=True
        )
        same.update(is_default=False)
        EmergencyLocation.objects.filter(pk=row.pk).update(is_default=True, next_attempt_at=now)
        note(actor, events.LOCATION_DEFAULT, row, now=now)
        nudge(tasks.locate.delay, location_id=row.pk)
    location.is_default = True


def retire(*, location: EmergencyLocation, actor: Actor, now: datetime) -> None:
    """
    Keep a location only as history.

    :raises UnableToLocate: if numbers, waivers or extensions lean on it
    :raises UnableToStandIn: if it is another organization's
    """
    require_seat(actor, location.organization, what=location.label)
    with acting(actor):
        row = _locked(location)
        was_default = row.is_default
        LOCATION.edges.move(
            row, to=LocationStatus.RETIRED, now=now, is_default=False, next_attempt_at=None
        )
        # In a later statement: whoever leaned on it a moment ago has committed by now.
        row.is_default = was_default
        if used := emergency.covered_by(row).count():
            raise _conflict(
                f"{used} numbers in use have this as their emergency location. Choose another "
                "default, or another location for each of them, first."
            )
        if row.waivers.open().exists() or row.extensions.exists():
            raise _conflict(
                "A waiver or an extension names this location. End the waiver or move the "
                "extension first."
            )
        note(actor, events.LOCATION_RETIRED, row, now=now)
    location.status = LocationStatus.RETIRED


def note_test(*, location: EmergencyLocation, actor: Actor, now: datetime) -> None:
    """
    Write down that a test call, such as to 933, read the address back.

    Nobody calls the emergency service itself to try it.

    :raises UnableToLocate: if it is not active
    :raises UnableToStandIn: if it is another organization's
    """
    require_seat(actor, location.organization, what=location.label)
    with acting(actor):
        row = _locked(location)
        if row.status != LocationStatus.ACTIVE:
            raise _conflict("Only an active location can be tested. Have its address checked.")
        EmergencyLocation.objects.filter(pk=row.pk).update(tested_at=now)
        note(actor, events.LOCATION_TESTED, row, now=now)
    location.tested_at = now


def place_extension(
    *, location: EmergencyLocation, extension: str, actor: Actor, now: datetime
) -> None:
    """
    Write down where the phone of an extension stands.

    :raises UnableToLocate: if it is no extension, or the location is not active
    :raises UnableToStandIn: if it is another organization's
    """
    require_seat(actor, location.organization, what=location.label)
    named = extension.strip()
    if not _EXTENSION.fullmatch(named):
        raise UnableToLocate("Enter the extension as your PBX knows it.", field="extension")
    with acting(actor):
        row = _locked(location)
        if row.status != LocationStatus.ACTIVE:
            raise _conflict("Have this address checked first: only an active one counts.")
        ExtensionLocation.objects.update_or_create(
            organization=row.organization, extension=named, defaults={"location": row}
        )
        note(actor, events.EXTENSION_LOCATED, row, now=now, extension=named)


def take_extension(
    *, location: EmergencyLocation, extension: str, actor: Actor, now: datetime
) -> None:
    """
    Write down that the phone of an extension stands there no more; no harm where it does not.

    :raises UnableToStandIn: if it is another organization's
    """
    require_seat(actor, location.organization, what=location.label)
    with acting(actor):
        row = _locked(location)
        if row.extensions.filter(extension=extension.strip()).delete()[0]:
            note(actor, events.EXTENSION_TAKEN, row, now=now, extension=extension.strip())


def note(
    actor: Actor,
    event_type: journal.EventType,
    row: EmergencyLocation,
    *,
    now: datetime,
    **after: str,
) -> None:
    """Write down what happened to a location."""
    journal.record(
        actor,
        event_type,
        now=now,
        subject=row.subject,
        organization=row.organization,
        after={"label": row.label, **after},
    )


def _locked(location: EmergencyLocation) -> EmergencyLocation:
    rows = EmergencyLocation.objects.filter(pk=location.pk).select_related("organization")
    return no_key(rows).get()


def _send_to_check(row: EmergencyLocation, *, actor: Actor, now: datetime) -> None:
    LOCATION.edges.move(
        row,
        to=LocationStatus.VALIDATING,
        now=now,
        next_attempt_at=now,
        attempt=None,
        call_before=None,
        problems={},
        suggestion={},
        failure="",
    )
    note(actor, events.LOCATION_CHECK, row, now=now)
    nudge(tasks.locate.delay, location_id=row.pk)


def _require_open(row: EmergencyLocation, changed: set[str]) -> None:
    fixed = changed - OPEN_ALWAYS
    if not fixed:
        return
    words = row.get_status_display().lower()
    refusal = UnableToLocate(
        f"This location is {words}: its address stays as it is. Enter another location and make it "
        "the default instead.",
        field=sorted(fixed)[0],
    )
    refusal.conflict = True
    raise refusal


def _checked(particulars: Particulars, organization: Organization) -> dict[str, object]:
    values: dict[str, object] = {}
    for field in fields(particulars):
        said = getattr(particulars, field.name)
        if field.name != "contacts":
            values[field.name] = _text(field.name, said)
    country = str(values["country"]).upper()
    values["country"] = country
    if country not in rules():
        known = ", ".join(sorted(rules()))
        raise UnableToLocate(
            f"Choose a country in which we register addresses: {known}.", field="country"
        )
    if rules()[country].state_label and not values["state"]:
        label = rules()[country].state_label.lower()
        raise UnableToLocate(f"Enter the {label} as it is abbreviated there.", field="state")
    _require_own(str(values["callback"]), organization)
    values["contacts"] = _contacts(particulars.contacts)
    return values


def _text(name: str, said: str) -> str:
    text = " ".join(said.split())
    if not text and name in _NEEDED:
        raise UnableToLocate(_NEEDED[name], field=name)
    most = _LENGTHS[name]
    if len(text) > most or "\x00" in text:
        raise UnableToLocate(f"Shorten this to {most} characters of plain text.", field=name)
    return text


def _require_own(callback: str, organization: Organization) -> None:
    held = PhoneNumber.objects.live().filter(holder=organization)
    if callback and not held.filter(e164=callback).exists():
        raise UnableToLocate(
            "Choose one of your own numbers, under which whoever called for help is reached.",
            field="callback",
        )


def _contacts(said: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(text.strip().lower() for text in said if text.strip()))
    if len(found) > MOST_CONTACTS:
        raise UnableToLocate(f"Name at most {MOST_CONTACTS} people.", field="contacts")
    for each in found:
        try:
            validate_email(each)
        except ValidationError as trouble:
            raise UnableToLocate(
                f"“{each[:60]}” is no e-mail address. Write it as name@example.com.",
                field="contacts",
            ) from trouble
    return found


def _conflict(words: str) -> UnableToLocate:
    refusal = UnableToLocate(words)
    refusal.conflict = True
    return refusal
