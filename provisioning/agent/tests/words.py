"""What somebody may say to a router, honest or not."""

from __future__ import annotations

import random
import re
import socket
import time
from collections.abc import Callable, Iterator

from provisioning.agent.tests.publishing import TRUNK

INVITE = (
    "INVITE sip:+13125550123@router SIP/2.0\r\n"
    "Via: SIP/2.0/UDP {source}:{port};branch=z9hG4bK{n}\r\n"
    "From: <sip:a@b>;tag=1\r\nTo: <sip:+13125550123@router>{tag}\r\nCall-ID: {n}\r\n"
    "CSeq: 1 {method}\r\nMax-Forwards: {hops}\r\n{extra}Content-Length: {length}\r\n\r\n{body}"
)


def say(router: str, text: str | bytes, *, source: str = TRUNK, seconds: float = 0.5) -> str:
    """Send one datagram and give the status line that comes back, if any."""
    host, port = router.split(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind((source, 0))
        line.settimeout(seconds)
        words = text if isinstance(text, bytes) else text.encode()
        own = str(line.getsockname()[1]).encode()
        line.sendto(words.replace(b"{port}", own), (host, int(port)))
        end = time.monotonic() + 2
        while time.monotonic() < end:
            try:
                status = line.recv(65_535).split(b"\r\n")[0].decode()
            except TimeoutError:
                return ""
            if " 100 " not in status:
                return status
        return ""


def invite(**changed: str) -> str:
    """Write an INVITE with something changed."""
    known = {
        "source": TRUNK,
        "n": "x1",
        "tag": "",
        "method": "INVITE",
        "hops": "20",
        "extra": "",
        "length": "0",
        "body": "",
    }
    text = INVITE
    for name, value in {**known, **changed}.items():
        text = text.replace("{" + name + "}", value)
    return text


def is_alive(router: str, *, source: str = TRUNK) -> bool:
    """Tell whether the router answers a keepalive from there."""
    ask = invite(n=f"ping-{time.monotonic_ns()}", method="OPTIONS").replace("INVITE", "OPTIONS")
    ask = ask.replace("sip:+13125550123@router SIP", "sip:router SIP")
    return " 200 " in say(router, ask, source=source)


def evil(count: int, *, number: str, port: int, seed: int) -> Iterator[bytes]:
    """
    Give messages of which none may ring anywhere: oversized, cut off, without sense, forged.

    :param number: the digits of a number that is routed, so that nothing else stops them
    :param port: where the sender takes answers
    """
    chance = random.Random(seed)  # noqa: S311
    for n in range(count):
        message = _KINDS[n % len(_KINDS)](f"evil-{n}", chance)
        yield message.replace(b"13125550123", number.encode()).replace(
            b"{port}", str(port).encode()
        )


_Kind = Callable[[str, random.Random], bytes]
_LARGEST = 65_507
"""Bytes that one datagram can carry."""


def _oversized(n: str, chance: random.Random) -> bytes:
    empty = invite(n=n, extra="X-Fill: \r\n")
    fill = "y" * (_LARGEST - len(empty) - 8)
    return invite(n=n, extra=f"X-Fill: {fill}\r\n").encode()


def _oversized_body(n: str, chance: random.Random) -> bytes:
    length = chance.randrange(20_000, 64_000)
    return invite(n=n, length=str(length), body="v" * length).encode()


def _crowded(n: str, chance: random.Random) -> bytes:
    return invite(n=n, extra="a: b\r\n" * chance.randrange(4_000, 9_000)).encode()


def _lying(n: str, chance: random.Random) -> bytes:
    return invite(n=n, length=str(chance.randrange(1, 1 << chance.randrange(2, 64)))).encode()


def _tired(n: str, chance: random.Random) -> bytes:
    return invite(n=n, hops="0").encode()


def _torn(n: str, chance: random.Random) -> bytes:
    whole = invite(n=n).encode()
    return whole[: chance.randrange(1, len(whole) - 4)]


def _lacking(n: str, chance: random.Random) -> bytes:
    name = chance.choice(("Via", "From", "To", "Call-ID", "CSeq"))
    return re.sub(rf"\r\n{name}: .*?\r\n", "\r\n", invite(n=n), count=1).encode()


def _noise(n: str, chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(1, 60_000))


def _garbled(n: str, chance: random.Random) -> bytes:
    # What is still legible after that names a number that nobody routes.
    words = bytearray(invite(n=n).replace("+13125550123", "+888880000000000").encode())
    for _ in range(chance.randrange(1, 40)):
        words[chance.randrange(len(words))] = chance.randrange(256)
    return bytes(words)


def _forged(n: str, chance: random.Random) -> bytes:
    mark = f"{chance.getrandbits(128):032x}"
    return invite(n=n, tag=";tag=2", extra=f"Route: <sip:127.0.0.1;lr;k={mark}>\r\n").encode()


_KINDS: tuple[_Kind, ...] = (
    _oversized,
    _oversized_body,
    _crowded,
    _lying,
    _tired,
    _torn,
    _lacking,
    _noise,
    _garbled,
    _forged,
)
