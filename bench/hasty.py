"""
Settings under which everything is looked at again soon, for a short run of `purchase_faults.py`.

What must be waited for is the same, only shorter: nothing is left out.
"""

from __future__ import annotations

from portal.settings import *  # noqa: F403
from sandbox.registry import CARRIERS

PURCHASE_GRACE_SECONDS = 1.0
PURCHASE_DEADLINE_SECONDS = 2.0
ORDER_POLL_SECONDS = 0.5
LOOKUP_SECONDS = 0.5
PUT_OFF_SECONDS = 1.0
PUT_OFF_PERSON_SECONDS = 2.0
NUDGE_AGAIN_SECONDS = 4.0

EXTRA_CARRIERS = {slug: f"bench.hasty_carriers.{slug}" for slug in CARRIERS}
