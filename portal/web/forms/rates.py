"""What currencies are worth, one by one or pasted."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError

from billing.workflows.rates import MOST, Wish
from lib.refusals import UnableTo
from portal.web.forms import PortalForm

_PARTS = 4
_MOST_TEXT = 100_000


def _currency(label: str, help_text: str) -> forms.RegexField:
    return forms.RegexField(
        r"^[A-Za-z]{3}$",
        label=label,
        help_text=help_text,
        error_messages={"invalid": "Give three letters, such as USD or EUR."},
    )


class RateForm(PortalForm):
    """One rate from a day on."""

    base = _currency("One unit of", "Three letters, such as EUR.")
    rate = forms.DecimalField(
        label="Is worth", max_digits=20, decimal_places=10, help_text="For example 1.0843."
    )
    quote = _currency("Of", "Three letters, such as USD.")
    valid_from = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="It counts until there is one of a later day.",
    )
    note = forms.CharField(
        max_length=200,
        required=False,
        help_text="Such as where it comes from. The journal keeps it.",
    )

    @property
    def wish(self) -> Wish:
        """Give what was entered as the workflow takes it."""
        given = self.cleaned_data
        return Wish(
            base=given["base"].upper(),
            quote=given["quote"].upper(),
            rate=given["rate"],
            valid_from=given["valid_from"],
            note=given["note"],
        )


class PasteForm(PortalForm):
    """Many rates, a line for each; what was read is a list of wishes."""

    lines = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        max_length=_MOST_TEXT,
        label="Lines",
        help_text="From, to, rate, day and perhaps a note, for example: EUR,USD,1.0843,2026-11-20",
    )

    def refuse(self, refusal: UnableTo) -> None:
        """Say which of the rates is meant, counted from above."""
        place = re.match(r"rates\[(\d+)\]", refusal.field)
        named = f"Rate {int(place[1]) + 1}: " if place else ""
        self.add_error("lines", f"{named}{refusal}")

    def clean_lines(self) -> list[Wish]:
        """Read the lines, naming each that cannot be read."""
        read, wrong = [], []
        for place, line in enumerate(str(self.cleaned_data["lines"]).splitlines(), start=1):
            if not line.strip() or line.lower().startswith("base"):
                continue
            try:
                read.append(_read(line))
            except ValueError as trouble:
                wrong.append(f"Line {place}: {trouble}")
        if wrong:
            raise ValidationError(wrong[:10])
        if not 1 <= len(read) <= MOST:
            raise ValidationError(f"Paste 1 to {MOST} lines.")
        return read


def _read(line: str) -> Wish:
    mark = next((one for one in ("\t", ";") if one in line), ",")
    (parts,) = csv.reader([line], delimiter=mark)
    cells = [cell.strip() for cell in parts]
    if len(cells) < _PARTS:
        raise ValueError("write from, to, rate and day, with commas between.")
    try:
        rate = Decimal(cells[2])
    except InvalidOperation:
        raise ValueError(f"“{cells[2][:20]}” is no rate; write it like 1.0843.") from None
    try:
        day = date.fromisoformat(cells[3])
    except ValueError:
        raise ValueError(f"“{cells[3][:20]}” is no day; write it like 2026-11-20.") from None
    note = " ".join(cells[4:])[:200]
    return Wish(base=cells[0].upper(), quote=cells[1].upper(), rate=rate, valid_from=day, note=note)
