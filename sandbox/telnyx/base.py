"""What the parts of Telnyx share."""

from __future__ import annotations

import uuid
from datetime import datetime

from sandbox.carrier import Carrier


class TelnyxBase(Carrier):
    """The carrier as its parts see it."""

    slug = "telnyx"
    source_address = "127.0.1.10"
    announces_orders = True
    order_seconds: float
    """How long an order stays pending."""

    def new_id(self) -> str:
        """Make an id as numbers, connections and addresses have it: a long decimal as text."""
        return str(10**18 + uuid.uuid4().int % (8 * 10**18))


def moment(at: datetime) -> str:
    """Write a time as Telnyx does."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
