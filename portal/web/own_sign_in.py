"""How one signs in oneself: password, second factor, passkeys, and where one is signed in."""

from __future__ import annotations

from typing import Any, cast

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import mfa
from accounts.models import User
from accounts.workflows import linking
from portal import open_sessions
from portal.actor import PortalRequest, signed_in
from portal.web import second_factor
from portal.web.answers import plain

Type = Authenticator.Type
_LONGEST_KEY = 18
"""Digits that surely fit into a key of the database."""


@require_GET
@signed_in
def index(request: PortalRequest) -> HttpResponse:
    """Show what one signs in with, and in which browsers one is signed in."""
    user = cast(User, request.user)
    factors = _factors(user)
    passkeys = [factor for factor in factors if factor.type == Type.WEBAUTHN]
    codes = [factor.wrap() for factor in factors if factor.type == Type.RECOVERY_CODES]
    here = request.session.session_key
    context = {
        "app": next((factor for factor in factors if factor.type == Type.TOTP), None),
        "passkeys": passkeys,
        "has_codes": bool(codes),
        "codes_left": len(codes[0].get_unused_codes()) if codes else 0,
        "must_have": mfa.must_have(user),
        "owes": second_factor.owes(request),
        "issuer": settings.SINGLE_SIGN_ON,
        "link": linking.of(user) if settings.SINGLE_SIGN_ON else None,
        "sessions": open_sessions.of(user, here=here, now=timezone.now()),
    }
    return render(request, "own_sign_in/index.html", context)


@require_POST
@signed_in
def end_sessions(request: PortalRequest) -> HttpResponse:
    """Sign out in one other browser that the form names, or everywhere but here."""
    user, named = cast(User, request.user), plain(request.POST.get("session"))
    if not named:
        open_sessions.end_others(request, user)
        messages.success(request, "You are signed out everywhere but here.")
    elif named.isdecimal() and len(named) <= _LONGEST_KEY:
        open_sessions.end_one(user, int(named))
        messages.success(request, "That browser is signed out.")
    return redirect("your_sign_in")


@require_POST
@signed_in
def disconnect(request: PortalRequest) -> HttpResponse:
    """Have the issuer open this person's account no longer, until they sign in by it again."""
    user, issuer = cast(User, request.user), settings.SINGLE_SIGN_ON
    name = issuer.name if issuer else "the issuer"
    if linking.unlink(user=user, name=name, now=timezone.now(), request_id=request.request_id):
        messages.success(request, f"Your account at {name} is disconnected.")
    return redirect("your_sign_in")


def _factors(user: User) -> list[Any]:
    return list(Authenticator.objects.filter(user=user).order_by("pk"))
