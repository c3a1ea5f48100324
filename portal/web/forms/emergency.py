"""Where help is sent: an address in parts, and which one a number has."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html

from accounts.actors import Actor
from accounts.models import Kind
from accounts.permissions import Permission
from dids.emergency_rules import rules
from dids.models import EmergencyLocation, WaiverKind
from dids.workflows.locations import Particulars
from dids.workflows.waiving import LONGEST_REASON
from portal.web.forms import PortalForm, RowField
from portal.web.forms.filters import OrganizationFilter

_UNNEEDED = [(kind.value, kind.label) for kind in WaiverKind if kind is not WaiverKind.COVERED_BY]


def _text(label: str, most: int, *, needed: bool = False, hint: str = "") -> forms.CharField:
    return forms.CharField(max_length=most, label=label, required=needed, help_text=hint)


class LocationForm(PortalForm):
    """A location; what is empty is not needed to find somebody."""

    label = _text("What you call it", 60, needed=True, hint="Such as Main office.")
    country = forms.ChoiceField()
    name = _text("Who is there", 60, needed=True, hint="The dispatcher reads this name.")
    house_number = _text("House number", 10, needed=True)
    house_suffix = _text("Behind the number", 10, hint="Such as 1/2.")
    pre_directional = _text("Direction before the street", 10, hint="Such as N, in North America.")
    street = _text("Street", 80, needed=True)
    post_directional = _text("Direction behind the street", 10)
    unit_type = _text("Kind of unit", 20, hint="Such as Suite or Apartment.")
    unit = _text("Unit", 20)
    floor = _text("Floor", 20)
    room = _text("Room", 20)
    city = _text("City", 60, needed=True)
    state = _text("State, province", 30, hint="Abbreviated, such as IL. Not in Great Britain.")
    postal_code = _text("Postal code", 12, needed=True)
    callback = _text("Number for calling back", 16, hint="One of yours, such as +13125550100.")
    contacts = forms.CharField(
        required=False,
        max_length=1000,
        label="Who is told",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="E-mail addresses, one a line: told that somebody called for help.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        if isinstance(country, forms.ChoiceField):
            country.choices = [(code, code) for code in rules()]

    @classmethod
    def of(cls, location: EmergencyLocation) -> LocationForm:
        """Give the form as a location fills it."""
        said = {name: getattr(location, name) for name in cls.base_fields}
        return cls(initial={**said, "contacts": "\n".join(location.contacts)})

    @property
    def particulars(self) -> Particulars:
        """Give what was said, once it is valid."""
        said = {**self.cleaned_data}
        said["contacts"] = said["contacts"].split()
        return Particulars(**said)


class _LocationField(RowField):
    def offer(self, rows: QuerySet[Any]) -> None:
        super().offer(rows)
        named = [(key, row.label) for key, row in self._rows.items()]
        self.choices = [("", self._first), *named]


class HelpField(RowField):
    """
    Which location numbers are to have, grouped by holder, or why they need none.

    What was chosen is the location, the kind of a waiver, or None.
    """

    def offer(self, rows: QuerySet[Any]) -> None:
        """Let choose among locations, which are ordered by their organization."""
        super().offer(rows.select_related("organization"))
        places = groupby(self._rows.items(), key=lambda entry: entry[1].organization)
        grouped = [
            (holder.name, [(key, f"{row.label} ({row.country})") for key, row in entries])
            for holder, entries in places
        ]
        self.choices = [("", self._first), *grouped, ("Nowhere", _UNNEEDED)]

    @property
    def has_places(self) -> bool:
        """Tell whether there is a location to choose."""
        return bool(self._rows)

    def clean(self, value: Any) -> EmergencyLocation | WaiverKind | None:
        """Give what was chosen."""
        row = super().clean(value)
        return WaiverKind(value) if value in WaiverKind.values else row


def where_to_enter(actor: Actor) -> str:
    """Say, for a form that has no location to choose, how there will be one."""
    reach = actor.reach
    if reach is not None and reach.kind == Kind.TENANT and actor.may(Permission.ASSIGN_NUMBERS):
        there, link = reverse("new_emergency_location"), "Enter a location"
        then = "It can be chosen once its address was checked."
    else:
        there, link = reverse("switch"), "Act for the holder"
        then = "Then enter one under Emergency."
    return format_html('None is there yet. <a href="{}">{}</a>. {}', there, link, then)


class ExtensionForm(PortalForm):
    """Whose phone stands at a location."""

    extension = forms.CharField(max_length=64, label="Extension")


class ChoiceForm(PortalForm):
    """Which location a number has."""

    location = _LocationField(first="Your default", required=False, label="Help is sent to")


class WaiverForm(PortalForm):
    """Why a number needs no location."""

    kind = forms.ChoiceField(choices=WaiverKind.choices, label="Why it needs none")
    location = _LocationField(first="None", required=False, label="Which location covers it")
    reason = forms.CharField(
        max_length=LONGEST_REASON, label="In your words", help_text="For whoever asks later."
    )


class LocationFilter(OrganizationFilter):
    """Whose locations to list."""
