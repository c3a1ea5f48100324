"""How people sign in: allauth's pages, without a door for strangers to sign up by."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from lib import sealed


class ClosedDoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People come in by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: accounts are made by accepting an invitation."""
        return False


class SealedFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors are stored sealed, as the credentials of carriers are."""

    def encrypt(self, text: str) -> str:
        """Seal the key of an authenticator app, or the seed of recovery codes."""
        return sealed.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Read what `encrypt` gave."""
        return sealed.unseal(encrypted_text)
