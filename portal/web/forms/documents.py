"""A document for the vault."""

from __future__ import annotations

from typing import Any

from django import forms

from dids.models import DocumentType
from dids.workflows import vault
from portal.web.forms import PortalForm
from portal.web.forms.filters import OrganizationFilter

ACCEPTED = ".pdf,.jpg,.jpeg,.png,.tif,.tiff"


class _Day(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class DocumentForm(PortalForm):
    """A file, and what stands on it."""

    file = forms.FileField(
        max_length=vault.LONGEST_NAME,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text="PDF, JPEG, PNG or TIFF of at most 10 MB.",
        error_messages={
            "required": "Choose a PDF, JPEG, PNG or TIFF of at most 10 MB.",
            "empty": "The file is empty. Choose another one.",
        },
    )
    type = forms.ChoiceField(choices=DocumentType.choices, label="What it is")
    issued_on = _Day(label="Issued on", help_text="As it stands on the document.")
    expires_on = _Day(label="Valid until", help_text="You are reminded before that day.")
    signer = forms.CharField(max_length=100, required=False, label="Signed by")
    signed_on = _Day(label="Signed on")
    keep_until = _Day(
        label="Keep it until",
        help_text="It cannot be deleted before that day, and is erased after it.",
    )


class DocumentFilter(OrganizationFilter):
    """Which documents of an organization to list."""

    type = forms.ChoiceField(choices=[("", "Any type"), *DocumentType.choices], required=False)
