"""
Names of callers at VoIP.ms: whether they are looked up is a setting of each number.

It lists no names: no method of its table takes one.
"""

from __future__ import annotations

from typing import ClassVar

from lib.e164 import E164
from trunks.carriers.voipms import payloads
from trunks.carriers.voipms.payloads import Row
from trunks.carriers.voipms.wire import VoipMsWire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.features import IN_FORCE, NOTHING, CallerNames, Standing
from trunks.roles import SetsCallerName


class VoipMsCallerNames(VoipMsWire, SetsCallerName):
    """The part of the adapter that names callers."""

    lists_names: ClassVar[bool] = False
    looks_up_callers: ClassVar[bool] = True

    def set_caller_names(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Switch the look-up, and say all other settings of the number once more."""
        del carrier_reference
        if wanted.text:
            raise Rejected("VoIP.ms lists no names.", reason=Reason.INVALID)
        row = self._ours(number, deadline)
        if _is_on(row) != wanted.shows_callers:
            method, form = payloads.look_up_call(row, shows_callers=wanted.shows_callers)
            self._write(method, form, deadline)
        return IN_FORCE if wanted.shows_callers else NOTHING

    def caller_names_of(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read the setting."""
        del carrier_reference
        there = CallerNames(shows_callers=_is_on(self._ours(number, deadline)))
        return IN_FORCE if there == wanted and there.shows_callers else NOTHING


def _is_on(row: Row) -> bool:
    return str(row["cnam"]) == "1"
