"""
A network transport that keeps a total deadline.

The client's own time-outs hold for one socket operation each, so an answer that drips, in headers
or in body, lasts for ever. Here every socket operation gets what is left of the whole.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore2
import httpx2

from trunks.deadlines import Deadline

CONNECT_SECONDS = 3.0
CHUNK = 16_384

_running: ContextVar[Deadline | None] = ContextVar("running_deadline", default=None)


@contextmanager
def running(deadline: Deadline) -> Iterator[None]:
    """Hold every socket operation of this thread to the deadline."""
    token = _running.set(deadline)
    try:
        yield
    finally:
        _running.reset(token)


def _left(wanted: float | None, trouble: type[httpcore2.TimeoutException]) -> float | None:
    deadline = _running.get()
    if deadline is None:
        return wanted
    left = deadline.left()
    if not left:
        raise trouble("The deadline is over.")
    return left if wanted is None else min(left, wanted)


class _Stream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), CHUNK):
            piece = buffer[start : start + CHUNK]
            self._inner.write(piece, _left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        capped = _left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, capped))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore2.NetworkBackend):
    def __init__(self) -> None:
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        # One address after the other, so that a host with many of them cannot stretch the deadline.
        # The name look-up itself has no time limit: the system resolver's own holds.
        trouble: Exception = httpcore2.ConnectError(f"{host} has no address.")
        for address in _addresses(host, port):
            capped = _left(timeout, httpcore2.ConnectTimeout)
            try:
                return _Stream(
                    self._inner.connect_tcp(address, port, capped, local_address, socket_options)
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as refused:
                trouble = refused
        raise trouble

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        capped = _left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._inner.connect_unix_socket(path, capped, socket_options))


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as trouble:
        raise httpcore2.ConnectError(f"{host} cannot be resolved: {trouble}") from trouble
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class DeadlineTransport(httpx2.HTTPTransport):
    """The ordinary transport over a network that keeps the running deadline."""

    def __init__(self) -> None:
        # Reading the system's certificates takes a while: once, not for the discarded pool too.
        context = httpcore2.default_ssl_context()
        super().__init__(verify=context, trust_env=False)
        # The transport takes no network backend, its pool does (httpx2 2.16).
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_Backend(),
        )


def new_client(transport: httpx2.BaseTransport | None = None) -> httpx2.Client:
    """
    Make a client for `Caller`; threads may share it, processes may not.

    :param transport: instead of the network, such as `httpx2.WSGITransport`
    """
    return httpx2.Client(
        transport=transport or DeadlineTransport(),
        # The deadline cannot cut short the wait for a free connection, so that one is short itself.
        timeout=httpx2.Timeout(60.0, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
        # Accounts share the client; what a carrier wants one to remember is not told with another.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        headers={"User-Agent": "number-portal", "Accept": "application/json"},
    )
