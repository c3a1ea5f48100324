"""
Settings under which everything is looked at again soon, for a short run of `purchase_faults.py`.

What must be waited for is the same, only shorter: nothing is left out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from portal.settings import *  # noqa: F403
from trunks.carriers.telnyx import adapter as telnyx
from trunks.carriers.twilio import adapter as twilio

PURCHASE_GRACE_SECONDS = 1.0
PURCHASE_DEADLINE_SECONDS = 2.0
ORDER_POLL_SECONDS = 0.5
LOOKUP_SECONDS = 0.5
PUT_OFF_SECONDS = 1.0
PUT_OFF_PERSON_SECONDS = 2.0
NUDGE_AGAIN_SECONDS = 2.0


class Telnyx(telnyx.Telnyx):
    """The sandbox shows what it did at once."""

    lookup_lag: ClassVar[timedelta] = timedelta(seconds=2)


class Twilio(twilio.Twilio):
    """The sandbox shows what it did at once."""

    lookup_lag: ClassVar[timedelta] = timedelta(seconds=2)


EXTRA_CARRIERS = {"telnyx": "bench.hasty.Telnyx", "twilio": "bench.hasty.Twilio"}
