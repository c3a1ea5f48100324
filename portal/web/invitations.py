"""The page behind the link in an invitation."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.workflows import invitations
from lib.refusals import UnableTo


class AcceptForm(forms.Form):
    """Who comes in, and the password to come in with."""

    name = forms.CharField(max_length=100, label="Your name")
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        label="Choose a password",
        help_text="At least 10 characters.",
    )

    def clean_password(self) -> str:
        """Refuse passwords that are short or common."""
        password = cast(str, self.cleaned_data["password"])
        validate_password(password)
        return password


@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation, and take the seat."""
    invitation = invitations.find(token=token, now=timezone.now())
    if invitation is None:
        return render(request, "invitations/gone.html", status=404)
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitations.accept(token=token, now=timezone.now(), **form.cleaned_data)
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("account_login")
    context = {"form": form, "invitation": invitation}
    return render(request, "invitations/accept.html", context, status=422 if form.errors else 200)
