"""Which program is let in, to do what, for how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms

from accounts.actors import Actor
from accounts.models import Kind, Organization
from accounts.permissions import OF_KIND
from accounts.workflows.api_clients import LONGEST_NAME
from portal.web import rights
from portal.web.forms import PortalForm

_YEAR = "365"


class ApiClientForm(PortalForm):
    """
    A program to be let in.

    `key` is drawn with the form: sent twice, by a reload or a second click, it lets one program in.
    """

    name = forms.CharField(
        max_length=LONGEST_NAME, help_text="What it is, such as “Night sync of the CRM”."
    )
    lasts = forms.ChoiceField(
        choices=[
            ("30", "30 days"),
            ("90", "90 days"),
            (_YEAR, "A year"),
            ("none", "Until it is revoked"),
        ],
        initial=_YEAR,
        label="How long it is let in",
        help_text="Its secret can be renewed meanwhile; the time stays.",
    )
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        label="What it may do",
        error_messages={"required": "Choose at least one thing that it may do."},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, actor: Actor, organization: Organization) -> None:
        super().__init__(data, initial={"key": uuid4()})
        may = OF_KIND[Kind(organization.kind)] & actor.permissions
        self._offered = rights.grouped(may)
        scopes = self.fields["scopes"]
        if isinstance(scopes, forms.MultipleChoiceField):
            scopes.choices = self._offered

    def clean_key(self) -> UUID:
        """Draw one for whoever sends none."""
        return self.cleaned_data["key"] or uuid4()

    def scope_groups(self) -> Iterator[tuple[str, list[Any]]]:
        """Give the boxes of the scopes by heading."""
        boxes = {box.data["value"]: box for box in self["scopes"]}
        for heading, choices in self._offered:
            yield heading, [boxes[value] for value, _ in choices]

    def expires_at(self, now: datetime) -> datetime | None:
        """Give when it ends; None for never."""
        lasts = self.cleaned_data["lasts"]
        return None if lasts == "none" else now + timedelta(days=int(lasts))


class RenewForm(PortalForm):
    """How long the former secret works beside the new one."""

    overlap = forms.TypedChoiceField(
        choices=[(0, "It ends at once"), (1, "An hour"), (24, "A day"), (168, "A week")],
        coerce=int,
        initial=24,
        label="The secret it has now goes on working",
        help_text="Choose “at once” if somebody else may know it.",
    )
