"""Whoever looks through files for malware: clamd, or a function of one's own."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from contextlib import closing
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

Scanner = Callable[[bytes], bool]
"""Takes the content of a file and tells whether it is clean; raises where it cannot tell."""

SECONDS: Final = 30.0
_PIECE: Final = 65_536
_CLAMD_PORT: Final = 3310
_LONGEST_ANSWER: Final = 4096


class UnableToScan(Exception):
    """Nobody can tell whether the file is clean; the message says why."""


def is_set() -> bool:
    """Tell whether files are scanned at all."""
    return bool(settings.DOCUMENT_SCANNER)


def is_clean(content: bytes) -> bool:
    """
    Have a file looked through.

    :raises UnableToScan: if no trustworthy answer came
    """
    try:
        return _scanner()(content)
    except (OSError, ImportError, ValueError) as trouble:
        raise UnableToScan(f"The scanner cannot be asked: {trouble}") from trouble


def _scanner() -> Scanner:
    where = str(settings.DOCUMENT_SCANNER)
    if where.startswith("clamd:"):
        return lambda content: _clamd(where, content)
    scanner: Scanner = import_string(where)
    return scanner


def _clamd(where: str, content: bytes) -> bool:
    """Send a file to clamd in pieces, each with its length before it (INSTREAM)."""
    with closing(_connected(where)) as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _PIECE):
            piece = content[start : start + _PIECE]
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
            heard = line.recv(_LONGEST_ANSWER)
            if not heard:
                break
            answer += heard
    words = answer.rstrip(b"\0").decode(errors="replace").strip()
    if words.endswith("FOUND"):
        return False
    if words == "stream: OK":
        return True
    raise UnableToScan(f"The scanner answered {words[:100]!r}.")


def _connected(where: str) -> socket.socket:
    parts = urlsplit(where)
    if parts.hostname:
        return socket.create_connection(
            (parts.hostname, parts.port or _CLAMD_PORT), timeout=SECONDS
        )
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(SECONDS)
    try:
        line.connect(parts.path)
    except OSError:
        line.close()
        raise
    return line
