"""Forms that narrow lists: what cannot be read is ignored, as in a link that somebody cut."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.actors import Actor
from accounts.models import Organization, Role
from accounts.permissions import FieldGroup
from dids.models import FindingKind, Task, TaskKind
from dids.models.tasks import OPEN
from dids.states import FindingStatus, TaskStatus
from lib import e164
from portal.web.forms import PortalForm, RowField
from trunks.models import CarrierAccount


class FilterForm(PortalForm):
    """What a list is narrowed by; sent with the address, so it can be kept as a link."""

    @property
    def chosen(self) -> dict[str, Any]:
        """Give what was chosen and can be read."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class NumberFilter(forms.CharField):
    """A number in any format; what was meant is its E.164 form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=40, label="Number", **kwargs)
        self.home = ""

    def clean(self, value: Any) -> str:
        """
        Read the number as people of a country write it.

        :raises ValidationError: if it is none
        """
        text = super().clean(value)
        try:
            return str(e164.parse(text, country=self.home)) if text else ""
        except e164.NotANumber as refusal:
            raise forms.ValidationError(str(refusal)) from None


class OrganizationFilter(FilterForm):
    """What narrows a list that is about one organization; it stays the same one."""

    organization = forms.CharField(required=False, widget=forms.HiddenInput)


class PeopleFilter(OrganizationFilter):
    """Whom to list."""

    search = forms.CharField(required=False, max_length=100, label="Name or e-mail")
    role = forms.ChoiceField(choices=[("", "Any role"), *Role.choices], required=False)


class ApiClientFilter(OrganizationFilter):
    """Which programs to list."""

    STATES = (("", "Let in"), ("REVOKED", "Revoked"), ("any", "All"))

    state = forms.ChoiceField(choices=STATES, required=False)


class FindingFilter(FilterForm):
    """Which differences between a carrier and our stock."""

    kind = forms.ChoiceField(
        choices=[("", "Any difference"), *FindingKind.choices], required=False, label="Difference"
    )
    status = forms.ChoiceField(
        choices=[("", "To be decided"), *FindingStatus.choices[1:]], required=False, label="State"
    )


class TaskFilter(FilterForm):
    """Whose tasks, in which state, about what."""

    WHOSE = (("", "My work"), ("unassigned", "Nobody's yet"), ("all", "Everybody's"))
    STATES = (
        ("", "Still to be done"),
        *((status.value, status.label) for status in TaskStatus),
        ("closed", "Closed in any way"),
        ("any", "Any state"),
    )

    whose = forms.ChoiceField(choices=WHOSE, required=False)
    state = forms.ChoiceField(choices=STATES, required=False)
    kind = forms.ChoiceField(choices=[("", "Any kind"), *TaskKind.choices], required=False)
    number = NumberFilter()
    organization = RowField(first="Any organization", required=False)
    carrier_account = RowField(first="Any account", required=False, label="Carrier account")

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        if isinstance(number := self.fields["number"], NumberFilter) and actor.reach:
            number.home = actor.reach.country
        if actor.reach is None or actor.reach.is_provider:
            waits = Task.objects.filter(status__in=OPEN).values("organization")
            self.offer("organization", Organization.objects.filter(pk__in=waits).order_by("name"))
        else:
            del self.fields["organization"]
        if actor.sees(FieldGroup.CARRIER):
            accounts = CarrierAccount.objects.visible_to(actor)
            self.offer("carrier_account", accounts.order_by("name"))
        else:
            del self.fields["carrier_account"]
