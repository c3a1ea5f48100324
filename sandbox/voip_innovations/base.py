"""What the parts of VoIP Innovations share."""

from __future__ import annotations

import zlib
from random import Random

from sandbox.carrier import Carrier
from sandbox.faults import odd_elements
from sandbox.world import Account

STATUSES = ("statusCode", "status", "availability")


class VoipInnovationsBase(Carrier):
    """The carrier as its parts see it."""

    slug = "voip_innovations"
    source_address = "127.0.9.10"
    announces_orders = False

    def with_odd_words(self, body: bytes, chance: Random) -> bytes:
        """Put words that nobody knows in place of the numbers' codes and statuses."""
        return odd_elements(body, STATUSES, chance)


def groups_of(account: Account) -> tuple[str, str]:
    """
    Give the account's two endpoint groups, as if somebody had made them in the back office.

    The first delivers nowhere, the second to the PBX.
    """
    first = 10_000 + 2 * (zlib.crc32(account.id.encode()) % 40_000)
    return str(first), str(first + 1)
