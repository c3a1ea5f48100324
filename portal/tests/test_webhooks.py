"""Messages from carriers at the door."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.utils import timezone

from accounts.tests.cast import Cast
from portal.webhooks import MOST_BYTES, REFUSED
from trunks.carriers.didww.webhooks import signature
from trunks.models import CarrierAccount, CarrierEvent

KEY = Ed25519PrivateKey.generate()
FORGED = base64.b64encode(b"x" * 64).decode()


@pytest.fixture
def account(cast: Cast) -> CarrierAccount:
    """Give a connected account whose carrier signs with our key."""
    public = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return CarrierAccount.objects.create(
        carrier="telnyx",
        name="Main",
        owner=cast.provider,
        credentials={"api_key": "KEY", "public_key": base64.b64encode(public).decode()},
        status_since=timezone.now(),
        created_at=timezone.now(),
    )


def send(account_id: object, body: str, *, signed: bool = True) -> int:
    """Deliver a message as Telnyx does, and give the status of the answer."""
    stamp = str(int(timezone.now().timestamp()))
    signature = base64.b64encode(KEY.sign(f"{stamp}|{body}".encode())).decode()
    answer = Client(enforce_csrf_checks=True).post(
        f"/webhooks/{account_id}",
        body,
        content_type="application/json",
        headers={
            "telnyx-timestamp": stamp,
            "telnyx-signature-ed25519": signature if signed else FORGED,
        },
    )
    return answer.status_code


def message() -> str:
    """Make a message about an order."""
    return json.dumps(
        {
            "data": {
                "id": str(uuid4()),
                "event_type": "number_order.complete",
                "occurred_at": "2026-11-23T09:00:00Z",
                "payload": {"id": str(uuid4()), "record_type": "number_order"},
            }
        }
    )


class TestReceive:
    def test_stores_a_signed_message_once(self, account: CarrierAccount) -> None:
        body = message()
        assert send(account.uuid, body) == 200
        assert send(account.uuid, body) == 200
        assert CarrierEvent.objects.filter(account=account).count() == 1

    def test_refuses_and_counts_a_wrong_signature(self, account: CarrierAccount) -> None:
        assert send(account.uuid, message(), signed=False) == 403
        assert REFUSED.of(str(account.uuid)) == 1
        assert not CarrierEvent.objects.exists()

    def test_knows_no_other_accounts(self, account: CarrierAccount) -> None:
        assert send(uuid4(), message()) == 404

    def test_takes_no_large_messages(self, account: CarrierAccount) -> None:
        assert send(account.uuid, "x" * (MOST_BYTES + 1)) == 413

    def test_takes_only_posts(self, account: CarrierAccount) -> None:
        assert Client().get(f"/webhooks/{account.uuid}").status_code == 405


class TestForm:
    def test_is_verified_by_address_and_fields(self, account: CarrierAccount) -> None:
        CarrierAccount.objects.update(carrier="didww", credentials={"api_key": "k"})
        form = {"id": str(uuid4()), "type": "orders", "status": "completed"}
        for key, status in (("k", 200), ("other", 403)):
            answer = Client(enforce_csrf_checks=True).post(
                f"/webhooks/{account.uuid}",
                urlencode(form),
                content_type="application/x-www-form-urlencoded",
                headers={"x-didww-signature": signature(account.webhook_url, form, key)},
            )
            assert answer.status_code == status
        assert CarrierEvent.objects.get(account=account).kind == "orders.completed"


class TestProbes:
    def test_say_that_all_is_well(self, db: None) -> None:
        assert Client().get("/livez").json() == {"live": True}
        assert Client().get("/readyz").json() == {"ready": True, "database": True, "redis": True}
