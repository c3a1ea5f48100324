"""Signed webhooks: Ed25519 over timestamp, bar and body."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandbox import outbox
from sandbox.courier import Compose, Letter
from sandbox.faults import Fault, odd
from sandbox.store import Record
from sandbox.telnyx.base import TelnyxBase, moment
from sandbox.world import Account


def signing_key(account: Account) -> Ed25519PrivateKey:
    """Give the account's key: made from its id, so that it is the same after a restart."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(account.key.encode()).digest())


def public_key(account: Account) -> str:
    """Give the key that customers verify with, in base64."""
    return base64.b64encode(signing_key(account).public_key().public_bytes_raw()).decode()


def send(carrier: TelnyxBase, account: Account, payload: Record) -> None:
    """Announce a decided order, as often as the faults will have it."""

    def write(fault: Fault | None) -> Compose:
        data = {
            "event_type": "number_order.pondered" if fault else "number_order.complete",
            "id": str(uuid.uuid4()),
            "occurred_at": moment(carrier.world.now()),
            "payload": odd(payload, fault.chance) if fault else payload,
            "record_type": "event",
        }
        return lambda attempt: compose(carrier, account, data, attempt)

    outbox.announce(carrier.world, carrier.slug, write)


def compose(carrier: TelnyxBase, account: Account, data: Record, attempt: int) -> Letter:
    """Write and sign one delivery attempt."""
    meta = {"attempt": attempt, "delivered_to": account.webhook_url}
    body = json.dumps({"data": data, "meta": meta}).encode()
    timestamp = str(int(carrier.world.clock()))
    signature = signing_key(account).sign(timestamp.encode() + b"|" + body)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "telnyx-webhooks",
        "telnyx-timestamp": timestamp,
        "telnyx-signature-ed25519": base64.b64encode(signature).decode(),
    }
    return Letter(account.webhook_url, headers, body)
