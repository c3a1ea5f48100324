"""An answer to what a carrier asks for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from dids.models import Document
from dids.models.filings import FilingPart
from dids.workflows import filing
from portal.web.forms import PortalForm
from trunks.regulation import Asks

_LABELS = {
    "name": "Name of the person or company",
    "street": "Street and number",
    "locality": "Town",
    "region": "Region, where the address has one",
    "postal_code": "Postal code",
    "country": "Country, as GB",
}


class AnswerForm(PortalForm):
    """The fields that one requirement takes."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(self, part: FilingPart, papers: list[Document], data: Any = None) -> None:
        super().__init__(data, initial={"key": part.key}, auto_id=f"id_{part.pk}_%s")
        self._papers = {str(paper.uuid): paper for paper in papers}
        if part.asks == Asks.DOCUMENT:
            choices = [
                (key, f"{paper.name} ({paper.get_type_display()})")
                for key, paper in self._papers.items()
            ]
            self.fields["document"] = forms.ChoiceField(
                choices=[("", "Choose one of the vault"), *choices], label=part.name
            )
        elif part.asks == Asks.TEXT:
            self.fields["text"] = forms.CharField(
                max_length=filing.LONGEST_TEXT, label=part.name, initial=part.text
            )
        elif part.asks == Asks.DATE:
            self.fields["text"] = forms.DateField(
                label=part.name,
                initial=part.text,
                widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            )
        else:
            for name in filing.ADDRESS:
                self.fields[name] = forms.CharField(
                    max_length=2 if name == "country" else filing.LONGEST_TEXT,
                    label=_LABELS[name],
                    initial=part.address.get(name, ""),
                    required=name != "region",
                )

    @property
    def answer(self) -> dict[str, Any]:
        """Give what `filing.answer` takes."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        if "document" in told:
            return {"document": self._papers.get(told["document"])}
        if isinstance(told.get("text"), date):
            return {"text": told["text"].isoformat()}
        return told if "text" in told else {"address": told}
