"""A target with every extension on it: answers calls over UDP and remembers what rang."""

from __future__ import annotations

import argparse
import heapq
import logging
import select
import signal
import socket
import threading
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from types import FrameType
from typing import Self

from provisioning.pbx.kamailio.messages import Message, address, answer, read

_log = logging.getLogger(__name__)
_LARGEST = 65_535
_FIRST, _MOST = 0.5, 32.0
"""Seconds between the first two answers to a call, and in all, while nobody acknowledges them."""


@dataclass(order=True)
class _Due:
    """An answer that is to be sent, and how long to wait for its ACK before it is sent again."""

    at: float
    call: tuple[str, str]
    reply: bytes
    sender: tuple[str, int]
    pause: float = _FIRST


class Manner(StrEnum):
    """What the phones do with a call."""

    ANSWER = "ANSWER"
    BUSY = "BUSY"
    FAIL = "FAIL"
    SILENT = "SILENT"


@dataclass(frozen=True)
class Rang:
    """One call that came in."""

    request_uri: str
    to: str
    call_id: str
    message: Message
    at: float
    """Seconds of the monotonic clock."""


class Phones:
    """
    Extensions of every name at one address.

    ``with Phones() as phones: ... phones.rang``; the port is free unless given. The answer carries
    ``X-Rang`` with the request URI, so that a caller sees who answered.
    """

    def __init__(
        self, host: str = "127.0.0.1", port: int = 0, *, manner: Manner = Manner.ANSWER
    ) -> None:
        self.manner = manner
        self.rang: list[Rang] = []
        self.answers: list[Message] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, port))
        self.host, self.port = self._socket.getsockname()
        self._due: list[_Due] = []
        self._acknowledged: set[tuple[str, str]] = set()
        self._sent: dict[tuple[str, str], bytes] = {}
        self._said = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=f"phones-{self.port}", daemon=True)

    @property
    def uri(self) -> str:
        """Give the address as a target has it."""
        return f"sip:{self.host}:{self.port};transport=udp"

    def start(self) -> Self:
        """Take calls from now on."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Hang up for good."""
        self._stopping.set()
        self._thread.join(5)
        self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_trouble: object) -> None:
        self.stop()

    def say(self, method: str, *, inside: Rang) -> None:
        """Send a request of our own inside a call that rang here."""
        call = inside.message
        # An ACK has the number of what it acknowledges.
        self._said += method != "ACK"
        routes = call.all("record-route")
        lines = [
            f"{method} {address(call.one('contact'))} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.host}:{self.port};branch=z9hG4bK{method}{self._said}",
            *(f"Route: {route}" for route in routes),
            f"From: {call.one('to')};tag=phone",
            f"To: {call.one('from')}",
            f"Call-ID: {call.one('call-id')}",
            f"CSeq: {self._said} {method}",
            f"Contact: <sip:phone@{self.host}:{self.port}>",
            "Max-Forwards: 30",
            "Content-Length: 0",
        ]
        host, _, port = address(routes[0]).removeprefix("sip:").partition(";")[0].partition(":")
        self._socket.sendto(("\r\n".join(lines) + "\r\n\r\n").encode(), (host, int(port)))

    def heard(self, call: Rang, method: str) -> int:
        """Give the last status that came back to such a request of ours, 0 if none did."""
        return next(
            (
                each.status
                for each in reversed(self.answers)
                if each.one("call-id") == call.call_id and each.one("cseq").endswith(method)
            ),
            0,
        )

    def _serve(self) -> None:
        while not self._stopping.is_set():
            wait = max(0.0, min(0.1, self._due[0].at - time.monotonic())) if self._due else 0.1
            if select.select([self._socket], [], [], wait)[0]:
                data, sender = self._socket.recvfrom(_LARGEST)
                message = read(data.decode("utf-8", "replace"))
                if message is not None and message.method:
                    self._take(message, sender)
                elif message is not None:
                    self.answers.append(message)
            while self._due and self._due[0].at <= time.monotonic():
                self._send_until_acknowledged(heapq.heappop(self._due))

    def _send_until_acknowledged(self, due: _Due) -> None:
        """A router that is killed meanwhile keeps nobody from hearing that the call is answered."""
        if due.call in self._acknowledged:
            return
        self._socket.sendto(due.reply, due.sender)
        if due.pause < _MOST / 2:
            again = replace(due, at=due.at + due.pause, pause=due.pause * 2)
            heapq.heappush(self._due, again)

    def _take(self, request: Message, sender: tuple[str, int]) -> None:
        if self.manner is Manner.SILENT:
            if request.method == "INVITE":
                self._remember(request)
            return
        if request.method == "INVITE":
            self._ring(request, sender)
        elif request.method == "ACK":
            number = request.one("cseq").partition(" ")[0]
            self._acknowledged.add((request.one("call-id"), f"{number} INVITE"))
        else:
            self._socket.sendto(answer(request, "200 OK", tag="phone"), sender)

    def _ring(self, request: Message, sender: tuple[str, int]) -> None:
        call = (request.one("call-id"), request.one("cseq"))
        if call in self._sent:
            self._socket.sendto(self._sent[call], sender)
            return
        self._remember(request)
        extra = (f"Contact: <sip:phone@{self.host}:{self.port}>", f"X-Rang: {request.uri}")
        match self.manner:
            case Manner.BUSY:
                self._sent[call] = answer(request, "486 Busy Here", tag="phone", extra=extra)
            case Manner.FAIL:
                self._sent[call] = answer(request, "503 Out Of Order", tag="phone", extra=extra)
            case _:
                self._answer_soon(request, sender, extra, call)
                return
        self._socket.sendto(self._sent[call], sender)

    def _answer_soon(
        self,
        request: Message,
        sender: tuple[str, int],
        extra: tuple[str, ...],
        call: tuple[str, str],
    ) -> None:
        self._socket.sendto(answer(request, "180 Ringing", tag="phone", extra=extra), sender)
        body = (
            f"v=0\r\no=phone 1 1 IN IP4 {self.host}\r\ns=-\r\nc=IN IP4 {self.host}\r\n"
            "t=0 0\r\nm=audio 40002 RTP/AVP 0\r\n"
        )
        typed = (*extra, "Content-Type: application/sdp")
        self._sent[call] = answer(request, "200 OK", tag="phone", extra=typed, body=body)
        # Ringing and answer sent back to back would overtake each other in the router's workers.
        due = _Due(time.monotonic() + 0.05, call, self._sent[call], sender)
        heapq.heappush(self._due, due)

    def _remember(self, request: Message) -> None:
        rang = Rang(
            request.uri, request.one("to"), request.one("call-id"), request, time.monotonic()
        )
        self.rang.append(rang)
        _log.info("%s rang for %s", rang.request_uri, rang.to)


def main(arguments: list[str] | None = None) -> None:
    """Be the phones of a demo: ``python -m provisioning.pbx.kamailio.phones --port 5090``."""
    parser = argparse.ArgumentParser(prog="python -m provisioning.pbx.kamailio.phones")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s phones: %(message)s")
    over = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        over.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    with Phones(given.host, given.port) as phones:
        _log.info("taking calls at %s", phones.uri)
        over.wait()


if __name__ == "__main__":
    main()
