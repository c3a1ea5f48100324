"""A total deadline holds against everything that a carrier can do on a real socket."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from trunks.deadlines import Deadline
from trunks.errors import CarrierError, OutcomeUnknown, Reason, Unavailable
from trunks.http import Call, Caller
from trunks.transport import new_client

pytestmark = pytest.mark.wire

SECONDS = 0.6
GRACE = 1.0
"""For a busy machine; without the deadline each of these lasts many times longer."""
STEP = 0.05
HEADERS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
Behavior = Callable[[socket.socket, threading.Event], None]


@contextmanager
def server(behave: Behavior) -> Iterator[str]:
    """Answer each connection in the given way until the test is over."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        behave(connection, over)
                    except OSError:
                        # The client hung up, as it should.
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        host, port = listener.getsockname()
        try:
            yield f"http://{host}:{port}/"
        finally:
            over.set()
            with socket.create_connection((host, port)):
                pass
            thread.join()


def drip(connection: socket.socket, over: threading.Event, what: bytes) -> None:
    while not over.wait(STEP):
        connection.sendall(what)


def dripping_headers(connection: socket.socket, over: threading.Event) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    drip(connection, over, b"X-A: b\r\n")


def dripping_status(connection: socket.socket, over: threading.Event) -> None:
    connection.recv(65536)
    drip(connection, over, b"H")


def dripping_body(connection: socket.socket, over: threading.Event) -> None:
    connection.recv(65536)
    connection.sendall(HEADERS)
    drip(connection, over, b" ")


def silence(connection: socket.socket, over: threading.Event) -> None:
    connection.recv(65536)
    over.wait(10)


def deaf(connection: socket.socket, over: threading.Event) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    over.wait(10)


def hanging_up(connection: socket.socket, over: threading.Event) -> None:
    del over
    connection.recv(65536)


def half_an_answer(connection: socket.socket, over: threading.Event) -> None:
    del over
    connection.recv(65536)
    connection.sendall(HEADERS + b'{"id":')


def call(url: str, method: str, *, payload: object = None) -> float:
    """Make a call that fails; gives the seconds it took."""
    started = time.monotonic()
    with new_client() as client, pytest.raises(CarrierError) as caught:
        Caller(client).call(
            Call(method=method, url=url, json=payload),
            parse=lambda body: body,
            explain=lambda _status, _body: (Reason.OTHER, ""),
            deadline=Deadline(SECONDS),
        )
    expected = Unavailable if method == "GET" else OutcomeUnknown
    assert isinstance(caught.value, expected)
    return time.monotonic() - started


class TestTheTotalDeadline:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize("behave", [dripping_status, dripping_headers, dripping_body, silence])
    def test_ends_an_answer_that_drips(self, behave: Behavior, method: str) -> None:
        with server(behave) as url:
            took = call(url, method, payload=None)

        assert SECONDS - 0.1 <= took <= SECONDS + GRACE

    def test_ends_a_request_that_nobody_reads(self) -> None:
        with server(deaf) as url:
            # More than the buffers of both ends hold; writing and redacting it takes a while too.
            took = call(url, "POST", payload={"long": "x" * 6_000_000})

        assert took <= SECONDS + 2 * GRACE

    @pytest.mark.parametrize("behave", [hanging_up, half_an_answer])
    def test_half_an_answer_to_a_write_is_none(self, behave: Behavior) -> None:
        with server(behave) as url:
            assert call(url, "POST") <= SECONDS + GRACE

    def test_a_refused_connection_means_that_nothing_happened(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]

        with new_client() as client, pytest.raises(Unavailable):
            Caller(client).call(
                Call(method="POST", url=f"http://127.0.0.1:{port}/"),
                parse=lambda body: body,
                explain=lambda _status, _body: (Reason.OTHER, ""),
                deadline=Deadline(SECONDS),
            )
