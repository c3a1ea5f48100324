"""The table of endpoints and the views say the same."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from portal.endpoints import API, OPEN, Endpoint
from portal.tests.api.caller import description

METHODS = ("get", "post", "put", "patch", "delete")
WITHOUT_KEY = {"carrier-accounts.check", "documents.create", "imports.create"}
"""POSTs that do no harm twice: no work of ours, or a file that is known by its content."""


def routes(patterns: Any = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """Walk every address below api/."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and path.startswith("api/"):
            yield path, pattern.callback


@cache
def handlers() -> dict[tuple[str, str], Any]:
    """Give every method at every address of the API that is not open."""
    return {
        (method.upper(), path): getattr(callback.cls, method)
        for path, callback in routes()
        if path not in OPEN
        for method in METHODS
        if hasattr(callback.cls, method)
    }


def named(endpoint: Endpoint) -> str:
    """Name a case of a generated test."""
    return endpoint.name


class TestTheTable:
    def test_has_an_entry_for_every_endpoint_and_no_other(self) -> None:
        assert set(handlers()) == {(endpoint.method, endpoint.path) for endpoint in API}

    def test_names_each_endpoint_once(self) -> None:
        assert len({endpoint.name for endpoint in API}) == len(API)

    @pytest.mark.parametrize("endpoint", API, ids=named)
    def test_says_what_the_guard_says(self, endpoint: Endpoint) -> None:
        handler = handlers()[endpoint.method, endpoint.path]
        assert handler.required_permission == endpoint.permission

    @pytest.mark.parametrize("endpoint", API, ids=named)
    def test_knows_only_endpoints_with_a_unit_of_work(self, endpoint: Endpoint) -> None:
        handler = handlers()[endpoint.method, endpoint.path]
        assert handler.work in (
            {"reads", "alone"} if endpoint.method == "GET" else {"writes", "alone"}
        )

    @pytest.mark.parametrize(
        "endpoint", [endpoint for endpoint in API if endpoint.method == "POST"], ids=named
    )
    def test_finds_an_idempotency_key_at_every_post(self, endpoint: Endpoint) -> None:
        handler = handlers()[endpoint.method, endpoint.path]
        assert getattr(handler, "keeps_answers", False) is (endpoint.name not in WITHOUT_KEY)


class TestTheDescription:
    def test_is_committed_as_it_is_generated(self) -> None:
        generator: Any = SchemaGenerator
        schema = generator().get_schema(request=None, public=True)
        assert _plain(schema) == description()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, str) else value
