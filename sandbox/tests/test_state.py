"""A sandbox with a file goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from sandbox.app import Sandbox, create_app
from sandbox.registry import DEMO_ACCOUNTS
from sandbox.tests.conftest import Clock, Letterbox
from sandbox.tests.talk import Control, Telnyx
from sandbox.tests.test_telnyx import eventually

Start = Callable[[], tuple[Telnyx, Control]]


@pytest.fixture
def start(tmp_path: Path, clock: Clock, letterbox: Letterbox) -> Iterator[Start]:
    running: list[Sandbox] = []

    def run() -> tuple[Telnyx, Control]:
        for old in running:
            old.close()
        app = create_app(
            order_seconds=0.2, state=tmp_path / "state", clock=clock, deliver=letterbox
        )
        running[:] = [app]
        client = httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url="http://sandbox")
        client.headers["Authorization"] = f"Bearer {DEMO_ACCOUNTS['telnyx']['api_key']}"
        return Telnyx(client), Control(client)

    yield run
    for app in running:
        app.close()


class TestRestart:
    def test_keeps_numbers_trunks_and_money(self, start: Start, clock: Clock) -> None:
        telnyx, control = start()
        connection_id = telnyx.trunk("127.0.0.1")
        (number,) = telnyx.offered()
        telnyx.order(number, connection_id=connection_id)
        clock.pass_by(1)
        before = (telnyx.owned(), control.delivery(number), control.get("accounts"))
        telnyx, control = start()
        assert (telnyx.owned(), control.delivery(number), control.get("accounts")) == before
        assert telnyx.offered(filter__phone_number__contains=number[2:]) == []

    def test_finishes_and_announces_pending_orders(
        self, start: Start, clock: Clock, letterbox: Letterbox
    ) -> None:
        telnyx, control = start()
        control.post("webhook", carrier="telnyx", account="KEYsandbox0001", url="http://portal/w")
        order = telnyx.order(*telnyx.offered()).json()["data"]
        telnyx, control = start()
        assert letterbox.letters == []
        clock.pass_by(1)
        assert eventually(lambda: len(letterbox.letters) == 1)
        assert telnyx.get(f"number_orders/{order['id']}").json()["data"]["status"] == "success"
        start()
        assert len(letterbox.letters) == 1

    def test_without_a_file_begins_anew(self, telnyx: Telnyx) -> None:
        assert telnyx.owned() == []
