"""
Whether a SIP host answers: one OPTIONS request (RFC 3261, section 11), which places no call.

Any answer counts, also a refusal: it shows that somebody listens there and speaks SIP.
"""

from __future__ import annotations

import secrets
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from trunks.offers import Transport

FIRST_REPEAT = 0.5
"""After that many seconds a request by UDP is sent again, then after twice as long (T1)."""
LARGEST = 65535
LONGEST_LINE = 80


@dataclass(frozen=True)
class Ping:
    """
    What came of asking.

    :ivar says: as a sentence for staff
    """

    answered: bool
    says: str
    milliseconds: int


def ping(*, host: str, port: int, transport: Transport, seconds: float) -> Ping:
    """Ask a host whether it answers, within so many seconds."""
    begun = time.monotonic()
    try:
        with _line(host, port, transport, seconds) as line:
            status = _ask(line, host, port, transport, begun + seconds)
    except OSError as trouble:
        return Ping(False, _sentence(trouble, transport), _since(begun))
    if not status:
        return Ping(False, f"No answer within {seconds:g} s.", _since(begun))
    took = _since(begun)
    return Ping(True, f"It answered “{status}” after {took} ms.", took)


@contextmanager
def _line(host: str, port: int, transport: Transport, seconds: float) -> Iterator[socket.socket]:
    if transport == Transport.UDP:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[
            0
        ]
        with socket.socket(family, kind, protocol) as line:
            # Connected, so that a port at which nobody listens is told at once.
            line.connect(address)
            yield line
        return
    with socket.create_connection((host, port), timeout=seconds) as line:
        if transport == Transport.TCP:
            yield line
            return
        line.settimeout(seconds)
        with ssl.create_default_context().wrap_socket(line, server_hostname=host) as sealed:
            yield sealed


def _ask(line: socket.socket, host: str, port: int, transport: Transport, until: float) -> str:
    """Send the request, by UDP again until the time is over; give the status line's words."""
    call_id = secrets.token_hex(8)
    request = _request(line, host, port, transport, call_id)
    line.settimeout(max(until - time.monotonic(), 0.01))
    line.sendall(request)
    wait = FIRST_REPEAT
    heard = b""
    while (left := until - time.monotonic()) > 0:
        is_udp = transport == Transport.UDP
        line.settimeout(min(wait, left) if is_udp else left)
        try:
            data = line.recv(LARGEST)
        except TimeoutError:
            if is_udp:
                wait *= 2
                line.sendall(request)
            continue
        if not data:
            break
        heard = data if is_udp else (heard + data)[-LARGEST:]
        if status := _status(heard, call_id):
            return status
    return ""


def _request(
    line: socket.socket, host: str, port: int, transport: Transport, call_id: str
) -> bytes:
    ours = _written(*line.getsockname()[:2])
    place = _written(host, port)
    scheme = "sips" if transport == Transport.TLS else "sip"
    return "\r\n".join(
        [
            f"OPTIONS {scheme}:{place} SIP/2.0",
            f"Via: SIP/2.0/{transport} {ours};branch=z9hG4bK{secrets.token_hex(8)};rport",
            "Max-Forwards: 70",
            f"From: <sip:ping@{ours}>;tag={secrets.token_hex(4)}",
            f"To: <{scheme}:{place}>",
            f"Call-ID: {call_id}",
            "CSeq: 1 OPTIONS",
            f"Contact: <sip:ping@{ours}>",
            "Accept: application/sdp",
            "Content-Length: 0",
            "\r\n",
        ]
    ).encode()


def _status(data: bytes, call_id: str) -> str:
    """Read the status of an answer to our request; empty for anything else."""
    head, ends, _ = data.decode("utf-8", "replace").partition("\r\n\r\n")
    first, *headers = head.split("\r\n")
    version, _, status = first.partition(" ")
    named = {
        value.strip()
        for name, _, value in (header.partition(":") for header in headers)
        if name.strip().lower() in {"call-id", "i"}
    }
    is_ours = bool(ends) and version == "SIP/2.0" and call_id in named
    tidy = "".join(letter for letter in status if letter.isprintable())
    return tidy[:LONGEST_LINE] if is_ours else ""


def _sentence(trouble: OSError, transport: Transport) -> str:
    if isinstance(trouble, socket.gaierror):
        return "There is no host of that name. Check how it is written."
    if isinstance(trouble, ConnectionRefusedError):
        return f"Nobody listens there by {transport}. Check port and transport."
    if isinstance(trouble, ssl.SSLCertVerificationError):
        return f"Its certificate is not trusted: {trouble.verify_message}."
    if isinstance(trouble, TimeoutError):
        return "No connection in time. A firewall may be in the way."
    return f"It could not be reached: {trouble.strerror or 'the connection broke'}."


def _written(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
