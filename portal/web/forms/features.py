"""What a carrier does for a number beside carrying calls."""

from __future__ import annotations

from django import forms

from dids.models import CallerName, PhoneNumber
from dids.models.caller_names import LONGEST_NAME
from dids.workflows import caller_names
from portal.web.forms import PortalForm


class CallerNameForm(PortalForm):
    """The name that a number's calls show, and the names of its callers."""

    text = forms.CharField(
        max_length=60,
        required=False,
        label="Name that its calls show",
        help_text=f"At most {LONGEST_NAME} letters, digits and spaces. Empty lists none.",
    )
    shows_callers = forms.BooleanField(
        required=False, label="Look up the names of those who call it"
    )

    @classmethod
    def of(cls, number: PhoneNumber, there: CallerName | None) -> CallerNameForm:
        """Show what is set, with what the number cannot have left out."""
        initial = {"text": there.text, "shows_callers": there.shows_callers} if there else {}
        return cls(initial=initial).fitting(number)

    def fitting(self, number: PhoneNumber) -> CallerNameForm:
        """Say beside a field why this number cannot have it."""
        for name, why in (
            ("text", caller_names.why_unlisted(number)),
            ("shows_callers", caller_names.why_not_looked_up(number)),
        ):
            if why:
                self.fields[name].help_text = why
        return self
