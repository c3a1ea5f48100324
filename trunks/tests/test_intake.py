"""Carriers' messages: only signed ones, once, and none is lost."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from trunks import events, tasks
from trunks.models import CarrierAccount, CarrierEvent
from trunks.offers import Hint
from trunks.tests.factories import NOW, make_carrier_account
from trunks.workflows import intake

pytestmark = pytest.mark.django_db

Status = CarrierEvent.Status
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
URL = "https://portal.example/webhooks/1"


@pytest.fixture
def account() -> CarrierAccount:
    """Store an account whose key we have."""
    public = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
    return make_carrier_account(credentials={"api_key": "KEY1", "public_key": public})


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[Hint]:
    """Listen alone, know only objects whose reference begins with `known`; gives what is heard."""
    heard: list[Hint] = []

    def handler(_account: CarrierAccount, hint: Hint, _now: datetime) -> bool:
        heard.append(hint)
        return hint.our_reference.startswith("known")

    monkeypatch.setattr(events, "_handlers", [handler])
    return heard


def message(*, id_: str = "e-1", reference: str = "known-1") -> bytes:
    """Write an event as Telnyx does."""
    return json.dumps(
        {
            "data": {
                "id": id_,
                "event_type": "number_order.complete",
                "occurred_at": "a moment ago",
                "record_type": "event",
                "payload": {
                    "id": "o-1",
                    "customer_reference": reference,
                    "phone_numbers": [{"phone_number": "+13125550123"}],
                },
            }
        }
    ).encode()


def receive(
    account: CarrierAccount,
    body: bytes,
    *,
    at: datetime = NOW,
    headers: Mapping[str, str] | None = None,
) -> CarrierEvent | None:
    """Sign and hand in a message."""
    timestamp = str(int(at.timestamp()))
    signature = base64.b64encode(KEY.sign(timestamp.encode() + b"|" + body)).decode()
    signed: dict[str, Any] = {
        "Telnyx-Timestamp": timestamp,
        "Telnyx-Signature-Ed25519": signature,
        **(headers or {}),
    }
    return intake.receive(account=account, headers=signed, body=body, url=URL, now=NOW)


def process(event: CarrierEvent | None, now: datetime = NOW) -> str:
    """Look into a message; gives its status."""
    assert event is not None
    intake.process(event_id=event.pk, now=now)
    event.refresh_from_db()
    return event.status


class TestReceive:
    def test_stores_a_signed_message_as_it_came(self, account: CarrierAccount) -> None:
        event = receive(account, message())

        assert event is not None
        assert event.body.encode() == message()
        assert (event.event_id, event.kind) == ("e-1", "number_order.complete")

    def test_stores_it_once_however_often_it_comes(self, account: CarrierAccount) -> None:
        events_ = [receive(account, message()) for _ in range(3)]

        assert CarrierEvent.objects.count() == 1
        assert len({event.pk for event in events_ if event}) == 1

    def test_two_accounts_may_use_one_identifier(self, account: CarrierAccount) -> None:
        other = make_carrier_account(credentials=account.credentials)

        assert receive(account, message()) != receive(other, message())

    @pytest.mark.parametrize(
        "headers",
        [
            {"Telnyx-Signature-Ed25519": ""},
            {"Telnyx-Signature-Ed25519": "not base64!"},
            {"Telnyx-Signature-Ed25519": base64.b64encode(b"x" * 64).decode()},
            {"Telnyx-Timestamp": "yesterday"},
            {"Telnyx-Timestamp": ""},
            {"Telnyx-Timestamp": "9" * 400},
        ],
    )
    def test_stores_nothing_unsigned(
        self, account: CarrierAccount, headers: dict[str, str]
    ) -> None:
        assert receive(account, message(), headers=headers) is None
        assert not CarrierEvent.objects.exists()

    @pytest.mark.parametrize("minutes", [-6, 6])
    def test_stores_no_replay(self, account: CarrierAccount, minutes: int) -> None:
        assert receive(account, message(), at=NOW + timedelta(minutes=minutes)) is None

    @pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"\x00\xff nonsense"])
    def test_keeps_what_nobody_can_read(self, account: CarrierAccount, body: bytes) -> None:
        event = receive(account, body)

        assert event is not None
        assert (event.status, event.kind) == (Status.UNKNOWN, "")
        assert process(event) == Status.UNKNOWN
        assert receive(account, body) == event

    def test_is_looked_into_after_the_commit(
        self,
        account: CarrierAccount,
        hints: list[Hint],
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        sent: list[int] = []
        monkeypatch.setattr(tasks.process_event, "delay", lambda event_id: sent.append(event_id))
        with django_capture_on_commit_callbacks(execute=True):
            receive(account, message())
            receive(account, message())

        assert len(sent) == 1
        assert hints == []


class TestProcess:
    def test_asks_the_handlers_what_it_is_about(
        self, account: CarrierAccount, hints: list[Hint]
    ) -> None:
        assert process(receive(account, message())) == Status.HANDLED

        (hint,) = hints
        assert (hint.carrier_reference, hint.our_reference) == ("o-1", "known-1")
        assert hint.numbers == ("+13125550123",)

    def test_is_done_once(self, account: CarrierAccount, hints: list[Hint]) -> None:
        event = receive(account, message())
        process(event)

        assert process(event) == Status.HANDLED
        assert len(hints) == 1

    def test_an_object_we_do_not_know_yet_is_asked_about_for_a_day(
        self, account: CarrierAccount, hints: list[Hint]
    ) -> None:
        event = receive(account, message(reference="later"))
        assert event is not None
        now, asked = NOW, 0
        while process(event, now) == Status.RECEIVED:
            assert event.next_attempt_at is not None
            assert intake.due(now) == []
            assert intake.due(event.next_attempt_at) == [event.pk]
            now, asked = event.next_attempt_at, asked + 1

        assert now == event.give_up_at == NOW + timedelta(hours=24)
        assert 5 < asked < 100
        assert event.status == Status.UNKNOWN

    def test_a_handler_that_fails_is_asked_again(
        self, account: CarrierAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def failing(_account: CarrierAccount, _hint: Hint, _now: datetime) -> bool:
            raise ConnectionError("The database went away.")

        monkeypatch.setattr(events, "_handlers", [failing])
        event = receive(account, message())
        assert event is not None

        with pytest.raises(ConnectionError):
            intake.process(event_id=event.pk, now=NOW)
        assert intake.due(NOW + timedelta(minutes=2)) == [event.pk]

    def test_a_handler_that_always_fails_is_asked_for_a_day(
        self, account: CarrierAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def failing(_account: CarrierAccount, _hint: Hint, _now: datetime) -> bool:
            raise ConnectionError("The database went away.")

        monkeypatch.setattr(events, "_handlers", [failing])
        event = receive(account, message())
        assert event is not None

        with pytest.raises(ConnectionError):
            intake.process(event_id=event.pk, now=event.give_up_at)
        event.refresh_from_db()
        assert event.status == Status.UNKNOWN
        assert intake.due(event.give_up_at + timedelta(minutes=2)) == []
