"""Lists of numbers: uploaded, read column by column, looked through."""

from __future__ import annotations

from typing import Any

from django import forms

from dids import imports
from dids.import_columns import FIELDS
from dids.models import Import, Verdict
from lib.refusals import UnableTo
from portal.web.forms import PortalForm
from portal.web.forms.filters import FilterForm, NumberFilter

_COLUMN = "column_"


class UploadForm(PortalForm):
    """A list to be uploaded."""

    file = forms.FileField(
        label="List of numbers",
        help_text="CSV in UTF-8, parted by commas, semicolons or tabs; at most 50 MB and 200,000 "
        "lines. Its first line names the columns.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
    )


class ReadingForm(PortalForm):
    """Which column of a list is what, and how what it leaves open is read."""

    country = forms.CharField(
        max_length=2, label="Country", help_text="In which numbers without a country code are."
    )
    currency = forms.CharField(
        max_length=3, label="Currency", help_text="Of prices that name none."
    )
    divisible = forms.BooleanField(
        required=False, label="Numbers of its ranges may be released one by one"
    )
    is_full_list = forms.BooleanField(
        required=False,
        label="This is the full list of the account",
        help_text="What it lacks is shown as a difference, for somebody to decide. Nothing is "
        "removed by itself.",
    )

    def __init__(self, source: Import, data: Any = None) -> None:
        columns = imports.columns_for(source)
        initial = {
            "country": source.country,
            "currency": source.currency,
            "divisible": source.divisible,
            "is_full_list": source.is_full_list,
            **{_COLUMN + key: str(place) for key, place in columns.items()},
        }
        super().__init__(data, initial=initial)
        names = [(str(place), name or f"Column {place + 1}") for place, name in _named(source)]
        for key, field in FIELDS.items():
            self.fields[_COLUMN + key] = forms.ChoiceField(
                choices=[("", "not in the list"), *names], required=False, label=field.label
            )

    @property
    def column_fields(self) -> list[Any]:
        """Give the fields that say which column is what."""
        return [self[_COLUMN + key] for key in FIELDS]

    @property
    def options(self) -> dict[str, Any]:
        """Give what is chosen beside columns."""
        names = ("country", "currency", "divisible", "is_full_list")
        return {name: self.cleaned_data[name] for name in names}

    @property
    def columns(self) -> dict[str, int]:
        """Give the place of each field that the list has."""
        chosen = {key: self.cleaned_data[_COLUMN + key] for key in FIELDS}
        return {key: int(place) for key, place in chosen.items() if place}

    def refuse(self, refusal: UnableTo) -> None:
        """Put a refusal beside its field; a column and an option may have one name."""
        whose, dot, name = refusal.field.rpartition(".")
        if dot and whose == "columns" and _COLUMN + name in self.fields:
            self.add_error(_COLUMN + name, str(refusal))
        else:
            super().refuse(refusal)


def _named(source: Import) -> list[tuple[int, str]]:
    return list(enumerate(str(name) for name in source.sample[0]))


class ApplyForm(PortalForm):
    """How a list is to be applied."""

    believes_short_list = forms.BooleanField(required=False)


class ImportRowFilter(FilterForm):
    """Which lines of a list."""

    verdict = forms.ChoiceField(
        choices=[("", "Any verdict"), *Verdict.choices, (imports.WARNED, "Worth a look")],
        required=False,
    )
    number = NumberFilter()
