"""The sandbox as a process: its port, its open connections, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

pytestmark = pytest.mark.wire

ROOT = Path(__file__).parents[2]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port_file = tmp_path / "port"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "sandbox", "--port", "0"),
            *("--port-file", str(port_file), "--state", str(tmp_path / "state")),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        end = time.monotonic() + 20
        while not port_file.exists() and time.monotonic() < end:
            time.sleep(0.02)
        yield process, f"http://127.0.0.1:{port_file.read_text()}"
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


class TestServer:
    def test_keeps_connections_open_and_ends_cleanly(
        self, served: tuple[subprocess.Popen[str], str]
    ) -> None:
        process, url = served
        key = {"Authorization": "Bearer KEYsandbox0001"}
        with httpx2.Client(base_url=url, headers=key, trust_env=False) as client:
            answers = [client.get("/telnyx/v2/balance") for _ in range(3)]
            gone = client.delete("/telnyx/v2/phone_numbers/1")
            assert [answer.status_code for answer in answers] == [200] * 3
            assert answers[0].http_version == "HTTP/1.1"
            assert gone.status_code == 404
            # An idle open connection must not hold up the end.
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=10)
        assert process.returncode == 0
        assert url in output
        assert "KEYsandbox0001" in output

    def test_lets_the_client_give_up(self, served: tuple[subprocess.Popen[str], str]) -> None:
        _, url = served
        key = {"Authorization": "Bearer KEYsandbox0001"}
        fault = {"carrier": "telnyx", "operation": "balance", "kind": "timeout_before"}
        with httpx2.Client(base_url=url, headers=key, timeout=0.2, trust_env=False) as client:
            client.post("/_control/faults", json={**fault, "seconds": 1.0})
            with pytest.raises(httpx2.ReadTimeout):
                client.get("/telnyx/v2/balance")
            assert client.get("/telnyx/v2/balance").status_code == 200
