"""Passkeys, where the sign-in library would say too little of a failure or remove too much."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.utils import get_next_redirect_url
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import (
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic.edit import FormView

from accounts import mfa

NOT_KNOWN = "This passkey was not accepted. Try again, or sign in with your password."
NEEDED = "Your organization asks for a second factor. Add another one first, then remove this."


class SignIn(LoginWebAuthnView):  # type: ignore[misc]
    """The button of the sign-in page."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """Say so on the sign-in page, which still knows where the person wanted to go."""
        messages.error(self.request, NOT_KNOWN)
        wanted = get_next_redirect_url(self.request)
        query = f"?{urlencode({'next': wanted})}" if wanted else ""
        return redirect(reverse("account_login") + query)


class Confirm(ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Somebody who is signed in shows that it is still them."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """Say so where it happened."""
        return FormView.form_invalid(self, form)


class Remove(RemoveWebAuthnView):  # type: ignore[misc]
    """A passkey goes, unless it is the last factor of somebody who must have one."""

    def dispatch(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse before anything is asked or done."""
        mine = Authenticator.objects.filter(user_id=self.request.user.pk, pk=kwargs["pk"])
        passkey = mine.first()
        if passkey is not None and not mfa.is_spare(passkey):
            messages.error(self.request, NEEDED)
            return redirect("your_sign_in")
        return super().dispatch(*args, **kwargs)


sign_in = SignIn.as_view()
confirm = Confirm.as_view()
remove = Remove.as_view()
