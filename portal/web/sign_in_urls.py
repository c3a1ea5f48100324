"""Where we have a page of our own instead of the sign-in library's."""

from __future__ import annotations

from django.urls import path
from django.views.generic.base import RedirectView

from portal.web import passkeys, single_sign_on

_your_sign_in = RedirectView.as_view(pattern_name="your_sign_in")

urlpatterns = [
    path("2fa/", _your_sign_in),
    path("2fa/webauthn/", _your_sign_in),
    path("2fa/webauthn/login/", passkeys.sign_in),
    path("2fa/webauthn/reauthenticate/", passkeys.confirm),
    path("2fa/webauthn/keys/<int:pk>/remove/", passkeys.remove),
    path("sessions/", _your_sign_in),
    path("oidc/login/", single_sign_on.begin, name="single_sign_on"),
    path("oidc/callback/", single_sign_on.come_back, name="single_sign_on_back"),
]
