"""
Where the text messages to a number go at Twilio: an address that is written on the number.

A number on a trunk keeps it. An application, and a messaging service that answers for its numbers,
come before it: the first is refused here, the services of ours ask the number
(`trunks.carriers.twilio.campaigns`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lib.e164 import E164
from trunks.carriers.twilio.wire import TwilioWire
from trunks.deadlines import Deadline
from trunks.features import IN_FORCE, NOTHING, Problem, Stage, Standing
from trunks.roles import EnablesMessaging

TAKEN = Standing(
    stage=Stage.REJECTED,
    problems=(
        Problem(field="", words="An application takes the number's messages. Take it off there."),
    ),
)


class TwilioTexts(TwilioWire, EnablesMessaging):
    """The part of the adapter that routes text messages."""

    def route_messages(
        self, number: E164, address: str, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Write the address on the number; an empty one takes it off."""
        sid = carrier_reference or self._sid_of(number, deadline)
        return self._account(
            "POST",
            f"/IncomingPhoneNumbers/{sid}.json",
            form=[("SmsUrl", address), ("SmsMethod", "POST")],
            parse=lambda body: _routed(body, address),
            deadline=deadline,
        )

    def messages_of(
        self, number: E164, address: str, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read the address from the number."""
        sid = carrier_reference or self._sid_of(number, deadline)
        return self._account(
            "GET",
            f"/IncomingPhoneNumbers/{sid}.json",
            parse=lambda body: _standing(body, address),
            deadline=deadline,
        )


def _routed(body: Mapping[str, Any], address: str) -> Standing:
    return TAKEN if address and body.get("sms_application_sid") else _standing(body, address)


def _standing(body: Mapping[str, Any], address: str) -> Standing:
    there = str(body["sms_url"] or "")
    is_wanted = bool(there) and there == address and not body.get("sms_application_sid")
    return IN_FORCE if is_wanted else NOTHING
