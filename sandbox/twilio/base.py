"""What the parts of Twilio share."""

from __future__ import annotations

import uuid
from datetime import datetime
from email.utils import format_datetime

from sandbox.carrier import Carrier
from sandbox.store import Record


class TwilioBase(Carrier):
    """The carrier as its parts see it."""

    slug = "twilio"
    source_address = "127.0.2.10"
    announces_orders = False
    order_seconds: float

    def stamp_mail(self) -> str:
        """Write the time as the 2010 API does (RFC 2822)."""
        return format_datetime(self.world.now().replace(microsecond=0))

    def stamp_iso(self) -> str:
        """Write the time as the newer APIs do."""
        return iso(self.world.now())


def iso(at: datetime) -> str:
    """Write a time in ISO 8601 with a Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def new_sid(letters: str) -> str:
    """Make a 34-character id."""
    return f"{letters}{uuid.uuid4().hex}"


def shown(record: Record) -> Record:
    """Give a record as the carrier shows it."""
    return {name: value for name, value in record.items() if not name.startswith("_")}
