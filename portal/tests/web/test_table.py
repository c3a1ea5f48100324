"""The table of pages and the views say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from portal.endpoints import API, OPEN, PAGES, Endpoint
from portal.tests.api.world import World
from portal.tests.web.visitor import REQUESTS, Visitor, visitor_of
from portal.web import urls

SIGNING_IN = "accounts/"
"""Whose pages guard themselves: the sign-in library's."""


def named(endpoint: Endpoint) -> str:
    """Name a case of a generated test."""
    return endpoint.name


def addresses(patterns: Any, before: str = "") -> Iterator[str]:
    """Walk every address of the portal."""
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, path)
        else:
            yield path


def pages() -> dict[str, URLPattern]:
    """Give the pages that are not open, by name."""
    return {str(page.name): page for page in urls.urlpatterns if str(page.pattern) not in OPEN}


class TestTheTable:
    def test_has_an_entry_for_every_page_and_no_other(self) -> None:
        there = {(name, str(page.pattern)) for name, page in pages().items()}
        assert there == {(endpoint.name, endpoint.path) for endpoint in PAGES}

    def test_leaves_no_address_of_the_portal_out(self) -> None:
        known = {endpoint.path for endpoint in (*API, *PAGES)} | OPEN
        found = addresses(get_resolver().url_patterns)
        assert {path for path in found if not path.startswith(SIGNING_IN)} == known

    @pytest.mark.parametrize("endpoint", PAGES, ids=named)
    def test_says_what_the_guard_says(self, endpoint: Endpoint) -> None:
        guarded: Any = pages()[endpoint.name].callback
        assert guarded.required_permission == endpoint.permission

    def test_has_a_request_for_each_page_in_the_generated_tests(self) -> None:
        assert set(REQUESTS) == {endpoint.name for endpoint in PAGES}


class TestEveryPage:
    def test_takes_its_own_method_only(self, world: World) -> None:
        visitor = visitor_of(world.cast.tenant)
        for endpoint in PAGES:
            path, _ = REQUESTS[endpoint.name](world)
            wrong = visitor.post(path) if endpoint.method == "GET" else visitor.get(path)
            assert wrong.status_code == 405, endpoint.name

    def test_sends_the_anonymous_to_the_sign_in_page_and_back(self, world: World) -> None:
        for endpoint in PAGES:
            path, _ = REQUESTS[endpoint.name](world)
            answer = Visitor().ask(endpoint, world)
            assert answer.status_code == 302, endpoint.name
            # What was sent from nobody knows where cannot be looked at: from there one goes home.
            back = quote(path) if endpoint.method == "GET" else "/"
            assert answer["Location"] == f"/accounts/login/?next={back}", endpoint.name
