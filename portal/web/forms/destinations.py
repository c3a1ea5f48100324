"""Where a number shall ring."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.actors import Actor
from dids.destinations import OUTSIDE, Destination, DestinationKind
from dids.models import PhoneNumber
from portal.web.forms import PortalForm

NOWHERE = "Nowhere"
OPEN_KINDS = [(kind.value, kind.label) for kind in DestinationKind if kind not in OUTSIDE]


class DestinationForm(PortalForm):
    """Where the number shall ring, and what its holder calls it."""

    kind = forms.ChoiceField(choices=[("", NOWHERE), *OPEN_KINDS], required=False, label="Rings at")
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
        """Give the form as the number stands now; one that rings nowhere asks for an extension."""
        return cls(initial={"kind": DestinationKind.EXTENSION.value, **cls.now(number)})

    @staticmethod
    def now(number: PhoneNumber) -> dict[str, str]:
        """Give what the form would have to say to leave everything as it is."""
        assignment = getattr(number, "assignment", None)
        there = {"kind": assignment.kind, "value": assignment.value} if assignment else {}
        return {**there, "label": number.label}

    @property
    def destination(self) -> Destination | None:
        """Give the destination that was entered; None for nowhere."""
        kind = self.cleaned_data["kind"]
        return Destination(kind, self.cleaned_data["value"]) if kind else None


class ManyDestinationsForm(DestinationForm):
    """Where many numbers shall ring."""

    value = forms.CharField(
        max_length=64,
        required=False,
        label="Which one",
        help_text="As the PBX knows it, for example 101. Extensions count up from there.",
    )
    label = forms.CharField(
        max_length=100,
        required=False,
        label="Label",
        help_text="The same for all of them. Left empty, each keeps its own.",
    )

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data, initial={"kind": DestinationKind.EXTENSION.value})

    def clean_label(self) -> str:
        """Refuse words that would go unheard."""
        words = str(self.cleaned_data["label"])
        if words and not self.cleaned_data.get("kind"):
            raise forms.ValidationError(
                "Leave the label empty: a number that rings nowhere keeps its own."
            )
        return words


def spread(kind: str, value: str, count: int) -> list[Destination]:
    """Give where each of so many numbers rings: extensions count up, all else is for all."""
    start = value.strip()
    counts_up = kind == DestinationKind.EXTENSION and start.isascii() and start.isdigit()
    return [
        Destination(kind, str(int(start) + step).zfill(len(start)) if counts_up else start)
        for step in range(count)
    ]
