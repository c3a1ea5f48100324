"""The forms of the pages, a module for each part of the portal."""

from __future__ import annotations

from django import forms

from lib.refusals import UnableTo


class PortalForm(forms.Form):
    """A form beside whose fields a workflow's refusal can be put."""

    def refuse(self, refusal: UnableTo) -> None:
        """Put a refusal beside the field it is about, or above the form if that is none here."""
        name = (refusal.field or "").rpartition(".")[2]
        self.add_error(name if name in self.fields else None, str(refusal))
