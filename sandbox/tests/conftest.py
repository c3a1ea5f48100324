"""A sandbox of one's own for each test, and clients that speak to it as customers do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx2
import pytest

from sandbox.app import Sandbox, create_app
from sandbox.courier import Letter
from sandbox.registry import DEMO_ACCOUNTS
from sandbox.tests.talk import (
    Control,
    Didww,
    Flowroute,
    Plivo,
    QuestBlue,
    Telnyx,
    Twilio,
    VoipMs,
    Vonage,
    Wavix,
)

Clients = Callable[[Sandbox], httpx2.Client]


@dataclass
class Clock:
    """Time that passes when told to."""

    at: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.at += seconds


@dataclass
class Letterbox:
    """Takes webhooks; answers with the statuses it was given, then with 200."""

    statuses: list[int] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    def __call__(self, letter: Letter) -> int:
        self.letters.append(letter)
        return self.statuses.pop(0) if self.statuses else 200


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


@pytest.fixture
def sandbox(clock: Clock, letterbox: Letterbox) -> Iterator[Sandbox]:
    app = create_app(order_seconds=0.3, clock=clock, deliver=letterbox)
    yield app
    app.close()


@pytest.fixture
def control(sandbox: Sandbox) -> Iterator[Control]:
    with _client(sandbox) as client:
        yield Control(client)


@pytest.fixture
def telnyx(sandbox: Sandbox) -> Iterator[Telnyx]:
    with _client(sandbox) as client:
        client.headers["Authorization"] = f"Bearer {DEMO_ACCOUNTS['telnyx']['api_key']}"
        yield Telnyx(client)


@pytest.fixture
def stranger(sandbox: Sandbox, control: Control) -> Iterator[Telnyx]:
    """Another customer of Telnyx."""
    key = {"api_key": "KEY-STRANGER"}
    control.post("accounts", carrier="telnyx", balance="100.00", credentials=key)
    with _client(sandbox) as client:
        client.headers["Authorization"] = "Bearer KEY-STRANGER"
        yield Telnyx(client)


@pytest.fixture
def twilio(sandbox: Sandbox) -> Iterator[Twilio]:
    demo = DEMO_ACCOUNTS["twilio"]
    with _client(sandbox) as client:
        client.auth = httpx2.BasicAuth(demo["account_sid"], demo["auth_token"])
        yield Twilio(client, demo["account_sid"])


@pytest.fixture
def didww(sandbox: Sandbox) -> Iterator[Didww]:
    with _client(sandbox) as client:
        client.headers["Api-Key"] = DEMO_ACCOUNTS["didww"]["api_key"]
        yield Didww(client)


@pytest.fixture
def flowroute(sandbox: Sandbox) -> Iterator[Flowroute]:
    demo = DEMO_ACCOUNTS["flowroute"]
    with _client(sandbox) as client:
        client.auth = httpx2.BasicAuth(demo["access_key"], demo["secret_key"])
        yield Flowroute(client)


@pytest.fixture
def plivo(sandbox: Sandbox) -> Iterator[Plivo]:
    demo = DEMO_ACCOUNTS["plivo"]
    with _client(sandbox) as client:
        client.auth = httpx2.BasicAuth(demo["auth_id"], demo["auth_token"])
        yield Plivo(client, demo["auth_id"])


@pytest.fixture
def questblue(sandbox: Sandbox) -> Iterator[QuestBlue]:
    demo = DEMO_ACCOUNTS["questblue"]
    with _client(sandbox) as client:
        client.auth = httpx2.BasicAuth(demo["username"], demo["password"])
        client.headers["Security-Key"] = demo["security_key"]
        yield QuestBlue(client)


@pytest.fixture
def voipms(sandbox: Sandbox) -> Iterator[VoipMs]:
    with _client(sandbox) as client:
        yield VoipMs(client, dict(DEMO_ACCOUNTS["voipms"]))


@pytest.fixture
def vonage(sandbox: Sandbox) -> Iterator[Vonage]:
    demo = DEMO_ACCOUNTS["vonage"]
    with _client(sandbox) as client:
        client.auth = httpx2.BasicAuth(demo["api_key"], demo["api_secret"])
        yield Vonage(client, demo["api_key"], demo["api_secret"])


@pytest.fixture
def wavix(sandbox: Sandbox) -> Iterator[Wavix]:
    with _client(sandbox) as client:
        client.headers["Authorization"] = f"Bearer {DEMO_ACCOUNTS['wavix']['api_key']}"
        yield Wavix(client)


def _client(app: Sandbox) -> httpx2.Client:
    return httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url="http://sandbox")
