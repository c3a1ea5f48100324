"""Calls of one account from several processes, and a carrier that writes down when each came."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest.mock import patch

import httpx2
from django.utils import timezone

from trunks import connect, pacing
from trunks.deadlines import Deadline
from trunks.models import CarrierAccount
from trunks.transport import DeadlineTransport

ASKED = "X-Asked"
BALANCE = b'{"data": {"available_credit": "1.00", "currency": "USD"}}'


@dataclass(frozen=True)
class Call:
    """
    A call that came to the carrier.

    :ivar came: by the carrier's clock
    :ivar asked: when its worker asked for the turn that it was granted, by the same clock: they
        share the machine
    """

    came: float
    asked: float


@contextmanager
def carrier() -> Iterator[tuple[str, list[Call]]]:
    """Stand in for a carrier; gives its address, and the calls that came."""
    calls: list[Call] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(Call(time.monotonic(), float(self.headers[ASKED])))
            self.send_response(200)
            self.send_header("Content-Length", str(len(BALANCE)))
            self.end_headers()
            self.wfile.write(BALANCE)

        def log_message(self, *_told: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", calls
    finally:
        server.shutdown()
        server.server_close()


def work(*, account_id: int, seconds: float) -> None:
    """Ask for the balance as often as the account allows, as a worker process does."""
    account = CarrierAccount.objects.get(pk=account_id)
    transport = _Telling()
    until = time.monotonic() + seconds
    with (
        patch.object(pacing, "seconds_until_turn", transport.turn),
        connect.speaking_through(transport),
    ):
        while time.monotonic() < until:
            now = timezone.now()
            try:
                connect.may_call(account, now)
            except connect.NotNow as later:
                time.sleep(max((later.retry_at - now) / timedelta(seconds=1), 0.0))
                continue
            adapter: Any = connect.connected(account, purpose="pace")
            adapter.balance(deadline=Deadline(10))


def most_in_any_second(moments: Sequence[float]) -> int:
    """Give how many calls the fullest second had, wherever it begins."""
    return max(sum(begin <= moment < begin + 1 for moment in moments) for begin in moments)


class _Telling(DeadlineTransport):
    """Calls the carrier, and tells it when the turn was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._granted = pacing.seconds_until_turn
        self._asked = 0.0

    def turn(self, account: CarrierAccount) -> float:
        """Ask for a turn, as ever."""
        asked = time.monotonic()
        wait = self._granted(account)
        if not wait:
            self._asked = asked
        return wait

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers[ASKED] = str(self._asked)
        return super().handle_request(request)
