"""A host is asked by OPTIONS, for a bounded time, and its answer is put into a sentence."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from trunks.offers import Transport
from trunks.sip_options import ping

pytestmark = pytest.mark.wire

Answers = Callable[[str, int], bytes | None]
"""Gets the request and how many came before; gives the answer, or None for silence."""


def answered(request: str, status: str = "200 OK", call_id: str = "") -> bytes:
    """Answer a request as SIP does."""
    headers = dict(line.split(": ", 1) for line in request.split("\r\n")[1:] if ": " in line)
    return (
        f"SIP/2.0 {status}\r\nVia: {headers['Via']}\r\nTo: {headers['To']};tag=1\r\n"
        f"From: {headers['From']}\r\nCall-ID: {call_id or headers['Call-ID']}\r\n"
        f"CSeq: {headers['CSeq']}\r\nContent-Length: 0\r\n\r\n"
    ).encode()


@contextmanager
def udp(answers: Answers) -> Iterator[tuple[int, list[str]]]:
    """Listen by UDP; gives the port and what was asked."""
    asked: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(5)

        def serve() -> None:
            while True:
                try:
                    data, sender = line.recvfrom(65535)
                except OSError:
                    return
                if data == b"stop":
                    return
                asked.append(data.decode())
                answer = answers(asked[-1], len(asked) - 1)
                if answer is not None:
                    line.sendto(answer, sender)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield line.getsockname()[1], asked
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
                end.sendto(b"stop", line.getsockname())
            thread.join()


class TestByUdp:
    def ask(self, port: int, seconds: float = 1.0) -> tuple[bool, str]:
        """Ask a port of this machine."""
        found = ping(host="127.0.0.1", port=port, transport=Transport.UDP, seconds=seconds)
        return found.answered, found.says

    def test_tells_what_was_answered(self) -> None:
        with udp(lambda request, _: answered(request)) as (port, asked):
            is_there, says = self.ask(port)

        assert is_there
        assert says.startswith("It answered “200 OK” after ")
        assert asked[0].startswith(f"OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\n")
        assert "INVITE" not in asked[0]

    def test_takes_a_refusal_for_a_sign_of_life(self) -> None:
        with udp(lambda request, _: answered(request, "405 Method Not Allowed")) as (port, _asked):
            assert self.ask(port)[0]

    def test_asks_again_after_a_lost_packet(self) -> None:
        with udp(lambda request, before: answered(request) if before else None) as (port, asked):
            is_there, _ = self.ask(port, seconds=2.0)

        assert is_there
        assert len(asked) == 2
        assert asked[0] == asked[1]

    @pytest.mark.parametrize(
        "nonsense",
        [b"", b"\xff\xfe", b"HTTP/1.1 200 OK\r\n\r\n", b"SIP/2.0 200 OK\r\nCall-ID: other\r\n\r\n"],
    )
    def test_believes_no_nonsense_and_no_answer_to_others(self, nonsense: bytes) -> None:
        with udp(lambda _request, _before: nonsense) as (port, _asked):
            is_there, says = self.ask(port, seconds=0.3)

        assert not is_there
        assert says == "No answer within 0.3 s."

    def test_says_that_nobody_listens(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]

        assert self.ask(port) == (
            False,
            "Nobody listens there by UDP. Check port and transport.",
        )


class TestByTcp:
    def test_reads_an_answer_that_comes_in_pieces(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as door:

            def serve() -> None:
                line, _ = door.accept()
                with line:
                    answer = answered(line.recv(65535).decode(), "200 \x1b[31mFine")
                    for piece in (answer[:9], answer[9:40], answer[40:]):
                        line.sendall(piece)

            thread = threading.Thread(target=serve)
            thread.start()
            port = door.getsockname()[1]
            found = ping(host="127.0.0.1", port=port, transport=Transport.TCP, seconds=2)
            thread.join()

        assert found.answered
        assert "“200 [31mFine”" in found.says

    def test_is_over_in_time_where_nobody_answers(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = door.getsockname()[1]
            found = ping(host="127.0.0.1", port=port, transport=Transport.TCP, seconds=0.3)

        assert not found.answered
        assert found.milliseconds < 2000

    def test_says_where_a_line_is_not_sealed(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as door:
            door.settimeout(3)

            def serve() -> None:
                line, _ = door.accept()
                line.close()

            thread = threading.Thread(target=serve)
            thread.start()
            port = door.getsockname()[1]
            found = ping(host="127.0.0.1", port=port, transport=Transport.TLS, seconds=1)
            thread.join()

        assert not found.answered

    def test_says_that_there_is_no_such_host(self) -> None:
        found = ping(host="no-such-host.invalid", port=5060, transport=Transport.TCP, seconds=1)

        assert not found.answered
        assert found.says.endswith(".")
