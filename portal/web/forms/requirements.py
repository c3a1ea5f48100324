"""What a carrier asks for that staff write down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from dids.models import DocumentType
from dids.workflows import requirement_keeping
from dids.workflows.requirement_keeping import Asked
from lib.refusals import UnableTo
from portal.web.forms import PortalForm
from trunks.numbering import NumberType
from trunks.regulation import Asks

_SPARE = 3
"""Empty rows below those that are filled in."""
_FORMS = {
    Asks.TEXT.value: "Words, such as a tax number",
    Asks.DATE.value: "A day",
    Asks.ADDRESS.value: "An address",
    Asks.DOCUMENT.value: "Any document",
}
_FIELDS = ("name", "asks", "words")


class RequirementsForm(PortalForm):
    """Numbers of a country and type, and a row for each thing that is asked for."""

    country = forms.CharField(max_length=2, help_text="Two letters, such as GB.")
    type = forms.ChoiceField(
        choices=[(one.value, one.value.replace("_", " ").capitalize()) for one in NumberType],
        initial=NumberType.LOCAL.value,
    )

    def __init__(
        self, data: Any = None, *, initial: Any = None, asked: Sequence[Asked] = ()
    ) -> None:
        super().__init__(data, initial=initial)
        for place in range(requirement_keeping.MOST):
            self._add(place, asked[place] if place < len(asked) else None)
        sent = [place for place in range(requirement_keeping.MOST) if self._is_sent(place)]
        filled = max(sent, default=-1) + 1 if self.is_bound else len(asked)
        self._shown = min(filled + _SPARE, requirement_keeping.MOST)

    def clean_country(self) -> str:
        """Take small letters too."""
        return str(self.cleaned_data["country"]).upper()

    def general(self) -> list[BoundField]:
        """Give the fields above the rows."""
        return [self["country"], self["type"]]

    def rows(self) -> list[tuple[int, list[BoundField]]]:
        """Give the rows to be shown, counted from 1."""
        return [
            (place + 1, [self[f"{name}_{place}"] for name in _FIELDS])
            for place in range(self._shown)
        ]

    @property
    def asked(self) -> list[Asked]:
        """Give the rows that are filled in."""
        return [self._asked(place) for place in self._filled()]

    def refuse(self, refusal: UnableTo) -> None:
        """Put a refusal beside the row that it is about; empty rows are not counted there."""
        named = re.fullmatch(r"requirements\[(\d+)\]\.(\w+)", refusal.field)
        if not named:
            super().refuse(refusal)
            return
        name = named[2] if named[2] in _FIELDS else "asks"
        self.add_error(f"{name}_{self._filled()[int(named[1])]}", str(refusal))

    def _add(self, place: int, one: Asked | None) -> None:
        chosen = _chosen(one) if one else Asks.DOCUMENT.value
        self.fields[f"name_{place}"] = forms.CharField(
            max_length=requirement_keeping.LONGEST_NAME,
            required=False,
            label="What it asks for",
            initial=one.name if one else "",
        )
        self.fields[f"asks_{place}"] = forms.ChoiceField(
            choices=_choices(chosen), required=False, label="Answered by", initial=chosen
        )
        self.fields[f"words_{place}"] = forms.CharField(
            max_length=requirement_keeping.LONGEST_WORDS,
            required=False,
            label="Hint for whoever answers",
            initial=one.words if one else "",
        )

    def _is_sent(self, place: int) -> bool:
        return any(self.data.get(f"{name}_{place}") for name in ("name", "words"))

    def _filled(self) -> list[int]:
        given = self.cleaned_data
        return [
            place
            for place in range(requirement_keeping.MOST)
            if given.get(f"name_{place}") or given.get(f"words_{place}")
        ]

    def _asked(self, place: int) -> Asked:
        given = self.cleaned_data
        asks, _, accepts = (given[f"asks_{place}"] or Asks.DOCUMENT.value).partition(":")
        return Asked(
            name=given[f"name_{place}"],
            asks=Asks(asks),
            words=given[f"words_{place}"],
            accepts=tuple(DocumentType(one) for one in accepts.split(",") if one),
        )


def _chosen(one: Asked) -> str:
    types = ",".join(one.accepts)
    return f"{one.asks.value}:{types}" if types else one.asks.value


def _choices(chosen: str) -> list[tuple[str, str]]:
    """Give the ways to answer; several types of document where that is what is kept."""
    single = {f"{Asks.DOCUMENT.value}:{one.value}": one.label for one in DocumentType}
    known = _FORMS | single | _SEVERAL
    return list((known | {chosen: known.get(chosen) or _label(chosen)}).items())


def _label(chosen: str) -> str:
    types = chosen.partition(":")[2].split(",")
    return " or ".join(DocumentType(one).label for one in types)


_SEVERAL = {
    f"{Asks.DOCUMENT.value}:{types}": _label(f":{types}")
    for types in ("REGISTER,IDENTITY", "ADDRESS,BILL")
}
