"""Names of callers at Plivo: whether they are looked up is a setting of each number."""

from __future__ import annotations

from typing import ClassVar

from lib.e164 import E164
from trunks.carriers.plivo import payloads
from trunks.carriers.plivo.wire import PlivoWire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.features import IN_FORCE, NOTHING, CallerNames, Standing
from trunks.roles import SetsCallerName


class PlivoCallerNames(PlivoWire, SetsCallerName):
    """The part of the adapter that names callers; the name that a number shows is only read."""

    lists_names: ClassVar[bool] = False
    looks_up_callers: ClassVar[bool] = True

    def set_caller_names(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Switch the look-up."""
        del carrier_reference
        if wanted.text:
            raise Rejected("Plivo lists no names.", reason=Reason.INVALID)
        is_on = self._ours(number, deadline).looks_up
        if is_on is None and wanted.shows_callers:
            raise Rejected(
                "Plivo looks up the callers of local and toll-free numbers of the United States "
                "only.",
                reason=Reason.INVALID,
            )
        if bool(is_on) != wanted.shows_callers:
            word = payloads.ENABLED if wanted.shows_callers else payloads.DISABLED
            self._change(number, {"cnam_lookup": word}, deadline)
        return IN_FORCE if wanted.shows_callers else NOTHING

    def caller_names_of(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read the setting."""
        del carrier_reference
        there = CallerNames(shows_callers=bool(self._ours(number, deadline).looks_up))
        return IN_FORCE if there == wanted and there.shows_callers else NOTHING
