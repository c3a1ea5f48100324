"""Sessions end some time after they were used last, and at the latest hours after signing in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from portal.kept import forms

BEGAN = "began_at"
SEEN = "seen_at"
NOTED_EVERY = 60
"""Seconds; a session is not written on every request."""
BY_ITSELF = "X-By-Itself"
"""A header of what an open page asks again and again (portal.js): nobody need be sitting there."""


def _now() -> int:
    return int(timezone.now().timestamp())


def begin(sender: object, request: HttpRequest | None, **_newer: Any) -> None:
    """Note when somebody signed in."""
    if request is not None and hasattr(request, "session"):
        request.session[BEGAN] = request.session[SEEN] = _now()


user_logged_in.connect(begin, dispatch_uid="portal.session_age")


def is_over(session: Mapping[str, Any], now: int) -> bool:
    """Tell whether a session is too old, or was idle too long."""
    age, idle = now - session.get(BEGAN, 0), now - session.get(SEEN, 0)
    return bool(age > settings.SESSION_COOKIE_AGE or idle > settings.SESSION_IDLE_SECONDS)


class SessionAge:
    """
    Middleware that signs people out whose session is over.

    Forms that are kept for them go on waiting.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, after the session was looked at."""
        session = request.session
        if SESSION_KEY in session:
            now = _now()
            if is_over(session, now):
                waiting = list(forms.all_in(request))
                logout(request)
                forms.put(request, waiting)
            elif now - session.get(SEEN, 0) > NOTED_EVERY and BY_ITSELF not in request.headers:
                session[SEEN] = now
        return self.get_response(request)
