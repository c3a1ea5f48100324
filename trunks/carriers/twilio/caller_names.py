"""
Names of callers at Twilio: those who call a number are looked up, where a setting of it says so.

A name is listed by a Trust Hub product that Twilio reviews with the business's papers
(twilio.com/docs/voice/brand-your-calls-using-cnam): a person hands it in there.
"""

from __future__ import annotations

from typing import ClassVar

from lib.e164 import E164
from trunks.carriers.twilio.wire import TwilioWire
from trunks.deadlines import Deadline
from trunks.features import IN_FORCE, NOTHING, CallerNames, Standing
from trunks.roles import SetsCallerName


class TwilioCallerNames(TwilioWire, SetsCallerName):
    """The part of the adapter that looks callers up."""

    lists_names: ClassVar[bool] = False
    looks_up_callers: ClassVar[bool] = True

    def set_caller_names(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Switch the look-up, which Twilio bills by the call."""
        sid = carrier_reference or self._sid_of(number, deadline)
        return self._account(
            "POST",
            f"/IncomingPhoneNumbers/{sid}.json",
            form=[("VoiceCallerIdLookup", "true" if wanted.shows_callers else "false")],
            parse=lambda body: _standing(body["voice_caller_id_lookup"], wanted),
            deadline=deadline,
        )

    def caller_names_of(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read the setting."""
        sid = carrier_reference or self._sid_of(number, deadline)
        return self._account(
            "GET",
            f"/IncomingPhoneNumbers/{sid}.json",
            parse=lambda body: _standing(body["voice_caller_id_lookup"], wanted),
            deadline=deadline,
        )


def _standing(is_on: object, wanted: CallerNames) -> Standing:
    if not isinstance(is_on, bool):
        raise TypeError("the setting is no yes or no")
    return IN_FORCE if is_on and wanted.shows_callers else NOTHING
