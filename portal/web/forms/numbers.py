"""What is done with one number."""

from __future__ import annotations

from django import forms

from dids.models.tags import LONGEST
from dids.workflows.assignment import LABEL_LENGTH
from dids.workflows.tagging import MOST_TAGS
from portal.web.forms import PortalForm

_MOST = MOST_TAGS * (LONGEST + 2)


class LabelForm(PortalForm):
    """What its holder calls a number."""

    label = forms.CharField(
        max_length=LABEL_LENGTH,
        required=False,
        help_text="Your own words. They go when the number changes hands.",
    )


class TagForm(PortalForm):
    """Words of one's own organization on a number: put on, taken off."""

    add = forms.CharField(
        max_length=_MOST, required=False, label="New tag", help_text="Several with commas between."
    )
    remove = forms.CharField(max_length=_MOST, required=False, widget=forms.HiddenInput)

    def clean_add(self) -> list[str]:
        """Give the single words."""
        return _words(self.cleaned_data["add"])

    def clean_remove(self) -> list[str]:
        """Give the single words."""
        return _words(self.cleaned_data["remove"])

    def clean(self) -> None:
        """Refuse a form that asks for nothing."""
        if not self.errors and not (self.cleaned_data["add"] or self.cleaned_data["remove"]):
            self.add_error("add", "Write a tag, such as reception.")


def _words(text: str) -> list[str]:
    return [word for word in map(str.strip, text.split(",")) if word]
