"""What a carrier asks besides the price of a number."""

from __future__ import annotations

from decimal import Decimal

from django import forms

from portal.web.forms import PortalForm
from trunks.fees import Fee, FeeFor
from trunks.numbering import NumberType
from trunks.workflows.fees import HIGHEST, LONGEST_LABEL


def _amount(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_value=HIGHEST,
        max_digits=12,
        decimal_places=4,
        help_text="Empty for nothing.",
    )


class FeeForm(PortalForm):
    """One fee from a day on."""

    what = forms.ChoiceField(
        label="For", choices=[(one.value, one.label.capitalize()) for one in FeeFor]
    )
    label = forms.CharField(
        max_length=LONGEST_LABEL,
        required=False,
        label="What for",
        help_text="Only for something else, such as number portability.",
    )
    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        required=False,
        help_text="Two letters, such as US. Empty for any.",
        error_messages={"invalid": "Give two letters, such as US, or leave it empty."},
    )
    type = forms.ChoiceField(
        required=False,
        label="Kind of number",
        choices=[
            ("", "Any"),
            *((one.value, one.value.replace("_", " ").capitalize()) for one in NumberType),
        ],
    )
    once = _amount("Once")
    monthly = _amount("A month")
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$",
        help_text="Three letters, such as USD.",
        error_messages={"invalid": "Give three letters, such as USD or EUR."},
    )
    valid_from = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="It counts until there is one of a later day.",
    )

    @property
    def fee(self) -> Fee:
        """Give what was entered as the workflow takes it."""
        given = self.cleaned_data
        return Fee(
            what=FeeFor(given["what"]),
            label=given["label"],
            country=given["country"].upper(),
            type=given["type"],
            once=given["once"] or Decimal(0),
            monthly=given["monthly"] or Decimal(0),
            currency=given["currency"].upper(),
        )
