"""What a connection can suffer, over a real one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import httpx2
import pytest

from sandbox.app import Sandbox
from sandbox.registry import DEMO_ACCOUNTS
from sandbox.server import Server
from sandbox.tests.talk import Control, Telnyx

pytestmark = pytest.mark.wire


@pytest.fixture
def url(sandbox: Sandbox) -> Iterator[str]:
    server = Server(("127.0.0.1", 0), sandbox)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.url
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def far(url: str) -> Iterator[Telnyx]:
    key = {"Authorization": f"Bearer {DEMO_ACCOUNTS['telnyx']['api_key']}"}
    with httpx2.Client(base_url=url, headers=key, timeout=5.0, trust_env=False) as client:
        yield Telnyx(client)


class TestReset:
    def test_before_the_effect_leaves_nothing(self, far: Telnyx, control: Control) -> None:
        control.fault("telnyx", "order", "reset_before")
        with pytest.raises(httpx2.ReadError):
            far.order(*far.offered())
        assert control.get("seen")["purchases"] == {}

    def test_after_the_effect_leaves_all_of_it(self, far: Telnyx, control: Control) -> None:
        (number,) = far.offered()
        control.fault("telnyx", "order", "reset_after")
        with pytest.raises(httpx2.ReadError):
            far.order(number)
        assert control.get("seen")["purchases"] == {number: 1}


class TestDrip:
    def test_sends_the_head_bit_by_bit(self, far: Telnyx, control: Control) -> None:
        control.fault("telnyx", "balance", "drip_headers", seconds=0.3)
        began = time.monotonic()
        with far.client.stream("GET", "/telnyx/v2/balance") as answer:
            assert time.monotonic() - began >= 0.25
            assert "data" in _whole(answer)

    def test_sends_the_body_bit_by_bit(self, far: Telnyx, control: Control) -> None:
        control.fault("telnyx", "balance", "drip_body", seconds=0.3)
        began = time.monotonic()
        with far.client.stream("GET", "/telnyx/v2/balance") as answer:
            assert answer.status_code == 200
            assert "data" in _whole(answer)
        assert time.monotonic() - began >= 0.25


class TestTruncated:
    @pytest.mark.parametrize("seed", range(3))
    def test_ends_before_the_body_does(self, far: Telnyx, control: Control, seed: int) -> None:
        control.fault("telnyx", "balance", "truncated", seed=seed)
        with pytest.raises(httpx2.RemoteProtocolError):
            far.get("balance")
        assert far.get("balance").status_code == 200


def test_calls_without_a_connection_are_left_alone(
    url: str, far: Telnyx, telnyx: Telnyx, control: Control
) -> None:
    control.fault("telnyx", "balance", "reset_before")
    assert telnyx.get("balance").status_code == 200
    with pytest.raises(httpx2.ReadError):
        far.get("balance")


def _whole(answer: httpx2.Response) -> str:
    return b"".join(answer.iter_bytes()).decode()
