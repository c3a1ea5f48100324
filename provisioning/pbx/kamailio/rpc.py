"""Kamailio's JSON-RPC over unix datagrams (module ``jsonrpcs``, transport 4)."""

from __future__ import annotations

import contextlib
import itertools
import json
import secrets
import socket
import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

_LARGEST = 70_000
"""Bytes; the router's own buffer ends below."""
_IN_FLIGHT = 6
"""Datagrams under way at once; Linux queues ten, and two full queues would wait for each other."""


class RouterAway(Exception):
    """No answer: the router is stopped, starting or stuck."""


class Refused(Exception):
    """The router answered with an error."""


class Rpc:
    """One process's line to one router."""

    def __init__(self, router: Path, *, own: Path | None = None, seconds: float = 3.0) -> None:
        self._router = str(router)
        self._own = own
        self._seconds = seconds
        # The name of a nameless socket is used again: a late answer to its former owner, who also
        # counted from somewhere, must not be taken for one of ours.
        self._ids = itertools.count(secrets.randbelow(1_000_000_000))
        self._socket = self._open()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
        if self._own is not None:
            self._own.unlink(missing_ok=True)

    def call(self, method: str, *params: str | int, seconds: float | None = None) -> Any:
        """
        Run one command and give its result.

        :raises Refused: with the router's words
        :raises RouterAway: after `seconds` without an answer
        """
        number = self._send(method, params)
        return _result(self._answer_to(number, seconds or self._seconds))

    def call_all(self, calls: Iterable[tuple[Any, ...]]) -> list[Refused]:
        """Run commands in this order without waiting for each; gives the refusals."""
        waiting: deque[int] = deque()
        refusals: list[Refused] = []
        for method, *params in calls:
            if len(waiting) >= _IN_FLIGHT:
                self._collect(waiting.popleft(), refusals)
            waiting.append(self._send(method, params))
        while waiting:
            self._collect(waiting.popleft(), refusals)
        return refusals

    def _collect(self, number: int, refusals: list[Refused]) -> None:
        try:
            _result(self._answer_to(number, self._seconds))
        except Refused as refusal:
            refusals.append(refusal)

    def _open(self) -> socket.socket:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        if self._own is None:
            # Linux picks an abstract name: no file to clean up, none that other users may not open.
            line.bind("")
        else:
            self._own.unlink(missing_ok=True)
            line.bind(str(self._own))
            self._own.chmod(0o666)
        return line

    def _send(self, method: str, params: Iterable[str | int]) -> int:
        number = next(self._ids)
        call = {"jsonrpc": "2.0", "method": method, "params": list(params), "id": number}
        self._socket.settimeout(self._seconds)
        try:
            self._socket.sendto(json.dumps(call).encode(), self._router)
        except OSError as trouble:
            raise RouterAway(f"{self._router}: {trouble}") from trouble
        return number

    def _answer_to(self, number: int, seconds: float) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                answer = json.loads(self._socket.recv(_LARGEST))
            except (OSError, ValueError) as trouble:
                raise RouterAway(f"{self._router}: {trouble}") from trouble
            # An answer to a command that was given up on may still come in.
            if isinstance(answer, dict) and answer.get("id") == number:
                return answer
        raise RouterAway(f"{self._router}: no answer")


@contextlib.contextmanager
def connected(router: Path, *, own: Path | None = None) -> Iterator[Rpc]:
    """Hold a line to the router for a while."""
    rpc = Rpc(router, own=own)
    try:
        yield rpc
    finally:
        rpc.close()


def _result(answer: dict[str, Any]) -> Any:
    if "error" in answer:
        raise Refused(str(answer["error"].get("message", answer["error"])))
    return answer.get("result")
