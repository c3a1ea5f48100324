"""Odd requests, made from the committed description: refused in words, never a failure of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portal.testing import chance
from portal.tests.api.caller import Answer, Caller, caller_of, check, description
from portal.tests.api.requests import REQUESTS
from portal.tests.api.world import World

EXAMPLES = 9 if settings.get_current_profile_name() == chance.SUITE else 600
"""For each operation."""

# It calls the carrier itself; test_checks.py puts one on the wire for it.
CALLS_OUT = {"carrier-accounts.check"}
OPERATIONS = {
    operation["operationId"]: (method.upper(), operation)
    for operations in description()["paths"].values()
    for method, operation in operations.items()
    if operation["operationId"] not in CALLS_OUT
}

texts = st.one_of(
    st.sampled_from(
        [
            *("", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "\u202e+13125550100", "\ufeff"),
            *("+", "%", "%00", "%s", "{0}", "'\"--", "<b>", "../..", "\r\nX: y", "x" * 10_000),
            *("NaN", "Infinity", "1e999", "-1", "9" * 400, "١٢", "0x10", "1_0", "null", "true"),
            *("0001-01-01", "9999-12-31", "99999-01-01", "0001-01-01T00:00:00+23:59"),
            *("9999-12-31T23:59:59.999999-23:59", "2026-02-30", "[::1", "sip:[::1", "a@b@c"),
            *("00000000-0000-4000-8000-000000000000", "٠" * 32, "+0", "+" + "1" * 40),
        ]
    ),
    st.text(max_size=20),
)
numbers = st.one_of(
    st.sampled_from([0, -1, 2**31, 2**63, -(2**63) - 1, 10**4000, 1e308, -0.0, 5e-324]),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
# What a header can carry at all; the rest is refused by the server in front.
header_texts = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=300)
headers = st.dictionaries(
    st.sampled_from(
        [
            *("X-Act-For", "Idempotency-Key", "X-Request-Id", "Accept", "Accept-Language"),
            *("If-None-Match", "X-HTTP-Method-Override", "Cookie", "X-Forwarded-For"),
        ]
    ),
    header_texts | st.sampled_from(["*/*;q=x", "text/html", "application/json; version=9", ","]),
    max_size=2,
)
content_types = st.sampled_from(
    ["application/json"] * 12
    + ["application/json; charset=utf-16", "application/json; charset=nothing", "text/plain", ""]
    + ["multipart/form-data; boundary=", "application/x-www-form-urlencoded", "a/b/c", "é"]
)


GROUPS = sorted({operation["tags"][0] for _, operation in OPERATIONS.values()})


def fields_of(operation: dict[str, Any]) -> list[str]:
    """Give the names that a body of an operation may have."""
    media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    named = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return sorted(description()["components"]["schemas"].get(named, {}).get("properties", {}))


def queries_of(operation: dict[str, Any]) -> list[str]:
    """Give the names of the query parameters that an operation takes."""
    return [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]


@st.composite
def bodies(draw: st.DrawFn, right: Any, fields: list[str]) -> bytes:
    """Draw the right body with something wrong in it, or something else altogether."""
    way = draw(st.sampled_from(["changed"] * 6 + ["other", "bytes", "right"]))
    if way == "bytes":
        return draw(st.binary(max_size=40))
    if way == "other":
        return json.dumps(draw(values)).encode()
    body = dict(right or {})
    if way == "changed":
        names = st.sampled_from([*fields, *body]) if fields or body else texts
        for name, value in draw(st.dictionaries(names | texts, values, max_size=3)).items():
            inside = body.get(name)
            if isinstance(inside, dict) and inside and draw(st.booleans()):
                value = {**inside, draw(st.sampled_from(sorted(inside))): value}
            elif isinstance(inside, list) and draw(st.booleans()):
                value = [value]
            body[name] = value
    # A file has no place in JSON.
    return json.dumps(body, default=str).encode()


@st.composite
def addresses(draw: st.DrawFn, right: str, operation: dict[str, Any]) -> str:
    """Draw the right address, sometimes with odd parameters, seldom with an odd part."""
    parts = right.split("/")
    if draw(st.integers(0, 7)) == 7:
        parts[draw(st.integers(0, len(parts) - 1))] = quote(encodable(draw(texts)), safe="+")
    names = st.sampled_from([*queries_of(operation), "cursor", "dry_run", "limit", "format"])
    odd = draw(st.lists(st.tuples(names | texts, texts), max_size=2))
    asked = "&".join(f"{quote(encodable(k))}={quote(encodable(v))}" for k, v in odd)
    return "/".join(parts) + (f"?{asked}" if asked else "")


def encodable(text: str) -> bytes:
    """Give a text as an address would carry it, with half characters as wrong UTF-8."""
    return text.encode("utf-8", "surrogatepass")


@contextmanager
def undone() -> Iterator[None]:
    """Take back what is written within, also where it is no transaction of its own."""
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)


@pytest.fixture
def callers(world: World) -> list[Caller]:
    """Give a program of each kind."""
    return [caller_of(o) for o in (world.cast.provider, world.cast.dealer, world.cast.tenant)]


class TestNothingOdd:
    @pytest.mark.parametrize("group", GROUPS)
    def test_makes_it_fail(self, world: World, callers: list[Caller], group: str) -> None:
        for name, (_, operation) in OPERATIONS.items():
            if operation["tags"][0] == group:
                ask_oddly(name, *REQUESTS[name](world), callers)


def ask_oddly(name: str, path: str, right: Any, callers: list[Caller]) -> None:
    """Send an operation many odd requests and hold every answer against the description."""
    method, operation = OPERATIONS[name]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        # A failing request is short as it is; making it shorter takes minutes.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        caller=st.sampled_from(callers),
        address=addresses(path, operation),
        body=bodies(right, fields_of(operation)),
        content_type=content_types,
        sent=headers,
    )
    def ask(
        caller: Caller, address: str, body: bytes, content_type: str, sent: dict[str, str]
    ) -> None:
        with undone():
            response = caller.client.generic(
                method, f"/api/v1/{address}", body, content_type=content_type, headers=sent
            )
        answer = Answer(response)
        assert answer.status < 500, answer.text
        check(method, address, answer)
        if answer.status >= 400:
            assert answer.is_problem(answer.status)

    ask()
