"""What is asked of a passkey when it is added, renamed or used."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms

LONGEST_NAME = 60
GARBAGE = (KeyError, TypeError, ValueError, AttributeError)
"""What the library raises at an answer that no browser gives (django-allauth 65.21, fido2 2.2)."""


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey; it signs in alone unless its owner wants less."""

    name = forms.CharField(
        required=False,
        max_length=LONGEST_NAME,
        help_text="By this name you tell it from others, such as Laptop or Blue key.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alone = self.fields["passwordless"]
        alone.label = "Sign in with it alone, without the password"
        alone.initial = True
        alone.help_text = (
            "It then asks for your finger, face or PIN each time. "
            "Without this it is the second step after your password."
        )

    def clean(self) -> dict[str, Any]:
        """Refuse what is no passkey."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except GARBAGE:
            raise get_adapter().validation_error("incorrect_code") from None
        return cleaned


class RenamePasskey(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    name = forms.CharField(max_length=LONGEST_NAME)


class _Used(forms.Form):
    """A passkey is shown."""

    def clean_credential(self) -> Authenticator:
        """Refuse what is no passkey."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except GARBAGE:
            raise get_adapter().validation_error("incorrect_code") from None


class SignInByPasskey(_Used, LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey alone."""


class SecondStepByPasskey(_Used, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey after the password."""


class ConfirmByPasskey(_Used, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey of somebody who is signed in."""
