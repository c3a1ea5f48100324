"""
What a test may connect to: pure tests nothing, store tests the stores, wire tests loopback too.

A test that uses the database, or is marked `stores`, is a store test; `wire` opens the loopback.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

_STORE_FIXTURES = {"db", "transactional_db", "django_db_setup"}


class DoorClosed(AssertionError):
    """A test of a lower tier tried to connect."""


def _tier(item: pytest.Item) -> str:
    if item.get_closest_marker("wire"):
        return "wire"
    names = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("stores") or item.get_closest_marker("django_db"):
        return "stores"
    return "stores" if names & _STORE_FIXTURES else "pure"


def _is_store(address: Any) -> bool:
    redis = urlsplit(settings.REDIS_URL)
    return isinstance(address, tuple) and address[:2] == (redis.hostname, redis.port)


def _allowed(tier: str, family: int, address: Any) -> bool:
    if tier == "pure":
        return False
    if family == socket.AF_UNIX or _is_store(address):
        return True
    if tier != "wire":
        return False
    host = "127.0.0.1" if address[0] in {"localhost", ""} else address[0]
    return ipaddress.ip_address(host).is_loopback


@pytest.fixture(autouse=True)
def closed_doors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that the test's tier does not allow."""
    tier = _tier(request.node)
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: Any) -> None:
        if not _allowed(tier, self.family, address):
            raise DoorClosed(f"A {tier} test may not connect to {address!r}.")
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        if not _allowed(tier, self.family, address):
            raise DoorClosed(f"A {tier} test may not connect to {address!r}.")
        return connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_ex)
