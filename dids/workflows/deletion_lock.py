"""Locking bound numbers against deletion, where the carrier offers it: a part of other steps."""

from __future__ import annotations

from datetime import datetime

from dids import timing
from dids.models import PhoneNumber
from lib.e164 import E164
from trunks.deadlines import Deadline
from trunks.errors import OutcomeUnknown
from trunks.roles import Carrier, LocksDeletion


def put(carrier: Carrier, number: PhoneNumber, *, locked: bool, call_before: datetime) -> None:
    """
    Have a number locked or unlocked at its carrier; nothing where the carrier has no locks.

    Repeatable, so it belongs to the claim of the step that needs it.

    :raises OutcomeUnknown: if the carrier does not show it yet
    """
    if not isinstance(carrier, LocksDeletion) or is_put(carrier, number, locked=locked):
        return
    carrier.set_lock(
        E164(number.e164),
        carrier_reference=number.carrier_reference,
        locked=locked,
        deadline=Deadline(timing.seconds("PURCHASE_DEADLINE_SECONDS"), call_before),
    )
    if not is_put(carrier, number, locked=locked):
        raise OutcomeUnknown("The carrier does not show the changed deletion lock yet.")


def is_put(carrier: Carrier, number: PhoneNumber, *, locked: bool) -> bool:
    """Tell whether the lock of a number is as it should be, or the carrier has none."""
    if not isinstance(carrier, LocksDeletion):
        return True
    there = carrier.is_locked(
        E164(number.e164),
        carrier_reference=number.carrier_reference,
        deadline=Deadline(timing.seconds("PURCHASE_DEADLINE_SECONDS")),
    )
    return there == locked
