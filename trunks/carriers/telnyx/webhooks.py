"""Telnyx's signed messages: Ed25519 over the timestamp, a bar and the raw body."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lib.e164 import E164, is_e164
from trunks.offers import Hint

TOLERANCE_SECONDS = 300
"""Older or newer messages may be replays (the SDK's own limit)."""


def is_signed(headers: Mapping[str, str], body: bytes, public_key: str, now: datetime) -> bool:
    """Tell whether the account's key signed the message just now."""
    told = {name.lower(): value for name, value in headers.items()}
    timestamp = told.get("telnyx-timestamp", "")
    try:
        age = abs(now.timestamp() - int(timestamp))
        signature = base64.b64decode(told.get("telnyx-signature-ed25519", ""), validate=True)
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(signature, timestamp.encode() + b"|" + body)
    except (ValueError, OverflowError, InvalidSignature):
        return False
    return age <= TOLERANCE_SECONDS


def hint_from(body: bytes) -> Hint:
    """Read what a message is about; ValueError where it cannot be read."""
    try:
        return _hint(json.loads(body)["data"])
    except (KeyError, TypeError, AttributeError) as trouble:
        raise ValueError("not an event of this carrier") from trouble


def _hint(event: Mapping[str, Any]) -> Hint:
    payload = event["payload"]
    lines = payload.get("phone_numbers") or []
    numbers = [line["phone_number"] for line in lines if isinstance(line, dict)]
    return Hint(
        event_id=str(event["id"]),
        kind=str(event["event_type"]),
        carrier_reference=str(payload.get("id") or ""),
        our_reference=str(payload.get("customer_reference") or ""),
        numbers=tuple(E164(number) for number in numbers if is_e164(number)),
    )
