"""The second factor of whoever comes by an issuer: asked for here, unless that is trusted."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest, HttpResponse

from accounts.workflows.linking import FACTOR

VOUCHED = "second_factor_elsewhere"
"""In a session: the issuer has seen a second factor, and settings say to believe that."""


class SecondStep(AuthenticateStage):  # type: ignore[misc]
    """The library's step; how far a sign-in by an issuer got is told by the sign-in itself."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Ask for the second factor, or go on."""
        if _vouches((self.login.signal_kwargs or {}).get("sociallogin")):
            return None, True
        asked: tuple[HttpResponse | None, bool] = super().handle()
        return asked


def is_vouched_for(request: HttpRequest) -> bool:
    """Tell whether the person has shown a second factor to a trusted issuer."""
    return bool(request.session.get(VOUCHED))


def _vouches(login: SocialLogin | None) -> bool:
    return login is not None and login.account.extra_data.get(FACTOR) is True


def remember(
    sender: object, request: HttpRequest, sociallogin: SocialLogin | None = None, **_newer: Any
) -> None:
    """Note it in the session, which a sign-in by password may have gone on with."""
    request.session[VOUCHED] = _vouches(sociallogin)


user_logged_in.connect(remember, dispatch_uid="portal.second_step")
