"""The forms of the pages, a module for each part of the portal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from lib.refusals import UnableTo

MOST_CHOICES = 500
"""Entries of a list to choose from; more would be read by nobody."""


class RowField(forms.ChoiceField):
    """
    A choice among rows by their public id; what was chosen is the row, or None.

    :param first: what an empty choice says
    """

    def __init__(self, *, first: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._first = first
        self._rows: dict[str, Any] = {}

    def offer(self, rows: QuerySet[Any]) -> None:
        """Let choose among rows, which have a uuid and a name."""
        self._rows = {str(row.uuid): row for row in rows[:MOST_CHOICES]}
        named = [(key, row.name) for key, row in self._rows.items()]
        # Nobody has to choose what there is only one of.
        self.choices = named if self.required and len(named) == 1 else [("", self._first), *named]

    @property
    def has_choices(self) -> bool:
        """Tell whether there is any row to choose."""
        return bool(self._rows)

    def clean(self, value: Any) -> Any:
        """Give the row."""
        return self._rows.get(super().clean(value))


class PortalForm(forms.Form):
    """
    A form beside whose fields a workflow's refusal can be put.

    :ivar seen: what its reader sees of the thing that it changes, see `portal.web.seen`
    """

    seen = ""

    def offer(self, field: str, rows: QuerySet[Any]) -> None:
        """Let a field choose among rows; only what its reader may see must be among them."""
        chosen = self.fields[field]
        if not isinstance(chosen, RowField):
            raise TypeError(field)
        chosen.offer(rows)

    def refuse(self, refusal: UnableTo) -> None:
        """Put a refusal beside the field it is about, or above the form if that is none here."""
        name = (refusal.field or "").rpartition(".")[2]
        self.add_error(name if name in self.fields else None, str(refusal))
