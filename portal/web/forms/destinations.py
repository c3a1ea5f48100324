"""Where a number shall ring."""

from __future__ import annotations

from django import forms

from dids.destinations import OUTSIDE, Destination, DestinationKind
from dids.models import PhoneNumber
from portal.web.forms import PortalForm

OPEN_KINDS = [(kind.value, kind.label) for kind in DestinationKind if kind not in OUTSIDE]


class DestinationForm(PortalForm):
    """Where the number shall ring, and what its holder calls it."""

    kind = forms.ChoiceField(choices=OPEN_KINDS, label="Rings at")
    value = forms.CharField(
        max_length=64,
        required=False,
        label="Which one",
        help_text="As the PBX knows it, for example 101.",
    )
    label = forms.CharField(
        max_length=100,
        required=False,
        label="Label",
        help_text="Your own words, such as Reception.",
    )

    @classmethod
    def of(cls, number: PhoneNumber) -> DestinationForm:
        """Give the form as the number stands now."""
        assignment = getattr(number, "assignment", None)
        kind, value = (assignment.kind, assignment.value) if assignment else ("EXTENSION", "")
        return cls(initial={"kind": kind, "value": value, "label": number.label})

    @property
    def destination(self) -> Destination:
        """Give the destination that was entered."""
        return Destination(self.cleaned_data["kind"], self.cleaned_data["value"])
