"""How people sign in: allauth's pages, without a door for strangers to sign up by."""

from __future__ import annotations

import logging

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts import events, mfa
from accounts.models import User
from lib import sealed
from portal import sign_in_journal, user_agents

SITE = "Number portal"
"""What authenticator apps, passkeys and mails call us."""

LOCKED = (
    "Too many wrong attempts. Wait five minutes, then try again. Forgotten your password? "
    "Set a new one: that opens the lock at once."
)

log = logging.getLogger(__name__)


class ClosedDoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People come in by invitation only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The address or the password is not correct.",
        "too_many_login_attempts": LOCKED,
        "rate_limited": "Too many attempts. Wait five minutes, then try again.",
        "incorrect_code": "This code is not correct. Enter the one that is shown now.",
        "incorrect_password": "This password is not correct.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: accounts are made by accepting an invitation."""
        return False

    def get_login_stages(self) -> list[str]:
        """Ask for the second factor by the step that knows when somebody else has."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "portal.second_step.SecondStep"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Lead back to where the password is one of several things."""
        return reverse("your_sign_in")

    def set_password(self, user: User, password: str) -> None:
        """Set a new password, and journal that it is new."""
        with transaction.atomic():
            super().set_password(user, password)
            sign_in_journal.write(user, events.PASSWORD_CHANGED)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Write a link to where the portal is, whatever host a request claimed to ask."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "0", "key": "0"})
        return f"{settings.PUBLIC_URL}{path.replace('0-0', key)}"

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, object] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell a person what was changed; a mail server that is away undoes no change."""
        browser = user_agents.in_words(self.get_http_user_agent(self.request))
        told = {"browser": browser, **(context or {})}
        try:
            super().send_notification_mail(template_prefix, user, told, email)
        except OSError:
            log.warning("No mail about a changed sign-in left: %s", template_prefix, exc_info=True)


class SealedFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors are stored sealed, as the credentials of carriers are."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This did not work. Try again, or use another way.",
        "cannot_delete_authenticator": (
            "Your organization asks for a second factor. Add a passkey first, then turn this off."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Seal the key of an authenticator app, or the seed of recovery codes."""
        return sealed.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Read what `encrypt` gave."""
        return sealed.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last factor of somebody who must have one."""
        return mfa.is_spare(authenticator)

    def generate_authenticator_name(
        self,
        user: AbstractBaseUser,
        type: Authenticator.Type,  # noqa: A002
    ) -> str:
        """Suggest a name for a new passkey: all that is known is where it is made."""
        return user_agents.in_words(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name the portal to whoever keeps a passkey for it."""
        return {**super().get_public_key_credential_rp_entity(), "name": SITE}
