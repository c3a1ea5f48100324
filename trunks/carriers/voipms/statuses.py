"""
What VoIP.ms says of a request: by the word `status` in the body, under HTTP 200.

Nearly 500 words are known (`methods.json`). One that is none of those below decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from trunks.errors import Misconfigured, Reason, Rejected, SlowDown, Unavailable

NEEDS_A_PERSON = {
    "invalid_credentials": "VoIP.ms refuses the account's e-mail address or API password.",
    "missing_credentials": "VoIP.ms was given no e-mail address or API password.",
    "api_not_enabled": "The API is not switched on: do so in VoIP.ms's customer portal.",
    "ip_not_enabled": "VoIP.ms does not let the portal's address in: enter it in the list of IP "
    "addresses of its API settings.",
}
MINUTE = 60.0
"""The limit counts by the minute; how many calls it allows is not published."""

REASONS = {
    "did_in_use": Reason.NUMBER_GONE,
    "unsifficient_stock": Reason.NUMBER_GONE,
    "order_failed": Reason.NUMBER_GONE,
    "invalid_did": Reason.NOT_FOUND,
    "no_did": Reason.NOT_FOUND,
    "no_numbers": Reason.NOT_FOUND,
    "no_sipuri": Reason.NOT_FOUND,
    "no_account": Reason.NOT_FOUND,
    # In no document; clients that others run are tested with it.
    "no_subaccount": Reason.NOT_FOUND,
    "non_sufficient_funds": Reason.NO_FUNDS,
    "did_limit_reached": Reason.NOT_ALLOWED,
    "cancel_failed": Reason.OTHER,
}
FAMILIES = re.compile(r"(invalid|missing|used)_\w{1,60}|\w{1,60}_toolong", re.ASCII)
"""Words about what was sent: nothing was done."""


def good(body: Any) -> Mapping[str, Any]:
    """
    Give an answer that says yes.

    :raises CarrierError: for one that says no
    :raises ValueError: for a word that decides nothing
    """
    status = body["status"]
    if status == "success":
        answer: Mapping[str, Any] = body
        return answer
    if status in NEEDS_A_PERSON:
        raise Misconfigured(NEEDS_A_PERSON[status])
    if status == "api_limit_exceeded":
        raise SlowDown("VoIP.ms asks us to slow down.", retry_after=MINUTE)
    if status == "method_maintenance":
        raise Unavailable("VoIP.ms is under maintenance.")
    if status in REASONS:
        raise Rejected(f"VoIP.ms refuses: {status}.", reason=REASONS[status])
    if FAMILIES.fullmatch(status):
        raise Rejected(f"VoIP.ms refuses: {status}.", reason=Reason.INVALID)
    # Also unavailable_info, which says of a write nothing certain; a read is made again.
    raise ValueError("a word that decides nothing")


def refusal_from(_status: int, body: Any) -> tuple[Reason, str]:
    """Read a refusal that has a bad HTTP status; none is described."""
    good(body)
    raise ValueError("a good word under a bad status")
