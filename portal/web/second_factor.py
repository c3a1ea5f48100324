"""Members who must have a second factor set it up before they see anything else."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import mfa
from portal import second_step
from portal.kept import forms

_OPEN = ("/accounts/", "/your-sign-in/", "/static/", "/api/", "/webhooks/", "/livez", "/readyz")
"""Where one may go without it: signing in and out, setting it up, and what has no sign-in."""


def owes(request: HttpRequest) -> bool:
    """Tell whether whoever is signed in must set a second factor up."""
    user = request.user
    return (
        user.is_authenticated and not second_step.is_vouched_for(request) and mfa.must_enrol(user)
    )


class SecondFactorFirst:
    """Middleware that leads to the page where it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or redirect a member who still owes a second factor."""
        if not request.path.startswith(_OPEN) and owes(request):
            if request.method == "POST":
                forms.keep(request)
            return redirect(reverse("your_sign_in"))
        return self.get_response(request)
