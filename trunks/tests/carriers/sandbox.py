"""The sandbox carriers behind the very client that production uses, without a network."""

from __future__ import annotations

import base64
import binascii
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

import httpx2

from sandbox.app import create_app
from sandbox.courier import Letter
from sandbox.server import Server
from sandbox.stock.shelf import Article
from sandbox.telnyx import reservations
from sandbox.world import World
from trunks.connect import speaking_through
from trunks.exchanges import ExchangeRecord
from trunks.http import Caller
from trunks.registry import carrier as adapter_of
from trunks.roles import Carrier
from trunks.tests.factories import SANDBOX
from trunks.transport import new_client

MARK = "MARK-SECRET"
"""What begins every secret of an account, so that it is found wherever it stands."""


class CarrierSandbox:
    """A sandbox of one's own, with its control in reach."""

    def __init__(self, *, order_seconds: float = 0.0) -> None:
        self._app = create_app(order_seconds=order_seconds, deliver=self._take)
        self.transport: httpx2.BaseTransport = httpx2.WSGITransport(app=self._app)
        self.letters: list[Letter] = []
        """The webhooks that were sent."""
        self.exchanges: list[ExchangeRecord] = []
        """What the adapters leave of what was said."""

    @property
    def world(self) -> World:
        """What the carriers know, for tests in which they change their mind."""
        return self._app.world

    def close(self) -> None:
        """Stop its threads."""
        self._app.close()

    @contextmanager
    def served(self) -> Iterator[str]:
        """Answer on a real socket too; gives its address. Control stays where it was."""
        server = Server(("127.0.0.1", 0), self._app)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def account(self, carrier: str, *, balance: str = "1000.00", webhook_url: str = "") -> Any:
        """Open an account; gives its credentials, which carry the mark of secrets, and its id."""
        adapter = adapter_of(carrier)
        secret = set(adapter.needed_credentials) - set(adapter.open_credentials)
        return self.control(
            "POST",
            "accounts",
            {
                "carrier": carrier,
                "balance": balance,
                "webhook_url": webhook_url,
                "credentials": {key: f"{MARK}-{uuid4().hex}" for key in secret},
            },
        )

    def fault(self, carrier: str, operation: str, kind: str, **more: float) -> None:
        """Have trouble happen, once unless `times` says otherwise."""
        self.control(
            "POST", "faults", {"carrier": carrier, "operation": operation, "kind": kind, **more}
        )

    def no_more_faults(self) -> None:
        """Drop the trouble that is still to come."""
        self.control("DELETE", "faults")

    def article(self, carrier: str, number: str) -> Article:
        """Give what the carrier's shelf says of a number."""
        return self._app.carriers[carrier].shelf.articles[number]

    def secrets_kept(self) -> list[ExchangeRecord]:
        """Give what is kept of exchanges although a secret stands in it, in any spelling."""
        return [one for one in self.exchanges if MARK in _plainly(str(one))]

    def purchases(self) -> dict[str, int]:
        """Tell how often each number was bought."""
        bought: dict[str, int] = self.control("GET", "seen")["purchases"]
        return bought

    def seen(self, carrier: str) -> dict[str, int]:
        """Tell how often each operation of a carrier was called."""
        counts: dict[str, int] = self.control("GET", "seen")["operations"][carrier]
        return counts

    def end_hold(self, number: str) -> None:
        """Let the time be over for which Telnyx keeps a number."""
        with self._app.world.lock:
            reservations.end(self._app.carriers["telnyx"], number)

    def reads(self, carrier: str, **readings: object) -> None:
        """Have a carrier behave by another reading of what its documents leave open."""
        there = self._app.carriers[carrier]
        for name, value in readings.items():
            assert hasattr(there, name), name
            setattr(there, name, value)

    def delivery(self, number: str) -> Any:
        """Tell where the carrier would send a call to the number now."""
        return self.control("GET", "delivery", params={"number": number})

    def control(
        self,
        method: str,
        what: str,
        body: object = None,
        params: dict[str, str] | None = None,
    ) -> Any:
        """Ask the sandbox what no carrier offers."""
        plain = httpx2.WSGITransport(app=self._app)
        with httpx2.Client(transport=plain, base_url=SANDBOX) as client:
            answer = client.request(method, f"/_control/{what}", json=body, params=params)
        answer.raise_for_status()
        return answer.json()

    def adapter(self, slug: str, *, balance: str = "1000.00") -> Carrier:
        """Open an account and give the adapter that uses it."""
        credentials = self.account(slug, balance=balance)["credentials"]
        return self.adapter_for(slug, credentials)

    def adapter_for(
        self,
        slug: str,
        credentials: dict[str, str],
        *,
        client: httpx2.Client | None = None,
        at: str = "",
        webhook_url: str = "",
    ) -> Carrier:
        """
        Give an adapter with these credentials, by default without a network in between.

        :param at: the address of the real socket, for a client that goes there
        :param webhook_url: where the account's messages arrive
        """
        client = client or new_client(self.transport)
        return adapter_of(slug)(
            credentials=credentials,
            caller=Caller(client, self.exchanges.append, secrets=list(credentials.values())),
            base_url=f"{at or SANDBOX}/{slug}",
            webhook_url=webhook_url,
        )

    def _take(self, letter: Letter) -> int:
        self.letters.append(letter)
        return 200


def _plainly(text: str) -> str:
    """Add to a text what stands in it as base64."""
    words = [text]
    for word in re.findall(r"[A-Za-z0-9+/_-]{16,}", text):
        with suppress(binascii.Error):
            padded = word + "=" * (-len(word) % 4)
            words.append(base64.b64decode(padded, altchars=b"-_").decode("latin-1"))
    return " ".join(words)


@contextmanager
def sandboxed(*, order_seconds: float = 0.0) -> Iterator[CarrierSandbox]:
    """Have every carrier account of this process speak to a fresh sandbox."""
    sandbox = CarrierSandbox(order_seconds=order_seconds)
    try:
        with speaking_through(sandbox.transport):
            yield sandbox
    finally:
        sandbox.close()
