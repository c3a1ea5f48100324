"""The page behind the link in an invitation."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.workflows import joining


class JoinForm(forms.Form):
    """Nothing to fill in: whoever signs in here already keeps name and password."""


class AcceptForm(JoinForm):
    """Who comes in, and the password to come in with."""

    name = forms.CharField(max_length=joining.LONGEST_NAME, label="Your name")
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        label="Choose a password",
        help_text="At least 10 characters.",
    )


@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation, and take the seat."""
    try:
        invitation = joining.find(token=token, now=timezone.now())
    except joining.UnableToAccept as refusal:
        return render(request, "invitations/gone.html", {"refusal": refusal}, status=404)
    known = User.objects.filter(email=invitation.email).exists()
    form = (JoinForm if known else AcceptForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"name": "", "password": "", **form.cleaned_data}
        try:
            joining.accept(token=token, now=timezone.now(), **given)
        except joining.UnableToAccept as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, "Welcome. Sign in to begin.")
            return redirect("account_login")
    context = {"form": form, "invitation": invitation, "known": known}
    return render(request, "invitations/accept.html", context, status=422 if form.errors else 200)
