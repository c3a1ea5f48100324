"""Every answer, also of the sign-in library and of every kind of error, is locked down."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path
from pytest_django import Settings

from accounts.tests.factories import make_member
from portal.endpoints import PAGES
from portal.tests.api.world import World
from portal.tests.web.visitor import REQUESTS
from portal.urls import urlpatterns

POLICY = {
    "default-src 'self'",
    "img-src 'self' data:",
    "style-src 'self'",
    "script-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# What people put in is bytes to be saved; opened all the same, it may do nothing at all.
POLICY_OF_FILES = {"sandbox", "default-src 'none'"}
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE
)
FILLED = {"uuid": "00000000-0000-4000-8000-000000000000", "int": "1", "str": "x", "path": "x"}
FILLED |= {"e164": "+13125550199", "key": "x"}


def addresses(patterns: Any = None, before: str = "/") -> Iterator[str]:
    """Give every address of the portal, the sign-in library's too, with something filled in."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            plain = re.sub(r"<(\w+):\w+>", lambda part: FILLED[part[1]], route)
            plain = re.sub(r"\(\?P<\w+>[^)]*\)", "x", plain).replace("^", "").replace("$", "")
            yield plain.replace("\\Z", "")


def check(answer: Any, where: str) -> None:
    """Hold the headers and the body of an answer against the promises."""
    sent = answer["Content-Security-Policy"].split("; ")
    is_file = answer["Content-Type"] == "application/octet-stream"
    assert set(sent) == (POLICY_OF_FILES if is_file else POLICY), where
    for name, value in HEADERS.items():
        assert value in answer[name], f"{where}: {name}"
    assert "geolocation=()" in answer["Permissions-Policy"], where
    if answer["Content-Type"].startswith("text/html"):
        assert not INLINE.findall(answer.content.decode()), where


class TestEveryAnswer:
    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("who", ["nobody", "somebody"])
    def test_carries_the_policy_and_no_inline_code(
        self, world: World, who: str, method: str
    ) -> None:
        known, member = list(addresses()), make_member(organization=world.cast.provider)
        assert {"/accounts/login/", "/accounts/2fa/", "/numbers/", "/livez"} <= set(known)
        for there in [*known, *(REQUESTS[page.name](world)[0] for page in PAGES), "/nowhere/"]:
            client = Client()
            if who == "somebody":
                client.force_login(member.user)
            answer = getattr(client, method)(there)
            assert answer.status_code < 500, there
            check(answer, f"{method} {there}")

    def test_is_locked_down_when_something_breaks(
        self, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(request: HttpRequest) -> HttpResponse:
            raise ValueError("what went wrong")

        addresses_too = ModuleType("addresses_too")
        addresses_too.urlpatterns = [*urlpatterns, path("broken/", broken)]  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "addresses_too", addresses_too)
        settings.ROOT_URLCONF = "addresses_too"
        client = Client(raise_request_exception=False)
        client.force_login(make_member(organization=world.cast.provider).user)

        answer = client.get("/broken/")
        assert answer.status_code == 500
        check(answer, "500")
        assert "went wrong" not in answer.content.decode()


class TestProduction:
    def test_sends_cookies_over_https_only(self) -> None:
        assert portal_settings.SESSION_COOKIE_SECURE is portal_settings.HTTPS
        assert portal_settings.CSRF_COOKIE_SECURE is portal_settings.HTTPS

    def test_asks_browsers_to_stay_with_https(self, db: None, settings: Settings) -> None:
        settings.SECURE_HSTS_SECONDS = 31_536_000
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        answer = Client(headers={"X-Forwarded-Proto": "https"}).get("/accounts/login/")
        assert answer["Strict-Transport-Security"].startswith("max-age=31536000")
